"""A yard's shifts as an iCalendar file (RFC 5545): one event a date and shift with crews.

Times are UTC, so no time zone has to travel along. A shift keeps its UID from vintage to vintage and its SEQUENCE
grows, so a calendar that reads the next file moves the entry it has instead of adding another.
"""

from __future__ import annotations

import re
from datetime import date, datetime

import pandas as pd

from allocation.problem import ShiftRule, YardSite
from serving.export.edition import Edition
from serving.plan_rows import plan_rows
from serving.words import origins_label, plural

LINE_BYTES = 75
"""RFC 5545, 3.1: octets of a line without its break."""
DAY_ZERO = date(2000, 1, 1)


def yard_calendar(edition: Edition, yard: str) -> bytes:
    """The calendar of one yard: UTF-8, CRLF, folded and escaped. Bytes depend on the vintage alone."""
    rows = plan_rows(edition.tables)
    rows = rows[(rows["yard"] == yard) & (rows["crews"] + rows["held_ready"] > 0)]
    site = next((y for y in edition.problem.yards if y.name == yard), None)
    shifts = {s.name: s for s in edition.problem.shifts}
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//crewcast//crew plan//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(f'{edition.manifest.title}: {yard}')}",
    ]
    for _, group in rows.groupby(["date", "shift"], sort=True):
        day, shift = group["date"].iloc[0].date(), str(group["shift"].iloc[0])
        if shift in shifts:
            lines += _event(edition, yard, site, shifts[shift], day, group)
    return "".join(folded(line) for line in [*lines, "END:VCALENDAR"]).encode()


def _event(
    edition: Edition, yard: str, site: YardSite | None, shift: ShiftRule, day: date, rows: pd.DataFrame
) -> list[str]:
    start = edition.moment(day, shift.start_minute)
    end = edition.moment(day, shift.start_minute + shift.clock_minutes)
    stamp = _utc(edition.stamp)
    place = [f"GEO:{site.lat:.6f};{site.lon:.6f}"] if site and site.lat is not None and site.lon is not None else []
    return [
        "BEGIN:VEVENT",
        f"UID:{uid(edition.manifest.city, yard, shift.name, day)}",
        f"DTSTAMP:{stamp}",
        f"LAST-MODIFIED:{stamp}",
        f"SEQUENCE:{sequence(edition)}",
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(end)}",
        f"SUMMARY:{escaped(_summary(shift.name, rows))}",
        f"DESCRIPTION:{escaped(_description(edition, rows))}",
        f"LOCATION:{escaped(yard)}",
        *place,
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]


def uid(city: str, yard: str, shift: str, day: date) -> str:
    """The same for the same shift in every vintage; letters, figures and dashes only."""
    plain = re.sub("[^A-Za-z0-9]", lambda found: f"-{ord(found[0]):x}-", yard)
    return f"{day:%Y%m%d}-{shift}-{plain}@{city}.crewcast"


def sequence(edition: Edition) -> int:
    """Grows with every later vintage: days since 2000 × 1000 + revision."""
    return (edition.manifest.as_of - DAY_ZERO).days * 1000 + min(edition.manifest.revision, 999)


def escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11: backslash, semicolon, comma and line breaks escaped, control characters dropped."""
    safe = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    safe = safe.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(c for c in safe if c >= " " and c != "\x7f")


def folded(line: str) -> str:
    """The content line with its breaks: no piece over LINE_BYTES octets, no character cut in two."""
    pieces, piece, room = [], "", LINE_BYTES
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", LINE_BYTES - 1  # the space that marks a folded line counts
        piece += character
        room -= size
    return "\r\n ".join([*pieces, piece]) + "\r\n"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _summary(shift: str, rows: pd.DataFrame) -> str:
    crews = [f"{n} {kind}" for n, kind in zip(rows["crews"], rows["crew_type"], strict=True) if n]
    held = [f"{n} {kind} held ready" for n, kind in zip(rows["held_ready"], rows["crew_type"], strict=True) if n]
    return f"{shift} shift: {', '.join([*crews, *held])}"


def _description(edition: Edition, rows: pd.DataFrame) -> str:
    lines = [
        f"{row['crew_type']} ({plural(row['crews'], 'crew')}): {row['areas'] or 'no area named'}. {row['reason']}"
        for row in rows.to_dict("records")
    ]
    label = origins_label(edition.manifest)
    return "\n".join([*lines, *([label] if label else []), f"Publication {edition.manifest.vintage_id}"])
