"""The mail itself (RFC 5322, MIME): text, HTML and its pictures in one file that a mail program opens as a draft.

Pictures are parts named by Content-ID: Gmail drops pictures written into the HTML (`data:`), and Outlook shows none.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from serving.report.page import environment as report_environment
from serving.web.mail.contents import Picture, contents
from serving.web.mail.pictures import WIDTH
from serving.web.publication import Publication
from serving.words import short_day

TEMPLATES = Path(__file__).parent / "templates"
MAIL = "message/rfc822"


def mail(shown: Publication) -> bytes:
    """An .eml without sender, receivers and date, which the program that sends it adds. Its bytes depend on the
    publication and the newest budget alone."""
    context, pictures = contents(shown)
    context |= {"width": WIDTH, "alt": {one.name: one.alt for one in pictures}, "cid": lambda name: _cid(shown, name)}
    told = shown.manifest
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(
        f"Crew plan {told.title}, {short_day(told.first_date)} to {short_day(told.last_date)}".split()
    )
    message["X-Unsent"] = "1"  # Outlook opens it to be sent on, not as something received
    message.set_content(_environment(escape=False).get_template("mail.txt.j2").render(context))
    message.add_alternative(_environment(escape=True).get_template("mail.html.j2").render(context), subtype="html")
    _relate(message, shown, pictures)
    return bytes(message)


def _relate(message: EmailMessage, shown: Publication, pictures: Sequence[Picture]) -> None:
    """The pictures beside the HTML, and boundaries that are the same each time."""
    html = message.get_payload()[1]  # type: ignore[index]
    assert isinstance(html, EmailMessage)
    for one in pictures:
        cid = f"<{_cid(shown, one.name)}>"
        html.add_related(one.data, "image", "png", cid=cid, filename=f"{one.name}.png", disposition="inline")
    message.set_boundary(f"=_text-or-html_{shown.id}")
    if pictures:
        html.set_boundary(f"=_html-and-pictures_{shown.id}")


def _cid(shown: Publication, name: str) -> str:
    return f"{name}.{shown.id}@crewcast"


@cache
def _environment(*, escape: bool) -> Environment:
    """Jinja over `templates/` with the report's filters; plain text is not HTML, so it is not escaped."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=escape, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    env.filters |= report_environment().filters
    return env
