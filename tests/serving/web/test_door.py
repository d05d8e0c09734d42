"""Who comes in and who does not: tokens, sessions, forms, proxies, the public mode."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path

import httpx
import pytest

from domain.errors import ServeRefusedError, TokenError
from serving.web.door import COOKIE, Door
from serving.web.run import check
from serving.web.settings import Settings
from serving.web.tokens import Tokens, add, revoke
from storage.home import open_home
from storage.served import read_audit, tokens_path


@pytest.fixture
def closed(tmp_path: Path, put) -> tuple[Path, dict[str, str]]:
    """A home with a publication and a token of each role."""
    put(tmp_path)
    return tmp_path, {
        role: add(open_home(tmp_path), f"{role} desk", role)[1] for role in ("viewer", "planner", "admin")
    }


def signed_in(served, csrf, token: str) -> httpx.Response:
    form = {"token": token, "csrf": csrf(served.client, "/sign-in"), "next": "/health"}
    return served.client.post("/sign-in", data=form)


def test_a_token_is_kept_as_a_hash_that_its_owner_alone_may_read(tmp_path) -> None:
    entry, token = add(open_home(tmp_path), "desk", "viewer")
    path = tokens_path(open_home(tmp_path))
    assert token.split("_", 2)[2] not in path.read_text()
    assert entry.digest in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_wrong_names_and_roles_are_refused(tmp_path) -> None:
    home = open_home(tmp_path)
    add(home, "desk", "viewer")
    for name, role in (("desk", "viewer"), ("", "viewer"), ("<b>", "viewer"), ("other", "public"), ("other", "king")):
        with pytest.raises(TokenError):
            add(home, name, role)
    with pytest.raises(TokenError):
        revoke(home, "nobody")


def test_only_the_whole_token_opens(tmp_path) -> None:
    home = open_home(tmp_path)
    entry, token = add(home, "desk", "viewer")
    known = Tokens(home, time.monotonic)
    assert known.check(token) == entry
    _, name, secret = token.split("_", 2)
    for odd in ("", secret, f"crewcast_{name}_", f"crewcast_00000000_{secret}", token[:-1], token + "x", entry.digest):
        assert known.check(odd) is None


def test_without_a_token_the_way_leads_to_the_form(closed, serve) -> None:
    home, _ = closed
    with serve(home) as served:
        answer = served.client.get("/health?csv=ages")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/sign-in?next=%2Fhealth%3Fcsv%3Dages"
        assert "0badcafe" not in served.client.get("/sign-in").text


def test_a_session_begins_and_ends(closed, serve, csrf) -> None:
    home, tokens = closed
    with serve(home) as served:
        answer = signed_in(served, csrf, tokens["viewer"])
        assert answer.status_code == 303
        assert answer.headers["location"] == "/health"
        cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(COOKIE))
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        page = served.client.get("/health")
        assert page.status_code == 200
        assert "viewer desk" in page.text
        kept = served.client.cookies[COOKIE]
        out = served.client.post("/sign-out", data={"csrf": csrf(served.client, "/health")})
        assert out.status_code == 303
        served.client.cookies.set(COOKIE, kept)
        assert served.client.get("/health").status_code == 303


def test_a_revoked_token_ends_its_sessions(closed, serve, csrf) -> None:
    home, tokens = closed
    with serve(home) as served:
        signed_in(served, csrf, tokens["viewer"])
        bearer = {"authorization": f"Bearer {tokens['planner']}"}
        assert served.client.get("/health").status_code == 200
        revoke(open_home(home), "viewer desk")
        revoke(open_home(home), "planner desk")
        time.sleep(1.1)
        assert served.client.get("/health").status_code == 303
        assert httpx.get(served.url + "/health", headers=bearer).status_code == 303


def test_revoking_the_last_token_does_not_open_the_door(tmp_path, put, serve) -> None:
    put(tmp_path)
    add(open_home(tmp_path), "desk", "admin")
    revoke(open_home(tmp_path), "desk")
    with serve(tmp_path) as served:
        assert served.client.get("/health").status_code == 303


def test_sessions_end_by_age_and_by_idleness(tmp_path) -> None:
    now = [0.0]
    entry, _ = add(open_home(tmp_path), "desk", "viewer")
    settings = Settings(city="testford", home=tmp_path, session_hours=1, idle_minutes=10)
    sessions = Door(settings, clock=lambda: now[0]).sessions
    idle = sessions.begin(entry.id)
    now[0] = 601
    assert sessions.find(idle) is None
    busy = sessions.begin(entry.id)
    for step in range(1, 8):
        now[0] = 601 + step * 500
        assert sessions.find(busy) is not None
    now[0] = 601 + 3601
    assert sessions.find(busy) is None


def test_a_wrong_token_is_refused_counted_and_never_written_down(closed, serve, csrf, capfd) -> None:
    home, tokens = closed
    kind, known, secret = tokens["viewer"].split("_", 2)
    wrong = f"{kind}_{known}_{secret[::-1]}"
    with serve(home, sign_ins_a_minute=3) as served:
        codes = [signed_in(served, csrf, wrong).status_code for _ in range(4)]
        assert codes == [401, 401, 401, 429]
        last = signed_in(served, csrf, tokens["viewer"])
        assert last.status_code == 429
        assert int(last.headers["retry-after"]) >= 1
    log = json.dumps(read_audit(open_home(home)))
    said = "".join(capfd.readouterr())
    assert log.count('"refused"') == 3
    for secret in (wrong, tokens["viewer"].split("_", 2)[2]):
        assert secret not in log
        assert secret not in said


def test_a_form_from_elsewhere_is_refused(closed, serve, csrf) -> None:
    home, tokens = closed
    with serve(home) as served:
        form = {"token": tokens["viewer"], "csrf": csrf(served.client, "/sign-in")}
        for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
            assert served.client.post("/sign-in", data=form, headers=headers).status_code == 403
        assert served.client.post("/sign-in", data={**form, "csrf": "0" * 64}).status_code == 403
        assert httpx.post(served.url + "/sign-in", data={**form, "csrf": ""}).status_code == 403
        assert served.client.post("/sign-in", data=form).status_code == 303
        assert served.client.post("/sign-out", data={"csrf": "0" * 64}).status_code == 403
        assert served.client.get("/health").status_code == 200


@pytest.mark.parametrize(
    "odd", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "/a\r\nb"]
)
def test_signing_in_never_leads_elsewhere(closed, serve, csrf, odd) -> None:
    home, tokens = closed
    with serve(home) as served:
        form = {"token": tokens["viewer"], "csrf": csrf(served.client, "/sign-in"), "next": odd}
        assert served.client.post("/sign-in", data=form).headers["location"] == "/"


def test_a_proxy_is_believed_only_where_it_is_named(closed, serve) -> None:
    home, _ = closed
    says = {"x-forwarded-user": "Ada", "x-forwarded-role": "planner"}
    with serve(home) as served:
        assert served.client.get("/health", headers=says).status_code == 303
    with serve(home, proxies=("10.0.0.0/8",)) as served:
        assert served.client.get("/health", headers=says).status_code == 303
    with serve(home, proxies=("127.0.0.1",)) as served:
        answer = served.client.get("/health", headers=says)
        assert "Ada · planner" in answer.text
        assert "Ada · viewer" in served.client.get("/health", headers={"x-forwarded-user": "Ada"}).text
        for odd in ({"x-forwarded-user": "<script>"}, {**says, "x-forwarded-role": "king"}, {}):
            assert served.client.get("/health", headers=odd).status_code == 303


def test_this_machine_alone_means_that_no_proxy_stands_between(site) -> None:
    for name in ("forwarded", "x-forwarded-for", "x-real-ip"):
        assert site.client.get("/health", headers={name: "203.0.113.9"}).status_code == 303
    assert site.client.get("/health").status_code == 200


def test_another_host_name_is_refused(site) -> None:
    answer = site.client.get("/health", headers={"host": "evil.example"})
    assert answer.status_code == 421
    assert "content-security-policy" in answer.headers


def test_the_audit_log_is_for_administrators(closed, serve) -> None:
    home, tokens = closed
    with serve(home) as served:
        for role, status in (("viewer", 403), ("planner", 403), ("admin", 200)):
            bearer = {"authorization": f"Bearer {tokens[role]}"}
            assert served.client.get("/audit", headers=bearer).status_code == status
        assert served.client.get("/audit").status_code == 303


def test_files_that_repeat_bad_rows_are_for_planners(closed, serve) -> None:
    home, tokens = closed
    with serve(home) as served:
        address = "/files/2026-03-03-r1-0badcafe"
        for name, role, status in (
            ("report.html", "viewer", 403), ("report.html", "planner", 200), ("plan.csv", "viewer", 200),
            ("manifest.json", "admin", 404), ("forecasts.parquet", "admin", 404),
            ("..%2f..%2flatest.json", "admin", 404),
        ):  # fmt: skip
            answer = served.client.get(f"{address}/{name}", headers={"authorization": f"Bearer {tokens[role]}"})
            assert answer.status_code == status, name
            if status == 200:
                assert answer.headers["content-disposition"].startswith("attachment")


def test_elsewhere_than_loopback_needs_a_token(tmp_path) -> None:
    settings = Settings(city="testford", home=tmp_path, host="0.0.0.0")
    with pytest.raises(ServeRefusedError, match="there is no token"):
        check(settings)
    add(open_home(tmp_path), "desk", "viewer")
    check(settings)
    revoke(open_home(tmp_path), "desk")
    with pytest.raises(ServeRefusedError):
        check(settings)


def test_samples_of_bad_rows_are_for_planners(tmp_path, put, serve) -> None:
    put(tmp_path)
    tokens = {role: add(open_home(tmp_path), role, role)[1] for role in ("viewer", "planner")}
    with serve(tmp_path, is_public=True) as served:

        def page(**headers: str) -> str:
            return served.client.get("/health", headers=headers).text

        assert page(authorization=f"Bearer {tokens['planner']}").count("Ann Example") == 2
        for masked in (page(authorization=f"Bearer {tokens['viewer']}"), page()):
            assert "Ann Example" not in masked
            assert "4 rows" in masked
            assert "12 rows" in masked


def test_a_wrong_bearer_is_nobody_even_where_anybody_reads(closed, serve) -> None:
    home, _ = closed
    with serve(home, is_public=True) as served:
        assert served.client.get("/health").status_code == 200
        assert served.client.get("/health", headers={"authorization": "Bearer x"}).status_code == 303


def test_a_session_that_is_over_leads_to_the_form(closed, serve, csrf) -> None:
    home, tokens = closed
    with serve(home, idle_minutes=0.02) as served:
        assert signed_in(served, csrf, tokens["planner"]).status_code == 303
        assert served.client.get("/health").status_code == 200
        time.sleep(1.4)
        assert served.client.get("/health").headers["location"].startswith("/sign-in")
        assert served.client.post("/sign-out", data={"csrf": "0" * 64}).status_code == 303
        assert served.client.get("/api/v1/publications/latest/plan").status_code == 401


def test_every_answer_is_strict(site) -> None:
    for path in ("/health", "/nowhere", "/sign-in"):
        headers = site.client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "no-store" in headers["cache-control"] or "no-cache" in headers["cache-control"]
        assert "server" not in headers
