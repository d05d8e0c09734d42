from __future__ import annotations

from datetime import date

import pytest

import domain.words
from models.catalogue import available
from serving import words
from serving.reading import natural
from tests.serving.publication import Shape, manifest

NUMBERS = [
    (0, "0"),
    (3, "3"),
    (0.42, "0.4"),
    (1.02, "1.0"),
    (9.94, "9.9"),
    (9.97, "10"),
    (1204.4, "1,204"),
    (-4.25, "−4.2"),
    (-0.04, "0.0"),
]


@pytest.mark.parametrize(("value", "said"), [*NUMBERS, (float("nan"), "–")])
def test_numbers_have_a_decimal_only_where_it_tells_something(value, said):
    assert words.number(value) == said


@pytest.mark.parametrize(("value", "said"), [(-7.2, "−7"), (-0.3, "0"), (12.6, "13"), (float("nan"), "–")])
def test_a_minus_is_a_minus_and_never_stands_before_nothing(value, said):
    assert words.whole(value) == said


@pytest.mark.parametrize(("count", "said"), [(-3, "3 fewer"), (2.0, "2 more"), (0, "as many")])
def test_a_difference_in_crews_is_told_in_words(count, said):
    assert words.more_or_fewer(count) == said


def test_a_label_that_ends_as_a_sentence_goes_on_without_its_full_stop():
    told = manifest(Shape()).model_copy(update={"label": "Simulated city: everything is invented."})
    assert words.origins_label(told) == "Simulated city: everything is invented; invented crews"


def test_days_are_said_in_english_whatever_the_machine_speaks():
    assert words.short_day(date(2026, 3, 4)) == "Wed 4 Mar"
    assert words.long_day(date(2026, 3, 4)) == "Wednesday 4 March 2026"


def test_minutes_become_hours_where_that_reads_better():
    assert [words.hours(m) for m in (45, 89, 150, 720)] == ["45\u00a0min", "89\u00a0min", "2.5\u00a0h", "12\u00a0h"]


def test_every_mode_and_every_readiness_level_has_words():
    modes = [value for name, value in vars(domain.words).items() if name.startswith("MODE_")]
    assert len(modes) > 3
    assert set(modes) <= set(words.MODE_WORDS)
    assert set(words.READINESS_WORDS) == {"normal", "standby", "call-in", "storm"}


def test_lists_read_like_a_sentence():
    assert [words.listing(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_one_crew_is_not_one_crews():
    assert [words.plural(n, "crew") for n in (0, 1, 2)] == ["0 crews", "1 crew", "2 crews"]


def test_a_label_that_already_says_simulated_is_not_said_twice(published):
    assert words.origins_label(published.manifest) == published.manifest.label
    bare = published.manifest.model_copy(update={"label": ""})
    assert words.origins_label(bare) == "simulated city; invented crews"
    real = bare.model_copy(update={"is_simulated": False, "crews_are_invented": False})
    assert words.origins_label(real) == ""


def test_district_two_comes_before_district_ten():
    assert sorted(["D 10", "D 2", "A", "²", "10", "9"], key=natural) == ["9", "10", "A", "D 2", "D 10", "²"]


def test_every_forecaster_that_ships_goes_by_plain_words():
    names = available()
    assert names
    for name in names:
        said = words.forecaster_words(name)
        assert said != name.replace("_", " "), f"{name} has no plain words"
        assert not any(term in said.casefold() for term in ("poisson", "glm", "lightgbm", "regression", "_"))
    assert words.forecaster_words("moon_phase") == "moon phase"
