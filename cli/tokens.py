"""`crewcast tokens`: who may open the pages and the API, and as what."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.columns import aligned
from cli.options import Home

EPILOG = (
    "Examples:\n\n  crewcast tokens add 'Night desk' --role planner\n\n  crewcast tokens list\n\n"
    "  crewcast tokens revoke 'Night desk'\n\n"
    "viewer reads; planner also changes, solves again, publishes and files shift sheets; admin also reads the audit "
    "log. A token is shown once; only its hash is kept. From the first token on nobody comes in without one."
)
tokens = typer.Typer(name="tokens", help="Who may open the pages and the API.", epilog=EPILOG, no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(tokens)


@tokens.command("add")
def add(
    name: Annotated[str, typer.Argument(help="A desk or an office, as the audit log shall say.")],
    role: Annotated[str, typer.Option(help="viewer, planner or admin.")] = "viewer",
    home: Home = None,
) -> None:
    """Make a token; it is shown now and never again."""
    from serving.web.tokens import add as make
    from storage.home import open_home

    entry, token = make(open_home(home), name, role)
    typer.echo(f"{entry.name} ({entry.role}), id {entry.id}:", err=True)
    typer.echo(token)


@tokens.command("list")
def show(home: Home = None) -> None:
    """The tokens there are, without their secrets."""
    from storage.home import open_home
    from storage.served import read_tokens

    rows = [(e.id, e.name, e.role, e.made, e.revoked or "in use") for e in read_tokens(open_home(home))]
    typer.echo(aligned(("id", "name", "role", "made", "revoked"), rows) if rows else "there are no tokens")


@tokens.command("revoke")
def revoke(which: Annotated[str, typer.Argument(help="Its id or name.", metavar="TOKEN")], home: Home = None) -> None:
    """Take a token back; a running server lets its holder out within a second."""
    from serving.web.tokens import revoke as take_back
    from storage.home import open_home

    entry = take_back(open_home(home), which)
    typer.echo(f"revoked: {entry.name} ({entry.role}), id {entry.id}")
