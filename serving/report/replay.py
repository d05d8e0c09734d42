"""What the last replay found, and the waits the plan reckons with, as the report of a plan says it."""

from __future__ import annotations

from domain.evaluation import NONE_MADE
from serving.report.source import Source
from serving.words import long_day, plural


def replay_words(source: Source) -> str:
    """The replay's own sentence and what it rests on; where none was made, that and the command that makes one."""
    manifest, found = source.manifest, source.manifest.evaluation
    if found is None:
        return f"{NONE_MADE} crewcast evaluate {manifest.city} makes one from past weeks."
    rests = (
        f"From the last replay: {plural(found.weeks, 'week')}, rosters made from {long_day(found.first)} to "
        f"{long_day(found.last)}."
    )
    other = ""
    if found.config_hash != manifest.config_hash:
        other = " The city’s file has changed since: crews, prices or rules may be others than in the replay."
    return f"{found.sentence} {rests}{other}"


def wait_words(source: Source) -> str:
    """How long requests are taken to wait before crews can begin, and whence that is."""
    at_once = "Crews are taken to begin on a request at once: nobody stated or measured how long requests wait before."
    return source.manifest.waits or at_once
