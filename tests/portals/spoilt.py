"""Answers that are right as sets and wrong in every other way: rows out of order, rows twice, totals that move."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from tests.portals.server import Answer, Call

Spoil = Callable[[Call, Answer], Answer]


def mixed_up(seed: int, then: Spoil) -> Spoil:
    """Shuffles a page's rows, repeats a few and moves totals; then what else goes wrong on the line."""
    dice = random.Random(seed)

    def spoil(call: Call, answer: Answer) -> Answer:
        if answer.status == 200 and "json" in answer.kind and not call.path.endswith("jsonl"):
            answer = Answer(200, mixed(answer.body, dice), answer.kind, answer.headers)
        elif answer.status == 200 and call.path.endswith("jsonl"):
            lines = answer.body.splitlines(keepends=True)
            answer = Answer(200, b"".join([*lines[:3], *lines]), answer.kind, answer.headers)
        return then(call, answer)

    return spoil


def mixed(body: bytes, dice: random.Random) -> bytes:
    told = json.loads(body)
    for rows in lists(told):
        rows += rows[: dice.randrange(3)]
        dice.shuffle(rows)
    for place, name in totals(told):
        place[name] = max(int(place[name]) + dice.randrange(-9, 10), 1)
    return json.dumps(told).encode()


def lists(told: Any) -> list[list[Any]]:
    """The rows of an answer in any of the protocols."""
    if isinstance(told, list):
        return [told] if told and set(told[0]) != {"n"} else []
    if told.get("features") and "fields" not in told:
        return [told["features"]]
    inner = told.get("result") or told
    return [inner[n] for n in ("records", "rows", "results") if isinstance(inner.get(n), list)]


def totals(told: Any) -> list[tuple[Any, str]]:
    if isinstance(told, list):
        return [(told[0], "n")] if told and set(told[0]) == {"n"} else []
    inner = told.get("result") or told
    return [(inner, n) for n in ("total", "total_count", "total_rows") if inner.get(n)]
