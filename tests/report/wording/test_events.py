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
    now = council_events(events, "E06000066", date(2026, 11, 24))["what"]
    assert "£44.8m for 2024-25 (final, day not known)" in now.iloc[0]
    eastbourne = council_events(events, "E07000061", DAY)["what"]
    assert "£4.4m for 2021-22 (in principle)" in eastbourne.iloc[0]
    eastbourne = council_events(events, "E07000061", date(2026, 11, 24))["what"]
    assert "£4.4m for 2021-22 (in principle; final later)" in eastbourne.iloc[0]


def test_a_final_amount_that_came_years_later_is_told_once_the_register_is_whole(events):
    then = council_events(events, "E06000064", date(2024, 1, 1))["what"]
    assert list(then) == ["Exceptional financial support: £26.0m for 2023-24 (in principle)"]
    now = council_events(events, "E06000064", date(2026, 11, 24))["what"]
    assert "£11.0m for 2023-24 (final, day not known)" in now.iloc[0]


def test_no_council_with_an_event_is_without_a_line_on_any_day(events):
    for year in range(2021, 2027):
        day = date(year, 7, 1)
        for code in events.onsets(as_of=day).index:
            told = council_events(events, code, day)
            assert told["counts"].any(), (code, day)


def test_every_word_of_the_register_is_put_in_words(events):
    now = date(2026, 11, 24)
    for code in events.rows.loc[~events.rows["ons_code"].str.startswith("E47"), "ons_code"].unique():
        for what in council_events(events, code, now)["what"]:
            assert "_" not in what and "efs" not in what, what
    nottingham = council_events(events, "E06000018", now)["what"]
    assert "Government minded to replace commissioners with envoys" in list(nottingham)
    assert "Commissioners appointed by the government, to February 2026" in list(nottingham)
