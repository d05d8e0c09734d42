"""First contact with a city's portal: is what its YAML says of data sets, columns, pages and labels true?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from configs.load import load_city
from domain.city import CityPlan
from domain.errors import ConfigError
from domain.portal_errors import PortalError
from pipelines.check import Check
from pipelines.labels import review_of
from pipelines.steps.synced import portal
from sources.label_spans import LabelCount
from sources.portals.wire.counted import merged
from sources.portals.wire.feed import Ask, Feed, Page
from sources.portals.wire.plugin import PortalPlugin
from sources.portals.wire.section import PortalSection
from storage.home import Home

RECENT, LOOK_BACK = timedelta(days=30), timedelta(days=365)


def check_portal(home: Home, name: str) -> list[Check]:
    """A line a data set (address, columns, a page of recent rows) and the labels; none for cities without a portal."""
    try:
        plan = load_city(name)
        found = portal(plan)
    except ConfigError:
        return []  # told by the check of the configuration
    if found is None:
        return []
    today = pd.Timestamp(datetime.now(UTC)).tz_convert(plan.city.timezone).date()
    return list(_asked(*found, plan, today, f"{plan.city.title} ({name}), online"))


def _asked(plugin: PortalPlugin, config: PortalSection, plan: CityPlan, today: date, group: str) -> Iterator[Check]:
    every = config.model_copy(update={"push_labels": False})
    assert plugin.feeds is not None
    counts: list[LabelCount] | None = []
    try:
        with plugin.feeds(every, plan, today) as opened:
            for feed in opened.feeds:
                yield _page(feed, config, today, group)
                if counts is not None:
                    counts = _counted(feed, counts, today)
    except PortalError as error:
        yield Check("portal", "problem", error.what, error.remedy, group)
        return
    if counts is None:
        remedy = "see the lines on the data sets"
        yield Check("labels", "note", "not every data set could be asked for its labels", remedy, group)
    else:
        yield from _labels(plan, config, counts, group)


def _page(feed: Feed, config: PortalSection, today: date, group: str) -> Check:
    """Columns, host and redirects are proved by one page of recent rows."""
    what = f"data set {feed.name}"
    try:
        page: Page | None = next(iter(feed.pages(Ask("first", today - RECENT))), None)
    except PortalError as error:
        return Check(what, "problem", error.what, error.remedy, group)
    rows = page.rows.num_rows if page is not None else 0
    if page is None or not rows:
        remedy = "see on the portal's page whether the data set is still filled, and where its successor is"
        return Check(what, "note", f"columns are there; no row created since {today - RECENT}", remedy, group)
    asked = config.page_size
    is_cut = rows < min(asked, page.total or rows)
    pages = f"{rows:,} rows a page" + (f" where {asked:,} are asked for" if is_cut else "")
    return Check(what, "ok", f"columns are there; {pages}", group=group)


def _counted(feed: Feed, before: list[LabelCount], today: date) -> list[LabelCount] | None:
    """None where the portal will not count."""
    try:
        return merged([*before, *feed.labels(today - LOOK_BACK)])
    except PortalError:
        return None


def _labels(plan: CityPlan, config: PortalSection, counts: list[LabelCount], group: str) -> Iterator[Check]:
    """Mapped labels that are there, those that are not, unverified ones met for the first time, and renamed ones."""
    review = review_of(plan, config, counts)
    there = sum(bool(s.category) for s in review.seen)
    yield Check("labels", "ok" if there else "problem", f"{there} mapped ones have rows in the last year",
                "run `crewcast labels` and correct requests.rules.labels", group)  # fmt: skip
    for label in review.unseen:
        yield Check("label not met", "note", f"'{label}' has no row in the last year",
                    "run `crewcast labels` and look for its successor", group)  # fmt: skip
    for label in review.unverified:
        yield Check("label verified", "ok", f"'{label}' is there: take it out of unverified_labels", group=group)
    for r in review.renamed:
        yield Check("label renamed", "note", f"'{r.old}' stopped on {r.stopped}, '{r.new}' started on {r.started}",
                    "map the new one as well", group)  # fmt: skip
