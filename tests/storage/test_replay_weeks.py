from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from domain.errors import ConfigError
from storage.replay_weeks import forget_week, keep_week, open_weeks, read_week

WEEK = date(2024, 1, 7)


def test_a_kept_week_reads_as_it_was_written(tmp_path: Path) -> None:
    assert open_weeks(tmp_path / "weeks", {"a": 1}) == []
    rows, crews = pd.DataFrame({"cost": [1.5]}), np.arange(6).reshape(2, 3)
    keep_week(tmp_path / "weeks", WEEK, {"rows": rows}, {"1 flat moved|crews": crews})
    assert open_weeks(tmp_path / "weeks", {"a": 1}) == [WEEK]
    frames, arrays = read_week(tmp_path / "weeks", WEEK)
    pd.testing.assert_frame_equal(frames["rows"], rows)
    np.testing.assert_array_equal(arrays["1 flat moved|crews"], crews)
    forget_week(tmp_path / "weeks", WEEK)
    assert open_weeks(tmp_path / "weeks", {"a": 1}) == []


def test_a_week_that_was_cut_short_is_not_there(tmp_path: Path) -> None:
    open_weeks(tmp_path, {})

    class Broken(pd.DataFrame):
        def to_parquet(self, *_args: object, **_options: object) -> None:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        keep_week(tmp_path, WEEK, {"rows": Broken()}, {})
    assert open_weeks(tmp_path, {}) == []


def test_weeks_of_another_replay_are_refused_with_the_remedy(tmp_path: Path) -> None:
    open_weeks(tmp_path, {"loads": [1.0]})
    with pytest.raises(ConfigError, match="another replay") as told:
        open_weeks(tmp_path, {"loads": [0.8]})
    assert "--out" in told.value.remedy
