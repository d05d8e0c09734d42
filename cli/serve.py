"""`crewcast serve`: the published plan as pages and as an API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Home

if TYPE_CHECKING:
    from serving.web.settings import Settings

USER_HEADER, ROLE_HEADER = "X-Forwarded-User", "X-Forwarded-Role"

EPILOG = (
    "Examples:\n\n"
    "  crewcast serve\n\n"
    "  crewcast serve --city ellerby-falls --port 8080\n\n"
    "  crewcast serve --city my-city --config my-city.yaml\n\n"
    "Reads what is published and shows a new publication within two seconds. On this machine alone (loopback) it needs "
    "no token; any other address is refused until there is one (crewcast tokens add)."
)


def register(app: typer.Typer) -> None:
    app.command("serve", epilog=EPILOG)(serve)


def serve(
    city: Annotated[str | None, typer.Option(help="Which city; needed where more than one has been run.")] = None,
    config: Annotated[
        str, typer.Option(help="Your city's own YAML; shift sheets and other weather need it.", metavar="FILE")
    ] = "",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8311,
    name: Annotated[
        list[str] | None, typer.Option(help="Host name the pages are asked for by, such as plan.city.gov.")
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="Anybody may read; nothing fine is shown.")] = False,
    least_shown: Annotated[
        int, typer.Option(help="With --public: fewer open requests than this are not told apart.", min=1)
    ] = 5,
    proxy: Annotated[
        list[str] | None, typer.Option(help="Address or network of a proxy whose headers name the user.")
    ] = None,
    user_header: Annotated[str, typer.Option(help="Header with the user's name, from --proxy alone.")] = USER_HEADER,
    role_header: Annotated[str, typer.Option(help="Header with the user's role; without it viewer.")] = ROLE_HEADER,
    https: Annotated[bool, typer.Option("--https", help="A proxy in front speaks HTTPS: cookies are Secure.")] = False,
    home: Home = None,
) -> None:
    """Show the published plan in a browser, and answer the API."""
    from serving.web.address import check
    from storage.home import open_home

    opened = open_home(home)
    settings = checked(
        city=chosen(opened.cities(), city), home=opened.root, config=config, host=host, port=port,
        names=tuple(name or ()), is_public=public,
        least_shown=least_shown, proxies=tuple(proxy or ()), user_header=user_header,
        role_header=role_header, is_https=https,
    )  # fmt: skip
    check(settings)
    check_yaml(settings.city, settings.config)
    if lacking := without_yaml(settings.city, settings.config):
        typer.echo(lacking, err=True)
    from pipelines.serve import works
    from serving.web.run import run

    run(settings, works(), typer.echo)


def without_yaml(city: str, config: str) -> str:
    """What is missing where nobody can find the city's YAML by its name; empty where it can be found."""
    from configs.load import city_names

    if config or city in city_names():
        return ""
    return f"note: {city} has a YAML of its own: give it with --config, or shift sheets and other weather are refused"


def check_yaml(city: str, config: str) -> None:
    """Whether --config can be used, before a sheet is filed or a draft solved with it; another city's YAML would keep
    the sheet with that city's. Raises ConfigError."""
    if not config:
        return
    from configs.load import load_city
    from domain.errors import ConfigError

    found = load_city(config).city.city
    if found != city:
        raise ConfigError(
            f"--config {config}: it is of the city '{found}', and {city} is to be served",
            remedy=f"give the YAML of {city}, or --city {found} if that is meant",
        )


def checked(**asked: Any) -> Settings:
    """The settings, or what is wrong with them in words."""
    from pydantic import ValidationError

    from domain.errors import ServeRefusedError
    from serving.web.settings import Settings

    try:
        return Settings(**asked)
    except ValidationError as error:
        first = error.errors()[0]
        raise ServeRefusedError(
            f"--{str(first['loc'][0]).removesuffix('ies')}: {first['msg']}", remedy="see crewcast serve --help"
        ) from error


def chosen(there: list[str], asked: str | None) -> str:
    """The city to show: the asked one, or the only one there is."""
    from domain.errors import ServeRefusedError

    known = ", ".join(there) or "none yet"
    if asked is None and len(there) == 1:
        return there[0]
    if asked is None:
        raise ServeRefusedError(
            f"which city? there are: {known}", remedy="name one with --city, or run crewcast demo first"
        )
    if asked not in there:
        raise ServeRefusedError(
            f"--city {asked}: nothing of it is here", remedy=f"name one of: {known}; or run it first"
        )
    return asked
