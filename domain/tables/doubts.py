"""Whether the plan stands on figures that nobody measured."""

from __future__ import annotations

from domain.tables.table import VINTAGE, col, table

SENSITIVITY = table(
    "sensitivity",
    "vintage_id of figure change",
    "the plan made again at ± 30 % of each assumed or expert figure, on few draws; differences to the published roster",
    {
        "vintage_id": VINTAGE,
        "of": col("str", "category, weather rule or contractor that the figure belongs to"),
        "figure": col("str", "the figure, as the city's and category's YAML call it"),
        "change": col(float, "share it is changed by; a share stays below 1, so that it may be less"),
        "basis": col("str", "assumed or expert", one_of=("assumed", "expert")),
        "value": col(float, "as stated, in the figure's own unit"),
        "changed_to": col(float, "as planned with"),
        "moved_crew_shifts": col(float, "crews × shifts sent elsewhere", low=0),
        "crew_shifts": col(float, "crews × shifts of the plan as it is", low=0),
        "held_crews": col("int64", "crews × shifts more held ready than these draws ask for as stated"),
        "overtime_hours": col(float, "hours of overtime more"),
        "contractor_hours": col(float, "hours bought in more"),
        "late_requests": col(float, "requests more that are expected to turn late over the plan's dates"),
        "late_days": col(float, "requests × days late more, those that were late before included"),
        "dearer": col(float, "money the published roster costs more than the one made there, beyond that as stated"),
        "advice_changes": col(bool, "it is dearer by more than a change of roster must save; held crews apart"),
    },
    published=True,
)
