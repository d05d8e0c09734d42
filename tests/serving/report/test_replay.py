"""The report says what the last replay found, or that none was made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from domain.evaluation import EvaluationEntry
from serving.report.plan import report_html
from serving.report.replay import replay_words, wait_words
from serving.report.source import Source

SENTENCE = "There is no evidence that this plan beats the supervisor <b>in 9 weeks</b>."


def replayed(published: Any, config_hash: str) -> Source:
    entry = EvaluationEntry(
        first=date(2024, 1, 7), last=date(2024, 3, 3), known_on=date(2024, 5, 12), weeks=9, load="1",
        is_calibrated=False, sentence=SENTENCE, config_hash=config_hash, code_version="v",
    )  # fmt: skip
    manifest = published.manifest.model_copy(update={"evaluation": entry})
    return Source(published.tables, manifest, published.areas)


def test_the_sentence_of_the_last_replay_is_carried_with_what_it_rests_on(published: Any) -> None:
    same = replay_words(replayed(published, published.manifest.config_hash))
    assert same.startswith(SENTENCE)
    assert "9 weeks, rosters made from Sunday 7 January 2024 to Sunday 3 March 2024" in same
    assert "has changed" not in same
    assert "has changed since" in replay_words(replayed(published, "another"))


def test_the_report_shows_it_as_text_and_says_where_no_replay_was_made(published: Any) -> None:
    source = replayed(published, "another")
    text = report_html(source.tables, source.manifest, source.areas)
    assert "There is no evidence that this plan beats the supervisor &lt;b&gt;" in text
    none = report_html(published.tables, replace(published).manifest, published.areas)
    assert "No replay has been made" in none


def test_the_report_says_when_crews_can_begin_or_that_nobody_knows(published: Any) -> None:
    assert "begin on a request at once" in wait_words(Source(published.tables, published.manifest, published.areas))
    manifest = published.manifest.model_copy(update={"waits": "Crews can begin on half within 2 working days."})
    assert "within 2 working days." in report_html(published.tables, manifest, published.areas)
