"""Open work orders from a view of a work management system.

Only the columns that the YAML names are selected. The account should be one that can only read; beside that the
transaction is opened as read-only where the database knows such ones.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import Field

from domain.category import Strict
from domain.city import CityPlan
from domain.errors import ConfigError, SourceUnreadableError
from sources.files.requests import RequestColumns
from sources.plugins import Context, Plugin, Requests
from sources.rules import RequestRules
from sources.validate import REQUEST_COLUMNS, validate_requests
from sources.validation.labels import category_of_label

if TYPE_CHECKING:
    import sqlalchemy as sa

MOST_ROWS = 1_000_000
CONNECT_SECONDS, ANSWER_SECONDS = 10, 120
"""A database that hangs must not hold up the plan."""


class SqlView(Strict):
    """`open_work: {kind: sql_view, …}`.

    url_env: the environment variable with the address of the database, as SQLAlchemy writes it; it is never shown.
    PostgreSQL (postgresql+psycopg://reader:…@host/db) and SQLite are tested; others need their driver installed. view:
    its name, with its schema before a dot.
    """

    url_env: str
    view: str = Field(pattern=r"^\w+(\.\w+)?$")
    columns: RequestColumns
    rules: RequestRules = RequestRules()


def read(config: SqlView, ctx: Context) -> Requests:
    """Every row of the view, validated. Raises SourceUnreadableError without the address in it."""
    ctx.progress("reading open work orders")
    frame = _selected(config)
    return replace(validate_requests(frame, config.rules, ctx, config.view), files={})


def _selected(config: SqlView) -> pd.DataFrame:
    import sqlalchemy as sa

    named = config.columns.model_dump(exclude_none=True)
    schema, _, name = config.view.rpartition(".")
    view = sa.table(name, *(sa.column(c) for c in dict.fromkeys(named.values())), schema=schema or None)
    query = sa.select(*(view.c[theirs].label(ours) for ours, theirs in named.items())).limit(MOST_ROWS)
    try:
        with _engine(_address(config)).connect() as connection:
            rows = [tuple(row) for row in connection.execute(query)]
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError) as error:
        raise _unreadable(config, error) from error
    found = pd.DataFrame(rows, columns=list(named), dtype=object)
    return pd.DataFrame({c: _texts(found[c]) if c in found else None for c in REQUEST_COLUMNS}, index=found.index)


def _engine(address: str) -> sa.Engine:
    """Without a pool: a connection left open would hold up the database's shutdown."""
    import sqlalchemy as sa

    waits: dict[str, Any] = {}
    if sa.make_url(address).get_backend_name() == "postgresql":
        options = f"-c statement_timeout={ANSWER_SECONDS * 1000}"
        waits = {"connect_timeout": CONNECT_SECONDS, "options": options}
    read_only = {"postgresql_readonly": True}
    return sa.create_engine(address, connect_args=waits, execution_options=read_only, poolclass=sa.pool.NullPool)


def _texts(column: pd.Series) -> pd.Series:
    return column.map(lambda value: None if value is None else _text(value)).astype("str")


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _address(config: SqlView) -> str:
    address = os.environ.get(config.url_env)
    if not address:
        raise ConfigError(
            f"open_work: {config.url_env} is not set",
            remedy=f"put the address of the database into the environment variable {config.url_env}",
            variable=config.url_env,
        )
    return address


def _unreadable(config: SqlView, error: Exception) -> SourceUnreadableError:
    """The kind of fault alone: messages of drivers hold addresses and names."""
    said = type(getattr(error, "orig", None) or error).__name__
    return SourceUnreadableError(
        f"open work orders: the view {config.view} cannot be read ({said})",
        remedy=f"check the address in {config.url_env}, the name of the view and its columns, and that the account may "
        "read it",
        view=config.view,
    )


def check(config: SqlView, plan: CityPlan) -> None:
    """Raises ConfigError where a label is mapped to a category that the city does not have."""
    category_of_label(config.rules, plan.categories)


PLUGIN = Plugin(SqlView, read, check, is_live=True)
