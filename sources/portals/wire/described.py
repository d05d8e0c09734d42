"""What a portal says of a data set: its title and columns, by the address at which people find it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Semaphore
from typing import Any
from urllib.parse import urlsplit

import httpx

from domain.errors import ConfigError
from sources.portals.wire.client import AGENT, Client, Manners, Tally
from sources.portals.wire.guard import Guard

SOCRATA = re.compile(r"/([a-z0-9]{4}-[a-z0-9]{4})(?:[/.?]|$)")
ARCGIS = re.compile(r"(/.+/(?:FeatureServer|MapServer))/(\d+)")
CKAN = re.compile(r"/dataset/([\w-]+)(?:/resource/([0-9a-f-]{36}))?")
DATES = ("calendar_date", "floating_timestamp", "fixed_timestamp", "esriFieldTypeDate", "timestamp", "date")


@dataclass(frozen=True)
class Described:
    """kind: of the protocol. host: as the YAML writes it. dataset: its entry under `datasets`. columns: name -> whether
    it holds dates."""

    kind: str
    host: str
    dataset: dict[str, Any]
    title: str
    columns: dict[str, bool]


def describe(url: str) -> Described:
    """Ask the portal behind an address. Raises ConfigError for one that is of no known kind, PortalError's kinds."""
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc}"
    with _client(parts.hostname or "", parts.scheme == "http") as client:
        if found := ARCGIS.search(parts.path):
            return _arcgis(client, host, found[1], int(found[2]))
        if found := CKAN.search(parts.path):
            return _ckan(client, host, found[1], found[2])
        if found := SOCRATA.search(parts.path):
            return _socrata(client, host, found[1])
    raise ConfigError(
        f"'{url}' is not the address of a data set that can be recognised",
        remedy="give a Socrata page (…/abcd-1234), an ArcGIS layer (…/FeatureServer/0) or a CKAN page (/dataset/NAME)",
        url=url,
    )


@contextmanager
def _client(host: str, is_plain: bool) -> Iterator[Client]:
    """Only the host of the address is asked."""
    with httpx.Client(timeout=60, follow_redirects=False) as http:
        headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip"}
        guard = Guard(host, (host,), is_plain)
        yield Client(guard, Manners(attempts=3), headers, Tally(), http, lambda s, b, a: None, Semaphore(1))


def _socrata(client: Client, host: str, name: str) -> Described:
    told = client.json(f"{host}/api/views/{name}.json")
    columns = {str(c["fieldName"]): c.get("dataTypeName") in DATES for c in told.get("columns", [])}
    return Described("socrata", host, {"id": name}, str(told.get("name", name)), columns)


def _arcgis(client: Client, host: str, service: str, layer: int) -> Described:
    told = client.json(f"{host}{service}/{layer}", params={"f": "json"})
    columns = {str(f["name"]): f.get("type") in DATES for f in told.get("fields", [])}
    return Described("arcgis", host, {"service": service, "layer": layer}, str(told.get("name", service)), columns)


def _ckan(client: Client, host: str, name: str, resource: str | None) -> Described:
    """The resource of the address, else the last one in the datastore: the newest year stands there."""
    api = f"{host}/api/3/action"
    package = client.json(f"{api}/package_show", params={"id": name})["result"]
    stored = [r for r in package.get("resources", []) if r.get("datastore_active") and resource in (None, r["id"])]
    if not stored:
        raise ConfigError(
            f"{host}: no resource of '{name}' lies in the datastore",
            remedy="write the YAML by hand: `datasets: [{id: …, by: file}]`, see configs/cities/toronto.yaml",
            dataset=name,
        )
    chosen = stored[-1]
    told = client.json(f"{api}/datastore_search", body={"resource_id": chosen["id"], "limit": 1})["result"]
    columns = {str(f["id"]): str(f.get("type")) in DATES for f in told.get("fields", []) if f["id"] != "_id"}
    return Described("ckan", host, {"id": chosen["id"]}, str(package.get("title") or name), columns)
