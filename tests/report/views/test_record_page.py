"""The record page: it agrees with the back test, and nobody is caught and missed at once."""

from resilience.report.views.record_page import view
from tests.report.site_data import small_site


def test_the_record_agrees_with_the_back_test():
    site = small_site()
    values = view(site.run, site.result, site.lists, site.address)
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
