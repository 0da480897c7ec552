"""The page of places: every county, with its districts."""

from resilience.report.views.places import view
from tests.report.site_data import small_folder, small_site


def test_every_county_is_a_place():
    site = small_site()
    values = view(site.run, site.address)
    counties = site.run.table[site.run.table["class"] == "SC"]
    assert [row["name"] for row in values["rows"]] == sorted(counties["council"])
    kent = next(row for row in values["rows"] if row["name"] == "Kent")
    assert kent["districts"] == 12 and kent["href"] == "councils/kent.html"
    assert 'href="councils/kent.html#place"' in (small_folder() / "places.html").read_text("utf-8")
