"""`crewcast models`: which forecaster is in force and why; compare, promote, roll back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import City, Home

if TYPE_CHECKING:
    from pipelines.models import Signed
    from storage.home import Home as OpenedHome

EPILOG = (
    "Examples:\n\n  crewcast models list houston-files\n\n  crewcast models compare houston-files pothole\n\n"
    '  crewcast models promote houston-files pothole --challenger --why "knows the new boundaries"\n\n'
    '  crewcast models rollback houston-files pothole --why "missed last week\'s storm"\n\n'
    "The registry lies in the home, or on the MLflow server that CREWCAST_MLFLOW_URL names (http://host:port)."
)
Category = Annotated[str, typer.Argument(help="A category of the city, such as pothole.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Why = Annotated[str, typer.Option(help="The reason; it is kept with the change.", show_default=False)]

models = typer.Typer(
    help="List, compare, promote and roll back forecasters. See `crewcast models COMMAND --help`.",
    epilog=EPILOG,
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(models, name="models")


@models.command("list", epilog="Example:\n\n  crewcast models list houston-files pothole")
def list_(
    city: City,
    category: Annotated[str | None, typer.Argument(help="A category. Default: all.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """List the versions of each category: which is in force, on which evidence, how good."""
    from cli.columns import aligned
    from pipelines.models import listed

    rows = listed(*_opened(city, home), category)
    if as_json:
        _print(rows)
    elif rows:
        header = ("category", "version", "", "forecaster", "evidence", "windows", "error", "since", "MLflow run")
        typer.echo(aligned(header, [_cells(row) for row in rows]))
        typer.echo("error: mean over the levels of CRPS ÷ the best spreadsheet forecast's")
    else:
        typer.echo("nothing recorded yet; `crewcast run CITY` records")


@models.command(epilog="Examples:\n\n  crewcast models compare houston-files pothole\n\n  … compare … pothole 1 3")
def compare(
    city: City,
    category: Category,
    first: Annotated[int | None, typer.Argument(help="A version. Default: the champion.")] = None,
    second: Annotated[int | None, typer.Argument(help="Another version. Default: the challenger.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Compare the champion with its challenger, or two versions: by level, paired gain, verdict."""
    from domain.errors import ConfigError
    from pipelines.models import compared

    if (first is None) != (second is None):
        raise ConfigError("one version alone cannot be compared", remedy="name two versions, or none")
    numbers = None if first is None or second is None else (first, second)
    told = compared(*_opened(city, home), category, numbers)
    if as_json:
        _print(told)
    else:
        typer.echo("\n".join(_comparison(told)))


@models.command(epilog='Example:\n\n  crewcast models promote houston-files pothole 3 --why "knows the new boundaries"')
def promote(
    city: City,
    category: Category,
    why: Why,
    version: Annotated[int | None, typer.Argument(help="The version to put in force.")] = None,
    challenger: Annotated[bool, typer.Option("--challenger", help="Put the challenger in force.")] = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Put a version in force by hand. The next run uses it; only later evidence can replace it."""
    from domain.errors import ConfigError
    from pipelines.models import promoted

    if (version is None) != challenger:
        raise ConfigError("which version?", remedy="name one version, or give --challenger, not both")
    _changed(promoted(*_opened(city, home), category, version, _signed(city, why)), as_json)


@models.command(epilog='Example:\n\n  crewcast models rollback houston-files pothole --why "missed the storm"')
def rollback(city: City, category: Category, why: Why, as_json: Json = False, home: Home = None) -> None:
    """Return to the champion before the present one. The next run uses it."""
    from pipelines.models import rolled_back

    _changed(rolled_back(*_opened(city, home), category, _signed(city, why)), as_json)


def _opened(city: str, home: Any) -> tuple[OpenedHome, str]:
    """The home, and the name of a city that has run here or of a configured one."""
    from configs.load import load_city
    from storage.home import open_home

    opened = open_home(home)
    return opened, city if city in opened.cities() else load_city(city).city.city


def _signed(city: str, why: str) -> Signed:
    """Who, when and why; with the city's plan where what was typed leads to it."""
    import getpass
    from datetime import UTC, datetime
    from pathlib import Path

    from configs.load import city_names, load_city
    from domain.errors import ConfigError
    from pipelines.models import Signed

    if not why.strip():
        raise ConfigError("a change by hand needs a reason", remedy='give one: --why "…"')
    try:
        by = getpass.getuser()
    except (KeyError, OSError):
        by = "unknown"
    is_at_hand = city in city_names() or Path(city).expanduser().is_file()
    return Signed(by, why.strip(), datetime.now(UTC), load_city(city) if is_at_hand else None)


def _print(told: object) -> None:
    import json

    typer.echo(json.dumps(told, indent=1, ensure_ascii=False))


def _changed(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print(told)
        return
    old = "nothing" if told["from"] is None else f"version {told['from']['version']} ({told['from']['title']})"
    new = f"version {told['to']['version']} ({told['to']['title']})"
    typer.echo(f"{told['city']}, {told['category']}: {new} is in force instead of {old}")
    typer.echo(f"in force since {told['since']}: the next run uses it, a run as of an earlier day does not")
    typer.echo("only windows that begin after that day count against it")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    mark = "champion" if row["in_force"] else "challenger" if "challenger" in row["aliases"] else ""
    mark = mark or ("was champion" if row["reigns"] else "")
    ratio = "" if row["mean_ratio"] is None else f"{row['mean_ratio']:.3f}"
    last = max(row["reigns"], key=lambda r: (r["since"], r["order"]), default=None)
    since = "" if last is None else f"{last['since']} ({last['kind']})"
    evidence = f"{row['evidence_from']} to {row['evidence_end']}"
    numbers = (str(row["version"]), mark, row["title"], evidence, str(row["folds"]), ratio, since, row["run_id"][:8])
    return (row["category"], *numbers)


def _comparison(told: dict[str, Any]) -> list[str]:
    from cli.columns import aligned

    first, second = told["first"], told["second"]
    lines = [f"{told['city']}, {told['category']}"]
    for side in (first, second):
        named = f" ({', '.join(side['aliases'])})" if side["aliases"] else ""
        span = f"{side['folds']} windows, {side['evidence_from']} to {side['evidence_end']}"
        lines.append(f"version {side['version']}{named}: {side['title']}, {span}")
    levels = list(dict.fromkeys([*first["levels"], *second["levels"]]))
    header = ("level", f"error of {first['version']}", f"error of {second['version']}")
    rows = [(level, _figure(first, level), _figure(second, level)) for level in levels]
    if rows:
        lines += [aligned(header, rows), _against(first, second)]
    return [*lines, _verdict(told)]


def _against(*sides: dict[str, Any]) -> str:
    """What the errors of the levels are against."""
    alone = [str(s["version"]) for s in sides if s["levels"] and s["mean_ratio"] is None]
    text = "error: CRPS ÷ the best spreadsheet forecast's, of each on its own windows"
    return text + (f"; of {' and '.join(alone)} ÷ the best of those compared, no spreadsheet's" if alone else "")


def _figure(side: dict[str, Any], level: str) -> str:
    ratio = side["levels"].get(level, {}).get("ratio")
    return "" if ratio is None else f"{ratio:.3f}"


def _verdict(told: dict[str, Any]) -> str:
    paired, first, second = told["paired"], told["first"]["version"], told["second"]["version"]
    if paired is None:
        return "paired gain: none; they never met as champion and challenger, so the levels above are all there is"
    low = "?" if paired["low"] is None else f"{100 * paired['low']:+.1f} %"
    high = "?" if paired["high"] is None else f"{100 * paired['high']:+.1f} %"
    said = {"undecided": "not decided: it may be chance", "first": f"version {first} is better"}
    verdict = said.get(paired["better"], f"version {second} is better")
    return (
        f"paired gain of {second} over {first}: {100 * paired['mean_gain']:+.1f} % over {paired['windows']} windows "
        f"(always-valid 95 % bounds {low} to {high}), evidence {paired['evidence']:.3g} of {paired['needed']:.0f} "
        f"needed\nverdict: {verdict}"
    )
