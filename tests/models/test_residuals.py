from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from domain.chance import generator
from models.residuals import (
    LEAST_RECORD,
    MOST_BIAS,
    NOTHING_FILED,
    RECORD_DAYS,
    TIMES_RECORD,
    YEARS_DIFFER,
    ErrorLaw,
    alike_paths,
    area_variance,
    choose_paths,
    draw,
    extended,
    lasting_bias,
    lasting_factor,
    learn_errors,
    most_a_day,
    noise_size,
)

ORIGINS, LEADS, AREAS = 150, 7, 12


def world(
    *, level: float = 3.0, city: float = 0.2, area: float = 0.1, size: float = 4.0, bias: float = 1.0, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Counts with known error variances around an expected level, (O, H, A) each."""
    rng = np.random.default_rng(seed)
    expected = level * rng.gamma(5, 0.2, (ORIGINS, LEADS, AREAS))
    shared = rng.gamma(1 / city, city, (ORIGINS, LEADS, 1))
    lasting = rng.gamma(1 / area, area, (ORIGINS, 1, AREAS))
    rate = bias * expected * shared * lasting * rng.gamma(size, 1 / size, expected.shape)
    return rng.poisson(rate).astype(np.int32), expected


def test_the_spread_of_city_factors_is_that_of_the_city_not_of_the_counting_noise() -> None:
    many, few = (learn_errors(*world(level=level)) for level in (3.0, 0.15))
    assert many.city_paths.var() == pytest.approx(0.2, rel=0.35)
    assert few.city_paths.var() == pytest.approx(0.2, abs=0.15)
    none = learn_errors(*world(level=0.3, city=1e-4))
    assert none.city_paths.var() < 0.04


def test_noise_and_lasting_area_error_are_found_again() -> None:
    law = learn_errors(*world())
    at_level = law.size_scale * 3.0**law.size_power
    assert 1.5 < at_level < 6
    assert 0.03 < law.area_variance < 0.2
    assert learn_errors(*world(area=1e-4)).area_variance < 0.02


def test_a_bias_that_the_typical_fortnight_shows_is_not_handed_on() -> None:
    for bias in (1.2, 0.8, 3.0, 0.1):
        law = learn_errors(*world(bias=bias))
        assert law.mean == pytest.approx(1.0, abs=0.05)
        np.testing.assert_allclose(law.city_paths.mean(axis=0), law.mean)


def test_what_rare_storms_bring_beyond_the_expected_is_handed_on_within_bounds() -> None:
    for times, kept in ((4.0, 1.3), (30.0, MOST_BIAS)):
        counts, expected = world(city=0.02)
        counts[::10] = (counts[::10] * times).astype(np.int32)
        law = learn_errors(counts, expected)
        typical = np.exp(np.log(counts.sum(axis=(1, 2)) / expected.sum(axis=(1, 2))).mean())
        assert law.mean == pytest.approx(min(counts.sum() / expected.sum() / typical, MOST_BIAS), rel=0.02)
        assert law.mean == pytest.approx(kept, abs=0.2)


def test_taking_out_the_typical_bias_never_moves_the_law_away_from_one() -> None:
    mean = np.full((40, 1), 100.0)
    low_but_for_storms = np.where(np.arange(40)[:, None] % 10, 60.0, 540.0)
    assert lasting_bias(low_but_for_storms, mean) == pytest.approx(1.08)
    assert lasting_bias(low_but_for_storms * 0.8, mean) == pytest.approx(1.0)
    assert lasting_bias(np.zeros((40, 1)), mean * 1e-9) == pytest.approx(1 / MOST_BIAS)


def test_draws_have_the_mean_and_variance_of_the_law_and_move_together() -> None:
    counts, expected = world()
    law = learn_errors(counts, expected)
    flat = np.full((AREAS, LEADS, 6000), 3.0)
    drawn = draw(law, flat, np.random.default_rng(5))
    assert drawn.dtype == np.int32
    assert drawn.min() >= 0
    assert drawn.mean() == pytest.approx(3.0 * law.mean, rel=0.02)
    assert drawn.var() == pytest.approx(counts[np.abs(expected - 3) < 0.7].var(), rel=0.3)
    city, independent = drawn.sum(axis=0).var(axis=1), drawn.var(axis=2).sum(axis=0)
    assert (city > 1.5 * independent).all()


def test_an_error_of_calm_days_carries_no_storm_far_beyond_the_record() -> None:
    law = learn_errors(*world(level=1.0, city=3.0))
    storm = np.full((AREAS, LEADS, 2000), 20.0)
    record = np.zeros((AREAS, RECORD_DAYS), np.int32)
    record[:, 5] = 25
    free, held = (
        draw(law, storm, np.random.default_rng(4), most=most).sum(axis=0) for most in (np.inf, most_a_day(record))
    )
    assert free.max() > 4 * 25 * AREAS
    assert held.max() < 4 * 25 * AREAS
    below = free < 25 * AREAS  # what stays below the record is drawn as before
    np.testing.assert_array_equal(held[below], free[below])
    assert most_a_day(record[:, 1:]) == np.inf
    assert most_a_day(np.zeros((AREAS, RECORD_DAYS), np.int32)) == TIMES_RECORD * LEAST_RECORD


def test_a_year_without_a_request_gives_a_law_that_draws_none() -> None:
    law = learn_errors(np.zeros((40, LEADS, 3), np.int32), np.full((40, LEADS, 3), 1e-6))
    assert np.isfinite(law.city_paths).all()
    assert draw(law, np.full((3, LEADS, 300), 1e-6), np.random.default_rng(1)).sum() == 0


def test_paths_over_a_longer_horizon_go_on_with_others_and_keep_the_mean() -> None:
    paths = np.random.default_rng(0).gamma(5, 0.2, (60, 7))
    longer = extended(paths / paths.mean(axis=0), 30)
    assert longer.shape == (60, 30)
    np.testing.assert_allclose(longer.mean(axis=0), 1.0)
    assert (longer[:, 7:14] != longer[:, :7]).any()
    np.testing.assert_array_equal(extended(paths, 3), paths[:, :3])


def test_the_lasting_factor_widens_weeks_more_than_days_and_leaves_the_mean() -> None:
    law = learn_errors(*world(level=30.0, city=0.02, area=1e-4, size=100.0))
    fresh = replace(
        law, city_paths=np.ones((1, LEADS)) * law.mean, city_means=law.city_means[:1], is_calm=law.is_calm[:1]
    )
    flat = np.full((AREAS, LEADS, 6000), 30.0)
    without, with_it = (draw(one, flat, np.random.default_rng(2)).sum(axis=0) for one in (fresh, law))
    assert law.lasting_spread == pytest.approx(YEARS_DIFFER * np.log(law.city_paths.mean(axis=1)).std())
    assert fresh.lasting_spread == 0
    np.testing.assert_allclose(without.mean(), with_it.mean(), rtol=0.01)
    factor = lasting_factor(np.random.default_rng(3), 0.3, 5000)
    assert factor.mean() == pytest.approx(1.0)
    assert np.log(factor).std() == pytest.approx(0.3, rel=0.02)
    days, weeks = (
        with_it.var(axis=1).mean() / with_it.mean() ** 2,
        with_it.sum(axis=0).var() / with_it.sum(axis=0).mean() ** 2,
    )
    assert weeks > law.lasting_spread**2
    assert days > weeks


def test_every_held_out_path_is_drawn_about_equally_often() -> None:
    often = np.bincount(choose_paths(np.random.default_rng(1), 70, 300), minlength=70)
    assert often.sum() == 300
    assert often.max() - often.min() <= 1


def test_noise_that_grows_with_the_square_of_the_mean_is_told_from_one_that_does_not() -> None:
    rng = np.random.default_rng(3)
    mean = rng.gamma(1, 3, (80, 7, 20)) + 0.2
    square = rng.poisson(mean * rng.gamma(2.0, 0.5, mean.shape))
    linear = rng.poisson(rng.gamma(mean * 0.5, 2.0))
    assert noise_size(square.astype(np.int32), mean)[1] == 0.0
    assert noise_size(linear.astype(np.int32), mean)[1] == 1.0


def test_area_variance_is_between_none_and_one() -> None:
    expected = np.ones((20, 5, 4))
    assert area_variance(np.ones((20, 5, 4), np.int32), expected) == 0.0
    assert area_variance(np.full((20, 5, 4), 9, np.int32), expected) == 1.0


def test_a_draw_takes_its_error_from_origins_that_peak_like_it() -> None:
    peaks, size = np.linspace(1, 4, 90), 3000
    calm, stormy = (peaks[alike_paths(np.random.default_rng(1), peaks, np.full(size, p))] for p in (1.0, 4.0))
    assert calm.max() < peaks[60]
    assert stormy.min() > peaks[29]
    close = alike_paths(np.random.default_rng(1), peaks, np.full(size, 1.05))
    same = alike_paths(np.random.default_rng(1), peaks, np.full(size, 1.0))
    assert (close == same).mean() > 0.9
    few = alike_paths(np.random.default_rng(1), peaks[:5], np.full(size, 9.0))
    assert set(few) == set(range(5))


def test_errors_made_before_storms_are_drawn_before_storms() -> None:
    rng = np.random.default_rng(3)
    expected = np.full((ORIGINS, LEADS, AREAS), 3.0)
    expected[::2, 3] *= 6
    factor = np.where(np.arange(ORIGINS) % 2, 1.0, 1.6)[:, None, None]
    law = learn_errors(rng.poisson(expected * factor).astype(np.int32), expected)
    flat = np.full((AREAS, LEADS, 900), 3.0)
    storm = flat.copy()
    storm[:, 3] *= 6
    calm, after = (draw(law, mean, np.random.default_rng(5)).mean() / mean.mean() for mean in (flat, storm))
    assert calm < law.mean < after


def test_the_law_scales_with_its_mean() -> None:
    law = ErrorLaw(np.full((10, 3), 1.2), np.ones((10, 3)), np.ones(10, dtype=bool), 0.0, 50.0, 1.0, np.ones(AREAS))
    assert law.mean == pytest.approx(1.2)


def test_days_without_a_request_say_nothing_of_how_requests_scatter() -> None:
    """Zeros alone are likeliest under the heaviest tail: a hundred on one day of a city that files two a year."""
    counts, expected = np.zeros((60, 14, 3), np.int32), np.full((60, 14, 3), 0.003)
    assert noise_size(counts, expected) == NOTHING_FILED
    law = learn_errors(counts, expected)
    drawn = draw(law, np.full((3, 14, 4000), 0.003), generator(1, "rare"))
    assert drawn.max() <= 2
    counts[30, 5, 1] = 1
    assert noise_size(counts, np.full(counts.shape, 1 / counts.size))[0] >= 1.0
