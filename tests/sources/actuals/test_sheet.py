"""End-of-shift sheets as foremen hand them in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from configs.load import load_city
from domain.city import CityPlan
from domain.crew_rules import Contractor
from domain.errors import ActualsRefusedError, ColumnMissingError, SourceUnreadableError
from serving.sheet_yard import HOURS_HEADER
from sources.actuals.checks import Sheet, check
from sources.actuals.sheet import read_sheet

HEAD = "date,yard,shift,crew_type,crews,hours,jobs_pothole,jobs_flooding,reason"
GOOD = "2025-02-03,Landing Yard,day,patching,1,7,8,,"
PLANNED: dict[date, dict[tuple[str, str], int]] = {date(2025, 2, day): {} for day in range(3, 17)}
PLANNED[date(2025, 2, 5)] = {("Landing Yard", "patching"): 2}


@pytest.fixture(scope="module")
def city() -> CityPlan:
    return load_city("ellerby-falls")


def read(city: CityPlan, folder: Path, *rows: str, head: str = HEAD) -> Sheet:
    path = folder / "sheet.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8-sig")
    found = read_sheet(path, [y.name for y in city.city.crews.yards], ["pothole", "flooding"])
    return check(found, city, PLANNED, date(2025, 2, 20))


def many(*bad: str) -> list[str]:
    """Thirteen good rows and the bad ones."""
    return [GOOD.replace("02-03", f"02-{day:02d}") for day in range(3, 16)] + list(bad)


def test_a_filled_row_is_kept_and_an_empty_one_is_counted(city: CityPlan, tmp_path: Path) -> None:
    sheet = read(city, tmp_path, GOOD, "2025-02-04,Landing Yard,day,patching,,,,,")
    assert (len(sheet.shifts), sheet.empty, sheet.aside) == (1, 1, ())
    shift = sheet.shifts[0]
    assert shift.key == (date(2025, 2, 3), "day", "Landing Yard", "patching")
    assert (shift.crews, shift.hours, shift.jobs) == (1, 7, {"pothole": 8})


def test_a_job_over_two_shifts_is_a_part_in_each(city: CityPlan, tmp_path: Path) -> None:
    assert read(city, tmp_path, GOOD.replace(",8,", ",5.5,")).shifts[0].jobs == {"pothole": 5.5}


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (GOOD.replace("Landing Yard", "Moon Yard"), "Moon Yard"),
        (GOOD.replace(",day,", ",lunch,"), "lunch"),
        (GOOD.replace("patching", "plumbing"), "plumbing"),
    ],
)
def test_an_unknown_yard_shift_or_crew_type_refuses_the_file_and_names_row_and_value(
    city: CityPlan, tmp_path: Path, row: str, value: str
) -> None:
    with pytest.raises(ActualsRefusedError, match=rf"sheet.csv, row 15.*'{value}'") as refused:
        read(city, tmp_path, *many(row))
    assert "Landing Yard" in refused.value.remedy or "patching" in refused.value.remedy or "day" in refused.value.remedy


def test_a_shift_filed_twice_refuses_the_file_and_names_both_rows(city: CityPlan, tmp_path: Path) -> None:
    with pytest.raises(ActualsRefusedError, match=r"row 15: 2025-02-03 / day .* filed twice, in row 2"):
        read(city, tmp_path, *many(GOOD.replace(",7,8", ",6,9")))


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (GOOD.replace("02-03", "02-16").replace(",7,", ",-7,"), "hours", "not possible"),
        (GOOD.replace("02-03", "02-16").replace(",7,", ",seven,"), "hours", "not a number"),
        (GOOD.replace("02-03", "02-16").replace(",7,", ",,"), "hours", "is empty"),
        (GOOD.replace("02-03", "02-16").replace(",7,", ",25,"), "hours", "more than 1 crew can work"),
        (GOOD.replace("02-03", "02-16").replace(",1,7,", ",1.5,7,"), "crews", "not a whole number"),
        (GOOD.replace("2025-02-03", "2025-01-03"), "date", "no plan was published"),
        (GOOD.replace("2025-02-03", "2025-02-21"), "date", "lies after 2025-02-20"),
        (GOOD.replace("2025-02-03", "3 February"), "date", "not a date"),
        (GOOD.replace("02-03", "02-16").replace(",1,7,", ",2,14,"), "crews", "'Landing Yard' has 1 of 'patching'"),
        (GOOD.replace("02-03", "02-16").replace("patching", "combined"), "crews", "'Landing Yard' has 0 of 'combined'"),
        (GOOD.replace("02-03", "02-16").replace(",7,8,", ",0.1,400,"), "pothole", "more jobs than 0.1 h can hold"),
        (GOOD.replace("02-03", "02-16").replace("8,,", "8,2,"), "flooding", "'patching' cannot do this work"),
        (GOOD.replace("02-03", "02-16").replace(",1,7,", ",1,0,"), "pothole", "jobs without hours"),
    ],
)
def test_a_single_bad_row_is_set_aside_with_its_reason_and_the_rest_is_kept(
    city: CityPlan, tmp_path: Path, row: str, column: str, reason: str
) -> None:
    sheet = read(city, tmp_path, *many(row))
    assert len(sheet.shifts) == 13
    (aside,) = sheet.aside
    assert (aside.where, aside.column) == ("sheet.csv, row 15", column)
    assert reason in aside.reason
    assert aside.remedy


def test_crews_lent_to_a_yard_by_the_plan_of_the_day_are_kept(city: CityPlan, tmp_path: Path) -> None:
    lent = GOOD.replace("02-03", "02-05").replace(",1,7,", ",2,14,")
    sheet = read(city, tmp_path, lent, GOOD)
    assert [s.crews for s in sheet.shifts] == [2, 1]


def test_hours_hold_jobs_ten_times_as_quick_as_stated_and_no_more(city: CityPlan, tmp_path: Path) -> None:
    most = int(7 * 60 / (0.1 * city.category("pothole").service_minutes.value))
    rows = [GOOD.replace("02-03", f"02-{4 + i:02d}").replace(",8,", f",{most + i},") for i in range(2)]
    sheet = read(city, tmp_path, *many()[:1], *rows)
    assert [s.jobs["pothole"] for s in sheet.shifts] == [8, most]
    assert [bad.value for bad in sheet.aside] == [str(most + 1)]


def test_a_contractor_s_row_is_kept_at_its_own_yard_alone(city: CityPlan, tmp_path: Path) -> None:
    firm = Contractor.model_validate(
        {
            "name": "Millrace", "yard": "Landing Yard", "crews": 2, "skills": {"patching": None}, "price": 185,
            "jobs_per_shift": {"value": 8, "basis": "assumed"},
        }
    )  # fmt: skip
    crews = city.city.crews.model_copy(update={"contractors": (firm,)})
    hiring = city.model_copy(update={"city": city.city.model_copy(update={"crews": crews})})
    row = GOOD.replace("patching", "Millrace").replace(",1,7,8,", ",2,14,16,")
    elsewhere = row.replace("Landing", "Orchard").replace("02-03", "02-04")
    sheet = read(hiring, tmp_path, row, row.replace("02-03", "02-04").replace(",2,14,16,", ",0,0,0,"), elsewhere)
    assert [(s.key[3], s.crews, s.jobs) for s in sheet.shifts] == [
        ("Millrace", 2, {"pothole": 16}),
        ("Millrace", 0, {"pothole": 0}),
    ]
    assert "'Orchard Yard' has 0 of 'Millrace'" in sheet.aside[0].reason
    with pytest.raises(ActualsRefusedError) as refused:
        read(hiring, tmp_path, row.replace("Millrace", "Millrose"))
    assert "Millrace" in refused.value.remedy


def test_many_bad_rows_refuse_the_file(city: CityPlan, tmp_path: Path) -> None:
    bad = [GOOD.replace("02-03", f"02-{day}").replace(",7,", ",-7,") for day in (16, 17)]
    with pytest.raises(ActualsRefusedError, match="2 of 15 rows cannot be kept"):
        read(city, tmp_path, *many(*bad))
    with pytest.raises(ActualsRefusedError, match="1 of 1 rows cannot be kept"):
        read(city, tmp_path, GOOD.replace("2025-02-03", "2025-01-03"))


@pytest.mark.parametrize("header", ["driver", "Employee ID", "name", "Phone no.", "Foreman", "e-mail", "Done: names"])
def test_a_column_that_looks_like_a_person_is_refused(city: CityPlan, tmp_path: Path, header: str) -> None:
    with pytest.raises(ActualsRefusedError, match="named a person"):
        read(city, tmp_path, f"{GOOD},", head=f"{HEAD},{header}")


def test_a_reason_in_other_words_is_kept_as_other(city: CityPlan, tmp_path: Path) -> None:
    other = GOOD.replace("02-03", "02-04")
    sheet = read(city, tmp_path, f"{GOOD}Snow duty", f"{other}Jim was ill")
    assert [s.left_plan for s in sheet.shifts] == ["snow duty", "other"]
    assert sheet.reworded == 1


def test_beside_a_plan_s_own_columns_only_done_columns_count(city: CityPlan, tmp_path: Path) -> None:
    head = "date;shift;yard;crew_type;crews;reason;done_crews;done_hours;done_jobs_pothole"
    sheet = read(city, tmp_path, "2025-02-03;day;Landing Yard;patching;3;why;1;6,5;4", head=head)
    assert (sheet.shifts[0].crews, sheet.shifts[0].hours, sheet.shifts[0].left_plan) == (1, 6.5, "")


@pytest.mark.parametrize("gone", ["hours", "crew_type", "jobs_pothole,jobs_flooding", "yard"])
def test_a_missing_column_is_named(city: CityPlan, tmp_path: Path, gone: str) -> None:
    with pytest.raises(ColumnMissingError, match=gone.split("_", maxsplit=1)[0]):
        read(city, tmp_path, GOOD, head=HEAD.replace(f"{gone},", ""))


def test_jobs_of_a_category_that_is_not_there_are_refused(city: CityPlan, tmp_path: Path) -> None:
    with pytest.raises(ActualsRefusedError, match="jobs_trees"):
        read(city, tmp_path, f"{GOOD},3", head=f"{HEAD},jobs_trees")


def test_what_is_no_sheet_is_refused_with_a_remedy(tmp_path: Path) -> None:
    for name, data in (("a.xlsx", b"PK no zip"), ("a.csv", b"\xff\xfe\x00"), ("a.pdf", b"x"), ("b.csv", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceUnreadableError):
            read_sheet(tmp_path / name, ["Landing Yard"], ["pothole"])
    with pytest.raises(SourceUnreadableError, match="no file"):
        read_sheet(tmp_path / "gone.csv", ["Landing Yard"], ["pothole"])


@pytest.mark.parametrize("hours", [HOURS_HEADER, "Done: hours"])
def test_a_workbook_s_tab_is_its_yard_s_and_other_tabs_are_passed_over(
    city: CityPlan, tmp_path: Path, hours: str
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Read me first"])
    tab = book.create_sheet("Landing Yard")
    tab.append(["Crew plan"])
    tab.append(["Date", "Shift", "Crew type", "Crews", "Done: crews", hours, "Done: jobs, pothole"])
    tab.append([date(2025, 2, 3), "day", "patching", 2, 1, 7, 5])
    book.save(tmp_path / "plan.xlsx")
    (row,) = read_sheet(tmp_path / "plan.xlsx", ["Landing Yard"], ["pothole", "flooding"])
    assert str(row) == "plan.xlsx [Landing Yard], row 3"
    (shift,) = check([row], city, PLANNED, date(2025, 2, 20)).shifts
    assert (shift.key[2], shift.crews, shift.hours, shift.jobs) == ("Landing Yard", 1, 7, {"pothole": 5})
