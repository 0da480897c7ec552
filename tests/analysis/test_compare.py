"""Figures set side by side: those the score rests on and a council's page shows, and the median of a class."""

import numpy as np
import pandas as pd
import pytest

from resilience.analysis.compare import ALSO, FEWEST, comparison
from resilience.analysis.families import contributions
from resilience.indicators.comparisons import UNLIKE_OTHERS
from resilience.indicators.definitions import load_definitions
from tests.report.site_data import one_run


@pytest.fixture(scope="module")
def found():
    return comparison(one_run())


def test_every_council_has_each_indicator_that_is_asked_of_it(found):
    run, definitions = one_run(), load_definitions()
    assert list(found.figures) == list(run.table.index)
    names = [*(term.indicator for term in run.model.terms), *ALSO]
    for code, own in found.figures.items():
        class_ = run.table.at[code, "class"]
        assert list(own) == [name for name in names if class_ in definitions[name].classes]


@pytest.mark.parametrize("code", ["E09000008", "E06000027", "E07000148", "E06000063", "E07000217", "E09000001"])
def test_figures_are_those_of_the_score(found, code):
    run = one_run()
    for row in contributions(run, code).itertuples():
        if not row.applies:
            continue
        own = found.figures[code][row.indicator]
        assert own.year == row.evidence.year
        assert own.value == row.value or (np.isnan(own.value) and np.isnan(row.value))
        assert (own.second_hand, own.transcribed, own.built) == (row.second_hand, row.transcribed, row.evidence.built)


def test_the_kind_of_a_figure_from_another_publication_is_not_that_of_the_outturn(found):
    debt = [own["gross_debt_ratio"] for own in found.figures.values()]
    assert any(one.year for one in debt)
    # Capital outturn is held as others transcribed it; the spending it is set over can be second-hand.
    assert {(one.transcribed, one.second_hand) for one in debt if one.year} <= {(True, False), (False, True)}
    dsg = [own["dsg_deficit_ratio"] for own in found.figures.values() if "dsg_deficit_ratio" in own]
    assert any(one.transcribed for one in dsg)


def test_medians_are_of_the_class_without_the_two_oddities(found):
    classes = one_run().table["class"]
    for class_ in ("UA", "MD", "LB", "SC", "SD"):
        codes = [code for code in classes.index[classes == class_] if code not in UNLIKE_OTHERS]
        for name in found.medians:
            values = pd.Series([found.figures[c][name].value for c in codes if name in found.figures[c]], dtype=float)
            told = found.medians.at[class_, name]
            if values.notna().sum() < FEWEST:
                assert np.isnan(told)
            else:
                assert told == pytest.approx(np.nanmedian(values))
    assert found.medians.loc["SD", ["childrens_social_care_share", "dsg_deficit_ratio"]].isna().all()
