"""ArcGIS FeatureServer and MapServer: all object ids first, then rows by blocks of ids.

A page by offset shifts with every insertion and is slow far in; ids are not cut at the layer's record limit, and blocks
of them are quick. Errors come inside a 200. Date literals are read in a zone that not every layer names, so a day more
is asked for on either side.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from domain.category import Strict
from domain.portal_errors import PortalRefusedError
from sources.label_spans import LabelCount
from sources.portals.wire.ahead import in_order
from sources.portals.wire.answers import Later, refused, withdrawn
from sources.portals.wire.client import Client
from sources.portals.wire.counted import FIRST, LAST, ROWS, as_counts
from sources.portals.wire.feed import Ask, Feed, Page
from sources.portals.wire.plugin import MakeClient, portal_plugin
from sources.portals.wire.predicate import any_label, both
from sources.portals.wire.rows import check_known, keys, table
from sources.portals.wire.section import PortalSection, source_columns
from sources.portals.wire.walked import WalkedFeed

BLOCK = 1000
ZONE_DOUBT = timedelta(days=1)
STATISTIC = ("statisticType", "onStatisticField", "outStatisticFieldName")
GEOMETRY = ("geometry.y", "geometry.x")
"""Names for the point's own degrees, where attributes hold metres."""


class Layer(Strict):
    """service: path below the host up to FeatureServer or MapServer. layer: its number, or name: as the service lists
    it (numbers of yearly layers are no offset of the year)."""

    service: str = Field(pattern=r"^/.+/(FeatureServer|MapServer)$")
    layer: int | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Layer:
        if (self.layer is None) == (self.name is None):
            raise ValueError("a layer has a number `layer` or a `name`, one of the two")
        return self


class ArcGis(PortalSection):
    """`requests: {kind: arcgis, …}`. lat and lon may be geometry.y and geometry.x: the point in degrees."""

    datasets: tuple[Layer, ...] = Field(min_length=1)

    @property
    def needs_geometry(self) -> bool:
        return bool({self.columns.lat, self.columns.lon} & set(GEOMETRY))


@dataclass(frozen=True)
class ArcGisFeed(WalkedFeed):
    """One layer. url: of the layer."""

    section: ArcGis
    url: str = field(kw_only=True)

    @cached_property
    def layer(self) -> dict[str, Any]:
        """The layer's own description, its columns checked against the YAML."""
        told: dict[str, Any] = self.client.described(self.url, params={"f": "json", **self._token()}, accept=accept)
        check_known(self.section, (f["name"] for f in told.get("fields", [])), self.client.about, besides=GEOMETRY)
        return told

    @property
    def dates(self) -> frozenset[str]:
        return frozenset(f["name"] for f in self.layer.get("fields", []) if f.get("type") == "esriFieldTypeDate")

    def pages(self, ask: Ask) -> Iterator[Page]:
        """Blocks in the order of the object ids; the cursor is the last id."""
        oids = self._ids(self._where(ask))
        total = None if ask.cursor else len(oids)
        start = int(ask.cursor) if ask.cursor else -1
        blocks = list(self._blocks([o for o in oids if o > start]))
        columns = source_columns(self.section)
        answers = in_order(lambda b: self._block(b, columns), blocks, self.section.manners.at_once)
        for block, records in zip(blocks, answers, strict=True):
            yield Page(
                table(records, self.section, dates=self.dates), str(block[-1]), total if not ask.cursor else None
            )

    def keys(self, since: date) -> Iterator[list[str]]:
        """Request ids of rows created since a local day."""
        oids = self._ids(both(self._labels(), self._from(self.section.columns.created, since)))
        for block in self._blocks(oids):
            yield keys(self._block(block, list(self.section.columns.request_id)), self.section)

    def labels(self, since: date) -> list[LabelCount]:
        """Counted by the portal."""
        created = self.section.columns.created
        oid = self.layer.get("objectIdField") or "OBJECTID"
        asked = (("count", oid, ROWS), ("min", created, FIRST), ("max", created, LAST))
        statistics = [dict(zip(STATISTIC, one, strict=True)) for one in asked]
        grouped = {"groupByFieldsForStatistics": ",".join(self.section.columns.label)}
        where = self._from(created, since) or "1=1"
        answer = self._query({"where": where, "outStatistics": json.dumps(statistics), **grouped})
        rows = [f.get("attributes", {}) for f in answer.get("features", [])]
        return as_counts(rows, self.section, is_epoch=created in self.dates)

    def _where(self, ask: Ask) -> str:
        changed = ""
        if ask.what == "changes" and ask.mark and self.section.updated:
            changed = self._from(self.section.updated, ask.mark.date())
        since = self._from(self.section.columns.created, ask.since) if ask.since else ""
        return both(self._labels(), since, changed)

    def _labels(self) -> str:
        return any_label(self.section.labels(), self.section.columns.label, str)

    def _from(self, column: str, day: date) -> str:
        return f"{column} >= timestamp '{day - ZONE_DOUBT} 00:00:00'" if column in self.dates else ""

    def _ids(self, where: str) -> list[int]:
        answer = self._query({"where": where or "1=1", "returnIdsOnly": "true"})
        return sorted(answer.get("objectIds") or [])

    def _blocks(self, oids: Sequence[int]) -> Iterator[Sequence[int]]:
        size = min(self.section.page_size, BLOCK, int(self.layer.get("maxRecordCount") or BLOCK))
        return (oids[i : i + size] for i in range(0, len(oids), size))

    def _block(self, oids: Sequence[int], columns: list[str]) -> list[dict[str, Any]]:
        """Rows of these ids; a block that is too heavy is halved once, one that was cut is completed."""
        try:
            return self._rows(oids, columns)
        except PortalRefusedError:
            if len(oids) < 2:
                raise
            half = len(oids) // 2
            return [*self._rows(oids[:half], columns), *self._rows(oids[half:], columns)]

    def _rows(self, oids: Sequence[int], columns: list[str]) -> list[dict[str, Any]]:
        oid = self.layer.get("objectIdField") or "OBJECTID"
        named = list(dict.fromkeys([oid, *(c for c in columns if c not in GEOMETRY)]))
        form = {"objectIds": ",".join(map(str, oids)), "outFields": ",".join(named), "outSR": "4326"}
        answer = self._query(form | {"returnGeometry": str(self.section.needs_geometry).lower()})
        found = [_flat(f) for f in answer.get("features", [])]
        met = {r.get(oid) for r in found}
        missing = [o for o in oids if o not in met]
        if answer.get("exceededTransferLimit") and missing and len(missing) < len(oids):
            found += self._rows(missing, columns)
        return found

    def _query(self, form: dict[str, str]) -> dict[str, Any]:
        answer = self.client.json(f"{self.url}/query", form={**form, "f": "json", **self._token()}, accept=accept)
        if not isinstance(answer, dict):
            raise refused(self.client.about, "a list instead of an answer")
        return answer

    def _token(self) -> dict[str, str]:
        token = self.section.token()
        return {"token": token} if token else {}


def _flat(feature: dict[str, Any]) -> dict[str, Any]:
    point = feature.get("geometry") or {}
    return {**feature.get("attributes", {}), **dict(zip(GEOMETRY, (point.get("y"), point.get("x")), strict=True))}


def accept(answer: Any, about: str) -> None:
    """ArcGIS says its errors inside a 200."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return
    code = int(error.get("code") or 0)
    details = " ".join(str(d) for d in error.get("details") or [])
    said = f"{code}: {error.get('message', '')} {details}".strip()
    if code in (429, 500, 502, 503, 504):
        raise Later(f"error {code} inside a 200")
    raise withdrawn(about, said) if code in (401, 403, 404, 498, 499) else refused(about, said)


def open_feeds(section: ArcGis, make: MakeClient, today: date) -> list[Feed]:
    """Feeds of the layers; those given by name are looked up in their service."""
    return [_feed(section, layer, make) for layer in section.datasets]


def _feed(section: ArcGis, layer: Layer, make: MakeClient) -> Feed:
    service = layer.service.split("/services/")[-1].rsplit("/", 1)[0]
    name = f"{service}/{layer.name if layer.layer is None else layer.layer}"
    client = make(name)
    number = layer.layer if layer.layer is not None else _looked_up(section, layer, client)
    return ArcGisFeed(name, section, client, url=f"{section.base}{layer.service}/{number}")


def _looked_up(section: ArcGis, layer: Layer, client: Client) -> int:
    told = client.described(f"{section.base}{layer.service}", params={"f": "json"}, accept=accept)
    listed = {str(e.get("name")): int(e["id"]) for e in [*told.get("layers", []), *told.get("tables", [])]}
    if layer.name not in listed:
        raise withdrawn(client.about, f"the service lists {', '.join(sorted(listed)) or 'no layer'}")
    return listed[layer.name]


PLUGIN = portal_plugin(ArcGis, open_feeds)
