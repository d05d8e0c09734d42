"""The board keeps the time of every step, the failed ones too."""

from __future__ import annotations

import pytest

from pipelines.board import Board, current, showing


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
