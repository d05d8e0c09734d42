"""Ask a city's portal which labels it holds, compare them with the YAML, and propose what the YAML should say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from domain.city import CityPlan
from domain.progress import Progress
from pipelines.job import Job
from pipelines.steps.synced import portal_of
from sources.label_spans import LabelCount
from sources.labels_reviewed import Review, Seen, reviewed
from sources.portals.wire.counted import merged
from sources.portals.wire.labels import rule_of
from sources.portals.wire.section import PortalSection
from sources.validation.labels import category_of_label, fold
from storage.atomic import write_atomically

LOOK_BACK = timedelta(days=730)
SHOWN_OTHERS = 40


@dataclass(frozen=True)
class LabelsFound:
    """plan, config: of the city. since: the day of creation from which rows were counted."""

    plan: CityPlan
    config: PortalSection
    since: date
    review: Review


def find_labels(job: Job, since: date | None, progress: Progress) -> LabelsFound:
    """Every label of all data sets with its rows since a day (None: two years back), counted by the portal if it can.

    Raises PortalError's kinds.
    """
    plan = job.plan()
    plugin, config = portal_of(plan)
    today = pd.Timestamp(job.now).tz_convert(plan.city.timezone).date()
    day = since or today - LOOK_BACK
    counts: list[LabelCount] = []
    assert plugin.feeds is not None
    with plugin.feeds(config.model_copy(update={"push_labels": False}), plan, today) as opened:
        opened.tally.said = progress
        for feed in opened.feeds:
            progress(f"counting the labels of {feed.name}")
            counts = merged([*counts, *feed.labels(day)])
    return LabelsFound(plan, config, day, review_of(plan, config, counts))


def review_of(plan: CityPlan, config: PortalSection, counts: list[LabelCount]) -> Review:
    """The counts beside the rules of the YAML."""
    rules = config.rules
    to_category = category_of_label(rules, plan.categories)
    named = rules.labels or {c.category: c.category for c in plan.categories}
    mapped = {label: to_category[fold(label)] for label in named}
    keys = [*mapped, *rules.excluded_labels]
    return reviewed(counts, mapped, list(rules.excluded_labels), config.unverified_labels, rule_of(keys))


def propose(found: LabelsFound, file: Path) -> Path:
    """Write the proposal. It is a part of a YAML to be reviewed, and no city's file is touched."""
    write_atomically(file, ("\n".join(proposal(found)) + "\n").encode())
    return file


def proposal(found: LabelsFound) -> Iterator[str]:
    """Lines of YAML: what the portal has as it is mapped now, successors beside it, look-alikes as comments."""
    review, city = found.review, found.plan.city
    yield f"# Labels of {city.title} with rows since {found.since}. Copy what is right into {city.city}.yaml."
    yield "rules:"
    yield "  labels:"
    successor = {r.old: r for r in review.renamed}
    for seen in (s for s in review.seen if s.category):
        renamed = successor.get(seen.count.label)
        note = f"; stopped {renamed.stopped}, see '{renamed.new}'" if renamed else ""
        yield f"    {_key(seen.count.label)}: {seen.category}  # {_told(seen)}{note}"
    for label in review.unseen:
        yield f"    # {_key(label)}: not at the portal in these days"
    new = {r.new: r for r in review.renamed}
    for seen in (s for s in review.seen if not s.category and not s.is_excluded):
        if seen.count.label in new:
            old = new[seen.count.label].old
            category = next(s.category for s in review.seen if s.count.label == old)
            yield f"    {_key(seen.count.label)}: {category}  # {_told(seen)}; seems to follow '{old}'"
        elif seen.nearest:
            alike = f"looks like '{seen.nearest}' ({seen.likeness:.0f} of 100)"
            yield f"    # {_key(seen.count.label)}:  {_told(seen)}; {alike}"
    yield "  excluded_labels:"
    for label, reason in found.config.rules.excluded_labels.items():
        yield f"    {_key(label)}: {_key(reason)}"
    left = [label for label in found.config.unverified_labels if label not in review.unverified]
    yield f"unverified_labels: {json.dumps(left, ensure_ascii=False)}"
    others = [s for s in review.seen if not s.category and not s.is_excluded and not s.nearest]
    yield f"# {len(others)} other labels, the most frequent first:"
    yield from (f"#   {s.count.label}: {_told(s)}" for s in others[:SHOWN_OTHERS])


def _key(text: str) -> str:
    """A text that YAML reads as one, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def _told(seen: Seen) -> str:
    days = f", {seen.count.first} to {seen.count.last}" if seen.count.first else ""
    return f"{seen.count.rows:,} rows{days}"
