"""A table is sorted once for all sections, and what one section does to it no other sees."""

from __future__ import annotations

from serving.report.source import Source


def test_what_a_section_does_to_its_table_no_other_section_sees(published):
    source = Source(published.tables, published.manifest, published.areas)
    first = source.table("roster")
    before = first.copy()
    first.loc[:, "crews"] = 99
    first["more"] = 1
    assert source.table("roster").equals(before)


def test_a_table_comes_sorted_by_its_key_whatever_the_order_of_the_rows(published):
    shuffled = published.tables["roster"].sample(frac=1, random_state=2)
    source = Source({"roster": shuffled}, published.manifest, published.areas)
    assert source.table("roster").equals(published.tables["roster"].reset_index(drop=True))
