"""In which format an answer is given: the `format` parameter, else the Accept header, else JSON."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import NotInThatFormatError


class Format(StrEnum):
    """Values of the `format` parameter."""

    JSON = "json"
    CSV = "csv"
    GEOJSON = "geojson"
    PARQUET = "parquet"


MEDIA: dict[Format, str] = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv",
    Format.GEOJSON: "application/geo+json",
    Format.PARQUET: "application/vnd.apache.parquet",
}


def negotiated(asked: str | None, accept: str, offered: tuple[Format, ...]) -> Format:
    """The best of the formats offered (the first is the default). Raises NotInThatFormatError where none is wanted."""
    if asked is not None:
        chosen = Format(asked)
        if chosen in offered:
            return chosen
        raise _none(asked, offered)
    wanted = [one for part in accept.split(",")[:20] if (one := _wanted(part)) is not None]
    if not wanted:
        return offered[0]
    ranked = [(weight, -at, one) for at, one in enumerate(offered) if (weight := _weight(MEDIA[one], wanted)) > 0]
    if not ranked:
        raise _none(accept, offered)
    return max(ranked)[2]


def _wanted(part: str) -> tuple[str, float] | None:
    """A media range and its weight; None for an empty part."""
    name, *more = (one.strip().casefold() for one in part.split(";"))
    weight = next((one[2:] for one in more if one.startswith("q=")), "1")
    try:
        return (name, min(max(float(weight), 0.0), 1.0)) if name else None
    except ValueError:
        return name, 0.0


def _weight(media: str, wanted: list[tuple[str, float]]) -> float:
    """Of the most exact range that holds the media type (RFC 9110, 12.5.1)."""
    kind = media.split("/")[0]
    for range_ in (media, f"{kind}/*", "*/*"):
        if found := [weight for name, weight in wanted if name == range_]:
            return max(found)
    return 0.0


def _none(asked: str, offered: tuple[Format, ...]) -> NotInThatFormatError:
    known = ", ".join(f"{one} ({MEDIA[one]})" for one in offered)
    return NotInThatFormatError(f"not available as {asked[:100]}", remedy=f"ask for one of: {known}")
