"""`crewcast serve`: the published plan as pages and as an API."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Home

EPILOG = (
    "Examples:\n\n"
    "  crewcast serve\n\n"
    "  crewcast serve --city ellerby-falls --port 8080\n\n"
    "Reads what is published and shows a new publication within two seconds. On this machine alone (loopback) it needs "
    "no token; any other address is refused until there is one (crewcast tokens add)."
)


def register(app: typer.Typer) -> None:
    app.command("serve", epilog=EPILOG)(serve)


def serve(
    city: Annotated[str | None, typer.Option(help="Which city; needed where more than one has been run.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8311,
    home: Home = None,
) -> None:
    """Show the published plan in a browser, and answer the API."""
    from serving.web.run import run
    from serving.web.settings import Settings
    from storage.home import open_home

    opened = open_home(home)
    settings = Settings(city=chosen(opened.cities(), city), home=opened.root, host=host, port=port)
    run(settings, typer.echo)


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
