"""What is broken off between two writes, or spoilt, leaves what was meant in force and stops no run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.errors import RegistryUnreachableError
from models.registry import Registry

NEWER, OLDER = date(2024, 6, 30), date(2024, 3, 31)
LATER, TODAY = datetime(2024, 7, 2, 9, tzinfo=UTC), date(2024, 7, 1)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, made: Any) -> Registry:
    """A store with two versions, the first of which is in force."""
    store = Registry(tmp_path_factory.mktemp("home") / "mlflow", "testville")
    store.record(made.training(made.recipe(NEWER)))
    store.record(made.training(made.recipe(OLDER)))
    return store


def after_one_write(store: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Ctrl-C comes between two writes."""
    done: list[str] = []

    def once(write: Callable[..., None]) -> Callable[..., None]:
        def broken(*given: Any) -> None:
            if done:
                raise KeyboardInterrupt
            done.append("written")
            write(*given)

        return broken

    for name in ("_tag", "_point"):
        monkeypatch.setattr(store, name, once(getattr(store, name)))


def test_a_change_by_hand_that_is_broken_off_is_in_force_all_the_same(
    two: Registry, monkeypatch: pytest.MonkeyPatch, made: Any
) -> None:
    after_one_write(two, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        two.bring_in("pothole", 2, "by hand", "ann", "a trial", LATER, TODAY)
    monkeypatch.undo()
    for _ in range(2):
        found = two.standing("pothole", TODAY, is_newest=True)
        assert found is not None
        assert (found.version, found.recipe, found.reign.since) == (2, made.recipe(OLDER), TODAY)
        two.take_up("pothole", TODAY)


@pytest.mark.parametrize("text", ["", '{"version": "1"}', "[1]", '{"version": "1", "recipe": "{\\"of\\": 2}"}'])
def test_a_copy_that_cannot_be_read_is_none_and_is_written_anew(two: Registry, text: str) -> None:
    """A disk that was full, or another version of crewcast: the registry knows what the copy held."""
    copy = two.folder / "champions" / "testville-pothole.json"
    assert copy.exists()
    copy.write_text(text, encoding="utf-8")
    assert two.last_known("pothole", NEWER) is None
    standing = two.standing("pothole", NEWER)
    assert standing is not None
    two.remember(standing)
    known = two.last_known("pothole", NEWER)
    assert known is not None
    assert known.recipe == standing.recipe


@pytest.mark.parametrize("tag", ["recipe", "reigns"])
def test_a_version_that_another_crewcast_wrote_is_named_and_costs_no_plan(two: Registry, tag: str) -> None:
    """As after a downgrade: a run takes it as a registry out of reach, and goes on with what was last seen here."""
    client, name = two.open(), two.model_name("pothole")
    before = client.get_model_version(name, "2").tags[tag]
    text = before.replace('"city"', '"of_a_later_version"').replace('"order"', '"of_a_later_version"')
    client.set_model_version_tag(name, "2", tag, text)
    with pytest.raises(RegistryUnreachableError, match=f"version 2 of {name} cannot be read") as caught:
        two.standing("pothole", NEWER)
    client.set_model_version_tag(name, "2", tag, before)
    assert "another version of crewcast wrote version 2" in str(caught.value.values["why"])
    assert two.standing("pothole", NEWER) is not None
