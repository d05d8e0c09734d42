"""The board keeps the time of every step, the failed ones too."""

from __future__ import annotations

import pytest

from pipelines.board import PUBLISH, Board, current, showing


def test_steps_are_logged_with_their_outcome() -> None:
    with Board(quiet=True) as board:
        with board.step("one") as progress:
            progress("doing it", 1, 2)
        with pytest.raises(ValueError, match="no"), board.step("two"):
            raise ValueError("no")
    assert [(t["step"], t["outcome"]) for t in board.log()] == [("one", "done"), ("two", "failed")]


def test_without_a_display_every_step_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with showing() as board, board.step("read the data"):
        assert current() is board
    assert "read the data" in capsys.readouterr().err
    assert current().quiet


def test_before_publishing_leaving_changes_nothing_and_afterwards_it_may_have(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Board(quiet=True) as board:
        with board.step("plan the crews"):
            board.farewell()
        assert "nothing was published" in capsys.readouterr().err
        with board.step(PUBLISH):
            board.farewell()
        assert "whole or not at all" in capsys.readouterr().err


def test_a_failed_step_is_named_again_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"), Board() as board, board.step("read the data"):
        raise ValueError("no")
    lines = [line.split(" s  ")[1] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["read the data", "failed: read the data"]
