"""Publications in a home on disk, and the real server over them, on loopback."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import ModuleType

import httpx
import pandas as pd
import pytest

from domain.tables import PUBLISHED
from pipelines.steps.publish import area_features
from serving.web.run import beside
from serving.web.settings import Settings
from storage.home import open_home
from storage.parquet import table_bytes
from storage.vintages import publish

CITY = "testford"
TYPED = [
    ("quarantine", "odd label", "4 rows; label: 'Ann Example' (4); first in row 7 of calls.csv", "note", ""),
    ("correction", "label tidied", "12 rows, e.g. Ann Example → ann", "note", ""),
]
"""Findings that repeat what somebody typed, as a run writes them."""
TABLES = {t.name: t for t in PUBLISHED}


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """What tests/serving makes its publications with, loaded through its conftest."""
    path = Path(__file__).parents[1] / "conftest.py"
    spec = importlib.util.spec_from_file_location("serving_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.made


@pytest.fixture(scope="session")
def put(made: ModuleType) -> Callable[..., str]:
    """Publishes a made publication into a home; days: how much later than the usual one; change: of its tables."""

    @cache
    def drawn(hostile: bool) -> object:
        return made.publication(made.Shape(draws=50, hostile=hostile))

    def frames_of(
        hostile: bool, name: str, change: Callable[[dict[str, pd.DataFrame]], dict[str, pd.DataFrame]]
    ) -> dict[str, pd.DataFrame]:
        one = drawn(hostile)
        told = pd.DataFrame(TYPED, columns=["kind", "item", "value", "severity", "remedy"])
        health = pd.concat([one.tables["health"].drop(columns="vintage_id"), told])
        return {n: f.assign(vintage_id=name) for n, f in change({**one.tables, "health": health}).items()}

    @cache
    def unchanged(hostile: bool, name: str) -> dict[str, bytes]:
        return {n: table_bytes(f, TABLES[n]) for n, f in frames_of(hostile, name, dict).items()}

    def write(
        home: Path, *, days: int = 0, hostile: bool = False, revision: int = 1, edited: object = None,
        may_wait: str = "", change: Callable[[dict[str, pd.DataFrame]], dict[str, pd.DataFrame]] = dict,
    ) -> str:  # fmt: skip
        one = drawn(hostile)
        day = one.manifest.as_of + timedelta(days=days)
        name = f"{day}-r{revision}-0badcafe"
        manifest = one.manifest.model_copy(
            update={
                "vintage_id": name,
                "as_of": day,
                "origin": day,
                "revision": revision,
                "city": CITY,
                "edited": edited,
                "may_wait": may_wait,
            }
        )  # fmt: skip
        tables = unchanged(hostile, name) if change is dict else {
            n: table_bytes(f, TABLES[n]) for n, f in frames_of(hostile, name, change).items()
        }  # fmt: skip
        files = {"areas.geojson": area_features(one.areas), "plan.csv": b"made", "report.html": b"<p>made</p>"}
        publish(open_home(home).city(CITY), manifest, tables, files)
        return name

    return write


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, put: Callable[..., str]) -> Path:
    """A home with one ordinary publication, for tests that change nothing."""
    root = tmp_path_factory.mktemp("home")
    put(root)
    return root


@dataclass(frozen=True)
class Served:
    """A running server. client: of a browser that has not signed in."""

    url: str
    client: httpx.Client
    settings: Settings


@contextmanager
def serving(settings: Settings, **more: object) -> Iterator[Served]:
    """The real server in a thread; stopped at the end."""
    with (
        beside(settings, **more) as url,
        httpx.Client(base_url=url, timeout=60, trust_env=False) as client,
    ):
        yield Served(url, client, settings)


@pytest.fixture(scope="session")
def serve() -> Callable[..., object]:
    """Starts the server over a home, with other settings where given."""

    def start(home: Path, works: object = None, *, warms: bool = False, **settings: object) -> object:
        chosen = Settings(city=CITY, home=home, port=0, **settings)
        return serving(chosen, warms=warms, **({"works": works} if works else {}))

    return start


@pytest.fixture(scope="session")
def site(home: Path, serve: Callable[..., object]) -> Iterator[Served]:
    """The server over the ordinary publication, open to this machine alone."""
    with serve(home) as served:
        yield served


def csrf_of(client: httpx.Client, path: str) -> str:
    """The form's token on a page."""
    text = client.get(path).text
    return text.split('name="csrf" value="', 1)[1].split('"', 1)[0]


@pytest.fixture(scope="session")
def csrf() -> Callable[[httpx.Client, str], str]:
    return csrf_of


def pointer(home: Path) -> dict[str, object]:
    return json.loads((home / "cities" / CITY / "latest.json").read_bytes())
