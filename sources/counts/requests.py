"""Daily counts already summed (`date, area, category, count`) from CSV, gzipped CSV or Parquet files."""

from __future__ import annotations

from dataclasses import replace

from domain.category import Strict
from domain.city import CityPlan
from sources.files.tables import TableFile, named, read_tables
from sources.plugins import Context, Plugin, Requests
from sources.rules import CountRules
from sources.validate import validate_counts
from sources.validation.labels import category_of_label

NOTE = "daily counts only: no backlog, it starts empty"


class CountColumns(Strict):
    """Our name -> the file's column. area: null where the counts are of the whole city."""

    date: str = "date"
    area: str | None = "area"
    label: str = "category"
    count: str = "count"


class CountFiles(TableFile):
    """`requests: {kind: counts, …}`."""

    columns: CountColumns = CountColumns()
    rules: CountRules = CountRules()
    attribution: str = ""


def read(config: CountFiles, ctx: Context) -> Requests:
    """All counts of all files, validated together. Raises SourceUnreadableError and ColumnMissingError."""
    ctx.progress("reading daily counts")
    found = read_tables(config, config.columns.model_dump(exclude_none=True), ctx.plan.city.base_dir)
    source = named(list(found.files))
    checked = validate_counts(found.frame, config.rules, ctx, source, quarantined=found.unreadable)
    notes = (NOTE, config.attribution) if config.attribution else (NOTE,)
    return replace(checked, files=found.files, notes=notes)


def check(config: CountFiles, plan: CityPlan) -> None:
    """Raises ConfigError where a label is mapped to a category that the city does not have."""
    category_of_label(config.rules, plan.categories)


PLUGIN = Plugin(CountFiles, read, check)
