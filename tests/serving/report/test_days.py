"""The cards of the next two working days: each crew's open jobs, folded, in driving order."""

from __future__ import annotations

from typing import Any

from serving.report.days import days
from serving.report.plan import report_html
from serving.report.source import Source


def test_a_crew_s_open_jobs_stand_on_its_own_card_only(published: Any) -> None:
    dispatch, backlog = published.tables["dispatch"], published.tables["backlog"]
    slot = dispatch[dispatch["area"] != "*"].iloc[0]
    key = {name: slot[name] for name in ("date", "shift", "yard", "crew_type")}
    rows = backlog.iloc[:5][["request_id", "category", "area", "lat", "lon", "due_at", "is_late"]]
    tables = {**published.tables, "crew_jobs": rows.assign(vintage_id="v", **key, crew=1, stop=range(1, 6))}
    found = days(Source(tables, published.manifest, published.areas))
    lists = [
        (day["day"], yard["name"], crew["shift"], crew["crew_type"], crew["lists"])
        for day in found
        for yard in day["yards"]
        for crew in yard["crews"]
        if crew["lists"]
    ]
    assert [entry[:4] for entry in lists] == [(key["date"], key["yard"], key["shift"], key["crew_type"])]
    (own,) = lists[0][4]
    assert [job["request"] for job in own.jobs] == rows["request_id"].tolist()
    text = report_html(tables, published.manifest, published.areas)
    assert text.count('<ol class="jobs">') == 1
    assert "5 open jobs in driving order" in text
