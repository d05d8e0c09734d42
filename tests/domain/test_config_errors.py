"""What pydantic finds is told in the words of the YAML."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import Field, ValidationError

from domain.category import Strict
from domain.config_errors import as_config_error, nearest


class Inner(Strict):
    size_m: float = Field(default=1, gt=0)
    colour: Literal["red", "blue"] = "red"


class Outer(Strict):
    version: int = Field(default=1, alias="schema")
    names: tuple[str, ...] = ()
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    some: tuple[Inner, ...] = Field(default=(Inner(),), min_length=1)
    named: dict[str, Inner] = Field(default_factory=dict)


def told(content: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(content)
    return as_config_error(caught.value, Outer, file="city.yaml", section="part").what


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"inner": {"sise_m": 1}}, "city.yaml: part.inner.sise_m: unknown key; the nearest known key is 'size_m'"),
        ({"many": [{}, {"color": 1}]}, "city.yaml: part.many[1].color: unknown key; the nearest known key is 'colour'"),
        ({"named": {"a": {"colours": 1}}}, "part.named.a.colours: unknown key; the nearest known key is 'colour'"),
        ({"shema": 1}, "part.shema: unknown key; the nearest known key is 'schema'"),
        ({"qqq": 1}, "part.qqq: unknown key; known keys: schema, names, inner, many, some, named"),
        ({"inner": {"size_m": -1}}, "part.inner.size_m: input should be greater than 0 (found: -1)"),
        ({"inner": {"colour": "green"}}, "part.inner.colour: input should be 'red' or 'blue' (found: \"green\")"),
        ({"inner": "big"}, 'part.inner: should be keys and values (found: "big")'),
        ({"names": "one"}, 'part.names: should be a list (found: "one")'),
        ({"names": [None]}, "part.names[0]: should be text (found: null)"),
    ],
)
def test_a_finding_names_file_key_value_and_what_is_allowed(content: dict[str, Any], said: str) -> None:
    assert said in told(content)


def test_a_list_is_not_called_too_short_because_its_entries_are_wrong() -> None:
    assert told({"some": [{"size_m": -1}]}) == (
        "city.yaml: part.some[0].size_m: input should be greater than 0 (found: -1)"
    )
    assert "part.some: list should have at least 1 item" in told({"some": []})


def test_unknown_keys_come_first_and_no_more_than_eight_findings_are_listed() -> None:
    what = told({"names": [1] * 9, "qqq": 1})
    lines = what.splitlines()
    assert lines[0] == "city.yaml: several keys are wrong"
    assert "qqq" in lines[1]
    assert lines[-1].strip() == "and 2 more"
    assert len(lines) == 10


def test_a_long_value_is_cut() -> None:
    assert len(told({"inner": {"colour": "x" * 500}})) < 250


def test_the_nearest_word_is_found_in_any_case_or_none_is() -> None:
    assert nearest("WARD", ["area", "ward_id"]) == "ward_id"
    assert nearest("zzz", ["area"]) is None
