"""A portal's rows → a table in our columns, every value as text or null, with the portal's clock as a moment.

Whole columns are turned at once; a column with a value that this cannot read is turned value by value, to the same
result.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from domain.config_errors import nearest
from domain.portal_errors import PortalColumnMissingError
from sources.portals.wire.section import CLOCK, JOIN, PortalSection, Row
from sources.portals.wire.values import moments, texts
from sources.validate import REQUEST_COLUMNS

SCHEMA = pa.schema([*((name, pa.string()) for name in REQUEST_COLUMNS), (CLOCK, pa.timestamp("us", "UTC"))])
Columns = Mapping[str, pa.Array]
"""The portal's columns by name, as text."""
LOOKED_AT = 20
_written = json.JSONEncoder(ensure_ascii=False).encode


def table(records: Sequence[Row], section: PortalSection, *, dates: frozenset[str] = frozenset()) -> pa.Table:
    """Rows with null where a key is absent. dates: the portal's columns that hold epoch milliseconds."""
    wanted = section.columns.wanted()
    names = [*wanted, section.updated] if section.updated else wanted
    return as_table(picked(records, list(dict.fromkeys(names)), dates), len(records), section)


def picked(records: Sequence[Row], names: Sequence[str], dates: frozenset[str] = frozenset()) -> Columns:
    """Columns of text out of rows: all at once those that hold text by the look of the first rows, the others one by
    one."""
    first = records[:LOOKED_AT]
    alike = [n for n in names if n not in dates and all(isinstance(r.get(n), str | None) for r in first)]
    try:
        whole = pa.array(records, pa.struct([(name, pa.string()) for name in alike])).flatten()
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        alike, whole = [], []
    found = dict(zip(alike, whole, strict=True))
    rest = {n: texts([r.get(n) for r in records], is_date=n in dates) for n in names if n not in found}
    return {**found, **rest}


def as_table(columns: Columns, count: int, section: PortalSection) -> pa.Table:
    """The same from columns of text. count: rows."""
    named = section.columns.model_dump(exclude_none=True)
    turned = []
    for ours in REQUEST_COLUMNS:
        theirs = named.get(ours)
        if theirs is None:
            turned.append(pa.nulls(count, pa.string()))
        elif isinstance(theirs, str):
            turned.append(columns[theirs])
        else:
            turned.append(ids(columns, theirs) if ours == "request_id" else labels(columns, section))
    clock = moments(columns[section.updated]) if section.updated else pa.nulls(count, SCHEMA.field(CLOCK).type)
    return pa.table([*turned, clock], schema=SCHEMA)


def keys(records: Sequence[Row], section: PortalSection) -> list[str]:
    """The request ids alone."""
    names = section.columns.request_id
    found = ids(picked(records, names), names)
    return [v for v in found.to_pylist() if v is not None]


def ids(columns: Columns, names: Sequence[str]) -> pa.Array:
    """The key, or, for a feed that has none, a hash: the same values give the same key in any run."""
    if len(names) == 1:
        return columns[names[0]]
    parts = [columns[n] for n in names]
    rows = zip(*(part.to_pylist() for part in parts), strict=True)
    written = as_json(parts) if all(is_plain(part) for part in parts) else map(_written, rows)
    return pa.array([hashlib.sha256(text.encode()).hexdigest()[:20] for text in written], pa.string())


def is_plain(column: pa.Array) -> bool:
    """Whether JSON writes the texts without codes for control characters."""
    return not pc.any(pc.match_substring_regex(column, r"[\x00-\x1f]")).as_py()


def as_json(columns: Sequence[pa.Array]) -> list[str]:
    """Each row as a JSON list of texts and nulls, as Python's own writer gives it."""
    parts = []
    for column in columns:
        escaped = pc.replace_substring(pc.replace_substring(column, "\\", "\\\\"), '"', '\\"')
        parts.append(pc.fill_null(pc.binary_join_element_wise('"', escaped, '"', ""), "null"))
    inner = pc.binary_join_element_wise(*parts, ", ")
    found: list[str] = pc.binary_join_element_wise("[", inner, "]", "").to_pylist()
    return found


def labels(columns: Columns, section: PortalSection) -> pa.Array:
    """The values of the label columns joined; null where all are empty."""
    parts = [pc.fill_null(columns[n], "") for n in section.columns.label]
    joined = pc.binary_join_element_wise(*parts, JOIN) if len(parts) > 1 else parts[0]
    empty = pc.equal(parts[0], "")
    for part in parts[1:]:
        empty = pc.and_(empty, pc.equal(part, ""))
    found = pc.if_else(empty, pa.scalar(None, pa.string()), joined)
    sign = section.label_until
    return each_distinct(found, lambda v: v.split(sign, 1)[0]) if sign else found


def each_distinct(column: pa.Array, turn: Callable[[str], str | None]) -> pa.Array:
    """A column of few distinct texts with each of them turned; null stays."""
    coded = column.dictionary_encode()
    turned = pa.array([turn(v) for v in coded.dictionary.to_pylist()], pa.string())
    return turned.take(coded.indices)


def check_known(section: PortalSection, there: Iterable[str], about: str, *, besides: Iterable[str] = ()) -> None:
    """Raises PortalColumnMissingError for the first named column that the data set does not have."""
    known = {*there, *besides}
    named = [*section.columns.wanted(), *([section.updated] if section.updated else [])]
    for name in named:
        if name not in known:
            raise missing_column(name, sorted(known), about)


def missing_column(name: str, there: Sequence[str], about: str) -> PortalColumnMissingError:
    close = nearest(name, list(there))
    hint = f"; the nearest is '{close}'" if close else ""
    listed = f"; there are: {', '.join(there)}" if there else ""
    return PortalColumnMissingError(
        f"{about}: the data set has no column '{name}'{hint}{listed}",
        remedy="correct `columns` in the city's YAML; until then runs use the rows synced before",
        column=name,
        nearest=close,
    )
