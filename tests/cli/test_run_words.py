"""What `crewcast run` says at its end."""

from __future__ import annotations

from cli.run import pages_command


def test_the_pages_of_a_city_of_ones_own_are_served_with_its_yaml() -> None:
    """By its name alone nobody finds that file, and shift sheets and other weather are asked of it."""
    assert pages_command("ellerby-falls", "ellerby-falls") == "crewcast serve --city ellerby-falls"
    assert pages_command("data/my city.yaml", "my-city") == "crewcast serve --city my-city --config 'data/my city.yaml'"
