"""What README, docs/ and --help tell to type is taken: commands are parsed, YAML is read by the city's own settings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from cli.main import app
from configs.load import load_city
from configs.reading import read_yaml
from sources.plugins import configured

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
COMMANDS: Any = typer.main.get_command(app)
PLACEHOLDERS = {"N": "1"}


def _told(text: str) -> Iterator[str]:
    """Commands with what they are given, in backticks or a line of their own; a name alone tells nothing to type."""
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    inline = [
        " ".join(one.split()) for one in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    ]
    for line in (*lines, *inline):
        told = line.removeprefix(".venv/bin/")
        if re.match(r"crewcast [a-z-]+ (?!…|--doubts)", told) and "…" not in told.replace('"…"', ""):
            yield told.replace("\\|", "|")


def _helped(command: Any) -> Iterator[str]:
    yield from re.findall(r"^ *(crewcast .*)$", command.epilog or "", re.MULTILINE)
    for inner in getattr(command, "commands", {}).values():
        yield from _helped(inner)


EXAMPLES = [*(told for page in PAGES for told in _told(page.read_text(encoding="utf-8"))), *_helped(COMMANDS)]


@pytest.mark.parametrize("told", sorted(set(EXAMPLES)))
def test_every_command_that_is_told_can_be_typed(told: str) -> None:
    words = [PLACEHOLDERS.get(w, w) for w in shlex.split(re.sub(r"[\[\]]", "", told), comments=True)[1:]]
    named = words.pop(0)
    command = COMMANDS.commands[named]
    if "|" in told:  # of `add|list|revoke` each takes something else
        assert set(words[0].split("|")) <= set(command.commands)
    elif hasattr(command, "commands"):
        command.commands[words.pop(0)].make_context(named, words)
    else:
        command.make_context(named, words)


def _blocks(folder: Path) -> list[dict[str, Any]]:
    """The README's YAML as our own reader takes it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    file, found = folder / "block.yaml", []
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        file.write_text(block, encoding="utf-8")
        found.append(read_yaml(file))
    return found


def _read(folder: Path, content: dict[str, Any]) -> set[str]:
    file = folder / "my-city.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return set(configured(load_city(str(file))))


def test_the_city_of_the_readme_is_read(tmp_path: Path) -> None:
    city, weather, _ = _blocks(tmp_path)
    assert _read(tmp_path, city) == {"areas", "requests"}
    assert _read(tmp_path, city | weather) == {"areas", "requests", "weather"}


def test_all_that_the_readme_says_a_portal_city_may_say_is_read(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"`requests: (\{kind: socrata.*?\})`", text, re.DOTALL)
    portal = yaml.safe_load(told.replace("host: …", "host: data.my-city.org").replace("columns: …", "columns: {}"))
    portal["datasets"] = [dict.fromkeys(one, "abcd-1234") for one in portal["datasets"]]
    city, _, more = _blocks(tmp_path)
    own = {key: city["requests"][key] for key in ("columns", "rules")}
    requests = portal | own | more["requests"] | {"rules": own["rules"] | more["requests"]["rules"]}
    content = city | more | {"requests": requests, "categories": ["pothole", "flooding"]}
    assert _read(tmp_path, content) == {"areas", "requests", "open_work"}
