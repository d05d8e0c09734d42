"""A publication as a mail: what a mail program needs is in the file, and nothing that it would refuse or fetch."""

from __future__ import annotations

import email
import email.policy
import re
import struct
from email.message import EmailMessage
from pathlib import Path

import pandas as pd
import pytest

from domain.draft import EditEntry
from serving.budget.export import budget_files
from serving.web.mail.contents import MOST_SHIFTS
from serving.web.mail.message import mail
from serving.web.mail.pictures import WIDTH
from serving.web.publication import Publication, publication
from serving.web.tokens import add
from storage.budgets import write_budget
from storage.home import open_home
from storage.vintages import read_vintage

CITY = "testford"
GMAIL_CUTS_AT, LARGEST = 102_000, 2_000_000
EDIT = EditEntry(
    base="2026-03-03-r0-00000000", draft="d", by="Ada Example", at="2026-03-03T05:00:00+00:00", why="A closed road",
    asked=("x",),
)  # fmt: skip


@pytest.fixture(scope="module")
def shown(tmp_path_factory, put, budgets) -> Publication:
    """A publication with hostile names that a planner changed, and a budget."""
    home = tmp_path_factory.mktemp("mail")
    name, about = put(home, hostile=True, edited=EDIT), budgets.made_about()
    folder = open_home(home).city(CITY)
    write_budget(folder, about.budget_id, budget_files(about, budgets.made_study()), move_latest=True)
    return publication(read_vintage(folder, name), folder)


@pytest.fixture(scope="module")
def message(shown) -> EmailMessage:
    data = mail(shown)
    assert len(data) < LARGEST
    return email.message_from_bytes(data, policy=email.policy.default)


def html_of(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


def pictures(message: EmailMessage) -> dict[str, EmailMessage]:
    return {part["content-id"][1:-1]: part for part in message.walk() if part.get_content_type() == "image/png"}


def test_every_picture_is_inside_described_and_of_a_bounded_size(message) -> None:
    html, found = html_of(message), pictures(message)
    shown_there = re.findall(r'<img src="cid:([^"]+)" width="(\d+)" alt="([^"]{20,})"', html)
    assert len(re.findall("<img", html)) == len(shown_there) == len(found)
    assert {cid for cid, _, _ in shown_there} == set(found)
    assert {"fan-pothole", "map-noise", "money"} <= {cid.partition(".")[0] for cid in found}
    for part in found.values():
        data = part.get_content()
        assert data.startswith(b"\x89PNG")
        assert struct.unpack(">I", data[16:20])[0] <= 2 * WIDTH
        assert len(data) < 200_000
        assert part.get_content_disposition() == "inline"


def test_nothing_runs_and_nothing_is_fetched(message) -> None:
    html = html_of(message)
    assert len(html.encode()) < GMAIL_CUTS_AT
    assert not re.search(
        r"<(script|link|iframe|object|svg|form)|\son[a-z]+\s*=\s*[\"']|javascript:|@import|url\(", html
    )
    asked_for = re.findall(r"<[a-z][^>]*\s(?:src|href|background|action|srcset)=\"([^\"]*)\"", html)
    assert asked_for
    assert all(one.startswith("cid:") for one in asked_for)
    assert "<b>Yard</b>" not in html
    assert "&lt;b&gt;Yard&lt;/b&gt;" in html


def test_the_numbers_of_each_picture_stand_beside_it(message, shown) -> None:
    html = html_of(message)
    assert html.count("<table") >= html.count("<img")
    rows = shown.table("forecasts")
    ahead = rows[(rows["level"] == "city") & (rows["category"] == "noise")]
    assert len(ahead) == 14
    for row in ahead.itertuples():
        assert f"{row.mean:.0f}</td>" in html or f"{row.mean:.1f}</td>" in html


def test_it_says_from_when_whose_and_why_in_both_texts(message) -> None:
    plain = message.get_body(("plain",)).get_content()
    for text in (plain, html_of(message)):
        for words in ("2026-03-03-r1-0badcafe", "Tuesday 3 March 2026", "mode: normal", "Ada Example", "A closed road"):
            assert words in text
        assert "Ann Example" not in text  # what somebody typed at the source
    assert "&lt;" not in plain


def test_it_is_a_draft_for_whoever_sends_it_on(message) -> None:
    assert message["X-Unsent"] == "1"
    assert message["Subject"].startswith("Crew plan <i>Testford</i>")
    assert "\n" not in message["Subject"]
    assert all(message[name] is None for name in ("From", "To", "Date"))


def test_the_same_publication_gives_the_same_bytes(shown) -> None:
    assert mail(shown) == mail(publication(shown.vintage, shown.folder))


def test_many_shifts_do_not_make_it_longer_than_a_mail_may_be(shown, monkeypatch) -> None:
    roster, source = shown.table("roster"), shown.source
    many = [roster.assign(yard=roster["yard"] + f" number {i}") for i in range(5)]
    monkeypatch.setitem(source._sorted, "roster", pd.concat(many))
    text = html_of(email.message_from_bytes(mail(shown), policy=email.policy.default))
    assert len(text.encode()) < GMAIL_CUTS_AT
    assert re.search(r"And \d{2,} more shifts", text)
    assert text.count('<th scope="row" align="left">Wed 4 Mar, ') <= MOST_SHIFTS


def test_a_publication_without_outlines_has_tables_and_no_map(tmp_path, made, put, monkeypatch) -> None:
    name, folder = put(tmp_path), open_home(tmp_path).city(CITY)
    one = publication(read_vintage(folder, name), folder)
    monkeypatch.setitem(one.__dict__, "areas", one.areas.assign(geometry=""))
    found = email.message_from_bytes(mail(one), policy=email.policy.default)
    assert not any(cid.startswith("map-") for cid in pictures(found))
    assert "Areas with most" in html_of(found)


def test_viewers_take_it_from_the_plan_page(tmp_path: Path, put, serve) -> None:
    name = put(tmp_path)
    bearer = {"authorization": f"Bearer {add(open_home(tmp_path), 'desk', 'viewer')[1]}"}
    with serve(tmp_path, is_public=True) as served:
        address = f"/files/{name}/report.eml"
        assert address in served.client.get("/plan", headers=bearer).text
        assert address not in served.client.get("/plan").text
        assert served.client.get(address).status_code == 403
        answer = served.client.get(address, headers=bearer)
        assert answer.headers["content-type"] == "message/rfc822"
        assert "attachment" in answer.headers["content-disposition"]
        assert pictures(email.message_from_bytes(answer.content, policy=email.policy.default))
