"""No answer of a weather server, in whatever protocol, fills memory, the disk or the day."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from sources.folder_size import prune
from sources.meteostat import session
from sources.plugins import WeatherRead
from sources.weather import bounds
from tests.sources.weather.bulk_server import Answer, Bulk

MEBIBYTE = 2**20
SLACK = 16 * MEBIBYTE
"""What sockets hold on their way."""
Forecast = Callable[[str], str]


@pytest.fixture
def told(bulk: Bulk, made_days: Callable[..., pd.DataFrame], read_live: Callable[..., WeatherRead]) -> Forecast:
    """Why a forecast provider gave nothing; the observed days come all the same."""

    def run(provider: str) -> str:
        today = datetime.now(UTC).date()
        since = today - timedelta(days=5)
        bulk.daily("72530", made_days(str(since), str(today - timedelta(days=1))))
        found = read_live(today=today, now=datetime.now(UTC), since=str(since), forecast=[provider])
        assert len(found.observed) >= 4
        assert found.issued is None
        return next(n for n in found.notes if f"weather forecast of {provider} for O'Hare" in n)

    return run


@pytest.mark.parametrize(("provider", "path"), [("metno_forecast", "/metno"), ("dwd_mosmix", "/mosmix/72530.kmz")])
def test_an_endless_forecast_is_given_up_at_the_limit(bulk: Bulk, told: Forecast, provider: str, path: str) -> None:
    bulk.answers[path] = Answer(b"x" * MEBIBYTE, endless=True)
    assert f"larger than {bounds.MOST_BYTES:,} bytes" in told(provider)
    assert bulk.sent[path] < 2 * (bounds.MOST_BYTES + SLACK)  # two stations may ask


def test_an_endless_year_of_observations_is_given_up_at_the_limit(
    bulk: Bulk, made_days: Callable[..., pd.DataFrame], read_live: Callable[..., WeatherRead]
) -> None:
    bulk.daily("72530", made_days("2022-01-01", "2024-06-29"))
    bulk.answers["/daily/2023/72530.csv.gz"] = Answer(b"x" * MEBIBYTE, endless=True)
    notes = [n for n in read_live().notes if "O'Hare (72530), 2023" in n]
    assert f"larger than {bounds.MOST_BYTES:,} bytes" in notes[0]
    assert bulk.sent["/daily/2023/72530.csv.gz"] < bounds.MOST_BYTES + SLACK


def test_a_year_cut_short_is_told_of(
    bulk: Bulk, made_days: Callable[..., pd.DataFrame], read_live: Callable[..., WeatherRead]
) -> None:
    bulk.daily("72530", made_days("2022-01-01", "2024-06-29"))
    whole = bulk.answers["/daily/2023/72530.csv.gz"].body
    plain = gzip.decompress(whole)
    short = Answer(plain[:-500], headers={"Content-Length": str(len(plain)), "Connection": "close"})
    bulk.answers["/daily/2023/72530.csv.gz"] = short
    assert "cut short: 500 bytes are lacking" in next(n for n in read_live().notes if "O'Hare (72530), 2023" in n)


def test_a_packed_answer_counts_as_unpacked(bulk: Bulk, told: Forecast) -> None:
    bomb = gzip.compress(b" " * (bounds.MOST_BYTES + MEBIBYTE))
    assert len(bomb) < 100_000
    bulk.answers["/metno"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
    assert "larger than" in told("metno_forecast")


def test_a_forecast_in_a_zip_counts_as_unpacked(bulk: Bulk, told: Forecast) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("MOSMIX_L_LATEST_72530.kml", b" " * (bounds.MOST_UNPACKED + 1))
    assert len(packed.getvalue()) < MEBIBYTE
    bulk.answers["/mosmix/72530.kmz"] = Answer(packed.getvalue())
    assert f"unpacks to more than {bounds.MOST_UNPACKED:,} bytes" in told("dwd_mosmix")


def test_a_forecast_that_drips_ends_with_the_time_of_a_whole_answer(
    bulk: Bulk, told: Forecast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_SECONDS", 0.2)
    bulk.answers["/metno"] = Answer(b" ", endless=True, pause_seconds=0.02)
    assert "not there after" in told("metno_forecast")


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("ftp://127.0.0.1/forecast", "redirect to another scheme, ftp"),
        ("file:///etc/passwd", "redirect to another scheme, file"),
        ("http://localhost:9/forecast", "redirect to a private address, localhost"),
        ("http://169.254.169.254/latest/meta-data", "redirect to a private address, 169.254.169.254"),
        ("/metno", "more than 5 redirects"),
    ],
)
def test_a_forecast_is_not_followed_where_it_must_not_lead(
    bulk: Bulk, told: Forecast, location: str, said: str
) -> None:
    bulk.answers["/metno"] = Answer(status=302, headers={"Location": location})
    assert said in told("metno_forecast")


@pytest.mark.parametrize("provider", ["metno_forecast", "observed"])
def test_the_body_of_a_redirect_is_not_read(
    bulk: Bulk,
    told: Forecast,
    made_days: Callable[..., pd.DataFrame],
    read_live: Callable[..., WeatherRead],
    provider: str,
) -> None:
    endless = Answer(b"x" * MEBIBYTE, 302, {"Location": f"{bulk.url}/moved"}, endless=True)
    if provider == "observed":
        bulk.daily("72530", made_days("2022-01-01", "2024-06-29"))
        bulk.answers["/moved"] = bulk.answers["/daily/2023/72530.csv.gz"]
        bulk.answers["/daily/2023/72530.csv.gz"] = endless
        found = read_live().observed.set_index("date")
        assert "2023-07-01" in found.index
        assert bulk.sent["/daily/2023/72530.csv.gz"] < SLACK
        return
    bulk.answers["/metno"], bulk.answers["/moved"] = endless, Answer(b"{}")
    told(provider)
    assert "/moved" in bulk.asked
    assert bulk.sent["/metno"] < 2 * SLACK


def test_a_station_file_of_noaa_counts_as_unpacked(
    bulk: Bulk,
    made_days: Callable[..., pd.DataFrame],
    read_live: Callable[..., WeatherRead],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sources.ghcn.reading.MOST_UNPACKED", 50_000)
    bulk.daily("72530", made_days("2022-01-01", "2024-06-29"))
    bulk.ghcn("USW00094846", ["USW00094846,20240101,PRCP,254,,,W,2400"] * 2_000)
    assert any("left out" in n and "unpacks to more than 50,000 bytes" in n for n in read_live(ghcn=True).notes)


def test_the_cache_of_closed_years_stays_below_its_limit(
    bulk: Bulk,
    made_days: Callable[..., pd.DataFrame],
    read_live: Callable[..., WeatherRead],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: list[int] = []

    def noted(folder: Path, most: int) -> None:
        prune(folder, most)
        kept.append(sum(f.stat().st_size for f in folder.iterdir()))

    monkeypatch.setattr(session, "MOST_CACHED", 60_000)
    monkeypatch.setattr(session, "prune", noted)
    bulk.daily("72530", made_days("2015-01-01", "2024-06-29"))
    found = read_live(since="2015-01-01", today=date(2024, 6, 30))
    assert len(found.observed) == len(pd.date_range("2015-01-01", "2024-06-29"))
    assert 0 < max(kept) <= 60_000


def test_gzip_of_several_parts_is_one_stream_and_its_end_must_be_there() -> None:
    two = gzip.compress(b"a" * 1000) + gzip.compress(b"b" * 1000)
    assert bounds.gzip_fault(io.BytesIO(two).read, 2000) == ""
    assert bounds.gzip_fault(io.BytesIO(two).read, 1999) == "unpacks to more than 1,999 bytes"
    assert bounds.gzip_fault(io.BytesIO(two[:-9]).read, 5000) == "gzip cut short"
    assert bounds.gzip_fault(io.BytesIO(b"\x1f\x8b" + b"?" * 50).read, 5000).startswith("broken gzip")
