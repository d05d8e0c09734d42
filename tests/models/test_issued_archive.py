from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from domain.panel import IssuedWeather
from models.issued_archive import ISSUES, archive_of
from models.weather_ensemble import usable_starts
from tests.models.test_weather_ensemble import LEADS, RAIN, known_at


def test_every_issue_of_a_day_speaks_of_that_day() -> None:
    known = known_at(1300)
    assert known.weather is not None
    assert known.issued is not None
    archive = archive_of(known, usable_starts(known.weather, 14))
    assert archive is not None
    row, lead = 500, 2
    day = known.weather.dates[archive.day[row]]
    for issue in range(ISSUES):
        place = known.issued.origins.get_indexer(pd.DatetimeIndex([day - pd.Timedelta(days=issue)]))[0]
        assert archive.issued[row, lead, issue, RAIN] == known.issued.values[place, lead + issue, RAIN]
    np.testing.assert_array_equal(archive.today[:, 0, RAIN], known.issued.values[-1, :, RAIN])


def test_issues_that_would_need_a_longer_lead_than_there_is_are_missing() -> None:
    known = known_at(1300)
    assert known.weather is not None
    archive = archive_of(known, usable_starts(known.weather, 14))
    assert archive is not None
    assert np.isnan(archive.issued[:, LEADS - 1, 1:, RAIN]).all()
    assert np.isfinite(archive.issued[10:, LEADS - 1, 0, RAIN]).all()


def test_a_gap_in_the_archive_leaves_its_days_out_and_nothing_else() -> None:
    known = known_at(1300)
    assert known.weather is not None
    assert known.issued is not None
    kept = np.ones(len(known.issued.origins), dtype=bool)
    kept[300:310] = False
    gappy = IssuedWeather(known.issued.origins[kept], known.issued.values[kept])
    usable = usable_starts(known.weather, 14)
    whole, less = archive_of(known, usable), archive_of(replace(known, issued=gappy), usable)
    assert whole is not None
    assert less is not None
    # The days of the gap still have older issues; they are left out because their newest is missing.
    assert len(whole.day) - len(less.day) == 10


def test_no_past_day_reaches_beyond_the_origin() -> None:
    known = known_at(1300)
    assert known.weather is not None
    archive = archive_of(known, usable_starts(known.weather, 14))
    assert archive is not None
    assert archive.day.max() + LEADS < len(known.weather.dates)
