"""How often ranges held, by lead and area, against forecasts whose fault is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from domain.chance import generator
from domain.panel import Ints
from domain.words import CITY_LEVEL
from models.calibration import GROUPS, calibration, inside_rows

AREAS = tuple(f"a{i}" for i in range(6))
MEAN = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
HORIZON, DRAWS, ORIGINS = 14, 200, 60


def counted(law: np.ndarray) -> dict[str, object]:
    """Calibration of Poisson draws of mean `law` (A, H) where the truth is Poisson of MEAN."""
    rng = generator(3, "calibration")

    def one(number: int) -> pd.DataFrame:
        came: Ints = rng.poisson(np.repeat(MEAN[:, None], HORIZON, axis=1)).astype(np.int32)
        drawn: Ints = rng.poisson(law[:, :, None], (len(AREAS), HORIZON, DRAWS)).astype(np.int32)
        return inside_rows(came, drawn, AREAS, 1, number)

    return calibration(pd.concat([one(n) for n in range(ORIGINS)], ignore_index=True))


def test_the_true_law_holds_at_every_lead_in_every_area_and_for_the_city() -> None:
    found = counted(np.repeat(MEAN[:, None], HORIZON, axis=1))
    leads = pd.DataFrame(found["leads"]).set_index("leads")
    assert leads.index.tolist() == ["1-3", "4-7", "8-14"]
    assert leads["area_day"].to_numpy() == pytest.approx(0.8, abs=0.05)
    assert leads["city_day"].to_numpy() == pytest.approx(0.8, abs=0.08)
    assert [found["areas"][group] for group in GROUPS] == pytest.approx([0.8] * 3, abs=0.05)
    assert found["areas"]["highest"]["cover80"] - found["areas"]["lowest"]["cover80"] < 0.1


def test_a_law_that_is_wrong_late_or_in_one_area_is_seen_there() -> None:
    law = np.repeat(MEAN[:, None], HORIZON, axis=1)
    law[:, 7:] *= 1.5
    law[2, :7] *= 3
    found = counted(law)
    leads = pd.DataFrame(found["leads"]).set_index("leads")
    assert leads.loc["8-14", "city_day"] < 0.1
    assert leads.loc["1-3", "area_day"] > leads.loc["8-14", "area_day"] + 0.1
    early = counted(np.concatenate([law[:, :7], np.repeat(MEAN[:, None], 7, axis=1)], axis=1))
    assert early["areas"]["lowest"]["area"] == "a2"


def test_two_areas_have_no_thirds() -> None:
    came, drawn = np.ones((2, 14), np.int32), np.ones((2, 14, 20), np.int32)
    assert set(calibration(inside_rows(came, drawn, AREAS[:2], 1, "origin"))["areas"]) == {"lowest", "highest"}


def test_rows_add_up_to_every_area_day_and_city_day() -> None:
    came, drawn = np.ones((6, 14), np.int32), np.ones((6, 14, 20), np.int32)
    rows = inside_rows(came, drawn, AREAS, 1, "origin")
    assert rows.groupby("area")["cells"].sum().to_dict() == dict.fromkeys([*AREAS, CITY_LEVEL], 14)
    assert (rows["inside"] <= rows["cells"]).all()
    assert rows.loc[rows["area"] == CITY_LEVEL, "requests"].sum() == 84
