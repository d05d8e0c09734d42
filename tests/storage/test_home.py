from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import HomeUnusableError
from storage.home import VARIABLE, open_home


def test_the_home_is_where_the_caller_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "elsewhere"))
    home = open_home(tmp_path / "here")
    assert home.root == tmp_path / "here"
    assert all(p.is_dir() for p in (home.mlflow, home.prefect, home.logs, home.cache))


def test_the_home_is_else_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "environment"))
    assert open_home().root == tmp_path / "environment"


def test_without_either_the_home_lies_in_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_home().root == tmp_path / ".crewcast"


def test_a_home_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HomeUnusableError, match="cannot be written to") as caught:
        open_home(tmp_path / "file" / "home")
    assert VARIABLE in caught.value.remedy


def test_each_city_has_a_folder_of_its_own(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    one, other = home.city("one"), home.city("other")
    assert one.root != other.root
    assert all(p.is_dir() for p in (one.tables, one.snapshots, one.vintages, one.work))
    assert not one.latest.exists()
