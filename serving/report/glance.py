"""Section "At a glance": what a planner needs before the first crew leaves, in words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from domain.words import CITY_LEVEL, MODE_NORMAL
from serving.plan_rows import is_firm
from serving.reading import natural, next_days
from serving.report.days import LEVELS, highest
from serving.report.demand_map import DAYS
from serving.report.health import TITLES
from serving.report.replay import replay_words, wait_words
from serving.report.source import Source
from serving.report.sums import cube, summed
from serving.words import (
    category_words,
    hours,
    listing,
    mode_text,
    number,
    percent,
    plural,
    readiness_words,
    short_day,
    title_words,
)

LEVEL_WITH = 0.995
"""A mean ratio from here on is no evidence of a forecast better than a spreadsheet's."""
_LEVEL = (
    "{} is published; on earlier dates nothing that was tried came clearly closer than a spreadsheet forecast. "
    "Accuracy has the figures."
)
FIRST_STOPS = 3

Note = dict[str, str]
"""severity (ok, note, warning), title, text; and `more`, of some: where in the report more of it stands."""


def first(source: Source) -> list[Note]:
    """What to act on, the most urgent first: degraded modes, today's crews, readiness, what is late."""
    return [note for step in (_modes, crews_out, readiness, backlog) for note in step(source)]


def then(source: Source) -> list[Note]:
    """What to bear in mind: staffing of other owners, how good the forecast is, warnings about the data."""
    return [note for step in (_replay, _waits, _staffing, _evidence, _health) for note in step(source)]


def figures(source: Source) -> list[dict[str, str]]:
    """One card a category: requests expected over the first days and the range that 80 % of cases lie in."""
    cards = []
    for category in source.categories:
        found = cube(source, category)
        if found is None:
            continue
        days = min(DAYS, len(found.dates))
        total = summed(found.samples[:, :days].sum(axis=(0, 1)), found.weight)
        low, high = number(float(total.low)), number(float(total.high))
        cards.append(
            {
                "title": f"{title_words(category_words(category))} requests, next {days} days",
                "value": number(float(total.mean)),
                "text": f"80 % of cases lie between {low} and {high}",
            }
        )
    return cards


def _modes(source: Source) -> Iterator[Note]:
    for mode in source.manifest.modes:
        if mode != MODE_NORMAL:
            yield {"severity": "warning", "title": f"Degraded run: {mode}", "text": mode_text(source.manifest, mode)}


def crews_out(source: Source) -> Iterator[Note]:
    """Crews out on the first working day, and the places where most lateness is avoided. Those for whom no work is
    expected, such as of a skill that no category needs, are counted apart."""
    near = next_days(source.tables)[:1]
    if not near:
        return
    roster, dispatch = source.table("roster"), source.table("dispatch")
    today, work = roster[roster["date"] == near[0]], dispatch[dispatch["date"] == near[0]]
    named = work[(work["area"] != CITY_LEVEL) & is_firm(work)]
    stops = named.groupby(["area", "category"], sort=True)[["marginal_value", "expected_minutes"]].sum().reset_index()
    order = ["marginal_value", "expected_minutes", "area", "category"]
    most = stops.sort_values(order, ascending=[False, False, True, True]).head(FIRST_STOPS)
    places = [
        f"{source.place(str(area))} ({category_words(str(category))}, {hours(float(minutes))})"
        for area, category, _, minutes in most.itertuples(index=False)
    ]
    held = int(today["on_readiness"].sum())
    out = int(today.loc[today["expected_minutes"] > 0, "crews"].sum())
    idle = int(today["crews"].sum()) - out
    yield {
        "severity": "do",
        "title": f"{short_day(near[0])}: {plural(out, 'crew')} to send out",
        "text": " ".join(
            [
                *([f"{plural(held, 'crew')} more held ready."] if held else []),
                *([f"No work is expected for {plural(idle, 'crew')} more."] if idle else []),
                *([f"First to {listing(places)}."] if places else []),
            ]
        ),
        "more": "Each crew’s stops are in the next section." if out else "",
    }


def readiness(source: Source) -> Iterator[Note]:
    table = source.table("readiness")
    raised = table[table["level"] != "normal"]
    for category in sorted(set(table["category"])):
        rows = raised[raised["category"] == category]
        name = title_words(category_words(category))
        if rows.empty:
            yield {"severity": "ok", "title": f"{name}: no readiness needed", "text": _calm(table, category)}
            continue
        days = [pd.Timestamp(day) for day in sorted(set(rows["date"]))]
        first = _raised_day(days[0], rows[rows["date"] == days[0]])
        yield {
            "severity": "note",
            "title": f"{name}: be ready on {plural(len(days), 'day')}",
            "text": f"{first} {_later(days[1:], rows)}".strip(),
            "more": "See Readiness." if len(days) > 1 else "",
        }


def _calm(table: pd.DataFrame, category: str) -> str:
    chance = table.loc[table["category"] == category, "chance_of_exceeding"].max()
    return (
        "Holding crews would cost more than it saves in every district. The chance of more requests in a day than "
        f"regular crews answer is at most {percent(chance)}."
    )


def _later(days: list[pd.Timestamp], rows: pd.DataFrame) -> str:
    """The other days by their highest level: Then call-in on Thu 5 Mar; standby on Fri 6 and Sat 7 Mar."""
    level = rows.groupby("date")["level"].agg(highest)
    by_level = {name: [short_day(day) for day in days if level[day] == name] for name in LEVELS[::-1]}
    said = [f"{readiness_words(name).lower()} on {listing(on)}" for name, on in by_level.items() if on]
    return f"Then {'; '.join(said)}." if said else ""


def _raised_day(day: pd.Timestamp, rows: pd.DataFrame) -> str:
    """Wed 4 Mar: standby in Harbour and North, 2 crews; 24 mm of rain likely."""
    levels = [
        f"{readiness_words(str(level)).lower()} in {_some(sorted(group['district'], key=natural))}"
        for level, group in rows.groupby("level", sort=True)
    ]
    reason = rows.sort_values(["expected_requests", "district"], ascending=[False, True])["reason"].iloc[0]
    crews = plural(int(rows["crews"].sum()), "crew")
    return f"{short_day(day)}: {listing(levels)}, {crews} held ready ({reason.rstrip('.')})."


def _some(names: list[str], most: int = 4) -> str:
    """All names, or the first of many and how many more."""
    return listing(names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more districts"])


def backlog(source: Source) -> Iterator[Note]:
    if source.manifest.may_wait:
        yield {"severity": "note", "title": "Not all open jobs can be begun", "text": source.manifest.may_wait}
    table = source.table("backlog")
    live = table[~table["is_stale"]]
    for category, rows in live.groupby("category", sort=True):
        late = int(rows["is_late"].sum())
        text = f"{number(late)} of {plural(len(rows), 'open request')} {'is' if late == 1 else 'are'} past due"
        oldest = f"the oldest is {plural(round(rows['age_days'].max()), 'day')} old"
        where = rows.loc[rows["is_late"], "area"].map(source.place).value_counts(sort=True)
        most = sorted(where[where == where.max()].index)[:1] if late else []
        spot = f", most of them in {most[0]} ({number(where.max())})" if most and late > 1 else ""
        yield {
            "severity": "note" if late else "ok",
            "title": f"{title_words(category_words(str(category)))}: {number(late)} late",
            "text": f"{text}{spot}; {oldest}.",
        }


def _replay(source: Source) -> Iterator[Note]:
    """Whether the plan beats what a supervisor does, as far as a replay tells."""
    yield {"severity": "note", "title": "Is this plan better than yours", "text": replay_words(source)}


def _waits(source: Source) -> Iterator[Note]:
    yield {"severity": "note", "title": "When crews can begin", "text": wait_words(source)}


def _staffing(source: Source) -> Iterator[Note]:
    table = source.table("staffing_hints")
    city = table[table["district"] == CITY_LEVEL]
    first = city[city["date"].isin(sorted(set(city["date"]))[:DAYS])]
    for (category, owner), rows in first.groupby(["category", "owner"], sort=True):
        peak = rows.sort_values(["staff", "expected_requests", "date"], ascending=[False, False, True]).iloc[0]
        yield {
            "severity": "ok",
            "title": f"{title_words(category_words(str(category)))}: a hint for {owner}",
            "text": f"The busiest shift of the next {DAYS} days is {short_day(peak['date'])}, {peak['shift']}: "
            f"{number(peak['expected_requests'])} requests expected; {plural(int(peak['staff']), 'person', 'people')} "
            f"would answer nearly all in time in {percent(peak['certainty'])} of cases.",
        }


def _evidence(source: Source) -> Iterator[Note]:
    """Said where nothing shows that the forecast is closer than a spreadsheet's; the section below says it in full."""
    for recipe in source.manifest.recipes:
        if recipe.mean_ratio is None or recipe.mean_ratio >= LEVEL_WITH:
            name = title_words(category_words(recipe.category))
            how = "not compared with a spreadsheet" if recipe.mean_ratio is None else "no better than a spreadsheet"
            text = recipe.sentence if recipe.mean_ratio is None else _LEVEL.format(recipe.title)
            yield {"severity": "note", "title": f"{name} forecast: {how}", "text": text}


def _health(source: Source) -> Iterator[Note]:
    """One note a kind of warning, so that many small ones do not bury the plan."""
    table = source.table("health")
    warned = table[(table["severity"] == "warning") & (table["kind"] != "mode")]
    for kind, rows in warned.groupby("kind", sort=True):
        items = [f"{row.item} ({row.value})" for row in rows.itertuples()]
        remedies = sorted({title_words(remedy) for remedy in rows["remedy"] if remedy})
        title = TITLES.get(str(kind), title_words(str(kind)))
        yield {
            "severity": "warning",
            "title": f"Data: {title.lower()}",
            "text": " ".join([f"{title_words('; '.join(items))}.", *(f"{remedy.rstrip('.')}." for remedy in remedies)]),
        }
