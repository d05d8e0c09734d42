"""CSV, gzipped CSV and Parquet: named columns, or a clear error."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from domain.errors import ColumnMissingError, SourceUnreadableError
from sources.files.tables import TableFile, find_files, named, read_tables


def table(**settings: Any) -> TableFile:
    return TableFile.model_validate(settings)


CSV = 'id,when,notes,area\n1,2024-01-01,"two\nlines, and a comma",NA\n2,2024-01-02,,\n'
COLUMNS = {"request_id": "id", "created": "when", "area": "area"}


def test_csv_gzip_and_parquet_give_the_same_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    pd.DataFrame({"id": ["1", "2"], "when": ["2024-01-01", "2024-01-02"], "area": ["NA", ""]}).to_parquet(
        tmp_path / "a.parquet"
    )
    frames = [read_tables(table(path=f"a.{end}"), COLUMNS, tmp_path).frame for end in ("csv", "csv.gz", "parquet")]
    assert frames[0]["area"].tolist() == ["NA", ""]
    assert frames[0].index.tolist() == [1, 2]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame.drop(columns="source"), frames[0].drop(columns="source"))


def test_only_the_named_columns_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    found = read_tables(table(path="a.csv"), {"request_id": "id"}, tmp_path)
    assert list(found.frame.columns) == ["request_id", "source"]


def test_whole_numbers_with_gaps_keep_their_digits(tmp_path: Path) -> None:
    big = 9_007_199_254_740_993
    pd.DataFrame({"id": pd.array([big, None], dtype="Int64")}).to_parquet(tmp_path / "a.parquet")
    found = read_tables(table(path="a.parquet"), {"request_id": "id"}, tmp_path)
    assert found.frame["request_id"].iloc[0] == str(big)


def test_days_and_moments_of_parquet_stay_what_they_are(tmp_path: Path) -> None:
    day = pd.Series(pd.to_datetime(["2024-01-01"])).dt.date
    pd.DataFrame({"day": day, "at": pd.to_datetime(["2024-01-01 10:00"])}).to_parquet(tmp_path / "a.parquet")
    frame = read_tables(table(path="a.parquet"), {"date": "day", "created": "at"}, tmp_path).frame
    assert frame["date"].iloc[0] == pd.Timestamp("2024-01-01")
    assert frame["created"].iloc[0] == pd.Timestamp("2024-01-01 10:00")


def test_several_files_are_read_in_the_order_of_their_names_with_their_own_row_numbers(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text(f"id\n{name}1\n{name}2\n", encoding="utf-8")
    found = read_tables(table(path="*.csv"), {"request_id": "id"}, tmp_path)
    assert found.frame["request_id"].tolist() == ["a.csv1", "a.csv2", "b.csv1", "b.csv2"]
    assert found.frame["source"].tolist() == ["a.csv", "a.csv", "b.csv", "b.csv"]
    assert found.frame.index.tolist() == [1, 2, 1, 2]
    assert list(found.files) == ["a.csv", "b.csv"]
    assert all(len(digest) == 64 for digest in found.files.values())


def test_rows_that_do_not_fit_the_header_are_set_aside_under_their_number(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,when\n1,x\n2\n\n3,y,z\n4,w\n", encoding="utf-8")
    found = read_tables(table(path="a.csv"), {"request_id": "id"}, tmp_path)
    assert found.frame["request_id"].to_dict() == {1: "1", 4: "4"}
    aside = pd.concat(found.unreadable)
    assert aside[["row", "value", "reason"]].to_numpy().tolist() == [
        [2, "1 cells", "row has 1 cells, the header 2"],
        [3, "3 cells", "row has 3 cells, the header 2"],
    ]


def test_a_missing_column_names_file_column_the_columns_there_and_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    pd.DataFrame({"id": [1], "When": [2]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(
        ColumnMissingError, match=r"a\.csv: column 'wen' is not .*nearest is 'when'.*id, when, notes, area"
    ):
        read_tables(table(path="a.csv"), {"created": "wen"}, tmp_path)
    with pytest.raises(ColumnMissingError, match=r"a\.parquet: column 'when'.*nearest is 'When'") as error:
        read_tables(table(path="a.parquet"), {"created": "when"}, tmp_path)
    assert error.value.values["columns"] == ["id", "When"]


def test_another_delimiter_is_guessed_at_in_the_remedy_only(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id;when\n1;2\n", encoding="utf-8")
    with pytest.raises(ColumnMissingError) as error:
        read_tables(table(path="a.csv"), {"request_id": "id"}, tmp_path)
    assert error.value.remedy == 'set `delimiter: ";"`: the columns are separated by it'


def test_a_column_that_is_there_twice_is_not_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,id\n1,2\n", encoding="utf-8")
    with pytest.raises(ColumnMissingError, match="'id' is twice in the file"):
        read_tables(table(path="a.csv"), {"request_id": "id"}, tmp_path)


def whole_parquet(folder: Path) -> bytes:
    pd.DataFrame({"id": range(1000)}).to_parquet(folder / "whole.parquet")
    return (folder / "whole.parquet").read_bytes()


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("a.csv", lambda _: b"", "is empty"),
        ("a.parquet", lambda _: b"", "is empty"),
        ("a.csv", lambda _: b"id,when\n", "no rows"),
        ("a.parquet", lambda folder: whole_parquet(folder)[:-500], "not a whole Parquet file"),
        ("a.parquet", lambda _: b"id\n1\n", "not a whole Parquet file"),
        ("a.csv.gz", lambda _: gzip.compress(b"id\n" + bytes(range(48, 58)) * 9999)[:-20], "cannot be unpacked"),
        ("a.csv.gz", lambda _: b"id\n1\n", "cannot be unpacked"),
        ("a.csv", lambda folder: whole_parquet(folder), "not utf-8 text|no header"),
        ("a.csv", lambda _: b"\0\0\0\0", "no header"),
        ("a.csv", lambda _: "id,when\nKöln,1\n".encode("latin-1"), "not utf-8 text"),
        ("a.csv", lambda _: "id,Tür\n1,1\n".encode("latin-1"), "not utf-8 text"),
        ("a.xlsx", lambda _: b"PK", "files of this kind"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_a_remedy(
    name: str, make: Callable[[Path], bytes], said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(make(tmp_path))
    with pytest.raises(SourceUnreadableError, match=said) as error:
        read_tables(table(path=name), {"request_id": "id"}, tmp_path)
    assert name in error.value.what
    assert error.value.remedy


def test_another_encoding_and_delimiter_are_followed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id;Straße\n1;Köln\n".encode("latin-1"))
    found = read_tables(table(path="a.csv", delimiter=";", encoding="latin-1"), {"area": "Straße"}, tmp_path)
    assert found.frame["area"].tolist() == ["Köln"]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfid\n1\n")
    assert read_tables(table(path="a.csv"), {"request_id": "id"}, tmp_path).frame["request_id"].tolist() == ["1"]


def test_many_files_are_named_in_a_few_words() -> None:
    assert named(["a", "b", "c"]) == "a, b, c"
    assert named(["a", "b", "c", "d"]) == "a … d (4 files)"


def test_a_missing_file_or_an_empty_pattern_is_said_with_its_whole_path(tmp_path: Path) -> None:
    for pattern in ("none.csv", "none*.csv"):
        with pytest.raises(SourceUnreadableError, match=r"there is no file .*none"):
            find_files([pattern], tmp_path)
