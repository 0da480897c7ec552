"""The dictionary of indicators, and line 768 beside the register."""

import re

import pytest

from resilience import paths
from resilience.errors import DataError
from resilience.indicators.definitions import Definition, by_source, describe, load_definitions
from resilience.indicators.directions import directions, support_by_year
from resilience.indicators.formulas import REGISTRY

#: Numbers of lines in earlier forms, given beside today's.
EARLIER = {"399", "799"}


def test_every_formula_has_an_entry_and_every_entry_a_formula():
    assert set(load_definitions()) == set(REGISTRY)
    assert all(isinstance(one, Definition) for one in load_definitions().values())


@pytest.mark.parametrize("name", list(REGISTRY))
def test_first_year_and_classes_are_those_of_the_figures(indicators, name):
    definition = describe(name)
    known = indicators[indicators[name].notna() & ~indicators["built"]]
    assert known["outturn_year"].min() == definition.first_year
    assert set(known["class"]) == set(definition.classes)


@pytest.mark.parametrize("name", list(REGISTRY))
def test_every_entry_is_written_out(name):
    one = describe(name)
    assert one.meaning.endswith(".")
    assert one.formula.endswith(".")
    assert one.caveat.endswith(".")
    assert len(one.label) < 60
    assert len(one.used_by) > 5


def test_line_numbers_in_formulas_are_lines_of_the_form():
    text = (paths.home() / "resilience" / "publications" / "lines.toml").read_text("utf-8")
    rows = set(re.findall(r'^row = "(\d+[a-z]?)"$', text, re.MULTILINE))
    for one in load_definitions().values():
        if one.source not in ("outturn", "budget"):
            continue
        for number in re.findall(r"\b(\d{3,4}b?)\b(?!-\d\d)", one.formula):
            assert number in rows | EARLIER, (one.name, number)


def test_sources_cover_what_has_its_own_date():
    assert by_source()["capital"] == ("gross_debt_ratio", "cfr_ratio", "mrp_to_cfr")
    assert all(names for names in by_source().values())


def entry(**changes):
    fields = {
        "name": "reserves_ratio",
        "family": "reserves",
        "label": "x",
        "meaning": "x",
        "formula": "x",
        "unit": "ratio",
        "worse": "lower",
        "classes": ["UA"],
        "source": "outturn",
        "first_year": "2007-08",
        "breaks": [],
        "caveat": "x",
        "used_by": "x",
    } | changes
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in fields.items() if value is not None]
    return "[[indicator]]\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "is not an indicator dictionary"),
        (entry(unit="furlongs"), "unit 'furlongs' is not one of ratio"),
        (entry(caveat=None), "lacks 'caveat'"),
        (entry(label=""), "has an empty 'label'"),
        (entry(colour="red"), "'colour', which is not a field"),
        (entry(classes=["XX"]), "'XX' is not a class"),
        (entry() + entry(), "defines reserves_ratio twice"),
        (entry(), "has no entry in the dictionary"),
    ],
)
def test_a_faulty_dictionary_is_one_sentence(tmp_path, text, said):
    path = tmp_path / "definitions.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(said)):
        load_definitions(path)


def test_an_entry_without_a_formula(tmp_path):
    text = (paths.home() / "resilience" / "indicators" / "definitions.toml").read_text("utf-8")
    path = tmp_path / "definitions.toml"
    path.write_text(text + entry(name="moonshine"), encoding="utf-8")
    with pytest.raises(DataError, match="moonshine has no formula"):
        load_definitions(path)


def test_an_indicator_that_is_none():
    with pytest.raises(DataError, match="'moonshine' is not an indicator"):
        describe("moonshine")


def test_line_768_beside_the_register(panel, events):
    table = directions(panel, events).set_index(["council", "outturn_year"])
    assert table.loc[("Thurrock", "2023-24"), "kind"] == "both"
    assert table.loc[("Thurrock", "2023-24"), "line_768"] == 206663
    assert table.loc[("Thurrock", "2022-23"), "kind"] == "register only"
    assert table.loc[("Woking", "2023-24"), "kind"] == "not returned"
    silent = table[table["kind"] == "line only"].reset_index()
    assert (silent["council"] == "Cherwell").sum() == 3
    assert (silent["council"] == "Knowsley").sum() == 4
    used = panel["rs_adjexpcap_net_exp"].fillna(0) != 0
    assert (table["line_768"].fillna(0) != 0).sum() == used.sum()


def test_support_for_several_years_stands_under_each(events):
    table = support_by_year(events)
    lambeth = table[(table["ons_code"] == "E09000022") & table["year"].isin([2024, 2025])]
    assert len(lambeth) == 2
    assert lambeth["support"].str.contains("2023-24 to 2024-25 together").all()
