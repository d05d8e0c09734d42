"""What crews cost against how much they do in time: the mixes that no other tried beats in both."""

from __future__ import annotations

from typing import Any

import pandas as pd

from domain.budget_entry import BudgetEntry
from serving.report.page import rounded
from serving.web.chart import Chart
from serving.words import percent, title_words, whole

MOST = 24
USUAL = "climatology"
"""The scenario that favours no kind of weather."""
LOOKS = (
    ("other", "a mix of crews", {"size": 10, "color": "var:chart-line", "symbol": "circle"}),
    ("now", "today’s crews", {"size": 15, "color": "var:series-1", "symbol": "diamond"}),
    ("advised", "the mix on regular hours", {"size": 16, "color": "var:series-3", "symbol": "star"}),
)
COLUMNS = (
    "Crews",
    "Money",
    "In time, kind that does worst, %",
    "80 % from, %",
    "80 % to, %",
    "Chance of the target, %",
)


def frontier(mixes: pd.DataFrame) -> pd.DataFrame:
    """The mixes that are cheaper than all that do as much, thinned evenly, with today's and the one named; by money.

    mixes: `mixes.csv` of a budget. Column `kind`: now, advised or other.
    """
    rows = mixes.sort_values(["money", "share"], ascending=[True, False], kind="stable")
    best = rows["share"].cummax().shift(fill_value=-1.0)
    front = rows[rows["share"] > best]
    step = max(1, -(-len(front) // MOST))
    kept = pd.concat([front.iloc[::step], front.tail(1), rows[rows["is_now"] | rows["is_advised"]]])
    shown = kept.drop_duplicates("mix").sort_values(["money", "share"], kind="stable")
    kind = shown["is_advised"].map({True: "advised", False: "other"}).mask(shown["is_now"], "now")
    return shown.assign(kind=kind).reset_index(drop=True)


def chart(mixes: pd.DataFrame, entry: BudgetEntry) -> Chart:
    """name: frontier. Bars: 80 % of draws."""
    rows = frontier(mixes)
    return Chart(
        name="frontier",
        title="What crews cost, and how much they do in time",
        about=f"Each point is a mix of crews. Money in {entry.currency} for {_period(entry)}; share of the kind of "
        f"work that does worst, done by its due day{_judged(entry)}. Bars: 80 % of cases. Dashed: "
        f"target {percent(entry.target)}.",
        traces=[_points(rows[rows["kind"] == kind], name, look, entry) for kind, name, look in LOOKS],
        layout=_layout(entry),
        columns=COLUMNS,
        rows=[
            (str(row["mix"]), round(float(row["money"])), *(_share(row[n]) for n in ("share", "low", "high", "chance")))
            for row in rows.to_dict("records")
        ],
    )  # fmt: skip


def _share(value: float) -> float:
    return round(100 * float(value), 1)


def _period(entry: BudgetEntry) -> str:
    return _span(entry.quarters)


def _span(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _judged(entry: BudgetEntry) -> str:
    """The quarters that mixes are compared on, where these are not all."""
    if entry.judged == entry.quarters or not entry.judged:
        return ""
    return f" in {_span(entry.judged)}"


def _points(rows: pd.DataFrame, name: str, look: dict[str, Any], entry: BudgetEntry) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": name,
        "x": rounded(rows["money"], 0), "y": rounded(rows["share"], 4),
        "marker": {**look, "line": {"color": "var:card", "width": 1}},
        "error_y": {
            "type": "data", "symmetric": False, "array": rounded(rows["high"] - rows["share"], 4),
            "arrayminus": rounded(rows["share"] - rows["low"], 4), "color": "var:chart-band/0.45", "thickness": 4,
            "width": 0,
        },
        "text": [
            f"{row['mix']}\n{whole(row['money'])} {entry.currency}\n{percent(row['share'])} of the kind that does "
            f"worst in time, 80 %: "
            f"{percent(row['low'])} to {percent(row['high'])}"
            for row in rows.to_dict("records")
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _layout(entry: BudgetEntry) -> dict[str, Any]:
    return {
        "xaxis": {"title": {"text": f"money ({entry.currency})"}, "nticks": 5},
        "yaxis": {"title": {"text": "in time, kind that does worst"}, "tickformat": ".0%", "range": [-0.02, 1.03]},
        "shapes": [
            {
                "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": entry.target, "y1": entry.target,
                "line": {"color": "var:alarm", "width": 1.5, "dash": "dash"},
            }
        ],
    }  # fmt: skip


def scenario_words(name: str) -> str:
    """A scenario as a planner calls it."""
    return "Usual weather" if name == USUAL else title_words(name.replace("-", " "))


def scenarios(named: list[tuple[BudgetEntry, pd.DataFrame]]) -> Chart | None:
    """Today's crews and the mix on regular hours, under each scenario that was asked for; None for fewer than two."""
    if len(named) < 2:
        return None
    rows = [(entry, mixes[mixes["is_now"]].iloc[0], mixes[mixes["is_advised"]].iloc[0]) for entry, mixes in named]
    names = [scenario_words(entry.scenario) for entry, _, _ in rows]
    shares = {"today’s crews": [now for _, now, _ in rows], "the mix on regular hours": [best for _, _, best in rows]}
    return Chart(
        name="scenarios",
        title="Share in time under each scenario",
        about=f"Share of the kind of work that does worst, done by its due day{_judged(named[0][0])}, with today’s "
        "crews and with the mix that each budget names on regular hours. Bars: 80 % of cases.",
        traces=[
            {
                "type": "bar", "name": name, "x": names, "y": [round(float(r["share"]), 4) for r in of],
                "marker": {"color": f"var:series-{1 + 2 * i}"}, "hoverinfo": "x+y+name",
                "error_y": {
                    "type": "data", "symmetric": False, "color": "var:ink", "thickness": 1.5, "width": 4,
                    "array": [round(float(r["high"] - r["share"]), 4) for r in of],
                    "arrayminus": [round(float(r["share"] - r["low"]), 4) for r in of],
                },
            }
            for i, (name, of) in enumerate(shares.items())
        ],
        layout={
            "barmode": "group", "xaxis": {"type": "category"},
            "yaxis": {"title": {"text": "in time, kind that does worst"}, "tickformat": ".0%", "range": [0, 1.03]},
        },
        columns=("Scenario", "Today’s crews, %", "Money today", "Mix named", "With it, %", "Money with it"),
        rows=[
            (scenario_words(entry.scenario), _share(now["share"]), round(float(now["money"])),
             str(best["mix"]), _share(best["share"]),
             round(float(best["money"])))
            for entry, now, best in rows
        ],
        size="low",
    )  # fmt: skip
