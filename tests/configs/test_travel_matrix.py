"""Drives are read from a file beside the YAML, or the error says which row is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from configs.load import load_city
from domain.errors import ConfigError
from pipelines.identity import config_hash

CITY = """
schema: 1
city: norville
title: Norville
timezone: Europe/Oslo
holidays: {country: NO}
categories: [pothole]
requests: {kind: files, path: rows.csv}
areas: {kind: from_rows}
crews:
  shifts: [{name: day, start: 07:30, end: 15:30, minutes: 420}]
  types: [{name: patch, skills: {patching: null}, cost_per_hour: 100}]
  yards: [{name: Main, crews: {patch: 2}}, {name: East, crews: {patch: 1}}]
  travel: {matrix: {path: FILE}}
"""


@pytest.fixture
def city(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: str, name: str = "drives.csv") -> Path:
        (tmp_path / name).write_text(rows, encoding="utf-8")
        file = tmp_path / "norville.yaml"
        file.write_text(CITY.replace("FILE", name), encoding="utf-8")
        return file

    return write


def test_drives_are_read_from_the_file_beside_the_yaml(city: Callable[..., Path]) -> None:
    plan = load_city(str(city("yard,area,minutes,note\nMain,07,12.5,\nEast, 07 ,9,by ferry\nMain,8,0,\n")))
    assert plan.city.crews.travel.matrix is not None
    assert plan.city.crews.travel.matrix.minutes == {"Main": {"07": 12.5, "8": 0.0}, "East": {"07": 9.0}}


def test_what_the_file_holds_is_part_of_the_configurations_hash_and_where_it_lies_is_not(
    city: Callable[..., Path],
) -> None:
    one = config_hash(load_city(str(city("yard,area,minutes\nMain,07,12\n"))))
    assert config_hash(load_city(str(city("yard,area,minutes\nMain,07,12\n", "other.csv")))) == one
    assert config_hash(load_city(str(city("yard,area,minutes\nMain,07,13\n")))) != one


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("yard,area\nMain,07\n", "no column 'minutes'"),
        ("yard,area,minutes\nMain,07,5\nWest,07,5\n", "line 3: there is no yard 'West'"),
        ("yard,area,minutes\nMain,07,-5\n", "line 2: minutes are '-5'"),
        ("yard,area,minutes\nMain,07,soon\n", "line 2: minutes are 'soon'"),
        ("yard,area,minutes\nMain,07,inf\n", "line 2: minutes are 'inf'"),
        ("yard,area,minutes\nMain,07,5\nMain,07,6\n", "line 3: 'Main' to '07' is given twice"),
    ],
)
def test_a_wrong_row_is_named(city: Callable[..., Path], rows: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load_city(str(city(rows)))
    assert caught.value.remedy


def test_a_missing_file_is_named(city: Callable[..., Path], tmp_path: Path) -> None:
    file = city("yard,area,minutes\n")
    (tmp_path / "drives.csv").unlink()
    with pytest.raises(ConfigError, match=r"cannot read the travel matrix drives\.csv"):
        load_city(str(file))
