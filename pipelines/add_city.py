"""Propose the YAML of a new city from what its portal says of a data set."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from configs.load import category
from sources.portals.wire.described import Described, describe
from sources.portals.wire.guessed import NEEDED, guessed, missing

CATEGORIES = ("pothole", "flooding", "noise")
FILL_IN = "FILL-IN"
SKILLS = {"pothole": "patching", "flooding": "drainage"}


@dataclass(frozen=True)
class Proposed:
    """lines: of the YAML. open: what a person must still decide, in words."""

    lines: tuple[str, ...]
    open: tuple[str, ...]


def propose_city(url: str, name: str | None = None, timezone: str | None = None) -> Proposed:
    """Ask the portal and write the YAML. Raises ConfigError for an address of no known kind, PortalError's kinds."""
    found = describe(url)
    chosen = guessed(found)
    undecided = [f"columns.{n}: none of the data set's columns has a usual name for it" for n in missing(chosen)]
    undecided += ["timezone: not given (--timezone)"] if timezone is None else []
    undecided += ["requests.rules.labels: run `crewcast labels` on the file, then map them"]
    undecided += ["crews: invented, put your own yards and crews"]
    city = name or re.sub(r"[^a-z0-9]+", "-", (urlsplit(url).hostname or "city").lower()).strip("-")
    zone = timezone or "America/New_York  # which one?"
    return Proposed(tuple(_lines(found, chosen, city, zone, url)), tuple(undecided))


def _lines(found: Described, chosen: dict[str, str], city: str, timezone: str, url: str) -> Iterator[str]:
    yield f"# Proposed from {url}. Review every line: columns are guessed by their names."
    yield f"# Columns there: {', '.join(found.columns)}"
    yield "schema: 1"
    yield f"city: {city}"
    yield f"title: {_text(found.title)}"
    yield 'label: "Proposed configuration; crews, yards and costs invented"'
    yield f"timezone: {timezone}"
    yield "holidays: {country: US}  # and subdivision"
    yield f"categories: [{', '.join(CATEGORIES)}]"
    yield "requests:"
    yield f"  kind: {found.kind}"
    yield f"  host: {found.host if found.host.startswith('http://') else found.host.removeprefix('https://')}"
    yield f"  datasets: [{_flow(found.dataset)}]"
    yield "  columns:"
    for ours in NEEDED:
        yield f"    {ours}: {_text(chosen.get(ours, FILL_IN))}" + ("" if ours in chosen else "  # which one?")
    yield from (f"    {n}: {_text(c)}" for n, c in chosen.items() if n not in (*NEEDED, "updated"))
    if "updated" in chosen and found.kind == "arcgis":
        yield f"  updated: {_text(chosen['updated'])}  # does it move with every edit?"
    yield "  rules:"
    yield f"    zone: {'utc' if found.kind == 'arcgis' else 'local'}  # of times without an offset"
    yield "    labels: {}  # run `crewcast labels` on this file; as long as none is named, every row travels"
    yield "    on_unknown_label: exclude"
    yield "areas: {kind: from_rows}  # or outlines by URL"
    yield from _crews()


def _crews() -> Iterator[str]:
    skills = ", ".join(f"{category(c).skill}: null" for c in SKILLS)
    yield "crews:  # invented"
    yield "  is_invented: true"
    yield '  shifts: [{name: day, start: "07:00", end: "15:30", minutes: 450}]'
    yield f"  types: [{{name: street, skills: {{{skills}}}, cost_per_hour: 150}}]"
    yield "  yards: [{name: Central, crews: {street: 4}}]"


def _flow(entry: dict[str, object]) -> str:
    return json.dumps(entry)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
