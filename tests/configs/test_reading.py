"""YAML without surprises."""

from __future__ import annotations

from pathlib import Path

import pytest

from configs.reading import read_yaml
from domain.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "city.yaml"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("1:30:00", "1:30:00"),
        ("2017-01-01", "2017-01-01"),
        ("08", "08"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        ("8", 8),
        ("-3", -3),
        ("8.0", 8.0),
        ("-.5", -0.5),
        ("1.5e-3", 0.0015),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("''", ""),
        ("'8'", "8"),
        ("=", "="),
    ],
)
def test_values_mean_what_they_look_like(written: str, meant: object, file: Path) -> None:
    file.write_text(f"key: {written}\n", encoding="utf-8")
    found = read_yaml(file)["key"]
    assert found == meant
    assert type(found) is type(meant)


def test_an_old_yaml_version_in_the_file_changes_nothing(file: Path) -> None:
    file.write_text("%YAML 1.1\n---\nkey: NO\nat: 12:30\n", encoding="utf-8")
    assert read_yaml(file) == {"key": "NO", "at": "12:30"}


def test_what_one_reader_changes_another_does_not_see(file: Path) -> None:
    """A text is parsed once."""
    file.write_text("schema: 1\nyards: [{crews: {patching: 1}}]\n", encoding="utf-8")
    first = read_yaml(file)
    first["yards"][0]["crews"]["patching"] = 2  # type: ignore[index]
    assert read_yaml(file)["yards"] == [{"crews": {"patching": 1}}]


def test_a_byte_order_mark_is_no_part_of_the_first_key(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfkey: 1\n")
    assert read_yaml(file) == {"key": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", r'duplicate key "a".*\(line 3, column 1\)'),
        ("a: {b: 1, b: 2}\n", 'duplicate key "b"'),
        ("a: [1\n", "not valid YAML"),
        ("- 1\n", "holds a list"),
        ("", "holds nothing"),
        ("just words\n", "holds a str"),
        ("a: !!python/object:os.system x\n", "not valid YAML"),
    ],
)
def test_files_that_are_no_keys_and_values_are_named_with_the_place(text: str, said: str, file: Path) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said) as error:
        read_yaml(file)
    assert str(file) in error.value.what


def test_text_that_is_not_utf_8_and_a_missing_file_are_said(file: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        read_yaml(file)
    file.write_bytes("key: Köln".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_yaml(file)


class TestVariables:
    def test_are_replaced_in_every_text_also_in_lists(self, file: Path) -> None:
        file.write_text("a: {b: ['x/${ROOT}/y', '${ROOT}${ROOT}']}\nc: 1\n", encoding="utf-8")
        assert read_yaml(file, {"ROOT": "r"}) == {"a": {"b": ["x/r/y", "rr"]}, "c": 1}

    def test_fall_back_to_their_default_where_unset_or_empty(self, file: Path) -> None:
        file.write_text("a: ${ROOT:-../data}/x\nb: ${ROOT:-}\n", encoding="utf-8")
        assert read_yaml(file, {}) == {"a": "../data/x", "b": ""}
        assert read_yaml(file, {"ROOT": ""})["a"] == "../data/x"
        assert read_yaml(file, {"ROOT": "/r"})["a"] == "/r/x"

    def test_come_from_the_environment(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CREWCAST_TEST_ROOT", "/here")
        file.write_text("a: ${CREWCAST_TEST_ROOT}\n", encoding="utf-8")
        assert read_yaml(file) == {"a": "/here"}

    def test_that_are_not_set_are_named_with_their_key(self, file: Path) -> None:
        file.write_text("requests: {path: ['x', '${NOWHERE}/y']}\n", encoding="utf-8")
        with pytest.raises(ConfigError, match=r"requests\.path\[1\].*NOWHERE is not set") as error:
            read_yaml(file, {})
        assert error.value.values["variable"] == "NOWHERE"

    def test_cannot_bring_in_yaml_of_their_own(self, file: Path) -> None:
        file.write_text("a: ${X}\n", encoding="utf-8")
        assert read_yaml(file, {"X": "{b: 1}"}) == {"a": "{b: 1}"}
