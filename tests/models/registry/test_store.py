"""A store that cannot be used is an error with a remedy, soon, and never shows a password."""

from __future__ import annotations

import socket
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.errors import ConfigError, RegistryUnreachableError
from models.registry import Registry
from models.registry.store import shown

DAY = date(2024, 6, 30)


@pytest.fixture
def nobody() -> str:
    """The address of a port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")


def test_opening_a_fresh_store_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Registry(tmp_path / "mlflow", "quietville").open()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("url", ["file:///somewhere", "ftp://host", "host:5000", "http://", "nonsense"])
def test_an_address_that_is_no_servers_is_refused_with_an_example(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="CREWCAST_MLFLOW_URL") as caught:
        Registry(tmp_path, "testville", url)
    assert "http://host:port" in caught.value.remedy


def test_a_server_that_does_not_answer_is_named_with_the_remedy(
    tmp_path: Path, nobody: str, capfd: pytest.CaptureFixture[str]
) -> None:
    address = nobody.replace("127.0.0.1", "ann:secret@127.0.0.1")
    registry = Registry(tmp_path, "testville", address)
    with pytest.raises(RegistryUnreachableError) as caught:
        registry.standing("pothole", DAY)
    assert nobody in caught.value.what
    assert "CREWCAST_MLFLOW_URL" in caught.value.remedy
    assert "secret" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_training_that_cannot_be_recorded_is_still_known_here(tmp_path: Path, nobody: str, made: Any) -> None:
    registry = Registry(tmp_path, "testville", nobody)
    with pytest.raises(RegistryUnreachableError):
        registry.record(made.training(made.recipe(DAY)))
    known = registry.last_known("pothole", DAY)
    assert known is not None
    assert known.recipe == made.recipe(DAY)


def test_a_broken_database_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"this is no database, and long enough to be read as one" * 20)
    with pytest.raises(RegistryUnreachableError) as caught:
        Registry(tmp_path, "testville").standing("pothole", DAY)
    assert str(tmp_path) in caught.value.what
    assert "moved aside" in caught.value.remedy


def test_a_password_in_an_address_is_not_shown() -> None:
    assert shown("https://ann:secret@mlflow.example/a") == "https://mlflow.example/a"
    assert shown("http://mlflow.example:5000") == "http://mlflow.example:5000"
