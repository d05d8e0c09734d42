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
    saving that lies above zero, "dearer" one below, both with what is charged for work late after the last week and
    without it: that charge has no week, so no interval knows how far it may be off. Anything else, or fewer than
    LEAST_WEEKS weeks, is no evidence.
    """
    if report is None or not report.get("gaps"):
        return NOTHING
    ours = report["gaps"][report["central_load"]][report["ours"]]
    both, title = (ours["saved"], ours["without_closing"]["saved"]), report["titles"][ours["best_simple"]]
    weeks = f"in {report['weeks']} replayed weeks at a load of {report['central_load']}"
    if report["weeks"] < LEAST_WEEKS:
        return (
            f"There is no evidence that this plan beats {title}: {report['weeks']} replayed weeks are too few to tell."
        )
    if all(saved["low"] > 0 for saved in both):
        found = f"This plan beat {title} {weeks}"
    elif all(saved["high"] < 0 for saved in both):
        found = f"This plan was dearer than {title} {weeks}"
    else:
        found = f"There is no evidence that this plan beats {title} {weeks}"
    return f"{found}{_by_how_much(ours, report)}.{_bare(ours, report)}{_standing(report)}"


def _by_how_much(ours: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    closed = ours["closed"] if report["calibrated"] else None
    part = f", {closed['value']:.0%} of what knowing the requests would save" if closed else ""
    return f": {_money(ours['saved'], report)}{part}"


def _bare(ours: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    """The saving of the weeks alone; nothing where no work was late in the end."""
    bare = ours["without_closing"]
    if bare["saved"] == ours["saved"]:
        return ""
    other = "" if bare["best_simple"] == ours["best_simple"] else f", against {report['titles'][bare['best_simple']]}"
    return f" Without the charge for work late after the last week: {_money(bare['saved'], report)}{other}."


def _money(saved: Mapping[str, float], report: Mapping[str, Any]) -> str:
    return f"{saved['value']:+,.0f} {report['currency']} (95 % interval {saved['low']:+,.0f} to {saved['high']:+,.0f})"


def _standing(report: Mapping[str, Any]) -> str:
    if report["calibrated"]:
        return ""
    if not report["calibration"]:
        return " The replay is not calibrated: there was no record to judge it by, so no percentage."
    return " The replay is not calibrated to the record: it does not close requests as the city did, so no percentage."
