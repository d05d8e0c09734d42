"""A world as a whole: deterministic, kept in the cache, with every fault on record."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from sources.simulator.artefacts import INFORMATION_LABEL, TEST_LABEL
from sources.simulator.raw import COLUMNS
from sources.simulator.settings import Artefact, WorldSettings
from sources.simulator.world import World, build, cached


def recorded(world: World, kind: str) -> pd.Series:
    return world.artefacts.set_index("kind").loc[kind]


def plain(settings: WorldSettings, **changes: object) -> WorldSettings:
    """Without the base faults, so that one fault can be seen alone."""
    none = {"duplicate_share": 0, "conflicting_share": 0, "junk_share": 0, "slip_share": 0, "information_share": 0}
    return settings.model_copy(update={**none, "migration": False, "rename": False, **changes})


def created(world: World) -> pd.Series:
    return pd.to_datetime(world.raw["created"])


def test_the_same_settings_make_the_same_rows_and_another_seed_others(
    small_world: World, small_settings: WorldSettings
) -> None:
    pd.testing.assert_frame_equal(build(small_settings).raw, small_world.raw)
    other = build(small_settings.model_copy(update={"seed": 4}))
    assert not other.raw.equals(small_world.raw)


def test_a_world_comes_back_from_the_cache_as_it_was_built(
    small_world: World, small_settings: WorldSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cached(small_settings, tmp_path)
    monkeypatch.setattr("sources.simulator.world.build", lambda *a: pytest.fail("built twice"))
    again = cached(small_settings, tmp_path)
    for name in ("raw", "artefacts", "links", "ended"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
        pd.testing.assert_frame_equal(getattr(again, name), getattr(small_world, name))
    for kept, built in zip(again.states, small_world.states, strict=True):
        assert kept.day == built.day
        assert (kept.latents == built.latents).all()
        assert (kept.incidents.minutes == built.incidents.minutes).all()
    assert [p.name for p in tmp_path.iterdir()] == [next(tmp_path.iterdir()).name]


def test_the_export_is_text_in_the_order_filed_numbered_from_one(small_world: World) -> None:
    raw = small_world.raw
    assert tuple(raw.columns) == COLUMNS
    assert raw.index[0] == 1
    assert raw.index.is_monotonic_increasing
    good = raw[raw["request_id"].str.startswith("E") & ~raw["created"].isin(["n/a"])]
    assert pd.to_datetime(good["created"]).is_monotonic_increasing
    assert raw["lat"].dtype == float


def test_three_in_a_hundred_rows_have_no_area(small_world: World) -> None:
    assert abs(small_world.raw["area"].isna().mean() - 0.03) < 0.01
    assert recorded(small_world, "without an area")["rows"] > 0


def test_technical_duplicates_share_their_id_with_the_same_or_other_content(small_world: World) -> None:
    raw = small_world.raw[small_world.raw["request_id"].notna() & (small_world.raw["request_id"] != "")]
    twice = raw[raw.duplicated("request_id", keep=False)]
    same = int(twice.duplicated(keep="first").sum())
    ids = twice["request_id"].nunique()
    copies = (
        recorded(small_world, "same id, same content")["rows"],
        recorded(small_world, "same id, other content")["rows"],
    )
    assert min(copies) > 0
    assert abs(same - copies[0]) <= 2
    assert abs(ids - sum(copies)) <= 2


def test_the_history_holds_a_migration_day_a_rename_and_a_clerical_closing(small_world: World) -> None:
    migration = recorded(small_world, "migration")
    per_day = (
        created(small_world.__class__(**{**vars(small_world), "raw": _readable(small_world)}))
        .dt.normalize()
        .value_counts()
    )
    assert (migration["last"] - migration["first"]).days == 2
    assert per_day.get(migration["first"], 0) <= 2
    assert per_day[migration["last"]] >= migration["rows"]
    renamed = recorded(small_world, "renamed label")
    potholes = _readable(small_world)[_readable(small_world)["label"] == "Pothole"]
    assert pd.to_datetime(potholes["created"]).max() < renamed["first"] + pd.Timedelta(days=3)
    assert recorded(small_world, "clerical mass closing")["first"].day_of_week < 5


def _readable(world: World) -> pd.DataFrame:
    raw = world.raw
    return raw[raw["created"].str.match(r"20[12]\d-").fillna(False)]


def test_rows_of_an_outage_are_lost_and_counted(small_world: World, small_settings: WorldSettings) -> None:
    day = date(2022, 5, 10)
    outage = Artefact(kind="outage", start=day, days=3)
    without, with_it = (build(plain(small_settings, artefacts=a)) for a in ((), (outage,)))
    lost = (created(without) >= "2022-05-10") & (created(without) < "2022-05-13")
    assert len(without.raw) - len(with_it.raw) == recorded(with_it, "outage")["rows"] == lost.sum() > 0


def test_faults_asked_for_touch_the_rows_they_say(small_settings: WorldSettings) -> None:
    asked = (
        Artefact(kind="batch", start=date(2022, 3, 1), days=4, category="pothole"),
        Artefact(kind="test_rows", start=date(2022, 4, 5), rows=30),
        Artefact(kind="dates_only", start=date(2022, 4, 11), days=5),
        Artefact(kind="clock_shift", start=date(2022, 6, 1), days=10),
        Artefact(kind="swapped_coordinates", start=date(2022, 7, 4), days=20, share=0.5),
        Artefact(kind="unlocated", start=date(2022, 8, 1), days=10, share=0.4),
        Artefact(kind="rename", start=date(2022, 8, 20), category="noise"),
    )
    clean, world = build(plain(small_settings)), build(plain(small_settings, artefacts=asked))
    assert (world.raw["label"] == TEST_LABEL).sum() == 30
    raw = world.raw[world.raw["label"] != TEST_LABEL].set_index("request_id").sort_index()
    before = clean.raw.set_index("request_id").sort_index()
    assert (raw.index == before.index).all()
    touched = {
        "batch entry": raw["created"].str[:10].eq("2022-03-04") & ~before["created"].str[:10].eq("2022-03-04"),
        "dates only": raw["created"].str.endswith("00:00:00") & ~before["created"].str.endswith("00:00:00"),
        "clock in UTC": before["created"].between("2022-06-01", "2022-06-11") & (raw["created"] != before["created"]),
        "swapped coordinates": raw["lat"].lt(0) & before["lat"].gt(0),
        "area lost": raw["area"].isna() & before["area"].notna(),
        "renamed label": raw["label"] != before["label"],
    }
    for kind, rows in touched.items():
        assert 0 < rows.sum() <= recorded(world, kind)["rows"], kind


def test_a_fault_outside_the_history_is_refused() -> None:
    with pytest.raises(ValidationError, match="lies outside"):
        WorldSettings(artefacts=(Artefact(kind="outage", start=date(2018, 1, 1)),))


def test_every_request_is_linked_to_its_incident_and_repeats_follow_the_first(small_world: World) -> None:
    links = small_world.links
    assert links["request_id"].is_unique
    assert links.groupby("ident").size().mean() > 1.5
    genuine = _readable(small_world)
    genuine = genuine[genuine["duplicate_of"].notna()].merge(links, on="request_id")
    first = links.set_index("request_id")["ident"]
    assert (genuine["ident"].to_numpy() == first.loc[genuine["duplicate_of"]].to_numpy()).all()


def test_repeat_reports_carry_the_propensity_of_an_area() -> None:
    """Reports an incident correlate with the propensity its area was given."""
    world = build(plain(WorldSettings(seed=8, years=2, districts=3, areas_per_district=8)))
    links = world.links[world.links["kind"] == 2].merge(world.raw[["request_id", "area"]], on="request_id").dropna()
    reports = links.groupby(["area", "ident"]).size().groupby("area").mean()
    propensity = pd.Series(world.geography.propensity[:, 2], index=list(world.geography.names)).loc[reports.index]
    assert np.corrcoef(reports, propensity)[0, 1] > 0.8


def test_incidents_come_back_to_the_same_places(small_world: World) -> None:
    """Places are persistent: a third of an area's potholes lie at its worst tenth of places."""
    potholes = small_world.links[small_world.links["kind"] == 0].drop_duplicates("ident")
    areas = small_world.raw.drop_duplicates("request_id").set_index("request_id")["area"]
    by_place = potholes.assign(area=areas.reindex(potholes["request_id"]).to_numpy()).groupby(["area", "place"]).size()
    worst = by_place.groupby("area").apply(lambda s: s.nlargest(4).sum() / s.sum())
    assert worst.mean() > 0.3


def test_information_rows_carry_their_own_label(small_world: World) -> None:
    assert (small_world.raw["label"] == INFORMATION_LABEL).sum() >= recorded(small_world, "information only")["rows"]
