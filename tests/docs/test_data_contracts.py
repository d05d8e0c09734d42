"""The printed contracts are the ones the code enforces."""

from __future__ import annotations

from pathlib import Path

from scripts.data_contracts import page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_printed_contracts_are_those_of_the_code() -> None:
    assert (DOCS / "data-contracts.md").read_text(encoding="utf-8") == page(), "run `make docs`"
