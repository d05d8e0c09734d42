"""Effects become a table at every level, whose blocks sum to the published mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from domain.category import Category
from domain.chance import generator
from domain.panel import Known, WeatherPaths
from domain.tables import EXPLANATIONS
from models.effects import BLOCKS, Effects
from models.explain import explanation_table
from models.weather_ensemble import climatology


@pytest.fixture
def effects() -> Effects:
    values = generator(1, "effects").normal(1.0, 2.0, (5, 6, 14))
    values[BLOCKS.index("place")] -= values[BLOCKS.index("place")].mean(axis=0)
    return Effects(values, np.zeros((6, 14)))


def test_the_table_keeps_its_contract_and_its_blocks_sum_to_the_mean_at_every_level(
    city_known: Callable[..., Known], category_of: Callable[..., Category], effects: Effects
) -> None:
    table = explanation_table(effects, city_known(areas=6, days=70), category_of("pothole"), None, None, 14)
    EXPLANATIONS.validate(table.assign(vintage_id="v"))
    assert len(table) == (6 + 2) * 14 * 5 + 14 * 4
    sums = table.groupby(["level", "area", "date"])["effect"].sum()
    mean = effects.effects.sum(axis=0)
    assert sums["city"].to_numpy() == pytest.approx(mean.sum(axis=0))
    assert sums["district"]["district-1"].to_numpy() == pytest.approx(mean[3:].sum(axis=0))
    assert sums["area"]["area-02"].to_numpy() == pytest.approx(mean[2])


def test_rows_follow_the_order_of_build_up_and_the_city_has_no_place(
    city_known: Callable[..., Known], category_of: Callable[..., Category], effects: Effects
) -> None:
    table = explanation_table(effects, city_known(days=70), category_of("pothole"), None, None, 7)
    assert table["block"].tolist()[:10] == [*BLOCKS, *BLOCKS]
    assert table["order"].tolist()[:5] == [0, 1, 2, 3, 4]
    assert table["block"].tolist()[-4:] == ["usual", "recent demand", "calendar", "weather"]
    assert table["date"].max().date() == date(2024, 7, 7)


def test_an_area_says_only_what_can_be_read_and_the_city_everything(
    city_known: Callable[..., Known], category_of: Callable[..., Category], effects: Effects
) -> None:
    small = Effects(effects.effects * np.array([1.0, 0.001, 0.001, 0.001, 0.0])[:, None, None], effects.holiday)
    table = explanation_table(small, city_known(days=70), category_of("pothole"), None, None, 7)
    area = table[(table["level"] == "area") & (table["block"] != "usual")]
    assert (area["words"] == "").all()
    assert (table[table["level"] == "city"]["words"] != "").all()


def test_a_holiday_is_named_only_where_the_forecast_moved_with_it(
    city_known: Callable[..., Known], category_of: Callable[..., Category], effects: Effects
) -> None:
    known = city_known(days=70)
    ignorant = explanation_table(effects, known, category_of("pothole"), None, None, 7)
    assert not ignorant["words"].str.contains("Independence").any()
    holiday = np.zeros((6, 14))
    holiday[:, 3] = -1.0
    knowing = explanation_table(Effects(effects.effects, holiday), known, category_of("pothole"), None, None, 7)
    named = knowing[knowing["words"].str.contains("Independence")]
    assert set(named["date"].dt.date) == {date(2024, 7, 4)}
    assert set(named["block"]) == {"calendar"}
    (city,) = named[named["level"] == "city"]["words"]
    assert city.endswith("because it is Thursday, Independence Day (" + city.rsplit("(", maxsplit=1)[1])
    assert city.endswith("holiday −6.0)")


def test_why_the_weather_adds_nothing_on_any_day_is_said(
    city_known: Callable[..., Known], category_of: Callable[..., Category], effects: Effects
) -> None:
    known = city_known(days=700)
    usual, other = (climatology(known, 20, 14, seed) for seed in (1, 2))
    values = effects.effects.copy()
    values[-1] = 0.0

    def said(weather: WeatherPaths | None, climate: WeatherPaths | None) -> set[str]:
        made = Effects(values, effects.holiday)
        table = explanation_table(made, known, category_of("pothole"), weather, climate, 7)
        return set(table[(table["level"] == "city") & (table["block"] == "weather")]["words"])

    assert said(other, usual) == {"the forecast does not look at the weather"}
    assert said(usual, usual) == {"nothing from the weather: what is usual in the season is expected"}
    assert said(None, None) == {"no weather is known"}
