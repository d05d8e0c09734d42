"""GeoJSON features → one row an area."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import shapely

from domain.category import Strict
from domain.errors import SourceUnreadableError
from domain.words import CITY_LEVEL
from sources.files.outlines import refuse_projected, repaired
from sources.files.shapefile_zip import read_shapefile
from sources.files.tables import check_columns
from sources.rules import MISSING
from sources.validation.area_ids import plainly
from sources.validation.steps import Correction, correction, text

DETAILS = ("name", "district", "population")
Collection = dict[str, list[dict[str, object]]]


class AreaProperties(Strict):
    """Our name -> the property of a feature (or the column of the table)."""

    area: str
    name: str | None = None
    district: str | None = None
    population: str | None = None


def read_features(path: Path, names: AreaProperties) -> tuple[pd.DataFrame, list[Correction]]:
    """One row an area: area, name, district, population, outline (a shapely geometry, or None)."""
    content = _collection(path)
    properties = pd.DataFrame([feature.get("properties") or {} for feature in content["features"]])
    wanted = names.model_dump(exclude_none=True)
    check_columns(wanted.values(), [str(c) for c in properties.columns], path, "property")
    frame = pd.DataFrame({ours: text(properties[theirs], MISSING) for ours, theirs in wanted.items()})
    outlines = repaired([feature.get("geometry") for feature in content["features"]], frame["area"], path)
    plain = frame["area"].map(plainly, na_action="ignore").astype("str")
    kept = plain.notna() & (plain != CITY_LEVEL)
    notes = [
        correction("area id written as a fraction: whole number", (plain != frame["area"]).to_numpy() & kept.to_numpy(),
                   frame["area"], plain),
        correction("feature without an area id (or with '*'): not an area", ~kept.to_numpy(), frame["area"], None),
        *outlines.corrections,
    ]  # fmt: skip
    frame = frame.assign(area=plain, outline=pd.Series(outlines.shapes, index=frame.index, dtype=object))[kept]
    whole = frame.reindex(columns=["area", *DETAILS, "outline"])
    joined, more = _joined(whole.astype(dict.fromkeys(DETAILS, "str")))
    if joined.empty:
        raise SourceUnreadableError(f"{path} has no feature with an area id", remedy="check properties.area", file=path)
    return joined, [n for n in [*notes, more] if n is not None]


def _collection(path: Path) -> Collection:
    if path.suffix.lower() == ".zip":
        layer = read_shapefile(path)
        if not layer:
            raise SourceUnreadableError(f"{path} holds no shape", remedy="export the areas again", file=path)
        return {"features": layer}
    try:
        content: Collection = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        raise SourceUnreadableError(
            f"{path} is not whole GeoJSON: {error}", remedy="export the file again; it may be truncated", file=path
        ) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features) or not features:
        raise SourceUnreadableError(
            f"{path} is not a GeoJSON FeatureCollection with features", remedy="export it as GeoJSON", file=path
        )
    refuse_projected(content, path)
    return content


def _joined(frame: pd.DataFrame) -> tuple[pd.DataFrame, Correction | None]:
    """One row an area: outlines of one id united, the first value of every other property."""
    double = frame["area"].duplicated().to_numpy()
    note = correction("several features with one area id: joined", double, frame["area"], "one area")
    if not double.any():
        return frame.reset_index(drop=True), note
    groups = frame.groupby("area", sort=True)
    united = groups["outline"].agg(lambda shapes: shapely.union_all([s for s in shapes if s is not None]))
    return groups.first().drop(columns="outline").join(united).reset_index()[list(frame.columns)], note
