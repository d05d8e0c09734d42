"""What a run would refuse of crews and locks is said before it, by the doctor too."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.errors import ConfigError, LockError, NoRosterError
from pipelines.checked import checked
from pipelines.doctor import check_city
from pipelines.job import Job
from storage.home import open_home
from tests.pipelines.test_doctor_inputs import SECTION
from tests.portals.conftest import CREWS, NOW, PortalCity

MONDAY = date(2026, 11, 23)
SQUARE = [[-74.0, 40.0], [-73.9, 40.0], [-73.9, 40.1], [-74.0, 40.1], [-74.0, 40.0]]
MAP = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"ward": "1"}, "geometry": '
    f'{{"type": "Polygon", "coordinates": [{SQUARE}]}}}}]}}'
)


def _lock(day: date, crews: int, **more: Any) -> dict[str, Any]:
    return {"date": day.isoformat(), "shift": "day", "yard": "Main", "crew_type": "patch", "crews": crews} | more


def _city(folder: Path, *locks: dict[str, Any], **more: Any) -> PortalCity:
    return PortalCity(folder, SECTION, **{"crews": CREWS | {"locks": list(locks)}} | more)


def _told(city: PortalCity) -> list[str]:
    found = check_city(open_home(city.home), str(city.file), NOW.date())
    return [check.detail for check in found if check.what == "crews"]


@pytest.mark.parametrize(
    ("locks", "said"),
    [
        ([_lock(MONDAY, 1), _lock(MONDAY, 0)], "the slot is locked twice"),
        ([_lock(MONDAY, 3)], "3 crews of 'patch' asked, but 'Main' has 2"),
        ([_lock(MONDAY - timedelta(days=1), 1)], "does not work the shift 'day' on Sunday"),
        ([_lock(date(2026, 11, 26), 1)], "does not work the shift 'day' on Thursday"),  # Thanksgiving
        ([_lock(MONDAY, 1, shift="late")], "there is no shift 'late'"),
    ],
)
def test_a_lock_that_cannot_be_is_told_before_a_row_is_read(
    tmp_path: Path, locks: list[dict[str, Any]], said: str
) -> None:
    city = _city(tmp_path, *locks)
    with pytest.raises(LockError, match=said):
        checked(city.job())
    assert [said in line for line in _told(city)] == [True]


EVENING = {"name": "evening", "start": "15:00", "end": "23:00", "minutes": 400, "weekdays": [0, 1, 2, 3, 4]}
TWO_SHIFTS = {"shifts": [*CREWS["shifts"], EVENING]}
FIRM = {
    "name": "Millrace", "yard": "Main", "crews": 2, "skills": {"patching": None}, "price": 50, "notice_days": 3,
    "jobs_per_shift": {"value": 8, "basis": "assumed"}, "from": "11-20", "until": "11-24",
}  # fmt: skip
TUESDAY = MONDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("locks", "crews", "said"),
    [
        (
            [_lock(MONDAY, 2, shift="evening"), _lock(TUESDAY, 1)],
            TWO_SHIFTS | {"rules": {"working_time": {"minimum_rest_hours": 10}}},
            "'rest between shifts' (patch at Main on 2026-11-23 and 2026-11-24), lock 2026-11-23 evening 'Main' "
            "patch=2 and lock 2026-11-24 day 'Main' patch=1 contradict each other",
        ),
        (
            [_lock(MONDAY + timedelta(days=i), 2) for i in (0, 1, 2)],
            {"rules": {"working_time": {"longest_week_hours": 20}}},
            "'shifts within longest week', lock 2026-11-23 day 'Main' patch=2, lock 2026-11-24",
        ),
        (
            [_lock(MONDAY, 2)],
            {"rules": {"equipment": [{"name": "roller", "crew_types": ["patch"], "number": 1}]}},
            "'equipment within number' (roller on 2026-11-23) and lock 2026-11-23 day 'Main' patch=2",
        ),
        (
            [_lock(MONDAY, 1, crew_type="Millrace")],
            {"contractors": [FIRM | {"minimum_order_jobs": 48}]},
            "'smallest orders kept' (Millrace: at least 48 jobs) and lock 2026-11-23 day 'Main' Millrace=1",
        ),
    ],
)
def test_locks_that_a_rule_or_a_contract_sets_against_each_other_are_told_before_a_row_is_read(
    tmp_path: Path, locks: list[dict[str, Any]], crews: dict[str, Any], said: str
) -> None:
    city = PortalCity(tmp_path, SECTION, crews=CREWS | crews | {"locks": locks})
    with pytest.raises(NoRosterError) as caught:
        checked(city.job())
    assert said in caught.value.what
    assert _told(city) == [caught.value.what]
    assert caught.value.remedy.startswith("loosen lock ")
    fewer = [lock | {"crews": 0} for lock in locks[:-1]]
    checked(PortalCity(tmp_path, SECTION, crews=CREWS | crews | {"locks": [*fewer, locks[-1] | {"crews": 0}]}).job())


def test_locks_that_no_rule_joins_are_asked_apart(tmp_path: Path) -> None:
    """Six days of two crews are too many for a week, and not for two weeks."""
    days = [MONDAY + timedelta(days=i) for i in (0, 1, 9, 10, 21, 22)]
    week = {"rules": {"working_time": {"longest_week_hours": 20}}}
    checked(PortalCity(tmp_path, SECTION, crews=CREWS | week | {"locks": [_lock(day, 2) for day in days]}).job())


def test_locks_that_can_be_and_locks_of_past_days_stop_nothing(tmp_path: Path) -> None:
    past = NOW.date() - timedelta(days=1)
    city = _city(tmp_path, _lock(MONDAY, 2), _lock(past, 5))
    checked(city.job())
    assert _told(city) == []
    job = city.job()
    with pytest.raises(LockError, match="5 crews"):
        checked(Job(job.city, job.home, job.now, as_of=past - timedelta(days=1)))


@pytest.mark.parametrize(
    ("crews", "said"),
    [
        ({"absence_share": 1.0}, "all of them stay away"),
        ({"shifts": [SHIFT | {"weekdays": []} for SHIFT in CREWS["shifts"]]}, "no yard has any on a day"),
    ],
)
def test_work_that_nobody_can_do_all_year_is_told_before_a_row_is_read(
    tmp_path: Path, crews: dict[str, Any], said: str
) -> None:
    city = _city(tmp_path, crews=CREWS | crews)
    with pytest.raises(ConfigError, match=said):
        checked(city.job())
    assert [said in line for line in _told(city)] == [True]


def test_work_that_waits_for_its_season_stops_nothing(tmp_path: Path) -> None:
    hired = {
        "name": "Millrace", "yard": "Main", "crews": 1, "skills": {"patching": None, "drainage": None}, "price": 50,
        "from": "06-01", "until": "09-01", "jobs_per_shift": {"value": 8, "basis": "assumed"},
    }  # fmt: skip
    yards = [yard | {"crews": {"patch": 0}} for yard in CREWS["yards"]]
    city = _city(tmp_path, crews=CREWS | {"yards": yards, "contractors": [hired]})
    checked(city.job())
    assert _told(city) == []


def test_a_contractors_notice_counts_from_the_plans_day_and_is_left_to_the_run(tmp_path: Path) -> None:
    hired = {
        "name": "Millrace", "yard": "Main", "crews": 1, "skills": {"patching": None}, "price": 50, "notice_days": 20,
        "jobs_per_shift": {"value": 8, "basis": "assumed"},
    }  # fmt: skip
    crews = CREWS | {"contractors": [hired], "locks": [_lock(MONDAY, 1, crew_type="Millrace")]}
    checked(PortalCity(tmp_path, SECTION, crews=crews).job())


def test_a_yard_abroad_is_told_before_the_first_run_where_the_map_is_at_hand(tmp_path: Path) -> None:
    (tmp_path / "areas.geojson").write_text(MAP)
    areas = {"kind": "files", "path": "areas.geojson", "properties": {"area": "ward"}}
    abroad = CREWS | {"yards": [{"name": "Main", "lat": 10.0, "lon": -73.95, "crews": {"patch": 2}}]}
    near = CREWS | {"yards": [{"name": "Main", "lat": 40.05, "lon": -73.95, "crews": {"patch": 2}}]}
    assert _told(PortalCity(tmp_path, SECTION, areas=areas, crews=near)) == []
    assert "'Main' at lat 10.0" in _told(PortalCity(tmp_path, SECTION, areas=areas, crews=abroad))[0]
