from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.cells import DANGEROUS, neutral, neutral_frame, sheet_names

SHEETISH = st.text(st.sampled_from("ab A[]:*?/\\'=\n history2"), max_size=60)


@given(st.lists(st.text(max_size=20), min_size=1))
def test_no_text_stays_that_a_spreadsheet_would_run(texts):
    assert not any(re.match(DANGEROUS, text) for text in neutral(pd.Series(texts, dtype="str")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "\n@x"])
def test_formulas_of_every_kind_get_an_apostrophe(text):
    assert neutral(pd.Series([text], dtype="str")).tolist() == ["'" + text]


@pytest.mark.parametrize("text", ["", "Mill Road", "a=b", "O'Brien", "3-4", "Straße 市"])
def test_ordinary_texts_stay_as_they_are(text):
    assert neutral(pd.Series([text], dtype="str")).tolist() == [text]


def test_numbers_are_not_touched():
    frame = pd.DataFrame({"n": [-1.5], "t": ["-x"]})
    safe = neutral_frame(frame)
    assert safe["n"].tolist() == [-1.5]
    assert safe["t"].tolist() == ["'-x"]


@given(st.lists(SHEETISH, max_size=12))
def test_sheet_names_are_ones_that_excel_accepts(wanted):
    names = sheet_names(wanted, ["Read me", "Overview"])
    assert len(names) == len(wanted)
    folded = [name.casefold() for name in [*names, "Read me", "Overview", "History"]]
    assert len(set(folded)) == len(folded)
    for name in names:
        assert 0 < len(name) <= 31
        assert not re.search(r"[\[\]:*?/\\\n]", name)
        assert not name.startswith("'")
        assert not name.endswith("'")


def test_a_yard_named_like_a_sheet_of_ours_gets_a_name_of_its_own():
    assert sheet_names(["overview", "North"], ["Overview"]) == ["overview yard", "North"]
