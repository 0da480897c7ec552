"""Events of the register in words: those known on the day, each as precisely dated as it is known."""

from datetime import date

from resilience.report.wording.events import council_events

DAY = date(2026, 1, 1)


def test_events_before_the_day_only_and_in_order(events):
    early = council_events(events, "E09000008", date(2021, 1, 1))
    assert list(early["when"]) == ["23 October 2020", "11 November 2020", "2 December 2020"]
    assert list(early["counts"]) == [False, True, True]
    late = council_events(events, "E09000008", DAY)
    assert late["known"].is_monotonic_increasing
    assert any("£136.0m for 2025-26 (in principle)" in what for what in late["what"])
    assert late.loc[late["counts"], "sources"].map(len).min() >= 1
    assert council_events(events, "E10000016", date(2012, 1, 1)).empty


def test_what_was_settled_later_is_not_dated_to_its_round(events):
    somerset = council_events(events, "E06000066", date(2024, 6, 1))["what"]
    assert list(somerset) == ["Exceptional financial support: £77.0m for 2024-25 (in principle, all years together)"]
    now = council_events(events, "E06000066", DAY)["what"]
    assert "£44.8m for 2024-25 (final, day not known)" in now.iloc[0]
    croydon = council_events(events, "E09000008", DAY)["what"]
    assert any("£50.0m for 2021-22 (in principle; final in 2022-23)" in what for what in croydon)
