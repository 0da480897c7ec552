import matplotlib.pyplot as plt
import pytest

from resilience.errors import DataError
from resilience.report.formats.figures import distribution_by_class


@pytest.mark.parametrize("name", ["reserves_ratio", "childrens_social_care_share", "no_return", "mrp_to_cfr"])
def test_a_panel_a_class(indicators, name, tmp_path):
    figure = distribution_by_class(indicators, name)
    assert len(figure.axes) == (4 if name == "childrens_social_care_share" else 5)
    assert all(axis.get_title() for axis in figure.axes)
    figure.savefig(tmp_path / "figure.svg")
    assert plt.get_fignums() == []


def test_a_gap_in_the_years_is_no_line(indicators):
    line = distribution_by_class(indicators, "unplanned_reserves_use").axes[0].lines[0]
    assert [year for year, value in zip(*line.get_data(), strict=True) if value != value] == [2023]


def test_nothing_to_draw(indicators):
    with pytest.raises(DataError, match="nothing to draw"):
        distribution_by_class(indicators.head(0), "reserves_ratio")
    with pytest.raises(DataError, match="is not an indicator"):
        distribution_by_class(indicators, "moonshine")
