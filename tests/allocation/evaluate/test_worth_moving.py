"""A morning's move is made only where it leaves less late work behind."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocation.evaluate.moves import Morning
from allocation.evaluate.worth_moving import is_worth_moving
from allocation.work import OVERDUE_BUCKETS, buckets


def test_a_move_is_made_only_where_crews_then_leave_less_late_work(build: Any, town: Any) -> None:
    one = town(build, 1)
    dense = one.loaded.windows.dense(one.problem.dates[1], 8, one.loaded.stations)
    opening = np.zeros((2, 6, buckets(dense)))
    opening[0, :, :OVERDUE_BUCKETS] = 8.0
    crews = np.zeros((3, 2, 3), dtype=np.int64)
    crews[0] = np.array(one.loaded.stations)
    stay = Morning(crews, np.zeros(crews.shape), 0)
    more, nobody = (Morning(crews * by, np.zeros(crews.shape), 1) for by in (2, 0))
    assert is_worth_moving(dense, stay, dense, more, opening)
    assert not is_worth_moving(dense, stay, dense, nobody, opening)
    assert not is_worth_moving(dense, stay, dense, stay, opening), "nothing gained is no reason to move"
    assert not is_worth_moving(dense, stay, dense, more, np.zeros_like(opening)), "nothing is open"
