"""The fitted model in two tables: the weights before and after the cases, and what carried figures count."""

from resilience.backtest.masks import OLD, TODAY
from resilience.model import artefact
from resilience.report.views.model import reliability, weights


def test_each_weight_before_and_after_the_cases():
    model = artefact.load()
    rows = weights(model)
    assert [row["family"] for row in rows] == [*(family.label for family in model.families), "Upper-tier council"]
    assert {row["before any case"] for row in rows[:5]} == {"0.60 ± 0.20"}
    assert rows[5]["before any case"] == "2.00 ± 0.50"
    for row, name in zip(rows, model.names, strict=True):
        assert row["as fitted"].startswith(f"{model.weights[name]:.2f} ± ")
        prior = 2.0 if name == "upper tier" else 0.6
        assert row["moved by the cases"] == f"{model.weights[name] - prior:+.2f}".replace("-", "−")


def test_what_a_family_counts_is_as_measured_under_each_mask():
    model = artefact.load()
    masks = {"today": TODAY.years, "old": OLD.years}
    rows = {(row["tier"], row["family"]): row for row in reliability(model, masks)}
    assert len(rows) == 10
    measured = model.reliability.measured
    upper = ("councils with social care", "Commercial dependence")
    assert rows[upper]["today"] == rows[upper]["old"] == f"{measured['upper']['commercial'][(2,)]:.2f}"
    districts = rows["districts", "Demand"]
    assert districts["today"] == f"{measured['lower']['demand'][(1,)]:.2f}"
    assert districts["old"] == f"{measured['lower']['demand'][(2,)]:.2f}"
    assert rows["districts", "Debt against the cushion"]["today"] == "1.00"
