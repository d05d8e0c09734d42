"""A zipped shapefile → GeoJSON features in WGS 84, so that it is read on like any other map."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

import shapely

from domain.errors import SourceUnreadableError

MOST_BYTES = 500 * 2**20
PARTS = (".shp", ".dbf", ".prj", ".cpg")
DEGREES = "EPSG:4326"


def read_shapefile(path: Path) -> list[dict[str, object]]:
    """Features with properties and geometry. Only in memory: nothing of the archive is written to disk.

    Raises SourceUnreadableError where the archive is broken, holds no or several layers, unpacks to more than
    MOST_BYTES, or has coordinates that are no degrees and no .prj that says what they are.
    """
    import shapefile

    parts = _parts(path)
    try:
        reader = shapefile.Reader(
            shp=io.BytesIO(parts[".shp"]), dbf=io.BytesIO(parts[".dbf"]), encoding=_encoding(parts)
        )
        found = [(r.record.as_dict(), r.shape.__geo_interface__) for r in reader.iterShapeRecords()]
    except (shapefile.ShapefileException, ValueError, UnicodeDecodeError) as error:
        raise _unreadable(path, f"its shapefile is broken: {error}") from error
    move = _mover(path, parts.get(".prj", b"").decode("utf-8", "replace"))
    return [{"type": "Feature", "properties": p, "geometry": _moved(g, move)} for p, g in found]


def _parts(path: Path) -> dict[str, bytes]:
    """Extension -> bytes of the one layer in the archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [i for i in archive.infolist() if PurePosixPath(i.filename).suffix.lower() in PARTS]
            layers = [i for i in infos if i.filename.lower().endswith(".shp")]
            if len(layers) != 1:
                raise _unreadable(path, f"it holds {len(layers)} shapefiles, not one")
            if sum(i.file_size for i in infos) > MOST_BYTES:
                raise _unreadable(path, f"it unpacks to more than {MOST_BYTES:,} bytes")
            stem = layers[0].filename[:-4]
            mine = [i for i in infos if i.filename[:-4] == stem]
            parts = {PurePosixPath(i.filename).suffix.lower(): archive.read(i) for i in mine}
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable(path, f"it is not a whole zip archive: {error}") from error
    if ".dbf" not in parts:
        raise _unreadable(path, "it has no .dbf beside its .shp: no area has an id")
    return parts


def _encoding(parts: dict[str, bytes]) -> str:
    said = parts.get(".cpg", b"").decode("ascii", "ignore").strip()
    return {"": "utf-8", "65001": "utf-8", "1252": "cp1252"}.get(said, said)


def _mover(path: Path, prj: str) -> object | None:
    """A pyproj transformer to degrees, or None where the .prj says they are degrees already, or there is none."""
    if not prj.strip():
        return None
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_wkt(prj)
    except CRSError as error:
        raise _unreadable(path, f"its .prj is not understood: {error}") from error
    return Transformer.from_crs(crs, DEGREES, always_xy=True)


def _moved(geometry: object, move: object | None) -> object:
    shape = shapely.geometry.shape(geometry)
    if move is None:
        return shapely.geometry.mapping(shape)
    return shapely.geometry.mapping(shapely.transform(shape, move.transform, interleaved=False))  # type: ignore[attr-defined]


def _unreadable(path: Path, why: str) -> SourceUnreadableError:
    return SourceUnreadableError(f"{path}: {why}", remedy="export the areas again, as GeoJSON or a zipped shapefile")
