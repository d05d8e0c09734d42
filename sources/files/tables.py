"""Named columns of CSV, CSV.gz and Parquet files, as text or as the types the file holds."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, cast

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from pydantic import BeforeValidator, Field

from domain.category import Strict
from domain.config_errors import nearest
from domain.errors import ColumnMissingError, SourceUnreadableError
from sources.validation.steps import ASIDE

Skipped = tuple[int, str, str]
"""A row that does not fit the header: number, its cells counted, reason."""

READABLE = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".parquet")


def _one_or_several(value: object) -> object:
    if not isinstance(value, str | list | tuple):
        raise ValueError("should be a path or a list of paths")  # noqa: TRY004  pydantic collects ValueErrors
    return (value,) if isinstance(value, str) else value


class TableFile(Strict):
    """path: one or several, relative to the YAML, `*` allowed in the file's name.

    delimiter, encoding: of text files.
    """

    path: Annotated[tuple[str, ...], BeforeValidator(_one_or_several)]
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"


@dataclass(frozen=True)
class FileRead:
    """frame: the canonical columns and `source` (the file's name), its index the row number in the file.

    unreadable: rows that have more or fewer cells than the header, ready for quarantine. files: name -> sha256.
    """

    frame: pd.DataFrame
    unreadable: tuple[pd.DataFrame, ...]
    files: dict[str, str]


def read_tables(
    files: TableFile, columns: Mapping[str, str], base_dir: Path, *, may_be_empty: bool = False
) -> FileRead:
    """All files of a section, one below the other. columns: canonical name -> column in the file; no other is read.

    may_be_empty: a file may have columns and no rows.
    Raises SourceUnreadableError (missing, empty, truncated, wrong format or encoding) and ColumnMissingError.
    """
    paths = find_files(files.path, base_dir)
    names = _names(paths)
    parts = [_read(path, name, files, columns, may_be_empty) for path, name in zip(paths, names, strict=True)]
    frames = [frame for frame, _ in parts]
    whole = frames[0] if len(frames) == 1 else pd.concat(frames)
    hashes = {name: sha256(path) for path, name in zip(paths, names, strict=True)}
    return FileRead(whole, tuple(aside for _, aside in parts if len(aside)), hashes)


def find_files(patterns: Iterable[str], base_dir: Path) -> list[Path]:
    """The files meant, in the order of their names. Raises SourceUnreadableError where one is not there."""
    found: list[Path] = []
    for pattern in patterns:
        where = base_dir / Path(pattern).expanduser()
        is_pattern = any(sign in where.name for sign in "*?[")
        hits = [hit for hit in (sorted(where.parent.glob(where.name)) if is_pattern else [where]) if hit.is_file()]
        if not hits:
            raise SourceUnreadableError(f"there is no file {where}", remedy="correct the path in the YAML", file=where)
        found += [hit for hit in hits if hit not in found]
    return found


def named(names: list[str]) -> str:
    """Files in a few words: all up to three, else the first, the last and how many."""
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} … {names[-1]} ({len(names)} files)"


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_columns(wanted: Iterable[str], there: list[str], file: Path, what: str = "column") -> None:
    """Raises ColumnMissingError for the first wanted column that is not there, or is there twice."""
    for name in wanted:
        if there.count(name) == 1:
            continue
        close = nearest(name, there)
        hint = f"; the nearest is '{close}'" if close else ""
        remedy = "correct the columns in the city's YAML" if there.count(name) == 0 else "give each column its own name"
        if len(there) == 1 and (other := next((sign for sign in ";\t|" if sign in there[0]), None)):
            remedy = f"set `delimiter: {json.dumps(other)}`: the columns are separated by it"
        state = "twice" if name in there else "not"
        raise ColumnMissingError(
            f"{file.name}: {what} '{name}' is {state} in the file{hint}; there are: {', '.join(there)}",
            remedy=remedy,
            file=file,
            column=name,
            columns=there,
            nearest=close,
        )


def _read(
    path: Path, name: str, files: TableFile, columns: Mapping[str, str], may_be_empty: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if path.stat().st_size == 0:
        raise SourceUnreadableError(f"{path} is empty (0 bytes)", remedy="export the file again", file=path)
    if not path.name.lower().endswith(READABLE):
        raise SourceUnreadableError(
            f"{path}: files of this kind cannot be read", remedy=f"give one of {', '.join(READABLE)}", file=path
        )
    is_parquet = path.name.lower().endswith(".parquet")
    table, skipped = _parquet(path, columns) if is_parquet else _text(path, files, columns)
    if table.num_rows == 0 and not skipped and not may_be_empty:
        raise SourceUnreadableError(f"{path} has columns but no rows", remedy="export the file again", file=path)
    frame = table.to_pandas(date_as_object=False, split_blocks=True, self_destruct=True)
    lost = {row for row, _, _ in skipped}
    total = len(frame) + len(lost)
    frame.index = pd.Index([r for r in range(1, total + 1) if r not in lost] if lost else range(1, total + 1))
    rows = [(name, row, columns["request_id"] if "request_id" in columns else next(iter(columns.values())), text,
             reason, "") for row, text, reason in skipped]  # fmt: skip
    return frame.assign(source=name), pd.DataFrame(rows, columns=ASIDE)


def _parquet(path: Path, columns: Mapping[str, str]) -> tuple[pa.Table, list[Skipped]]:
    try:
        file = pq.ParquetFile(path)
        check_columns(columns.values(), list(file.schema_arrow.names), path)
        table = file.read(columns=list(dict.fromkeys(columns.values())))
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceUnreadableError(
            f"{path} is not a whole Parquet file: {_first_line(error)}",
            remedy="export or copy the file again; it may be truncated",
            file=path,
        ) from error
    return pa.table({ours: _plain(table.column(theirs)) for ours, theirs in columns.items()}), []


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers and dictionaries as text, so that a null does not turn 123 into 123.0."""
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    if pa.types.is_integer(column.type) or pa.types.is_decimal(column.type):
        return column.cast(pa.string())
    return column


def _text(path: Path, files: TableFile, columns: Mapping[str, str]) -> tuple[pa.Table, list[Skipped]]:
    """Every named column as text, and the rows that do not fit the header."""
    skipped: list[Skipped] = []

    def skip(row: pc.InvalidRow) -> str:
        reason = f"row has {row.actual_columns} cells, the header {row.expected_columns}"
        skipped.append((row.number - 1, f"{row.actual_columns} cells", reason))  # its text may hold what is private
        return "skip"

    header = _header(path, files)
    check_columns(columns.values(), header, path)
    wanted = list(dict.fromkeys(columns.values()))
    try:
        table = pc.read_csv(
            str(path),
            read_options=pc.ReadOptions(use_threads=False, encoding=files.encoding),  # row numbers need one thread
            parse_options=pc.ParseOptions(delimiter=files.delimiter, newlines_in_values=True, invalid_row_handler=skip),
            convert_options=pc.ConvertOptions(
                include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, files, error) from error
    return pa.table({ours: table.column(theirs) for ours, theirs in columns.items()}), skipped


def _header(path: Path, files: TableFile) -> list[str]:
    encoding = "utf-8-sig" if files.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else files.encoding
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with cast("IO[str]", opener(path, "rt", encoding=encoding, newline="")) as stream:
            header = next(csv.reader(stream, delimiter=files.delimiter), [])
    except (OSError, EOFError, UnicodeDecodeError, LookupError, csv.Error) as error:
        raise _unreadable(path, files, error) from error
    if not any(header) or "\0" in "".join(header):
        raise SourceUnreadableError(f"{path} has no header of columns", remedy="export it as CSV again", file=path)
    return header


def _unreadable(path: Path, files: TableFile, error: Exception) -> SourceUnreadableError:
    message = _first_line(error)
    if isinstance(error, UnicodeDecodeError | LookupError) or "UTF8" in message:
        what, remedy = f"is not {files.encoding} text", "set `encoding`, for example latin-1 or cp1252"
    elif path.name.lower().endswith(".gz"):
        what, remedy = f"cannot be unpacked to CSV: {message}", "copy the file again; it may be truncated"
    else:
        what, remedy = f"cannot be read as CSV: {message}", "check `delimiter` and the quotes, or export it again"
    return SourceUnreadableError(f"{path} {what}", remedy=remedy, file=path)


def _names(paths: list[Path]) -> list[str]:
    """File names; with their folder where two would be alike."""
    names = [p.name for p in paths]
    return [n if names.count(n) == 1 else f"{p.parent.name}/{n}" for p, n in zip(paths, names, strict=True)]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
