"""The invented town: areas with outlines in districts, yards' zones, and the persistent places things happen at."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from domain.chance import generator
from domain.panel import Floats, Ints
from sources.simulator.settings import CATEGORIES, WorldSettings

AREA_KM2 = 3.2
PLACES = (40, 18, 30)
"""Places an area has by category: street stretches, low points, addresses."""
EVENNESS = (0.7, 0.5, 0.4)
"""Shape of the gamma that places' weights are drawn from: lower means that fewer places have most of it."""
METRES_PER_DEGREE = 111_320.0
DISTRICTS = (
    "Old Landing", "Mill Bank", "North Terrace", "Quarry Side", "Lakeward", "Foundry Park", "West Commons",
    "Orchard Hill", "Signal Ridge", "Canal Street", "East Meadow", "Weir End",
)  # fmt: skip
FIRST = (
    "Alder", "Amber", "Ash", "Barrow", "Birch", "Bramble", "Brick", "Cinder", "Clover", "Copper", "Cotton", "Crane",
    "Dove", "Elder", "Ember", "Fern", "Flint", "Fox", "Garnet", "Glen", "Hazel", "Heron", "Holly", "Indigo", "Iron",
    "Juniper", "Kestrel", "Larch", "Linden", "Maple", "Marsh", "Mercer", "Moss", "Otter", "Pine", "Quill", "Raven",
    "Reed", "Rowan", "Saddle", "Salt", "Sorrel", "Stone", "Swan", "Tanner", "Thistle", "Tinker", "Umber", "Vale",
    "Wander", "Weaver", "Willow", "Wren", "Yarrow",
)  # fmt: skip
SECOND = (
    "Bend", "Bottom", "Bridge", "Brook", "Corner", "Court", "Crossing", "Dale", "Field", "Ford", "Gate", "Green",
    "Grove", "Heath", "Hollow", "Knoll", "Lane", "Mews", "Mill", "Nook", "Park", "Place", "Point", "Pond", "Reach",
    "Rise", "Row", "Run", "Shore", "Slope", "Square", "Steps", "Terrace", "Walk", "Wharf", "Yard",
)  # fmt: skip


@dataclass(frozen=True)
class Geography:
    """A areas in K districts in Y zones; M places at most in an area.

    names, titles, district_names: in order. district, zone: (A,). zone of an area is the yard that serves it.
    lat, lon: (A,) a point inside. outlines: (A,) GeoJSON. population: (A,) residents.
    propensity: (A, C) how readily residents report, mean 1. rate: (A, C) how often things break, mean about 1.
    place_lat, place_lon, place_rank: (C, A, M) coordinates and cumulative share; unused places have rank 1.
    """

    names: tuple[str, ...]
    titles: tuple[str, ...]
    district_names: tuple[str, ...]
    district: Ints
    zone: Ints
    lat: Floats
    lon: Floats
    outlines: tuple[str, ...]
    population: Floats
    propensity: Floats
    rate: Floats
    place_lat: Floats
    place_lon: Floats
    place_rank: Floats

    @property
    def zones(self) -> int:
        return int(self.zone.max()) + 1


def _outline(size_m: float, rng: np.random.Generator) -> shapely.Polygon:
    """A wobbly ellipse: the town's limits."""
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    wave = sum(rng.normal(0, 0.05 / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi)) for k in range(2, 7))
    radius = size_m * (1 + wave)
    return shapely.Polygon(np.column_stack([1.15 * radius * np.cos(angle), radius * np.sin(angle) / 1.15]))


def _cells(town: shapely.Polygon, count: int, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Voronoi cells of `count` points, evened out by Lloyd's algorithm, clipped to the town."""
    low_x, low_y, high_x, high_y = town.bounds
    points = rng.uniform([low_x, low_y], [high_x, high_y], (count * 4 + 40, 2))
    points = points[shapely.contains_xy(town, points)][:count]
    cells: list[shapely.Polygon] = []
    for _ in range(4):
        diagram = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=town, ordered=True)
        cells = [_largest(shapely.intersection(town, cell)) for cell in diagram.geoms]
        points = np.array([(c.centroid.x, c.centroid.y) for c in cells])
    return cells


def _largest(shape: shapely.Geometry) -> shapely.Polygon:
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def _split(points: Floats, parts: int) -> Ints:
    """Groups of equal size that hang together: halved again and again across the longer side."""
    group = np.zeros(len(points), dtype=np.int32)
    if parts == 1:
        return group
    left = parts // 2
    axis = int(np.ptp(points[:, 1]) > np.ptp(points[:, 0]))
    order = np.argsort(points[:, axis], kind="stable")
    cut = len(points) * left // parts
    group[order[:cut]] = _split(points[order[:cut]], left)
    group[order[cut:]] = left + _split(points[order[cut:]], parts - left)
    return group


def _places(cells: list[shapely.Polygon], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Coordinates (C, A, M, 2) in metres inside each cell, and cumulative shares (C, A, M)."""
    most = max(PLACES)
    where = np.empty((len(CATEGORIES), len(cells), most, 2))
    for a, cell in enumerate(cells):
        box = np.array(cell.bounds)
        inside = np.empty((0, 2))
        while len(inside) < len(CATEGORIES) * most:
            points = rng.uniform(box[:2], box[2:], (len(CATEGORIES) * most * 2, 2))
            inside = np.concatenate([inside, points[shapely.contains_xy(cell, points)]])
        where[:, a] = inside[: len(CATEGORIES) * most].reshape(len(CATEGORIES), most, 2)
    rank = np.ones((len(CATEGORIES), len(cells), most))
    for c, (places, evenness) in enumerate(zip(PLACES, EVENNESS, strict=True)):
        weight = rng.gamma(evenness, size=(len(cells), places)) + 1e-6
        rank[c, :, :places] = np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)
    return where, np.minimum(rank, 1.0)


def _titles(count: int, rng: np.random.Generator) -> tuple[str, ...]:
    names = [f"{a} {b}" for a in FIRST for b in SECOND]
    while len(names) < count:
        names += [f"{where} {n}" for where in ("Upper", "Lower") for n in names[: count - len(names)]]
    return tuple(names[i] for i in rng.permutation(len(names))[:count])


def _to_degrees(settings: WorldSettings, metres: Floats) -> Floats:
    """(..., 2) metres east and north of the centre -> (..., 2) longitude and latitude."""
    scale = np.array([METRES_PER_DEGREE * np.cos(np.radians(settings.centre_lat)), METRES_PER_DEGREE])
    degrees: Floats = np.round(metres / scale + np.array([settings.centre_lon, settings.centre_lat]), 6)
    return degrees


def _mean_one(sd: float, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    drawn = np.exp(rng.normal(0, sd, shape))
    scaled: Floats = drawn / drawn.mean(axis=0)
    return scaled


def make_geography(settings: WorldSettings) -> Geography:
    """The town of these settings. Areas are ordered by district, then from north to south."""
    rng = generator(settings.seed, "geography")
    count = settings.areas
    town = _outline(float(np.sqrt(AREA_KM2 * 1e6 * count / np.pi)), rng)
    cells = _cells(town, count, rng)
    middle = np.array([(c.centroid.x, c.centroid.y) for c in cells])
    district = _split(middle, settings.districts)
    order = np.lexsort((-middle[:, 1], district))
    cells, middle, district = [cells[i] for i in order], middle[order], district[order]
    where, rank = _places(cells, rng)
    size = _mean_one(0.22, (count,), rng)
    inside = _to_degrees(settings, np.array([c.representative_point().coords[0] for c in cells]))
    places = _to_degrees(settings, where)
    number = np.arange(count) % settings.areas_per_district + 1
    return Geography(
        names=tuple(f"D{d + 1}-{n:02d}" for d, n in zip(district, number, strict=True)),
        titles=_titles(count, rng),
        district_names=tuple(_district_name(k) for k in range(settings.districts)),
        district=district,
        zone=(district // 2).astype(np.int32),
        lat=inside[:, 1],
        lon=inside[:, 0],
        outlines=tuple(_geojson(settings, c) for c in cells),
        population=np.round(2600 * size * _mean_one(0.25, (count,), rng)),
        propensity=_mean_one(0.35, (count, len(CATEGORIES)), rng),
        rate=size[:, None] * _mean_one(0.30, (count, len(CATEGORIES)), rng),
        place_lat=places[..., 1],
        place_lon=places[..., 0],
        place_rank=rank,
    )


def _district_name(index: int) -> str:
    turn, place = divmod(index, len(DISTRICTS))
    return DISTRICTS[place] + (f" {turn + 1}" if turn else "")


def _geojson(settings: WorldSettings, cell: shapely.Polygon) -> str:
    ring = _to_degrees(settings, np.array(cell.exterior.coords))
    return json.dumps({"type": "Polygon", "coordinates": [ring.tolist()]})


def areas_table(city: str, geography: Geography) -> pd.DataFrame:
    """Columns of `domain.tables.AREAS`."""
    return pd.DataFrame(
        {
            "city": city,
            "area": list(geography.names),
            "name": list(geography.titles),
            "district": [geography.district_names[k] for k in geography.district],
            "geometry": list(geography.outlines),
            "population": geography.population,
            "lat": geography.lat,
            "lon": geography.lon,
        }
    )
