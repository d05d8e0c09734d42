"""What a block is worth is said as the folds show it, and the rule by which one is kept without a gain."""

from __future__ import annotations

from domain.covariates import Covariate, CovariateGain, worth

S = "\u00a0"


def gain(block: Covariate, size: float, error: float, *, is_kept: bool) -> CovariateGain:
    return CovariateGain(covariate=block, gain=size, standard_error=error, is_kept=is_kept)


def test_a_shown_gain_is_used_and_a_clear_loss_left_out() -> None:
    gains = [gain("weather", 0.046, 0.02, is_kept=True), gain("place", -0.02, 0.003, is_kept=False)]
    gains += [gain("calendar", 0.0, 0.0, is_kept=False)]
    assert worth(gains) == [
        f"weather: error 4.6{S}% lower with it (±{S}2.0), used",
        f"place: error 2.0{S}% higher with it (±{S}0.3), left out",
        "calendar: no difference, left out",
    ]


def test_a_block_of_a_forecast_published_as_it_is_is_never_called_left_out() -> None:
    gains = [gain("weather", 0.0, 0.0, is_kept=True), gain("place", -0.02, 0.003, is_kept=True)]
    assert worth(gains)[:2] == [
        "weather: no difference, kept",
        f"place: no gain shown (error 2.0{S}% higher with it ±{S}0.3), kept",
    ]


def test_one_window_alone_shows_no_gain_and_has_no_margin() -> None:
    assert worth([gain("weather", 0.004, 0.0, is_kept=True)])[0] == (
        f"weather: no gain shown (error 0.4{S}% lower with it on one window), kept"
    )


def test_a_block_kept_without_a_gain_says_so_and_why() -> None:
    gains = [gain("place", -0.007, 0.008, is_kept=True), gain("neighbours", 0.002, 0.01, is_kept=True)]
    assert worth(gains) == [
        f"place: no gain shown (error 0.7{S}% higher with it ±{S}0.8), kept",
        f"neighbours: no gain shown (error 0.2{S}% lower with it ±{S}1.0), kept",
        "kept without a gain, as a block goes only on a clear loss or no difference, and where the whole forecast "
        "comes closer without it",
    ]
    assert worth(()) == []
