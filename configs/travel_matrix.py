"""The drives of a city's travel matrix, read beside its YAML."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from domain.city import City
from domain.errors import ConfigError

COLUMNS = ("yard", "area", "minutes")


def with_drives(city: City, file: Path) -> City:
    """The city with `travel.matrix.minutes` read from its `path`, if it names one.

    Raises ConfigError where the file cannot be read, lacks a column, or has a row with an unknown yard, minutes that
    are no number from 0 up, or a pair twice.
    """
    matrix = city.crews.travel.matrix
    if matrix is None or matrix.path is None:
        return city
    drives: dict[str, dict[str, float]] = {}
    yards = [yard.name for yard in city.crews.yards]
    source = file.resolve().parent / matrix.path
    for line, row in _rows(source, matrix.path):
        minutes = _checked(row, line, matrix.path, yards)
        if row["area"] in drives.setdefault(row["yard"], {}):
            raise _wrong(
                matrix.path, line, f"'{row['yard']}' to '{row['area']}' is given twice", "keep one of the rows"
            )
        drives[row["yard"]][row["area"]] = minutes
    filled = matrix.model_copy(update={"minutes": drives})
    travel = city.crews.travel.model_copy(update={"matrix": filled})
    return city.model_copy(update={"crews": city.crews.model_copy(update={"travel": travel})})


def _rows(source: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with source.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if missing := [c for c in COLUMNS if c not in (reader.fieldnames or ())]:
                raise ConfigError(
                    f"travel matrix {name}: no column '{missing[0]}'",
                    remedy=f"give it the columns {', '.join(COLUMNS)}",
                    file=name,
                    column=missing[0],
                )
            for row in reader:
                yield reader.line_num, {c: (row[c] or "").strip() for c in COLUMNS}
    except OSError as error:
        raise ConfigError(
            f"cannot read the travel matrix {name}: {error.strerror}",
            remedy="check the path: it starts in the folder of the city's YAML",
            file=name,
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"travel matrix {name} is not UTF-8 text", remedy="save it as UTF-8", file=name) from error


def _checked(row: dict[str, str], line: int, name: str, yards: list[str]) -> float:
    if row["yard"] not in yards:
        raise _wrong(name, line, f"there is no yard '{row['yard']}'", f"name one of {', '.join(yards)}")
    try:
        minutes = float(row["minutes"])
    except ValueError:
        minutes = float("nan")
    if not 0 <= minutes < float("inf"):
        raise _wrong(name, line, f"minutes are '{row['minutes']}'", "give the minutes one way, 0 or more")
    return minutes


def _wrong(name: str, line: int, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"travel matrix {name}, line {line}: {what}", remedy=remedy, file=name, line=line)
