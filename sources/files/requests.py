"""Rows of requests from CSV, gzipped CSV or Parquet files."""

from __future__ import annotations

from dataclasses import replace

from domain.category import Strict
from domain.city import CityPlan
from sources.files.tables import TableFile, named, read_tables
from sources.plugins import Context, Plugin, Requests
from sources.rules import RequestRules
from sources.validate import validate_requests
from sources.validation.labels import category_of_label


class RequestColumns(Strict):
    """Our name -> the file's column. Only the columns named here are read."""

    request_id: str
    created: str
    label: str
    closed: str | None = None
    due: str | None = None
    status: str | None = None
    channel: str | None = None
    area: str | None = None
    lat: str | None = None
    lon: str | None = None
    duplicate_of: str | None = None


class RequestFiles(TableFile):
    """`requests: {kind: files, …}`. attribution: named in every plan."""

    columns: RequestColumns
    rules: RequestRules = RequestRules()
    attribution: str = ""


def read(config: RequestFiles, ctx: Context) -> Requests:
    """All rows of all files, validated together: an id may come in several files.

    Raises SourceUnreadableError and ColumnMissingError; rows that cannot be used are in the quarantine.
    """
    ctx.progress("reading requests")
    found = read_tables(config, config.columns.model_dump(exclude_none=True), ctx.plan.city.base_dir)
    ctx.progress(f"checking {len(found.frame):,} rows of requests")
    source = named(list(found.files))
    checked = validate_requests(found.frame, config.rules, ctx, source, quarantined=found.unreadable)
    notes = (config.attribution,) if config.attribution else ()
    return replace(checked, files=found.files, notes=notes)


def check(config: RequestFiles, plan: CityPlan) -> None:
    """Raises ConfigError where a label is mapped to a category that the city does not have."""
    category_of_label(config.rules, plan.categories)


PLUGIN = Plugin(RequestFiles, read, check)
