"""The fake portal of a city's protocol, its rows written in that city's own columns, labels and statuses."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sources.portals.wire.section import JOIN
from tests.portals import arcgis_fake, ckan_fake, opendatasoft_fake, socrata_fake
from tests.portals.arcgis_fake import FakeArcGis, ms
from tests.portals.carto_fake import FakeCarto
from tests.portals.carto_fake import iso as z_iso
from tests.portals.ckan_fake import FakeCkan, FakeZip
from tests.portals.engine import Table, Words
from tests.portals.files_fake import FakeFiles
from tests.portals.made import Made, World
from tests.portals.opendatasoft_fake import FakeOpendatasoft
from tests.portals.server import Answer, Call, FakePortal
from tests.portals.socrata_fake import FakeSocrata

Write = Callable[[datetime], Any]


def spoken(section: dict[str, Any], write: Write, write_closed: Write | None = None) -> Words:
    """A request in the columns that the YAML names."""
    columns, rules = section["columns"], section["rules"]

    def words(made: Made) -> dict[str, Any]:
        closed = (write_closed or write)(made.closed) if made.closed else None
        status = rules.get("closed_status", ["Closed"]) if made.closed else rules.get("open_status", ["Open"])
        said = {"created": write(made.created), "closed": closed, "due": write(made.created + timedelta(days=3)),
                "status": status[0], "channel": "Phone", "area": made.area, "lat": made.lat, "lon": -75.0}  # fmt: skip
        row: dict[str, Any] = {"row": made.row}
        row |= dict.fromkeys(listed(columns["request_id"]), made.id)
        row |= {columns[ours]: value for ours, value in said.items() if ours in columns}
        labels = listed(columns["label"])
        row |= dict(zip(labels, made.label.split(JOIN, len(labels) - 1), strict=True))
        updated = section.get("updated")
        row |= {updated: write(made.moved)} if updated and updated not in row else {}
        return {**row, columns["duplicate_of"]: None} if "duplicate_of" in columns else row

    return words


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def plain_iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def socrata(section: dict[str, Any], world: World) -> FakePortal:
    titles = {d["title"].replace("{year}", "2026"): "year-2026" for d in section["datasets"] if "title" in d}
    fake = FakeSocrata(world, (*(d["id"] for d in section["datasets"] if "id" in d), *titles.values()))
    fake.catalogue = titles
    words = spoken(section, socrata_fake.iso)
    system = ("sys_id", "sys_updated_at")
    fake.table = Table(world, lambda m: {**words(m), **{k: socrata_fake.words(m)[k] for k in system}})
    return fake


class CityArcGis(FakeArcGis):
    """Any layer of any service; dates: the columns that are moments."""

    dates: frozenset[str] = frozenset()

    def answer(self, call: Call) -> Answer:
        return super().answer(
            replace(call, path=re.sub(r"^.*/FeatureServer/\d+", f"{arcgis_fake.SERVICE}/0", call.path))
        )

    def _described(self) -> dict[str, Any]:
        told = super()._described()
        fields = [{**f, "type": "esriFieldTypeDate"} if f["name"] in self.dates else f for f in told["fields"]]
        return {**told, "fields": fields}


def arcgis(section: dict[str, Any], world: World) -> FakePortal:
    fake, words = CityArcGis(world), spoken(section, ms)
    fake.table = Table(world, lambda m: {k: v for k, v in words(m).items() if not k.startswith("geometry.")})
    moments = (*(section["columns"].get(c) for c in ("created", "closed", "due")), section.get("updated"))
    fake.dates = frozenset(m for m in moments if m)
    return fake


class CityCkan(FakeCkan):
    def answer(self, call: Call) -> Answer:
        """Every resource holds the same rows."""
        return super().answer(
            replace(call, body=re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", ckan_fake.ID.encode(), call.body))
        )


def ckan(section: dict[str, Any], world: World) -> FakePortal:
    if section["datasets"][0].get("by") == "file":
        return FakeZip(world)
    fake = CityCkan(world)
    fake.table = Table(world, spoken(section, plain_iso), ckan_fake.ID)
    return fake


def carto(section: dict[str, Any], world: World) -> FakePortal:
    fake = FakeCarto(world)
    fake.table = Table(world, spoken(section, z_iso), section["datasets"][0]["table"])
    return fake


def opendatasoft(section: dict[str, Any], world: World) -> FakePortal:
    fake = FakeOpendatasoft(world)
    words = spoken(section, opendatasoft_fake.iso, lambda m: m.astimezone(opendatasoft_fake.HOME).date().isoformat())
    fake.table = Table(world, words)
    return fake


class CityFiles(FakeFiles):
    """Every path holds all rows. given: the section's own way of writing text."""

    words: Words
    given: dict[str, Any]

    def answer(self, call: Call) -> Answer:
        rows = [{k: v for k, v in self.words(m).items() if k != "row"} for m in self.world.rows]
        first = self.given.get("header")
        names = [*([first] if first else []), *rows[0]]
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.given.get("delimiter", ","), lineterminator="\r\n")
        empty = self.given.get("missing", "")
        writer.writerows([names, *([empty if r.get(n) is None else r[n] for n in names] for r in rows)])
        encoding = self.given.get("encoding", "utf-8-sig")
        return Answer(200, text.getvalue().encode(encoding), "text/plain", {"ETag": '"1"'})


def files_https(section: dict[str, Any], world: World) -> FakePortal:
    fake = CityFiles(world)
    days = section["rules"].get("dates_only")
    fake.words = spoken(section, lambda m: m.strftime("%Y-%m-%d" if days else "%Y-%m-%d %H:%M:%S"))
    fake.given = section["text"]
    return fake


FAKE_OF = {f.__name__: f for f in (socrata, arcgis, ckan, carto, opendatasoft, files_https)}
