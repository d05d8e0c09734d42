"""Pages and API under load: 30 people at once, two plans being solved, against a bare FastAPI route in the same run.

    python -m benchmarks.serve [--home DIR] [--city CITY] [--seconds 20] [--areas 300]

Works on what is published in a home (default: $CREWCAST_HOME, as `crewcast demo` leaves it); it publishes nothing
there. With --areas on a city of its own: the demo's with about so many areas, two years and the spreadsheets'
forecasters, run once into a home that is removed at the end.
Pages: 30 readers walk through all pages for so many seconds, each with its own connection and a pause of 0.2 to 0.8 s,
while two what-ifs are solved in the server's bounded pool, one after the other without a pause. API: `wrk` (or, where
it is missing, httpx) on one connection, routes in turns of rounds with the bare route, medians of the rounds compared.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx
import numpy as np

from configs import packaged
from domain.chance import generator
from serving.web.catalogue import pages
from storage.home import Home, open_home
from storage.vintages import latest

PEOPLE = 30
ROUNDS = 5
ROUND_SECONDS = 3
ROUTES = ("forecasts?limit=50", "plan?limit=50", "scores", "health")
BARE = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
async def bare() -> dict[str, bool]:
    return {"ok": True}
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


Times = dict[str, list[float]]
"""Milliseconds of each request, by path."""


@contextmanager
def server(*command: str, port: int) -> Iterator[str]:
    """A server of its own process, up and answering; ended at the end."""
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(url, timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(30)


async def read_pages(url: str, seconds: float, solving: bool, slot: dict[str, str]) -> tuple[Times, int]:
    """Milliseconds a page by path, and the what-ifs solved meanwhile."""
    found: Times = {}
    until, solved = time.perf_counter() + seconds, [0]
    walks = [_walk(url, until, found, number) for number in range(PEOPLE)]
    solves = [_solve(url, until, solved, slot, number) for number in range(2 if solving else 0)]
    await asyncio.gather(*walks, *solves)
    return found, solved[0]


async def _walk(url: str, until: float, found: dict[str, list[float]], number: int) -> None:
    paths = [p.path for p in pages() if p.order is not None]
    rng = generator(number, "benchmark", "reader")
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        await asyncio.sleep(float(rng.uniform(0, 1)))
        while time.perf_counter() < until:
            path = paths[int(rng.integers(len(paths)))]
            begin = time.perf_counter()
            answer = await client.get(path)
            answer.raise_for_status()
            found.setdefault(path, []).append(1000 * (time.perf_counter() - begin))
            await asyncio.sleep(float(rng.uniform(0.2, 0.8)))


async def _solve(url: str, until: float, solved: list[int], slot: dict[str, str], number: int) -> None:
    """Another absence each time, so that no answer is a kept one."""
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:
        while time.perf_counter() < until:
            share = round(0.01 + 0.001 * (solved[0] * 2 + number), 4)
            asked = {"absence": share, "locks": [{**slot, "forbidden": True}]}
            answer = await client.post("/api/v1/publications/latest/what-if", json=asked)
            if answer.status_code == 429:
                await asyncio.sleep(float(answer.headers["retry-after"]))
                continue
            if answer.status_code != 422:  # what takes longer than the server waits
                answer.raise_for_status()
                solved[0] += 1


def latency(url: str) -> float:
    """Median milliseconds of one connection's requests over a round."""
    if shutil.which("wrk"):
        told = subprocess.run(
            ["wrk", "-t1", "-c1", f"-d{ROUND_SECONDS}s", "--latency", url], capture_output=True, text=True, check=True
        ).stdout
        value, unit = re.search(r"50%\s+([0-9.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]
        return float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]
    with httpx.Client() as client:
        times, until = [], time.perf_counter() + ROUND_SECONDS
        while time.perf_counter() < until:
            begin = time.perf_counter()
            client.get(url)
            times.append(1000 * (time.perf_counter() - begin))
    return median(times)


def report_solves(url: str, slot: dict[str, str]) -> None:
    """Seconds of one what-if after the other, without readers; the first makes the published plan again before it."""
    told = []
    with httpx.Client(base_url=url, timeout=300) as client:
        for share in (0.2, 0.21, 0.22):
            begin = time.perf_counter()
            asked = {"absence": share, "locks": [{**slot, "forbidden": True}]}
            answer = client.post("/api/v1/publications/latest/what-if", json=asked)
            told.append(f"{time.perf_counter() - begin:.1f} s ({answer.status_code})")
    print(f"what-ifs one after the other: {', '.join(told)}", flush=True)


def report_command(home: Home, city: str) -> None:
    """Seconds of one `crewcast plan`, the start of Python included; of the processor too, for a busy machine."""
    words = (sys.executable, "-m", "cli.main", "plan", city, "--crews", "pothole=+2", "--home", str(home.root), "-q")
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"crewcast plan --crews pothole=+2: {wall:.1f} s, {spent:.1f} s of the processor", flush=True)


def report_pages(title: str, found: dict[str, list[float]], solved: int) -> None:
    print(f"{title} ({solved} plans solved meanwhile)")
    print(f"  {'page':<24}{'asked':>7}{'median ms':>11}{'p95 ms':>9}")
    for path, times in [*sorted(found.items()), ("all pages", [t for ts in found.values() for t in ts])]:
        print(f"  {path:<24}{len(times):>7}{median(times):>11.1f}{np.quantile(times, 0.95):>9.1f}")


def report_api(url: str, bare: str) -> None:
    """Routes and the bare one in turns; the ratio of medians."""
    base = f"{url}/api/v1/publications/latest"
    addresses = {"bare FastAPI route": bare, **{f"GET …/{r}": f"{base}/{r}" for r in ROUTES}}
    for address in addresses.values():
        latency(address)
    rounds: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(ROUNDS):
        for name, address in addresses.items():
            rounds[name].append(latency(address))
    plain = median(rounds["bare FastAPI route"])
    tool = "wrk" if shutil.which("wrk") else "httpx"
    print(f"API, one connection, median of {ROUNDS} rounds of {ROUND_SECONDS} s, with {tool}")
    for name, times in rounds.items():
        print(f"  {name:<36}{median(times):>8.2f} ms{median(times) / plain:>7.2f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--city", default="ellerby-falls")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--areas", type=int, help="a city of about so many areas, made first")
    asked = parser.parse_args()
    if asked.areas is None:
        measure(open_home(asked.home), asked.city, "", asked.seconds)
        return
    with tempfile.TemporaryDirectory() as folder:
        path, root = grown(asked.areas, Path(folder)), Path(folder) / "home"
        subprocess.run([sys.executable, "-m", "cli.main", "run", str(path), "--home", str(root), "--quiet"], check=True)
        home = open_home(root)
        areas = latest(home.city(asked.city)).frame("forecasts").query("level == 'area'")["area"].nunique()
        print(f"{areas} areas")
        measure(home, asked.city, str(path), asked.seconds)


def grown(areas: int, folder: Path) -> Path:
    """The demo's YAML with about so many areas, quickly forecast."""
    text = packaged("cities")["ellerby-falls"].read_text(encoding="utf-8")
    each = max(1, round(areas / 6))
    changes = {"years: 6": "years: 2", "areas_per_district: 8": f"areas_per_district: {each}"}
    for old, new in changes.items():
        if old not in text:
            sys.exit(f"the demo's city no longer says `{old}`")
        text = text.replace(old, new, 1)
    path = folder / "grown.yaml"
    path.write_text(text + "models: {forecasters: [exponential_smoothing, recent_weekdays]}\n", encoding="utf-8")
    return path


def measure(home: Home, city: str, config: str, seconds: float) -> None:
    row = latest(home.city(city)).frame("roster").query("crews > 0").iloc[0]
    report_command(home, config or city)
    slot = {"date": f"{row['date']:%Y-%m-%d}", **{k: str(row[k]) for k in ("shift", "yard", "crew_type")}}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text(BARE, encoding="utf-8")
        named = ("--config", config) if config else ()
        serve = ("-m", "cli.main", "serve", "--city", city, "--home", str(home.root), "--port", "8391", *named)
        with server(*serve, port=8391) as url, server(str(script), "8392", port=8392) as bare:
            for path in [p.path for p in pages() if p.order is not None]:
                httpx.get(url + path, timeout=60)
            report_solves(url, slot)
            report_pages(f"{PEOPLE} people", *asyncio.run(read_pages(url, seconds, False, slot)))
            report_pages(f"{PEOPLE} people and two solvers", *asyncio.run(read_pages(url, seconds, True, slot)))
            report_api(url, bare + "/")


if __name__ == "__main__":
    main()
