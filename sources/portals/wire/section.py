"""The settings that every portal section of a city's YAML has."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from domain.category import Strict
from domain.config_errors import nearest
from domain.errors import ConfigError
from sources.portals.wire.client import Manners
from sources.portals.wire.open311 import Open311Closures
from sources.rules import RequestRules, Text

CLOCK = "row_clock"
JOIN = " / "
"""Between the values of a label that is made of several columns; `*` stands for any value of a column."""


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One column or several."""


class PortalColumns(Strict):
    """Our name -> the portal's column. Only the columns named here travel.

    request_id: several columns where the feed has no key; their values are hashed. label: several columns are joined
    by " / ". The others take one column.
    """

    request_id: Names
    created: str
    label: Names
    closed: str | None = None
    due: str | None = None
    status: str | None = None
    channel: str | None = None
    area: str | None = None
    lat: str | None = None
    lon: str | None = None
    duplicate_of: str | None = None

    def wanted(self) -> list[str]:
        """All columns of the portal, each once."""
        single = [v for v in self.model_dump(exclude_none=True).values() if isinstance(v, str)]
        return list(dict.fromkeys([*self.request_id, *self.label, *single]))


class PortalManners(Strict):
    """How hard the portal may be asked, as in `sources.portals.wire.client.Manners`."""

    attempts: int = Field(default=6, ge=1, le=20)
    first_wait_seconds: float = Field(default=1.0, gt=0)
    longest_wait_seconds: float = Field(default=120.0, gt=0)
    timeout_seconds: float = Field(default=60.0, gt=0)
    at_once: int = Field(default=3, ge=1, le=8)
    pause_seconds: float = Field(default=0.0, ge=0)
    max_answer_mib: int = Field(default=256, ge=1, le=4096)

    def plain(self) -> Manners:
        return Manners(**self.model_dump())


def _host(value: str) -> str:
    parts = urlsplit(value if "://" in value else f"https://{value}")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"'{value}' is not a host such as data.city.org (http:// before it where it has no https)")
    return value.rstrip("/")


Host = Annotated[str, AfterValidator(_host)]


class PortalSection(Strict):
    """What all portals need to be told.

    host: of the portal; https unless it is written with http://. also_hosts: further hosts that it may send to.
    token_env: the environment variable that holds a token. updated: the portal's own column that moves with each edit;
    without one the last `reread_days` are read again at every sync. push_labels: only rows with a label of
    `rules.labels` travel. unverified_labels: labels nobody has seen at the portal yet. cannot_carry: what the feed
    lacks, and what is therefore switched off; said in every plan. label_until: the label ends before this text.
    closures: a side channel that knows closures before the feed does.
    """

    host: Host
    also_hosts: tuple[str, ...] = ()
    token_env: str | None = None
    columns: PortalColumns
    updated: str | None = None
    reread_days: int = Field(default=60, ge=0, le=3660)
    push_labels: bool = True
    label_until: str | None = None
    unverified_labels: tuple[Text, ...] = ()
    cannot_carry: tuple[str, ...] = ()
    page_size: int = Field(default=5000, ge=1, le=100_000)
    manners: PortalManners = PortalManners()
    rules: RequestRules = RequestRules()
    attribution: str = ""
    closures: Open311Closures | None = None

    @property
    def base(self) -> str:
        return self.host if "://" in self.host else f"https://{self.host}"

    @property
    def hosts(self) -> tuple[str, ...]:
        return (urlsplit(self.base).hostname or "", *self.also_hosts)

    def token(self) -> str | None:
        return os.environ.get(self.token_env) or None if self.token_env else None

    def labels(self) -> tuple[tuple[str, ...], ...]:
        """The wanted labels, one value a label column, `*` for any; empty: all rows travel."""
        parts = len(self.columns.label)
        keys = self.rules.labels if self.push_labels else {}
        return tuple(tuple(key.split(JOIN, parts - 1)) for key in keys)

    @field_validator("cannot_carry")
    @classmethod
    def _sentences(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(v.strip() for v in value)

    @model_validator(mode="after")
    def _closures_have_a_key(self) -> PortalSection:
        if self.closures is not None and len(self.columns.request_id) > 1:
            raise ValueError("closures: the feed has no key of its own, so Open311 cannot be asked for its requests")
        return self

    @model_validator(mode="after")
    def _labels_fit(self) -> PortalSection:
        parts = len(self.columns.label)
        for key in (*self.rules.labels, *self.rules.excluded_labels):
            if parts > 1 and len(key.split(JOIN, parts - 1)) != parts:
                raise ValueError(f"label '{key}': write {parts} values joined by '{JOIN}', * for any")
        named = {*self.rules.labels, *self.rules.excluded_labels}
        for label in self.unverified_labels:
            if label not in named:
                close = nearest(label, sorted(named))
                raise ValueError(f"unverified_labels: '{label}' is no label of the rules; the nearest is '{close}'")
        return self


def required_token(section: PortalSection, what: str) -> str:
    """The token, or a ConfigError that names the variable."""
    token = section.token()
    if token is None:
        name = section.token_env or "token_env"
        raise ConfigError(
            f"{what} needs a token, and {name} is not set",
            remedy=f"set `token_env` in the YAML and the variable {name} in the environment",
            variable=name,
        )
    return token


def source_columns(section: PortalSection) -> list[str]:
    """Everything that is asked for: the named columns and the portal's clock."""
    wanted = section.columns.wanted()
    return [*wanted, section.updated] if section.updated and section.updated not in wanted else wanted


Row = Mapping[str, object]
