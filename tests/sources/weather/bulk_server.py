"""A server over a real loopback socket that answers as the weather services do: bulk files, forecasts, faults."""

from __future__ import annotations

import gzip
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd


@dataclass
class Answer:
    """One path's answer. endless: its body again and again, pause_seconds apart, until the other side hangs up."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    endless: bool = False
    pause_seconds: float = 0.0


@dataclass
class Bulk:
    """url: where it listens. answers: path -> Answer; everything else is a 404. asked: paths in order.

    sent: bytes a path.
    """

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)

    @property
    def urls(self) -> dict[str, str]:
        """The `urls` of a city's weather section."""
        return {
            "daily": f"{self.url}/daily/{{year}}/{{station}}.csv.gz",
            "hourly": f"{self.url}/hourly/{{year}}/{{station}}.csv.gz",
            "dwd_mosmix": f"{self.url}/mosmix/{{station}}.kmz",
            "metno_forecast": f"{self.url}/metno?lat={{latitude}}&lon={{longitude}}&altitude={{elevation}}",
            "ghcn": f"{self.url}/ghcn/{{station}}.csv.gz",
        }

    def daily(self, station: str, frame: pd.DataFrame, source: str = "ghcnd") -> None:
        """Files a year. frame: columns of the bulk format (temp, tmin, …) by day, or with `*_source` of its own."""
        for year, part in frame.groupby(pd.DatetimeIndex(frame.index).year):
            self._put(f"/daily/{year}/{station}.csv.gz", part, ["year", "month", "day"], source)

    def hourly(self, station: str, frame: pd.DataFrame, source: str = "isd_lite") -> None:
        for year, part in frame.groupby(pd.DatetimeIndex(frame.index).year):
            self._put(f"/hourly/{year}/{station}.csv.gz", part, ["year", "month", "day", "hour"], source)

    def _put(self, path: str, part: pd.DataFrame, clock: list[str], source: str) -> None:
        index = pd.DatetimeIndex(part.index)
        out = pd.DataFrame({c: getattr(index, c) for c in clock})
        for name in [c for c in part.columns if not c.endswith("_source")]:
            out[name] = part[name].to_numpy()
            out[f"{name}_source"] = part.get(f"{name}_source", pd.Series(source, index=part.index)).to_numpy()
        self.answers[path] = Answer(gzip.compress(out.to_csv(index=False).encode()))

    def ghcn(self, station: str, rows: list[str]) -> None:
        body = gzip.compress("".join(f"{r}\n" for r in rows).encode())
        self.answers[f"/ghcn/{station}.csv.gz"] = Answer(body, headers={"ETag": f'"{len(body)}"'})

    def metno(self, hours: pd.DataFrame) -> None:
        """hours: temp, wind_ms, rain (null where the next hour's is not told), by UTC time."""
        series = []
        for at, row in hours.iterrows():
            data: dict[str, object] = {"instant": {"details": {"air_temperature": row.temp, "wind_speed": row.wind_ms}}}
            if pd.notna(row.rain):
                data["next_1_hours"] = {
                    "details": {"precipitation_amount": row.rain},
                    "summary": {"symbol_code": "rain"},
                }
            series.append({"time": f"{at:%Y-%m-%dT%H:%M:%SZ}", "data": data})
        self.answers["/metno"] = Answer(json.dumps({"properties": {"timeseries": series}}).encode())

    def mosmix(self, station: str, hours: pd.DataFrame, issued: pd.Timestamp) -> None:
        """A KMZ as DWD writes it: one value an hour and element, '-' where there is none."""
        kelvin = " ".join(f"{t + 273.15:.2f}" for t in hours["temp"])
        given = {"TTT": kelvin, "Td": kelvin, "FF": _values(hours["wind_ms"]), "RR1c": _values(hours["rain"])}
        none = " ".join("-" for _ in range(len(hours)))
        names = ["PPPP", "TTT", "Td", "DD", "FF", "FX1", "ww", "RR1c", "SunD1", "N", "VV"]
        parts = "".join(
            f'<dwd:Forecast dwd:elementName="{n}"><dwd:value>{given.get(n, none)}</dwd:value></dwd:Forecast>'
            for n in names
        )
        steps = "".join(f"<dwd:TimeStep>{t:%Y-%m-%dT%H:%M:%S.000Z}</dwd:TimeStep>" for t in hours.index)
        kml = (
            '<?xml version="1.0" encoding="UTF-8"?><kml:kml xmlns:kml="http://www.opengis.net/kml/2.2" '
            'xmlns:dwd="https://opendata.dwd.de/weather/lib/pointforecast_dwd_extension_V1_0.xsd"><kml:Document>'
            f"<kml:ExtendedData><dwd:ProductDefinition><dwd:IssueTime>{issued:%Y-%m-%dT%H:%M:%S.000Z}</dwd:IssueTime>"
            f"<dwd:ForecastTimeSteps>{steps}</dwd:ForecastTimeSteps></dwd:ProductDefinition></kml:ExtendedData>"
            f"<kml:Placemark><kml:ExtendedData>{parts}</kml:ExtendedData></kml:Placemark></kml:Document></kml:kml>"
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"MOSMIX_L_LATEST_{station}.kml", kml)
        self.answers[f"/mosmix/{station}.kmz"] = Answer(packed.getvalue())


def _values(column: pd.Series) -> str:
    return " ".join("-" if pd.isna(v) else f"{v:.2f}" for v in column)


@contextmanager
def serving() -> Iterator[Bulk]:
    """The server while the block runs."""
    bulk = Bulk("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            bulk.asked.append(path)
            bulk.agents.append(self.headers.get("User-Agent", ""))
            answer = bulk.answers.get(path, Answer(b"not found", 404))
            tag = answer.headers.get("ETag")
            if tag and self.headers.get("If-None-Match") == tag:
                answer = Answer(status=304)
            self.send_response(answer.status)
            length = {} if answer.endless else {"Content-Length": str(len(answer.body))}
            for name, value in (length | answer.headers).items():
                self.send_header(name, value)
            self.end_headers()
            bulk.sent[path] = bulk.sent.get(path, 0) + self._written(answer)

        def _written(self, answer: Answer) -> int:
            """Bytes that the other side took."""
            sent = 0
            try:
                while True:
                    self.wfile.write(answer.body)
                    sent += len(answer.body)
                    if not answer.endless:
                        return sent
                    time.sleep(answer.pause_seconds)
            except OSError:
                return sent

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    bulk.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield bulk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
