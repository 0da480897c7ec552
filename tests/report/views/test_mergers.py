"""The page on mergers: past ones with what followed, new ones whose make-up is stated."""

from resilience.report.views.mergers import view
from tests.report.site_data import small_folder, small_site


def test_past_mergers_are_told_with_what_followed():
    values = view(small_site().run, small_site().mergers, small_site().past_mergers, small_site().address)
    found = {row["council"]: row for row in values["past"]}
    assert len(found) == 12
    assert found["West Northamptonshire"]["with_event"] == "Northamptonshire"
    assert found["West Northamptonshire"]["followed"].startswith("Exceptional financial support")
    assert "before it began" in found["Cumberland"]["followed"]
    assert found["Somerset"]["event"] and not found["North Yorkshire"]["event"]
    assert found["Somerset West and Taunton"]["followed"] == "No event before it was abolished in 2023"
    assert "6 had an event of their own" in values["summary"]


def test_new_councils_are_those_whose_make_up_is_stated():
    site = small_site()
    values = view(site.run, site.mergers, site.past_mergers, site.address)
    plans = {row["name"]: row for row in values["plans"]}
    assert {"East Surrey Council", "West Surrey Council", "Greater Norwich Council"} <= set(plans)
    assert plans["West Surrey Council"]["events"] == "Spelthorne and Woking"
    assert plans["Mid Essex Council"]["incomplete"] and not plans["West Surrey Council"]["incomplete"]
    surrey = [row for row in plans["West Surrey Council"]["brings"] if row["council"] == "Surrey"]
    assert surrey[0]["share"] not in ("100%", "0%")
    assert "Kent and Medway" in {row["area"] for row in values["open_areas"]}
    text = (small_folder() / "mergers.html").read_text("utf-8")
    assert "None of the councils in the first table exists yet" in text and "incomplete" in text
    woking = (small_folder() / "councils/woking.html").read_text("utf-8")
    assert 'href="../mergers.html#west-surrey-council"' in woking
