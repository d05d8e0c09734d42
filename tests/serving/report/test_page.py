from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from serving.report.page import SCRIPTS, embedded, environment, plotly, render, rounded, scripts


@given(st.recursive(st.text(max_size=12), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner)))
def test_embedded_data_survive_and_cannot_end_their_element(data):
    text = str(embedded(data))
    assert json.loads(text) == data
    assert not set(text) & set("<>&\u2028\u2029")


def test_a_missing_number_travels_as_null_and_whole_numbers_stay_whole():
    assert json.dumps(rounded([1.0, 2.0])) == "[1, 2]"
    assert json.dumps(rounded([[0.126, float("nan")]])) == "[[0.13, null]]"


def test_a_name_missing_from_the_data_is_an_error_not_a_blank():
    with pytest.raises(UndefinedError):
        render("header.html.j2", {})


def test_values_are_escaped_in_every_template():
    assert environment().autoescape is True


def test_plotly_cannot_end_its_element():
    assert "</script" not in str(plotly()).lower()
    assert len(plotly()) > 1_000_000


def test_every_script_in_the_folder_is_sent_and_names_no_address():
    assert len(SCRIPTS) == len(set(SCRIPTS))
    assert "http" not in str(scripts())
