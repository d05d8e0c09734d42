"""Random streams are named and repeatable."""

from __future__ import annotations

from domain.chance import generator


def test_the_same_names_give_the_same_stream() -> None:
    assert generator(7, "a", 1).random(4).tolist() == generator(7, "a", 1).random(4).tolist()


def test_another_name_or_seed_gives_another_stream() -> None:
    base = generator(7, "a", 1).random()
    assert base not in {generator(7, "a", 2).random(), generator(7, "b", 1).random(), generator(8, "a", 1).random()}


def test_the_stream_is_pinned_across_machines() -> None:
    """A published vintage can only be replayed if this number never moves."""
    assert generator(7, "pin").integers(0, 2**31) == 267420869
