"""How often things break, how readily they are reported and how fast they are put right.

The targets were measured on real cities and stand in the test that compares them
(`tests/sources/simulator/test_calibration.py`); the values here are what reaches them. Axes: C in the order of
`settings.CATEGORIES`, levels (city, district, area).
"""

from __future__ import annotations

import numpy as np

REQUESTS_PER_AREA_DAY = np.array([1.7 / 8, 0.33, 0.70])
"""Targets. Potholes: 1.7 a day in a district of eight areas."""

REQUESTS_PER_INCIDENT = np.array([2.07, 1.28, 0.605])
"""Expected requests of one incident, those never reported included: turns the targets into incidents."""

REPORT_RATE = np.array([0.33, 1.75, 0.0115])
"""Reports of an incident of severity 1 where the propensity is 1: a day (potholes, flooding), a minute (noise)."""

SEVERITY_SD = np.array([0.6, 0.35, 0.6])
"""Of the log of an incident's severity; its mean is 1."""

WEEKDAY_REPORTS = np.array(
    [
        [1.23, 1.27, 1.28, 1.27, 1.09, 0.465, 0.39],
        [1.05, 1.05, 1.05, 1.05, 1.05, 0.90, 0.85],
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    ]
)
HOLIDAY_REPORTS = np.array([0.62, 0.85, 1.0])
WEEKDAY_NOISE = np.array([1.0, 1.0, 1.0, 1.0, 1.38, 2.10, 2.10])
SUMMER_HOLIDAY_NOISE = 1.46
NOISE_SEASON = 0.17
"""Amplitude of the log: × 1.5 from winter to summer means."""
NOISE_YEAR_MEAN = float(np.i0(NOISE_SEASON))
NOISE_RAIN = -0.205
NOISE_RAIN_FROM_MM = 5.0

FLOOD_FADE = np.array([1.0, 0.22, 0.09, 0.05, 0.04, 0.03, 0.03, 0.015])
"""How readily a flooded place is reported by its age in days, as the water falls; the last value stays."""

RAIN_MM = np.array([0.0, 0.5, 3.0, 7.5, 15.0, 25.0, 40.0, 62.0, 100.0, 250.0])
RAIN_RESPONSE = np.array([0.0, 1.0, 2.6, 3.4, 9.0, 22.0, 32.0, 31.0, 84.0, 125.0])
"""New flooding incidents relative to a dry day, above 1, by the rain that fell in the area."""
RAIN_LAGS = np.array([0.845, 0.07, 0.025, 0.015, 0.01, 0.0175, 0.0175])
"""Share of them that appear 0 to 6 days after the rain."""
CLOUDBURST_SD = 1.2
"""Log sd, for the whole city and a day, of how hard a given rain hits: how short it was is not in the daily sum."""
LOCAL_RAIN_SD = np.array([0.35, 0.62])
"""Log sd of the rain of a district and of an area against the city's gauge."""

FROST_EFFECT = 1.3
FROST_MEMORY = np.exp(-1 / 18)
WET_EFFECT = 0.35
WET_MEMORY = np.exp(-1 / 25)

LATENT_SD = np.array([[0.23, 0.41, 0.25], [0.12, 0.18, 0.25], [0.08, 0.06, 0.20]])
LATENT_MEMORY = np.exp(-1 / np.array([[21.0, 21.0, 60.0], [20.0, 20.0, 60.0], [9.0, 12.0, 60.0]]))
"""Slow moves of the log of the intensities: stationary sd, and correlation from one day to the next."""
SHOCK_SD = np.array([[0.25, 0.40], [0.10, 0.20], [0.05, 0.05]])
"""Log sd of a single day's shock to the city and to a district."""

REPORT_SHOCK_SD = np.array([0.45, 0.20])
"""Log sd of a single day's attention in a district: potholes, flooding."""

JOB_MINUTES = np.array([55.0, 95.0])
"""Of a crew, travel included: patching, drainage. Log sd JOB_SD."""
JOB_SD = 0.35
UTILISATION = np.array([0.84, 0.80])
"""Mean workload ÷ crew minutes of an ordinary week."""
COMBINED_SHARE = 0.25
"""Share of the minutes that belongs to crews who do both: drainage first, potholes with what is left."""
WEEKEND_CREWS = np.array([0.0, 0.45])
ABSENCE_SHARE = 0.06
MINUTES_PER_CREW = 420.0
CALL_IN_FACTOR = 6.0
"""Drainage minutes on days when the known queue is more than the day's minutes."""
SNOW_FROM_MM = 25.0
SNOW_CREWS = np.array([0.15, 0.60])
SNOW_LYING_MM = 80.0
SNOW_LYING_CREWS = np.array([0.55, 0.90])
URGENT_SEVERITY = 1.35
INSPECTION_DAYS = np.array([1, 0])
"""Days more that a report which is not urgent waits for the inspector before crews go."""
REFERRED_SHARE = np.array([0.13, 0.145])
RELEASE_RATE = np.array([1 / 16, 1 / 7])
"""A share of incidents waits for somebody else (a utility, a part) for a geometric time before crews may go."""
FOUND_RATE = np.array([0.04, 0.7])
"""A day: unreported potholes that crews find by themselves, unreported water that runs off."""
CREW_HOURS = ((420, 900), (420, 1380))
"""Minutes of the day between which jobs are closed: patching, drainage."""

FAILURE_SHARE = np.array([0.12, 0.15])
FAILURE_RATE = np.array([1 / 30, 0.004])
"""A day and weak repair: potholes, multiplied by (1 + 4 × frost); drains, multiplied by the rain response."""

NOISE_MINUTES = 75.0
PATROL_SHARE = 0.75
"""Visits a day and district can have ÷ incidents of a mean day."""
PATROL_WAIT_MINUTES = 55.0
LAPSE_MINUTES = 360.0

HOURS = np.array(
    [
        [0.6, 0.4, 0.3, 0.3, 0.4, 0.8, 2, 4.5, 7.5, 9, 9.5, 9, 8, 8, 8, 7.5, 7, 5.5, 4, 3, 2.2, 1.6, 1.2, 0.9],
        [1.2, 1, 0.9, 0.9, 1, 1.6, 3, 5.5, 7.5, 8, 7.5, 7, 6.5, 6.5, 6.5, 6.5, 6.5, 6, 5, 4, 3, 2.4, 1.9, 1.5],
        [
            9.5,
            7.5,
            5,
            3,
            1.6,
            1.0,
            0.9,
            1.2,
            1.6,
            1.8,
            1.8,
            1.8,
            1.9,
            2,
            2,
            2.2,
            2.6,
            3,
            3.6,
            4.6,
            6.6,
            9.5,
            12.5,
            12.5,
        ],
    ]
)
"""Weights of the hours of the day: of reports (potholes, flooding), of the start of noise."""


def hour_shares(category: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Cumulative share of a day at its full hours, (25,)."""
    weights = HOURS[category]
    return np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
