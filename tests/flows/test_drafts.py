"""A planner's way through the pages on a real plan: change, solve, conflict, publish; and the foreman's sheet."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import hypothesis
import icalendar
import pandas as pd
import pytest
import schemathesis
from hypothesis import HealthCheck, given

from pipelines.job import Job
from pipelines.serve import works
from pipelines.steps.edited import EDITED
from serving.web.run import beside
from serving.web.settings import Settings
from serving.web.tokens import add
from storage.actuals import read_actuals
from storage.drafts import list_drafts
from storage.home import open_home
from storage.served import read_audit
from storage.vintages import latest

pytestmark = pytest.mark.xdist_group("drafts")
SLOT = {"date": "2025-03-18", "shift": "day", "yard": "North Yard", "crew_type": "patching"}


@pytest.fixture(scope="module")
def job(quick_city: Path, planned_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    home = shutil.copytree(planned_home, tmp_path_factory.mktemp("drafts") / "home", symlinks=True)
    return Job(str(quick_city), home, datetime(2025, 3, 17, 12, tzinfo=UTC))


@pytest.fixture(scope="module")
def tokens(job: Job) -> dict[str, str]:
    names = {"Ada": "planner", "Ben": "planner", "Vic": "viewer"}
    return {name: add(open_home(job.home), name, role)[1] for name, role in names.items()}


@pytest.fixture(scope="module")
def url(job: Job, tokens: dict[str, str]) -> Iterator[str]:
    settings = Settings(
        city="smallville-sim", home=job.home, config=job.city, port=0, solves_at_once=1, solves_a_minute=60
    )
    with beside(settings, works()) as address:
        yield address


def hidden(text: str) -> dict[str, str]:
    """The form's token and, on a draft's page, its name and revision."""
    return dict(re.findall(r'<input type="hidden" name="(csrf|name|revision)" value="([^"]*)"', text))


class Planner:
    """One person's browser, signed in."""

    def __init__(self, url: str, token: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=300, follow_redirects=True, trust_env=False)
        form = {"token": token, **hidden(self.client.get("/sign-in").text)}
        assert self.client.post("/sign-in", data=form).status_code == 200

    def begin(self, name: str) -> str:
        csrf = hidden(self.client.get("/drafts").text)["csrf"]
        answer = self.client.post("/drafts/new", data={"csrf": csrf, "name": name})
        assert answer.status_code == 200, answer.text
        return answer.text

    def see(self, name: str) -> str:
        return self.client.get("/drafts/one", params={"name": name}).text

    def change(self, seen: str, **what: object) -> httpx.Response:
        return self.client.post("/drafts/change", data={**hidden(seen), **what})

    def act(self, what: str, seen: str, **more: str) -> httpx.Response:
        return self.client.post(f"/drafts/{what}", data={**hidden(seen), **more})


@pytest.fixture
def ada(url: str, tokens: dict[str, str]) -> Iterator[Planner]:
    one = Planner(url, tokens["Ada"])
    yield one
    one.client.close()


@pytest.fixture
def ben(url: str, tokens: dict[str, str]) -> Iterator[Planner]:
    one = Planner(url, tokens["Ben"])
    yield one
    one.client.close()


def manned(roster: pd.DataFrame) -> tuple[str, str, str]:
    """A weekday on which the one patching crew works: the day, its shift, and the yard's other shift."""
    own = roster[(roster["crew_type"] == "patching") & (roster["crews"] == 1) & (roster["date"].dt.day_of_week < 5)]
    first = own.iloc[0]
    return f"{first['date']:%Y-%m-%d}", first["shift"], {"day": "evening", "evening": "day"}[first["shift"]]


def test_two_people_do_not_overwrite_each_other(ada, ben) -> None:
    seen_by_ada = ada.begin("Both of us")
    seen_by_ben = ben.see("Both of us")
    assert ada.change(seen_by_ada, act="forbid", **SLOT).status_code == 200
    refused = ben.change(seen_by_ben, act="absence", absence="40")
    assert refused.status_code == 409
    assert "Ada changed the draft" in refused.text
    assert "no crew" in refused.text
    assert "40% of crews" not in ada.see("Both of us")
    assert ben.change(ben.see("Both of us"), act="absence", absence="40").status_code == 200
    both = ada.see("Both of us")
    assert "40% of crews stay away" in both
    assert "North Yard, patching: no crew" in both
    assert ada.act("remove", seen_by_ada).status_code == 409
    assert ada.act("remove", both).status_code == 200
    assert ben.client.get("/drafts/one", params={"name": "Both of us"}).status_code == 404


def test_a_lock_that_cannot_be_is_refused_before_anything_is_solved(ada) -> None:
    seen = ada.begin("Impossible")
    for odd in ({"yard": "<script>"}, {"date": "2030-01-01"}, {"date": "soon"}, {"shift": "night"}):
        answer = ada.change(seen, act="lock", number=1, **(SLOT | odd))
        assert answer.status_code == 422, odd
        assert "<script>" not in answer.text
    assert ada.change(seen, act="lock", number=9, **SLOT).status_code == 422
    assert ada.change(seen, act="explode").status_code == 422
    assert hidden(ada.see("Impossible"))["revision"] == "0"


def test_a_draft_is_solved_and_published_with_who_when_and_why(ada, ben, job) -> None:
    before = latest(job.folder())
    stale = ben.begin("Too late")
    assert ben.change(stale, act="forbid", **SLOT).status_code == 200
    assert ben.act("solve", ben.see("Too late")).status_code == 200
    seen = ada.begin("School run")
    assert ada.act("publish", seen, why="no reason").status_code == 422
    day, here, there = manned(before.frame("roster"))
    at = {**SLOT, "date": day, "shift": here}
    to = urlencode({"yard": "North Yard", "shift": there})
    for odd in ({"number": 2, "to": to}, {"number": 1, "to": "nowhere"}, {"number": 1, "to": "yard=x&shift=y&z=1"}):
        assert ada.change(seen, act="move", **odd, **at).status_code == 422, odd
    assert to.replace("&", "&amp;") in ada.client.get("/drafts/slot", params={"name": "School run", **at}).text
    moved = ada.change(seen, act="move", number=1, to=to, **at)
    assert f"1 patching crew from North Yard, {here} to North Yard, {there}" in moved.text
    solved = ada.act("solve", ada.see("School run")).text
    assert 'id="difference"' in solved
    assert 'id="price"' in solved
    assert "1 → 0" in solved
    published = ada.act("publish", solved, why="The road at the school is closed")
    assert published.status_code == 200, published.text
    assert "Ada changed this plan" in published.text
    assert "This is an earlier publication" not in published.text
    assert "The road at the school is closed" in published.text
    after = latest(job.folder())
    after.verify()
    assert after.manifest.edited.by == "Ada"
    assert after.manifest.locks is not None, "what is fixed has a price"
    assert after.manifest.locks.sentence(after.manifest.currency) in after.bytes("report.html").decode().replace(
        "&#39;", "'"
    )
    assert after.manifest.not_varied == EDITED
    assert after.manifest.edited.base == after.manifest.previous == before.manifest.vintage_id
    roster = after.frame("roster").set_index(["date", "shift", "yard", "crew_type"])
    moved = roster.loc[(day, there, "North Yard", "patching")]
    assert (int(moved["crews"]), bool(moved["is_locked"])) == (1, True)
    assert int(roster.loc[(day, here, "North Yard", "patching"), "crews"]) == 0
    assert (after.samples() == before.samples()).all()
    assert ada.client.get("/drafts/one", params={"name": "School run"}).status_code == 404
    again = ada.begin("Undo it")
    for slot in ({"shift": here}, {"shift": there}):
        seen = ada.change(ada.see("Undo it") if again is None else again, act="free", **(at | slot)).text
        again = None
    assert seen.count("left to the plan") >= 2
    assert 'id="difference"' in ada.act("solve", seen).text
    late = ben.act("publish", ben.see("Too late"), why="I was first")
    assert late.status_code == 409
    assert "was published by Ada" in late.text
    assert latest(job.folder()).manifest.vintage_id == after.manifest.vintage_id
    carried = ben.change(ben.see("Too late"), act="carry").text
    assert after.manifest.vintage_id in carried
    log = read_audit(open_home(job.home))
    told = next(entry for entry in log if entry["did"] == "published")
    assert (told["who"], told["vintage"]) == ("Ada", after.manifest.vintage_id)
    assert told["why"] == "The road at the school is closed"


def test_other_weather_is_to_look_at_and_not_to_publish(ada) -> None:
    seen = ada.begin("If it pours")
    assert ada.change(seen, act="weather", target="rain-of-frogs").status_code == 422
    wet = ada.change(seen, act="weather", target="wet-year").text
    assert all(words in wet for words in ("Weather: wet year", "to look at, not to publish"))
    assert 'action="/drafts/publish"' not in wet
    solved = ada.act("solve", wet).text
    assert ">Published roster in that weather</th>" in solved
    assert "the difference is against it" in solved
    assert ada.act("publish", wet, why="It will pour").status_code == 422
    assert "Weather: wet year" not in ada.change(wet, act="remove", what="scenario").text


def test_the_api_solves_what_the_command_line_solves(url, tokens, job) -> None:
    bearer = {"authorization": f"Bearer {tokens['Ada']}"}
    address = f"{url}/api/v1/publications/latest/what-if"
    asked = {"locks": [{**SLOT, "forbidden": True}]}
    told = httpx.post(address, json=asked, headers=bearer, timeout=300)
    assert told.status_code == 200, told.text
    found = told.json()
    slots = {(r["date"], r["shift"], r["yard"], r["crew_type"]): r for r in found["roster"]}
    assert slots["2025-03-18", "day", "North Yard", "patching"]["crews"] == 0
    assert found["lock_price"] is not None
    assert not found["is_published"]
    for body, status in (
        ({"locks": [{**SLOT, "yard": "Nowhere", "crews": 1}]}, 422), ({"crews": [{"target": "x", "number": 1}]}, 422),
        ({"odd": 1}, 422), ({"absence": 2}, 422), ({"locks": [SLOT]}, 422),
    ):  # fmt: skip
        refused = httpx.post(address, json=body, headers=bearer, timeout=300)
        assert refused.status_code == status, body
        assert refused.headers["content-type"] == "application/problem+json"
    assert httpx.post(address, json=asked).status_code == 401
    viewer = {"authorization": f"Bearer {tokens['Vic']}"}
    assert httpx.post(address, json=asked, headers=viewer).status_code == 403
    foreign = httpx.post(address, json=asked, headers={**bearer, "origin": "https://evil.example"})
    assert foreign.status_code == 403


def test_a_session_needs_the_forms_token_for_a_what_if(ada) -> None:
    address, asked = "/api/v1/publications/latest/what-if", {"locks": [{**SLOT, "forbidden": True}]}
    assert ada.client.post(address, json=asked).status_code == 403
    csrf = hidden(ada.client.get("/drafts").text)["csrf"]
    assert ada.client.post(address, json=asked, headers={"x-csrf-token": csrf}).status_code == 200


def test_drafts_are_for_planners(url, tokens) -> None:
    vic = Planner(url, tokens["Vic"])
    for path in ("/drafts", "/drafts/one?name=x", "/shift"):
        assert vic.client.get(path).status_code == 403
    assert httpx.get(f"{url}/drafts").status_code == 303
    assert vic.client.post("/drafts/new", data={"name": "mine", "csrf": ""}).status_code == 403
    vic.client.close()


def test_a_form_without_its_token_changes_nothing(ada, job) -> None:
    seen = ada.begin("Untouched")
    for path in ("change", "solve", "publish", "remove"):
        fields = {**hidden(seen), "csrf": "0" * 64, "act": "forbid", "why": "because", **SLOT}
        assert ada.client.post(f"/drafts/{path}", data=fields).status_code == 403
    assert ada.client.post("/drafts/new", data={"csrf": "0" * 64, "name": "Forged"}).status_code == 403
    sheet = {"csrf": "0" * 64, "yard": "North Yard", "day": "2025-03-20", "crews-0": "1", "hours-0": "1"}
    assert ada.client.post("/shift", data=sheet).status_code == 403
    assert "Forged" not in [draft.name for draft in list_drafts(job.folder())]
    assert "2025-03-20" not in set(read_actuals(job.folder(), ZoneInfo("America/Chicago"))[0]["date"].astype(str))
    assert hidden(ada.see("Untouched"))["revision"] == "0"


def test_the_shift_sheet_is_kept_as_any_other(ada, job) -> None:
    page = ada.client.get("/shift", params={"yard": "North Yard", "day": "2025-03-19"}).text
    fields = dict(re.findall(r'name="((?:crews|hours)-[0-9]+)"[^>]*value="([^"]+)"', page))
    jobs = dict.fromkeys(re.findall(r'name="(jobs_[a-z]+-[0-9]+)"', page), "3")
    reasons = dict.fromkeys(re.findall(r'name="(reason-[0-9]+)"', page), "John Smith was ill")
    form = {**hidden(page), "yard": "North Yard", "day": "2025-03-19", **fields, **jobs, **reasons}
    assert len(jobs) >= 2
    answer = ada.client.post("/shift", data=form)
    assert answer.status_code == 200, answer.text
    assert "The sheet was filed" in answer.text
    shifts, done = read_actuals(job.folder(), ZoneInfo("America/Chicago"))
    rows = shifts[shifts["date"] == str(date(2025, 3, 19))]
    assert len(rows) == len(reasons)
    assert set(rows["left_plan"]) == {"other"}
    assert done["jobs"].tolist() == [3.0] * len(jobs)
    assert "John Smith" not in json.dumps(read_audit(open_home(job.home)))
    odd = ada.client.post("/shift", data={**form, **{n: "many" for n in fields if n.startswith("hours")}})
    assert odd.status_code == 422


def test_a_calendar_is_subscribed_to_with_the_token_as_password(url, tokens) -> None:
    address = f"{url}/api/v1/publications/latest/calendars/north-yard.ics"
    unknown = httpx.get(address)
    assert unknown.status_code == 401
    assert unknown.headers["www-authenticate"].startswith("Basic")
    answer = httpx.get(address, auth=("any", tokens["Vic"]))
    events = [part for part in icalendar.Calendar.from_ical(answer.content).walk() if part.name == "VEVENT"]
    assert len(events) > 10
    assert {str(event["LOCATION"]) for event in events} == {"North Yard"}
    nowhere = httpx.get(address.replace("north", "south"), auth=("any", tokens["Vic"]))
    assert nowhere.status_code == 404


def test_a_what_if_keeps_what_its_description_promises(url, tokens) -> None:
    described = schemathesis.openapi.from_url(
        f"{url}/api/v1/openapi.json", headers={"authorization": f"Bearer {tokens['Ada']}"}
    )
    operation = described["/api/v1/publications/{publication}/what-if"]["POST"]
    seen: set[int] = set()

    @given(case=operation.as_strategy())
    @hypothesis.settings(max_examples=30, derandomize=True, suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case) -> None:
        case.path_parameters["publication"] = "latest"
        answer = case.call(headers={"authorization": f"Bearer {tokens['Ada']}"})
        seen.add(answer.status_code)
        assert answer.status_code in (200, 422, 429), answer.text

    holds()
    assert 422 in seen
