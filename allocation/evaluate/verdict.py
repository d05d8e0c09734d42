"""The one sentence that the evidence of a replay supports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.evaluation import NONE_MADE

NOTHING = NONE_MADE
LEAST_WEEKS = 8
"""Fewer weeks have no interval worth the name."""


def sentence(report: Mapping[str, Any] | None) -> str:
    """What `policies.json` says of the published plan, in one or two sentences, for the load it calls central.

    None: nothing was replayed. A replay that is not calibrated gives no percentage. "Beats" needs an interval of the
    saving that lies above zero, "dearer" one below; anything else, or fewer than LEAST_WEEKS weeks, is no evidence.
    """
    if report is None or not report.get("gaps"):
        return NOTHING
    ours = report["gaps"][report["central_load"]][report["ours"]]
    saved, title = ours["saved"], report["titles"][ours["best_simple"]]
    weeks = f"in {report['weeks']} replayed weeks at a load of {report['central_load']}"
    if report["weeks"] < LEAST_WEEKS:
        return (
            f"There is no evidence that this plan beats {title}: {report['weeks']} replayed weeks are too few to tell."
        )
    if saved["low"] <= 0 <= saved["high"]:
        found = f"There is no evidence that this plan beats {title} {weeks}"
    elif saved["high"] < 0:
        found = f"This plan was dearer than {title} {weeks}"
    else:
        found = f"This plan beat {title} {weeks}"
    return f"{found}{_by_how_much(ours, report)}.{_standing(report)}"


def _by_how_much(ours: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    saved = ours["saved"]
    money = f"{saved['value']:+,.0f} {report['currency']} (95 % interval {saved['low']:+,.0f} to {saved['high']:+,.0f})"
    closed = ours["closed"] if report["calibrated"] else None
    part = f", {closed['value']:.0%} of what knowing the requests would save" if closed else ""
    return f": {money}{part}"


def _standing(report: Mapping[str, Any]) -> str:
    if report["calibrated"]:
        return ""
    if not report["calibration"]:
        return " The replay is not calibrated: there was no record to judge it by, so no percentage."
    return " The replay is not calibrated to the record: it does not close requests as the city did, so no percentage."
