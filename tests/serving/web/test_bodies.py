"""What is sent to the server: too large, cut short, of the wrong kind, not what it says it is."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from serving.web.guard import Guard
from serving.web.settings import Settings


def test_a_body_too_large_is_refused_when_it_says_so(site) -> None:
    assert site.client.post("/sign-in", content=b"x" * 3_000_000).status_code == 413
    answer = site.client.post("/api/v1/publications/latest/what-if", content=b"x" * 3_000_000)
    assert answer.status_code == answer.json()["status"] == 413
    assert answer.headers["content-type"] == "application/problem+json"


BOUNDARY = "multipart/form-data; boundary=x"
FORMS = [
    "/sign-in",
    "/sign-out",
    "/drafts/new",
    "/drafts/change",
    "/drafts/solve",
    "/drafts/publish",
    "/drafts/remove",
    "/shift",
]


@pytest.mark.parametrize("path", [*FORMS, "/api/v1/publications/latest/what-if"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (BOUNDARY, b"--x\r\nno header at all"),
        (BOUNDARY, b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n'),
        ("multipart/form-data", b"--x--"), ("application/x-www-form-urlencoded", b"%ff%fe=%00&csrf&&=;revision=1e9"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % i for i in range(3000))),
        ("application/json", b'{"crews": ['), ("application/json", b"[" * 100_000), ("application/json", b"\xff\xfe"),
        ("application/json", b'{"locks": [{"date": 99999999999999999999}]}'), ("text/plain", b"x"), ("", b""),
    ],
)  # fmt: skip
def test_a_malformed_body_is_refused_in_words(site, path, kind, body) -> None:
    answer = site.client.post(path, content=body, headers={"content-type": kind} if kind else {})
    assert 400 <= answer.status_code < 500, answer.text[-300:]
    expected = "application/problem+json" if path.startswith("/api") else "text/html"
    assert answer.headers["content-type"].startswith(expected)
    assert "Traceback" not in answer.text


def test_a_body_too_large_is_refused_when_it_does_not_say_so(tmp_path) -> None:
    """Its length is counted as it comes in, whatever reads it."""

    async def reads(scope, receive, send) -> None:
        body = await Request(scope, receive).body()
        await Response(str(len(body)))(scope, receive, send)

    async def pieces(count: int):
        for _ in range(count):
            yield b"x" * 1024

    async def sent(count: int) -> httpx.Response:
        guarded = Guard(reads, Settings(city="testford", home=tmp_path, largest_body=4096))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url="http://localhost") as client:
            return await client.post("/", content=pieces(count))

    assert asyncio.run(sent(4)).text == "4096"
    assert asyncio.run(sent(5)).status_code == 413
