"""What a model gets wrong given the weather that came, as a joint law to draw from.

Held-out counts (O origins, H leads, A areas) beside their expected values give three parts:
  city factor paths   actual ÷ expected of the whole city, a path over the leads for every held-out origin, drawn
                      as a whole so that days stay together; shrunk where few requests make the ratio noisy. Their
                      mean is the held-out bias that lasts. Each keeps how far its fortnight was expected to peak: a
                      draw that expects a storm takes an error made before storms, a calm one an error made in calm, as
                      analogs of the weather are chosen (Delle Monache et al. 2013). After a catastrophe it is how far
                      that stood out, expected or not
  lasting factor      how much further than in the held-out year a whole fortnight may be off, for all areas and leads
  area factor         a share of the error that stays with an area over all leads (gamma, mean 1)
  noise               negative binomial around that, its size k = scale × mean ** power × the area's own factor, where
                      held-out halves show that areas differ (`models.area_sizes`)
Sizes by maximum likelihood and moments on the held-out year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue
from scipy.special import gammaln, ndtri

from domain.panel import Floats, Ints
from models.area_sizes import area_sizes
from models.counting import negative_binomial_counts

SIZES = np.geomspace(0.05, 100.0, 28)
POWERS = (0.0, 0.5, 1.0)
MOST_ROWS = 30_000
ALIKE = 2 / 3
"""Share of the held-out origins, those that peak most like a draw, that may lend it their error."""
FEWEST_ALIKE = FEWEST_CALM = 20
YEARS_DIFFER = 0.7
"""Spread of the lasting factor ÷ that of held-out fortnights: the errors of one year know nothing of other years."""
TIMES_RECORD = 2.0
LEAST_RECORD = 10.0
"""An error met on calm days, riding on a storm's mean, can reach many times anything a city ever saw; no draw expects
more on a day than TIMES_RECORD its busiest day, which is taken for no less than LEAST_RECORD."""
RECORD_DAYS = 730
"""With fewer days of history the busiest says too little."""
NOTHING_FILED = (1.0, 0.0)
"""Scale and power of the noise where no request is there to tell: zeros alone are likeliest under the heaviest tail."""
MOST_BIAS = 1.5
"""A model that runs low on rare days is likely to go on so, but not by more than this: it learns that year yet."""


@dataclass(frozen=True)
class ErrorLaw:
    """city_paths: (O, H) factors, of one mean at every lead. city_means: (O, H) requests expected then, or that came
    where a catastrophe did. is_calm: (O,) none did.

    area_variance: of the area factor. size: scale, power. area_sizes: (A,) factors of the size.
    """

    city_paths: Floats
    city_means: Floats
    is_calm: NDArray[np.bool_]
    area_variance: float
    size_scale: float
    size_power: float
    area_sizes: Floats

    @property
    def mean(self) -> float:
        """Mean of the law ÷ expected: how far the model is taken to run low or high from now on."""
        return float(self.city_paths.mean())

    @property
    def lasting_spread(self) -> float:
        """Standard deviation of the log of the lasting factor."""
        return YEARS_DIFFER * float(np.log(self.city_paths[self.is_calm].mean(axis=1)).std())

    def record(self) -> dict[str, JsonValue]:
        """As plain JSON, for the registry."""
        return {
            "city_paths": self.city_paths.round(6).tolist(),
            "city_means": self.city_means.round(6).tolist(),
            "is_calm": self.is_calm.tolist(),
            "area_variance": self.area_variance,
            "size_scale": self.size_scale,
            "size_power": self.size_power,
            "area_sizes": self.area_sizes.round(6).tolist(),
        }


def learn_errors(counts: Ints, expected: Floats, is_storm: NDArray[np.bool_] | None = None) -> ErrorLaw:
    """The law of the errors of held-out counts (O, H, A) around `expected` (O, H, A).

    is_storm: (O,) a catastrophe came. Such an origin lends its error, and counts for what rare storms bring; how far
    all others err is learnt without it. It stands out by what came: a model that expected little would make it a chance
    of any quiet week.
    """
    calm = np.ones(len(counts), dtype=bool) if is_storm is None else ~is_storm
    calm = calm if calm.sum() >= FEWEST_CALM else np.ones_like(calm)
    city, mean = counts.sum(axis=2).astype(np.float64), expected.sum(axis=2)
    y, m = counts[calm], expected[calm]
    scale, power = noise_size(y, m * (city[calm].sum() / max(mean[calm].sum(), 1e-9)))
    for _ in range(2):
        paths = city_paths(city, mean, expected, calm, (scale, power))
        known = m * shrink(city, mean, expected, calm, (scale, power), root=False)[calm, :, None]
        scale, power = noise_size(y, known)
    own = area_sizes(y, known, scale * np.maximum(known, 1e-6) ** power)
    shown = np.where(calm[:, None], mean, city)
    return ErrorLaw(paths, shown, calm, area_variance(y, known), scale, power, own)


def peak(city_mean: Floats) -> Floats:
    """How far the busiest day stands out: greatest ÷ median over the days of (…, H), 1 where all are alike."""
    out: Floats = city_mean.max(axis=-1) / np.maximum(np.median(city_mean, axis=-1), 1e-9)
    return out


def relative_noise(expected: Floats, mean: Floats, scale: float, power: float) -> Floats:
    """Variance of the city's ratio that counting noise alone makes, (O, H)."""
    size = scale * np.maximum(expected, 1e-6) ** power
    noise: Floats = (expected + expected**2 / size).sum(axis=2) / np.maximum(mean, 1e-9) ** 2
    return noise


def shrink(
    city: Floats, mean: Floats, expected: Floats, calm: NDArray[np.bool_], size: tuple[float, float], *, root: bool
) -> Floats:
    """Ratios actual ÷ expected, shrunk to 1 by reliability; by its root so that their variance is right, (O, H).

    calm: (O,) origins whose ratios say how far ratios scatter. size: scale and power of the noise.
    """
    ratio = city / np.maximum(mean, 1e-9)
    centre = city[calm].sum() / max(float(mean[calm].sum()), 1e-9)
    noise = relative_noise(expected, mean, *size)
    gap = ratio - centre
    weight = calm[:, None] / (noise + 0.05)
    latent = max(float((weight * (gap**2 - noise)).sum() / weight.sum()), 0.0)
    reliability = latent / (latent + noise)
    out: Floats = centre + gap * (np.sqrt(reliability) if root else reliability)
    return np.maximum(out, 0.02)


def city_paths(
    city: Floats, mean: Floats, expected: Floats, calm: NDArray[np.bool_], size: tuple[float, float]
) -> Floats:
    """Shrunk ratios of every held-out origin, of one mean at every lead: the bias that lasts."""
    paths = shrink(city, mean, expected, calm, size, root=True)
    centred: Floats = paths / paths.mean(axis=0) * lasting_bias(city, mean)
    return centred


def lasting_bias(city: Floats, mean: Floats) -> float:
    """Actual ÷ expected over all of (O, H) but for what the typical origin shows of it, kept within MOST_BIAS.

    A typical fortnight that runs high or low shows a level that the model, fitted again on that year, has learnt since.
    What rare days bring beyond it (storms that a steady response falls short of) comes again in other years.
    """
    whole = float(np.log(max(float(city.sum()), 1e-9) / max(float(mean.sum()), 1e-9)))
    typical = float(np.log((city.sum(axis=1) + 1) / (mean.sum(axis=1) + 1)).mean())
    kept = whole - float(np.clip(typical, min(whole, 0.0), max(whole, 0.0)))
    return float(np.clip(np.exp(kept), 1.0 / MOST_BIAS, MOST_BIAS))


def log_likelihood(counts: Floats, mean: Floats, size: Floats) -> float:
    """Mean log probability of the negative binomial, without its constant."""
    value = gammaln(counts + size) - gammaln(size) + size * np.log(size / (size + mean))
    return float((value + counts * np.log(mean / (size + mean))).mean())


def noise_size(counts: Ints, expected: Floats) -> tuple[float, float]:
    """Scale and power of k = scale × mean ** power with the greatest likelihood on a grid."""
    flat = slice(None, None, max(counts.size // MOST_ROWS, 1))
    y, m = counts.ravel()[flat].astype(np.float64), np.maximum(expected.ravel()[flat], 1e-4)
    best, top = NOTHING_FILED, -np.inf
    if not y.any():
        return best
    for power in POWERS:
        for scale in SIZES:
            value = log_likelihood(y, m, scale * m**power)
            if value > top:
                best, top = (float(scale), power), value
    return best


def area_variance(counts: Ints, expected: Floats) -> float:
    """Relative variance of the part of an area's error that lasts over the leads: moments of pairs of days."""
    error = counts - expected
    total, own = error.sum(axis=1), (error**2).sum(axis=1)
    mean, mean_own = expected.sum(axis=1), (expected**2).sum(axis=1)
    pairs, norm = (total**2 - own).sum(), (mean**2 - mean_own).sum()
    return float(np.clip(pairs / max(norm, 1e-9), 0.0, 1.0))


def gamma_factor(rng: np.random.Generator, variance: float, shape: tuple[int, ...]) -> Floats:
    """Factors of mean 1 and the given variance; ones where it is 0."""
    if variance <= 1e-6:
        return np.ones(shape)
    return rng.gamma(1.0 / variance, variance, size=shape)


def lasting_factor(rng: np.random.Generator, spread: float, size: int) -> Floats:
    """`size` lognormal factors of mean 1, spread evenly over their law so that few draws already cover it."""
    even = (rng.permutation(size) + 0.5) / size
    factor = np.exp(spread * ndtri(even))
    out: Floats = factor / factor.mean()
    return out


def extended(paths: Floats, horizon: int) -> Floats:
    """City paths over `horizon` days: longer than learnt, each goes on as the one that many origins later."""
    count, leads = paths.shape
    blocks = [np.roll(paths, -k * max(count // 8, 1), axis=0) for k in range(-(-horizon // leads))]
    out: Floats = np.concatenate(blocks, axis=1)[:, :horizon]
    return out


def choose_paths(rng: np.random.Generator, count: int, size: int) -> NDArray[np.intp]:
    """`size` indices below `count`, each as often as any other to within one, in random order."""
    order = np.concatenate([rng.permutation(count) for _ in range(-(-size // count))])[:size]
    return order.astype(np.intp)


def alike_paths(rng: np.random.Generator, peaks: Floats, wanted: Floats) -> NDArray[np.intp]:
    """For each draw the index of a held-out origin among those that peak most like it, (S,); wanted: its peak.

    All begin from an even choice; an origin too unlike gives way to one that is not. So most draws keep theirs when
    the means change a little, as when an effect is taken away.
    """
    count = len(peaks)
    among = min(max(round(ALIKE * count), FEWEST_ALIKE), count)
    order = np.argsort(peaks, kind="stable")
    first = np.clip(np.searchsorted(peaks[order], wanted) - among // 2, 0, count - among)
    rank = choose_paths(rng, count, len(wanted))
    chosen: NDArray[np.intp] = order[first + (rank - first) % among]
    return chosen


def most_a_day(counts: Ints) -> float:
    """Requests of the whole city that no draw expects on a day more of; counts (A, T) are the history."""
    if counts.shape[1] < RECORD_DAYS:
        return np.inf
    return TIMES_RECORD * max(float(counts.sum(axis=0).max()), LEAST_RECORD)


def draw(
    law: ErrorLaw, expected: Floats, rng: np.random.Generator, city: Floats | None = None, most: float = np.inf
) -> Ints:
    """Whole numbers around `expected` (A, H, S), one joint city path a draw.

    city: (H, S) expected requests by whose peak the paths are chosen, those of `expected` where not given. most: of
    `most_a_day`.
    """
    areas, horizon, size = expected.shape
    shared = min(horizon, law.city_paths.shape[1])
    total = expected.sum(axis=0) if city is None else city
    chosen = alike_paths(rng, peak(law.city_means[:, :shared]), peak(total[:shared].T))
    factor = extended(law.city_paths, horizon)[chosen].T
    factor = factor * lasting_factor(rng, law.lasting_spread, size)
    factor = np.minimum(factor, most / np.maximum(expected.sum(axis=0), 1e-9))
    mean = expected * factor * gamma_factor(rng, law.area_variance, (areas, 1, size))
    k = law.size_scale * np.maximum(mean, 1e-6) ** law.size_power * law.area_sizes[:, None, None]
    return negative_binomial_counts(rng.random(mean.shape), mean, k)
