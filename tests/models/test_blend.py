from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from pydantic import ValidationError

from domain.panel import Draws, Ints, Known, WeatherPaths
from domain.progress import silent
from models.forecaster import AS_PUBLISHED, Block, draws_of
from models.forecasters.blend import FORECASTER, Blend, Member, Params
from tests.contracts.test_forecasters import DAYS, HORIZON, SEED, counts_of, known_of

SIZE = 400


@dataclass(frozen=True)
class Constant:
    """Draws its own number everywhere, and its reference where it is asked for one."""

    number: int
    asked: list[frozenset[Block]] = field(default_factory=list)

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        self.asked.append(reference)
        return np.full((4, horizon, draws.size), self.number, dtype=np.int32)

    def artifacts(self) -> dict[str, str]:
        return {"model.txt": str(self.number)}


@pytest.fixture(scope="module")
def known() -> Known:
    return known_of(counts_of("ordinary", 4, DAYS))


def test_each_draw_follows_one_member_everywhere_and_shares_are_exact_to_a_draw(known: Known) -> None:
    blend = Blend("pothole", ("a", "b"), (Constant(1), Constant(5)), np.array([0.25, 0.75]))
    paths = blend.paths(known, None, draws_of(SEED, SIZE, None), HORIZON)
    assert (paths == paths[:1, :1]).all()
    assert abs((paths[0, 0] == 1).sum() - 0.25 * SIZE) <= 1


def test_every_weather_path_is_followed_by_every_member(known: Known) -> None:
    blend = Blend("pothole", ("a", "b", "c"), (Constant(0), Constant(1), Constant(2)), np.full(3, 1 / 3))
    path = np.arange(SIZE) % 40
    paths = blend.paths(known, None, Draws(SEED, path.astype(np.int32), np.full(SIZE, 1 / SIZE)), HORIZON)
    counted = np.array([np.bincount(paths[0, 0, path == p], minlength=3) for p in range(40)])
    assert counted.min() >= 2
    assert counted.max() <= 5


def test_a_reference_is_handed_to_every_member(known: Known) -> None:
    members = Constant(1), Constant(2)
    blend = Blend("pothole", ("a", "b"), members, np.array([0.5, 0.5]))
    blend.paths(known, None, draws_of(SEED, SIZE, None), HORIZON, frozenset({"calendar"}))
    assert [m.asked for m in members] == [[frozenset({"calendar"})]] * 2


def test_the_mean_lies_between_the_members(known: Known) -> None:
    params = Params(members=(Member(forecaster="exponential_smoothing"), Member(forecaster="recent_weekdays")))
    blend = FORECASTER.fit(known, "pothole", params, SEED, silent)
    assert isinstance(blend, Blend)
    draws = draws_of(SEED, 2000, None)
    means = [m.paths(known, None, draws, HORIZON).mean() for m in blend.members]
    assert min(means) * 0.98 <= blend.paths(known, None, draws, HORIZON).mean() <= max(means) * 1.02


def test_a_blend_of_blends_is_refused() -> None:
    with pytest.raises(ValidationError, match="member of a blend"):
        Member(forecaster="blend")


def test_files_of_members_do_not_overwrite_each_other(known: Known) -> None:
    blend = Blend("pothole", ("1-a", "2-a"), (Constant(1), Constant(2)), np.array([0.5, 0.5]))
    assert blend.artifacts() == {"1-a-model.txt": "1", "2-a-model.txt": "2"}
