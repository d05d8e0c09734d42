"""Areas from GeoJSON, with districts and populations from it, from a table or from the YAML."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pydantic import Field, field_validator

from domain.category import Strict
from domain.tables import AREAS
from sources.files.features import AreaProperties, read_features
from sources.files.tables import TableFile, find_files, read_tables, sha256
from sources.plugins import AreasRead, Context, Plugin
from sources.rules import MISSING, Text
from sources.validation.area_ids import spellings
from sources.validation.steps import Correction, correction, corrections_table, text
from sources.web_file import fetched, is_url, web_client

ONE_DISTRICT = "all"
MOST_PEOPLE = 1e9


class AreaTable(TableFile):
    """A table beside the map, joined by area id."""

    columns: AreaProperties


class AreaFiles(Strict):
    """`areas: {kind: files, …}`. path: GeoJSON or a zipped shapefile, beside the YAML or at a URL.

    districts: district -> its areas, over what the map or the table say.
    """

    path: str
    properties: AreaProperties
    table: AreaTable | None = None
    districts: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    attribution: str = ""

    @field_validator("districts")
    @classmethod
    def _one_district_an_area(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        listed = [area for areas in value.values() for area in areas]
        if double := sorted({area for area in listed if listed.count(area) > 1}):
            raise ValueError(f"an area lies in one district; listed twice: {', '.join(double)}")
        return value


def read(config: AreaFiles, ctx: Context) -> AreasRead:
    """`domain.tables.AREAS`, by area. Features of one id are joined; invalid outlines are repaired and counted.

    Raises SourceUnreadableError (missing, empty, not GeoJSON, projected) and ColumnMissingError (no such property).
    """
    ctx.progress("reading areas")
    path, said = _map(config.path, ctx)
    features, notes = read_features(path, config.properties)
    files = {path.name: sha256(path)}
    if config.table is not None:
        features, hashes, more = _with_table(features, config.table, ctx.plan.city.base_dir)
        files, notes = files | hashes, [*notes, *more]
    areas, more = _with_districts(features, config)
    located = areas.assign(city=ctx.plan.city.city, geometry=areas["outline"].map(_geojson), **_inside(areas))
    said = (config.attribution, *said) if config.attribution else said
    table = AREAS.validate(located[list(AREAS.schema.columns)].sort_values("area", ignore_index=True))
    noted = corrections_table([*notes, *more], ctx.plan.city.city, path.name, len(features))
    return AreasRead(table, noted, files, notes=said)


def _map(place: str, ctx: Context) -> tuple[Path, tuple[str, ...]]:
    """The file, and a sentence where it is the copy of an earlier day because the server failed."""
    if not is_url(place):
        return find_files([place], ctx.plan.city.base_dir)[0], ()
    with web_client() as client:
        got = fetched(client, place, ctx.cache / "areas", what=f"{ctx.plan.city.title}: areas")
    return got.path, (got.note,) if got.note else ()


def _with_table(
    features: pd.DataFrame, table: AreaTable, base_dir: Path
) -> tuple[pd.DataFrame, dict[str, str], list[Correction]]:
    """name, district and population from the table, where it has them."""
    found = read_tables(table, table.columns.model_dump(exclude_none=True), base_dir)
    given = found.frame.apply(lambda column: text(column, MISSING))
    lookup = spellings(given["area"].dropna(), features["area"])
    area = given["area"].map(lambda a: lookup.get(a), na_action="ignore").astype("str")
    notes = [
        correction(
            "row of the table whose area is not on the map: left out", area.isna().to_numpy(), given["area"], None
        )
    ]
    by_area = given.assign(area=area).dropna(subset="area").drop_duplicates("area", keep="last").set_index("area")
    joined = features.set_index("area")
    for column in by_area.columns.intersection(["name", "district", "population"]):
        joined[column] = by_area[column].reindex(joined.index).fillna(joined[column])
    return joined.reset_index(), found.files, [n for n in notes if n is not None]


def _with_districts(features: pd.DataFrame, config: AreaFiles) -> tuple[pd.DataFrame, list[Correction]]:
    """name, district and population filled: the id, one district, null."""
    lookup = spellings([a for areas in config.districts.values() for a in areas], features["area"])
    stated = {lookup.get(a): district for district, areas in config.districts.items() for a in areas}
    listed = [a for areas in config.districts.values() for a in areas if lookup.get(a) is None]
    district = features["area"].map(stated).astype("str").fillna(features["district"]).astype("str")
    population = pd.to_numeric(features["population"], errors="coerce").astype(float)
    bad = (features["population"].notna() & ~population.between(0, MOST_PEOPLE)).to_numpy()
    notes = [
        correction(
            "area without a district: district 'all'", district.isna().to_numpy(), features["area"], ONE_DISTRICT
        ),
        correction("population that is no number ≥ 0: none", bad, features["population"], None),
        Correction("area of `districts` that is not on the map: left out", len(listed), listed[0]) if listed else None,
    ]
    filled = features.assign(
        name=features["name"].astype("str").fillna(features["area"]),
        district=district.fillna(ONE_DISTRICT),
        population=population.mask(bad),
    )
    return filled, [n for n in notes if n is not None]


def _inside(areas: pd.DataFrame) -> dict[str, list[float]]:
    points = [None if s is None or s.is_empty else s.representative_point() for s in areas["outline"]]
    return {
        "lat": [np.nan if p is None else p.y for p in points],
        "lon": [np.nan if p is None else p.x for p in points],
    }


def _geojson(outline: shapely.Geometry | None) -> str:
    return "" if outline is None or outline.is_empty else str(shapely.to_geojson(outline))


PLUGIN = Plugin(AreaFiles, read)
