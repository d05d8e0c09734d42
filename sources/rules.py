"""The rules that turn a source's rows into validated ones, as a city's YAML states them under `rules:`."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from domain.category import Strict


def _text(value: object) -> object:
    """Numbers as the text they stand for: YAML reads an unquoted id 8 as a number."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text)]


def _strptime(value: str) -> str:
    try:
        datetime.strptime("", value)
    except ValueError as error:
        if "does not match" not in str(error):
            raise ValueError(f"'{value}' is not a date format such as %m/%d/%Y %H:%M ({error})") from error
    return value


DateFormat = Annotated[str, AfterValidator(_strptime)]


class DatedLabel(Strict):
    """What a label means from one local day to another, both included; open at the end that is left out."""

    category: str
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None


def _spells(value: object) -> object:
    """One meaning with dates is a list of one."""
    return (value,) if isinstance(value, dict) else value


def _in_turn(value: str | tuple[DatedLabel, ...]) -> str | tuple[DatedLabel, ...]:
    """The meanings of one label follow each other."""
    if isinstance(value, str):
        return value
    spells = sorted(value, key=lambda s: s.from_ or date.min)
    if not spells or any((s.from_ or date.min) > (s.until or date.max) for s in spells):
        raise ValueError("a meaning ends on or after the day it begins")
    for one, other in pairwise(spells):
        if (one.until or date.max) >= (other.from_ or date.min):
            raise ValueError(f"two meanings hold on {other.from_ or one.until}: let one end before the other begins")
    return tuple(spells)


Meaning = Annotated[str | tuple[DatedLabel, ...], BeforeValidator(_spells), AfterValidator(_in_turn)]

MISSING = ("", "null", "none", "nan", "nat", "n/a", "<na>")


class LabelRules(Strict):
    """Which label is which category, and how dates and blanks are written.

    labels: the source's label -> category; empty: labels are the names of the categories. Case and surrounding
    blanks do not matter. A label whose meaning changed gives {category, from, until}, or a list of them; on other days
    it is an unknown label. excluded_labels: label -> why its rows are no demand (information only): not counted as
    demand, not quarantined, counted apart. missing: texts that stand for "no value", in lower case.
    date_format: as in strptime, where dates are not ISO 8601. on_unknown_label: rows with a label that is named
    nowhere are quarantined, or excluded and counted (for files that hold all kinds of requests). on_unknown_area:
    rows whose area is not on the map are quarantined, or kept without an area.
    """

    labels: dict[Text, Meaning] = Field(default_factory=dict)
    excluded_labels: dict[Text, str] = Field(default_factory=dict)
    missing: tuple[Text, ...] = MISSING
    date_format: DateFormat | None = None
    on_unknown_label: Literal["quarantine", "exclude"] = "quarantine"
    on_unknown_area: Literal["quarantine", "no_area"] = "quarantine"


class CountRules(LabelRules):
    """Rules for daily counts. max_count: more requests a day, area and label are impossible."""

    max_count: int = Field(default=100_000, gt=0)


class RequestRules(LabelRules):
    """Rules for rows of requests.

    zone: of times written without an offset: "local" (the city's wall clock), "utc" or an IANA name.
    dates_only: True where `created` holds days without hours; None: found out (every time is midnight).
    closed_status, open_status: statuses that mean closed and open; any other is decided by the closing date.
    closed_without_work: statuses that mean closed though nobody did anything (cancelled, a repeat, passed on): demand
    as any other, their share of what was closed is told, to hold `conversion.job_share` against.
    newest: which version of a request wins where an id comes twice with different content: the one last in the file,
    or the one closed last (open loses; then last in the file).
    box: degrees (south, west, north, east) that hold the city; None: from the areas, else from the rows.
    crs: of coordinates that are not degrees, e.g. "EPSG:2278"; None: such coordinates are dropped.
    place_by_geometry: rows without an area take that of the outline around their point (needs official outlines).
    """

    zone: str = "local"
    dates_only: bool | None = None
    closed_status: tuple[Text, ...] = ("closed", "resolved", "completed")
    open_status: tuple[Text, ...] = ("open", "in progress", "pending")
    closed_without_work: tuple[Text, ...] = ()
    newest: Literal["last_row", "last_closed"] = "last_row"
    box: tuple[float, float, float, float] | None = None
    crs: str | None = None
    place_by_geometry: bool = False

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value in ("local", "utc"):
            return value
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"'{value}' is not 'local', 'utc' or an IANA zone such as America/Chicago") from error
        return value

    @field_validator("box")
    @classmethod
    def _box_is_a_box(cls, value: tuple[float, float, float, float] | None) -> tuple[float, float, float, float] | None:
        if value is not None:
            south, west, north, east = value
            if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
                raise ValueError("box must be (south, west, north, east) in degrees, south < north and west < east")
        return value

    @field_validator("crs")
    @classmethod
    def _crs_is_known(cls, value: str | None) -> str | None:
        if value is not None:
            from pyproj import CRS
            from pyproj.exceptions import CRSError

            try:
                CRS.from_user_input(value)
            except CRSError as error:
                raise ValueError(f"'{value}' is not a coordinate reference system such as EPSG:2278") from error
        return value
