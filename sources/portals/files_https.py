"""Plain text files over HTTPS: banner lines, odd widths, yearly names, asked for only when they have changed."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from domain.category import Strict
from sources.portals.wire.delimited import Text
from sources.portals.wire.feed import Feed
from sources.portals.wire.plugin import MakeClient, portal_plugin
from sources.portals.wire.section import PortalSection
from sources.portals.wire.text_feed import TextFeed

YEAR = "{year}"


class RemoteFile(Strict):
    """path: below the host; {year} stands for each year from first_year on. rolls_over: the file starts anew with each
    year or month under the same name, so that missing rows mean nothing."""

    path: str = Field(pattern=r"^/")
    first_year: int | None = Field(default=None, ge=1990, le=2100)
    rolls_over: bool = False


class FilesHttps(PortalSection):
    """`requests: {kind: files_https, …}`. text: how the files are written."""

    datasets: tuple[RemoteFile, ...] = Field(min_length=1)
    text: Text = Text()


def open_feeds(section: FilesHttps, make: MakeClient, today: date) -> list[Feed]:
    """One feed a file and year. The file of a year that has just begun may not be there yet."""
    feeds: list[Feed] = []
    for file in section.datasets:
        years = range(file.first_year or today.year, today.year + 1) if YEAR in file.path else (today.year,)
        for year in years:
            path = file.path.replace(YEAR, str(year))
            is_new = YEAR in file.path and year == today.year and today.month == 1
            feeds.append(_feed(section, path, make, not file.rolls_over, is_new))
    return feeds


def _feed(section: FilesHttps, path: str, make: MakeClient, tells_vanished: bool, may_be_absent: bool) -> Feed:
    name = path.rsplit("/", 1)[-1]
    return TextFeed(
        name, section, make(name), lambda: f"{section.base}{path}", section.text, tells_vanished, may_be_absent
    )


PLUGIN = portal_plugin(FilesHttps, open_feeds)
