"""The feed of publications and warnings (Atom, RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from xml.etree import ElementTree as Xml
from zoneinfo import ZoneInfo

from domain.errors import VintageBrokenError
from domain.manifest import Manifest
from serving.report.source import Source
from serving.web.publication import Publication
from serving.web.shelf import Shelf
from serving.web.warned import warnings
from serving.words import listing, long_day, modes, origins_label, plural
from storage.past_forecasts import past_forecast

ATOM = "http://www.w3.org/2005/Atom"
MOST = 10


def feed(shelf: Shelf, shown: Publication, base: str) -> bytes:
    """UTF-8; bytes depend on the publications and the address alone. base: scheme and host of the pages."""
    Xml.register_namespace("", ATOM)
    root = Xml.Element(f"{{{ATOM}}}feed")
    told = shown.manifest
    _text(root, "id", f"urn:crewcast:{told.city}")
    _text(root, "title", f"Crew plan {told.title}")
    _text(root, "updated", _moment(told))
    _text(Xml.SubElement(root, f"{{{ATOM}}}author"), "name", told.title)
    Xml.SubElement(root, f"{{{ATOM}}}link", rel="self", href=f"{base}/api/v1/feed.atom")
    for name in shelf.ids()[::-1][:MOST]:
        try:
            _entry(root, shelf.named(name), base)
        except VintageBrokenError:
            continue
    text: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _entry(root: Xml.Element, one: Publication, base: str) -> None:
    told = one.manifest
    health = one.table("health")
    warned = health[(health["severity"] == "warning") & (health["kind"] != "mode")]
    notes = [note for note in warnings(_light(one)) if note["severity"] == "warning"]
    count = len(notes) + len(warned)
    entry = Xml.SubElement(root, f"{{{ATOM}}}entry")
    _text(entry, "id", f"urn:crewcast:{told.city}:{told.vintage_id}")
    heading = f"Plan of {long_day(told.first_date)} to {long_day(told.last_date)}"
    _text(entry, "title", heading + (f", {plural(count, 'warning')}" if count else ""))
    _text(entry, "updated", _moment(told))
    Xml.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=f"{base}/?vintage={told.vintage_id}")
    lines = [f"Mode {listing(list(modes(told)))}.", *(f"{note['title']}. {note['text']}" for note in notes)]
    lines += [f"{row['item']}: {row['remedy']}" for row in warned.to_dict("records")]
    label = origins_label(told)
    _text(entry, "summary", "\n".join([*([label] if label else []), *lines]))


def _light(one: Publication) -> Source:
    """What surges are told from, without the draws: a feed speaks of several publications."""
    ahead = past_forecast(one.vintage).assign(vintage_id=one.id) if "forecasts" in one.tables else None
    tables = {"history": one.table("history"), **({} if ahead is None else {"forecasts": ahead})}
    return Source(tables, one.manifest, one.areas)


def _moment(told: Manifest) -> str:
    """The end of the as-of day, later by a minute a revision: readers sort by it, and a run notes no clock."""
    end = datetime.combine(told.as_of + timedelta(days=1), time(), ZoneInfo(told.timezone))
    return (end.astimezone(UTC) + timedelta(minutes=told.revision)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(parent: Xml.Element, name: str, text: str) -> None:
    """Characters that XML cannot hold are left out."""
    Xml.SubElement(parent, f"{{{ATOM}}}{name}").text = "".join(c for c in text if c in "\n\t" or c >= " ")
