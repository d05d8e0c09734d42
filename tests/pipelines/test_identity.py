"""Two machines with the same inputs agree on what identifies them."""

from __future__ import annotations

from pathlib import Path

from configs.load import load_city
from pipelines.identity import code_version, config_hash, digest


def test_where_a_file_lies_does_not_count(tmp_path: Path) -> None:
    plan = load_city("ellerby-falls")
    moved = plan.model_copy(update={"city": plan.city.model_copy(update={"base_dir": tmp_path})})
    assert config_hash(moved) == config_hash(plan)


def test_a_changed_crew_counts() -> None:
    plan = load_city("ellerby-falls")
    other = plan.model_copy(update={"city": plan.city.model_copy(update={"seed": plan.city.seed + 1})})
    assert config_hash(other) != config_hash(plan)


def test_parts_are_told_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")


def test_the_code_version_names_the_release() -> None:
    assert code_version().startswith("0.1.0+")
