"""What is read first of a budget: which mix meets the target for least, how, and whether any figure is calibrated."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from allocation.budget.roll import says
from allocation.budget.service import in_time
from allocation.budget.study import Study
from domain.budget_entry import BudgetEntry
from serving.budget.about import About, conditions
from serving.budget.answer_tables import positions_table
from serving.budget.answers import answers
from serving.budget.cards import mix_card
from serving.budget.figures import unit_words
from serving.budget.page import budget_html
from serving.budget.told import told
from serving.budget.workbook import budget_xlsx
from serving.words import whole


@pytest.fixture(scope="module")
def study(budgets: Any) -> Study:
    return budgets.made_study()


def cheaper(study: Study) -> Study:
    """The same where overtime and contractors bring money."""
    return moved(study, -50_000.0)


def dearer(study: Study) -> Study:
    return moved(study, 1e6)


def moved(study: Study, money: float) -> Study:
    """The helped mix meets the target and costs so much more each period."""
    helped = study.advised_helped or study.now_helped
    costs = replace(helped.costs, standby=helped.costs.standby + money)
    return replace(study, advised_helped=replace(helped, costs=costs, chance=0.9))


def test_the_card_names_the_cheaper_way_to_the_target_and_the_other_beside_it(study: Study) -> None:
    assert study.is_met
    helped, alone = cheaper(study).advised_helped, study.advised
    assert helped is not None
    title, value, text = mix_card(cheaper(study))
    assert title.startswith("The cheapest mix that meets")
    assert value == f"{helped.size} crews"
    assert text.startswith(f"{says(study.case.pool, helped.mix)} with overtime and contractors: ")
    assert f"; on regular hours alone {alone.size} crews for {whole(study.case.mean_cost(alone))}" in text
    _, value, text = mix_card(dearer(study))
    assert value == f"{alone.size} crews"
    assert text.startswith(f"{says(study.case.pool, alone.mix)} on regular hours alone: ")
    assert "; with overtime and contractors " in text


def test_the_card_says_where_one_way_alone_meets_the_target_or_none_does(study: Study) -> None:
    _, _, text = mix_card(replace(study, advised_helped=None))
    assert "with overtime" not in text
    title, _, text = mix_card(replace(cheaper(study), is_met=False))
    assert title.startswith("The cheapest mix that meets")
    assert text.endswith("; none tried meets it on regular hours alone")
    title, _, _ = mix_card(replace(study, is_met=False, advised_helped=None))
    assert title.startswith("The mix that comes nearest to")


def test_positions_tell_both_mixes_and_what_each_needs_beyond_what_is_authorised(study: Study) -> None:
    both = cheaper(study)
    assert both.advised_helped is not None
    table = positions_table(both)
    assert tuple(table["advised"]) == both.advised.mix
    assert tuple(table["helped_crews"]) == both.advised_helped.mix
    assert (table["helped_beyond"] == (table["helped_crews"] - table["authorised"]).clip(lower=0)).all()
    assert "helped_crews" not in positions_table(replace(study, advised_helped=None))


def recorded(about: About, study: Study, off: float) -> About:
    share = in_time(study.now.course.late, study.case.due, study.case.window.within) @ study.case.weight
    return replace(
        about, recorded=tuple((w, abs(float(s) - off)) for w, s in zip(study.case.pool.work, share, strict=True))
    )


def test_what_is_not_calibrated_is_said_above_every_figure(budgets: Any, study: Study) -> None:
    about = recorded(budgets.made_about(), study, 0.3)
    entry = BudgetEntry.model_validate_json(told(about, study))
    assert entry.not_calibrated.startswith("Not calibrated: as played today’s crews do ")
    page = budget_html(about, study)
    assert page.index('id="not-calibrated"') < page.index('class="cards"')
    sheet = openpyxl.load_workbook(BytesIO(budget_xlsx(about, study)))["Budget"]
    texts = [str(row[0].value) for row in sheet.iter_rows(max_col=1) if row[0].value]
    assert texts[texts.index("The answer") + 1] == entry.not_calibrated
    fits = recorded(budgets.made_about(), study, 0.0)
    assert BudgetEntry.model_validate_json(told(fits, study)).not_calibrated == ""
    assert 'id="not-calibrated"' not in budget_html(fits, study)
    assert conditions(fits, study)[0].startswith("Today’s crews:")


def test_a_city_without_contractors_reads_of_none(budgets: Any) -> None:
    without = budgets.made_study("Testford", 6.0, False)
    about = budgets.made_about()
    page, entry = budget_html(about, without), BudgetEntry.model_validate_json(told(about, without))
    text = re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)
    assert "ontractor" not in text
    assert entry.help == "overtime"
    book = openpyxl.load_workbook(BytesIO(budget_xlsx(about, without)))
    cells = {str(c.value) for sheet in book.worksheets[5:] for row in sheet.iter_rows(min_row=4) for c in row}
    assert {"Fewest crews of those tried, with overtime", "With", "overtime"} <= cells
    assert not [text for text in cells if "and contractors" in text]


def test_inputs_of_money_name_the_currency_and_none_has_an_exponent(budgets: Any, study: Study) -> None:
    money = [unit_words(study, one) for one in study.case.terms.inputs if one.key and "price" in one.key]
    assert money
    assert all(unit.startswith("USD a job") for unit in money)
    wages = [unit_words(study, one) for one in study.case.terms.inputs if one.key and one.key.endswith(".wage")]
    assert set(wages) == {"USD a crew-hour"}
    spent = study.case.terms
    large = replace(spent, inputs=tuple(replace(one, value=1_560_000.0) for one in spent.inputs))
    page = budget_html(budgets.made_about(), replace(study, case=replace(study.case, terms=large)))
    table = page[page.index('id="inputs-h"') :].split("</table>")[0]
    assert "1,560,000" in table
    assert "e+06" not in table


def test_fewest_stands_beside_the_number_of_mixes_tried(budgets: Any, study: Study) -> None:
    """On the page, on the sheet of crews needed and in the sentences that the terminal prints too."""
    alone, helped = len(study.tried), len(study.helped)
    about = budgets.made_about()
    sentences = [text for text in answers(study) if text.startswith("Fewest crews")]
    assert sentences
    for text in sentences:
        assert f", of {alone} mixes tried, for " in text
        assert f"overtime and contractors, of {helped} mixes tried: " in text
    page = budget_html(about, study)
    assert f"of the {alone} mixes tried on regular hours and the {helped} tried with overtime and contractors" in page
    assert any(
        f"{alone} mixes of crews were tried on regular hours and {helped} with" in c for c in conditions(about, study)
    )
    sheet = openpyxl.load_workbook(BytesIO(budget_xlsx(about, study)))["Crews needed"]
    heads = [str(c.value) for row in sheet.iter_rows() for c in row if str(c.value).startswith("Fewest crews")]
    assert heads
    assert all("tried" in head for head in heads)
