"""Pictures for a notebook: each on axes, with its units, from the figures of the result."""

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt

import resilience
from resilience.analysis.families import family_bars
from resilience.errors import DataError, UnknownCouncilError
from tests.report.council_data import scored

plots = resilience.plots


@pytest.fixture(autouse=True)
def _closed():
    """Draw without a screen, and close what was drawn."""
    with matplotlib.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


def test_a_bar_a_family():
    day = scored()
    code = day.at_risk.index[0]
    axes = plots.contributions(day, day.at_risk["council"].iloc[0])
    bars = family_bars(day, code)
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(bars["log_odds"].tolist())
    assert [label.get_text() for label in axes.get_yticklabels()] == bars["label"].tolist()
    assert "log-odds" in axes.get_xlabel()
    assert f"1st of {len(day.at_risk)}" in axes.get_title()
    assert len(plots.contributions(day, code, indicators=True).patches) > len(bars)


def test_the_council_must_have_a_rank():
    with pytest.raises(DataError, match=r"^Croydon has no rank on .*; there is nothing to draw\.$"):
        plots.contributions(scored(), "Croydon")
    with pytest.raises(UnknownCouncilError):
        plots.history(scored(), "Atlantis")


def test_a_figure_over_the_years():
    day = scored()
    axes = plots.history(day, "Sutton")
    own = day.known.own("E09000029")["reserves_ratio"].dropna()
    (line,) = (one for one in axes.lines if one.get_label() == "Sutton")
    drawn = line.get_ydata()
    assert np.asarray(drawn)[~np.isnan(drawn)] == pytest.approx(100 * own.to_numpy())
    assert axes.get_ylabel() == "% of net revenue expenditure"
    with pytest.raises(DataError, match="is not an indicator"):
        plots.history(day, "Sutton", "moonshine")


def test_a_box_a_class_on_axes_that_are_given():
    given = plt.figure().subplots()
    axes = plots.distribution_by_class(scored(), council="Norwich", ax=given)
    assert axes is given
    assert len(axes.get_xticklabels()) == 5
    assert axes.get_ylabel() == "% of net revenue expenditure"


def test_calibration_by_band(record):
    axes = plots.calibration(record)
    assert "rank 1–10" in {text.get_text() for text in axes.texts}
    assert "%" in axes.get_xlabel() and "%" in axes.get_ylabel()


def test_recall_of_thirty_calls_is_the_records(record):
    axes = plots.recall_by_calls(record, calls=[10, 30])
    ours = next(line for line in axes.lines if line.get_label() == "this model")
    assert list(ours.get_ydata() / 100) == pytest.approx(
        [record.pooled["model"][f"recall_at_{n}"]["value"] for n in (10, 30)]
    )
    assert len(axes.lines) >= 2
