"""`crewcast report`: a published plan to send on, as a page or as a mail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import City, Home

EPILOG = (
    "Examples:\n\n  crewcast report ellerby-falls\n\n"
    "  crewcast report ellerby-falls --email-ready --out monday.eml\n\n"
    "The page is the publication's own report.html. The mail is one .eml with its pictures inside: open it in a mail "
    "program, add who shall have it, and send. Nothing is sent from here."
)


def register(app: typer.Typer) -> None:
    app.command("report", epilog=EPILOG)(report)


def report(
    city: City,
    email_ready: Annotated[bool, typer.Option("--email-ready", help="A mail (.eml) with pictures, no script.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="File to write. Default: CITY-AS_OF.html or .eml here.", metavar="FILE")
    ] = None,
    vintage: Annotated[str, typer.Option(help="Which publication.", metavar="VINTAGE")] = "latest",
    home: Home = None,
) -> None:
    """Write a published plan's report as one file, to keep or to mail on."""
    from configs.load import load_city
    from domain.errors import ConfigError
    from serving.web.publication import publication
    from storage.atomic import write_atomically
    from storage.home import open_home
    from storage.vintages import latest, read_vintage

    opened = open_home(home)
    folder = opened.city(city if city in opened.cities() else load_city(city).city.city)
    read = latest(folder) if vintage == "latest" else read_vintage(folder, vintage)
    target = out or Path(f"{read.manifest.city}-{read.manifest.as_of}.{'eml' if email_ready else 'html'}")
    if email_ready:
        from serving.web.mail.message import mail

        data = mail(publication(read, folder))
    else:
        data = read.bytes("report.html")
    try:
        write_atomically(target, data)
    except OSError as error:
        raise ConfigError(f"--out {target}: cannot be written to ({error})", remedy="choose another file") from error
    typer.echo(f"written: {target}")
