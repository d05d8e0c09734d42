from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from allocation.evaluate.policy import Policy
from cli.evaluate import doubted_loads, read_settings
from domain.errors import ConfigError

SETTINGS = Path(__file__).parents[2] / "benchmarks" / "decisions" / "settings.yaml"


def test_the_committed_settings_are_read_and_a_forecaster_may_be_named() -> None:
    assert read_settings(SETTINGS, None).loads == (0.8, 1.0, 1.2)
    assert read_settings(SETTINGS, "glm_poisson").forecaster == "glm_poisson"
    assert read_settings(None, None).forecaster == "blend"


@pytest.mark.parametrize(
    "text",
    [
        "windows: {}",
        "replay: {loads: []}",
        "replay: {lodes: [1]}",
        "replay: [",
        "3",
        "replay: {every_days: 14, commit_days: 14}",
    ],
)
def test_settings_that_do_not_fit_are_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mine\.yaml") as told:
        read_settings(file, None)
    assert "replay" in told.value.remedy


def test_a_missing_file_is_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        read_settings(tmp_path / "none.yaml", None)


def test_the_flow_behind_the_command_can_be_made_and_takes_what_the_command_gives() -> None:
    from pipelines.evaluate import evaluate_flow
    from pipelines.steps.evaluate import Replay

    assert evaluate_flow.name == "crewcast-evaluate"
    assert set(evaluate_flow.parameters.properties) == {"job", "asked", "out"}
    assert isinstance(Replay(date(2025, 1, 5), date(2025, 1, 12)).policies[0], Policy)


def test_doubts_replay_the_central_load_with_30_percent_less_and_more_work() -> None:
    assert doubted_loads(read_settings(None, None)) == (0.7, 1.0, 1.3)
