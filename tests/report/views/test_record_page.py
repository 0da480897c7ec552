"""The record page: it agrees with the back test, and nobody is caught and missed at once."""

from resilience.report.views.record_page import view
from tests.report.site_data import small_site


def test_the_record_agrees_with_the_back_test():
    site = small_site()
    values = view(site.run, site.record, site.lists, site.address)
    assert values["events"] == site.result.pooled["events"]
    assert values["caught"] == round(values["recall"]["value"] * values["events"])
    assert values["caught"] + values["missed"] == values["events"]
    assert values["caught"] + values["no_event"] + values["open"] == values["places"]
    assert sum(row["events"] for row in values["ranges"]) == values["events"]
    assert not values["best"]["ours"]
    own = next(row for row in values["rules"] if row["own"])
    assert own["caught"] == values["caught"]
    missed = {row["council"] for row in values["missed_rows"]}
    assert missed.isdisjoint({row["council"] for row in values["caught_rows"]})
    assert missed.isdisjoint({row["council"] for row in values["false_rows"]})


def test_closed_lists_come_first_with_figures_of_their_own():
    site = small_site()
    values = view(site.run, site.record, site.lists, site.address)
    closed = values["closed"]
    rows = site.result.predictions[site.result.predictions["origin"] <= "2024-01-01"]
    assert (closed["first"], closed["last"], closed["lists"]) == (2023, 2024, 2)
    assert closed["events"] == rows["event"].sum() < values["events"]
    assert closed["caught"] == (rows["event"] & (rows["rank"] <= 30)).sum()
    assert closed["open"] == 0 and closed["caught"] + closed["no_event"] == closed["places"] == 60
    assert closed["less"]["value"] == closed["auc"]["value"] - closed["rule_auc"]["value"]
    assert [one["title"] for one in values["beside"]]
