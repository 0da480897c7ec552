"""The register of events: its format, what qualifies, and what was known on a date."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resilience.errors import DataError
from resilience.events import SHIPPED_TO, describe, known_date, load_events, onsets

HEADER = (
    "council,ons_code,event_type,subtype,date,date_precision,financial_year,amount_gbp_m,cause,basis,certainty,source"
)
CROYDON = "Croydon,E09000008,s114_notice,unbalanced_budget,2020-11-11,day,2020-21,,financial,LGFA 1988,high,paper"


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "register.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def rows_of(events: pd.DataFrame, council: str, kind: str, subtype: str) -> pd.DataFrame:
    found = events[
        events["council"].str.startswith(council) & (events["event_type"] == kind) & (events["subtype"] == subtype)
    ]
    assert len(found), f"the register has no such row: {council}, {kind}, {subtype}"
    return found


# --- dates ---


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-09-05", date(2023, 9, 5)),
        (" 2023-09-05 ", date(2023, 9, 5)),
        ("2022-02", date(2022, 2, 28)),
        ("2024-02", date(2024, 2, 29)),
        ("2021", date(2021, 12, 31)),
        ("2012/2013", date(2013, 12, 31)),
        ("", None),
    ],
)
def test_an_event_counts_as_known_from_the_last_day_its_date_allows(text, day):
    assert known_date(text) == day


@pytest.mark.parametrize("text", ["2023-13", "2023-00", "2023-02-30", "5 May 2023", "23-05-01", "2023-5-1", "soon"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        known_date(text)


# --- format ---


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("council", "", "a council's name"),
        ("ons_code", "Croydon", "GSS code"),
        ("ons_code", "E0900000", "GSS code"),
        ("event_type", "s114", "s114_notice, efs, statutory_intervention, nonstatutory"),
        ("subtype", "unbalanced budget", "a word without spaces"),
        ("subtype", "", "a word without spaces"),
        ("cause", "Financial!", "a cause"),
        ("amount_gbp_m", "£5m", "£ million"),
        ("date", "11 November 2020", "YYYY-MM-DD"),
    ],
)
def test_a_fault_in_a_row_is_named_with_file_row_and_column(tmp_path, column, value, expected):
    good = pd.read_csv(StringIO(f"{HEADER}\n{CROYDON}\n{CROYDON}\n"), dtype=str, keep_default_na=False)
    good.loc[1, column] = value
    path = tmp_path / "register.csv"
    good.to_csv(path, index=False)
    with pytest.raises(DataError) as caught:
        load_events(path)
    message = str(caught.value)
    assert f"{path}, row 3, column '{column}'" in message
    assert f"'{value}'" in message
    assert expected in message
    assert "\n" not in message
    assert message.endswith(".")


@pytest.mark.parametrize("column", ["council", "ons_code", "event_type", "subtype", "date", "cause"])
def test_a_column_gone_is_named(tmp_path, column):
    frame = pd.read_csv(StringIO(f"{HEADER}\n{CROYDON}\n"), dtype=str).drop(columns=column)
    path = tmp_path / "register.csv"
    frame.to_csv(path, index=False)
    with pytest.raises(DataError, match=f"register.csv has no column '{column}'; its columns must be council"):
        load_events(path)


def test_columns_nobody_counts_with_may_be_left_out(tmp_path):
    path = written(
        tmp_path,
        "Croydon,E09000008,s114_notice,unbalanced_budget,2020-11-11,housing-company",
        header="council,ons_code,event_type,subtype,date,cause",
    )
    events = load_events(path)
    assert events["distress"].tolist() == [True]
    assert events["source"].tolist() == [""]


def test_no_file_an_empty_file_and_no_text_are_each_one_sentence(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv does not exist"):
        load_events(tmp_path / "nowhere.csv")
    with pytest.raises(DataError, match="cannot be read as a UTF-8 CSV"):
        load_events(tmp_path)
    for content in (b"", b"\xff\xfe\x00council", b'council,ons_code\n"never closed'):
        path = tmp_path / "broken.csv"
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"^The event register .*broken\.csv") as caught:
            load_events(path)
        assert "\n" not in str(caught.value)


def test_a_register_without_events_is_a_register(tmp_path):
    events = load_events(written(tmp_path))
    assert len(events) == 0
    assert onsets(events).empty
    assert events.until == SHIPPED_TO


def test_former_codes_are_brought_to_the_newest(tmp_path):
    # Northumberland was E06000048 until its boundary moved in 2013.
    row = CROYDON.replace("Croydon,E09000008", "Northumberland,E06000048")
    assert load_events(written(tmp_path, row))["ons_code"].tolist() == ["E06000057"]


# --- what qualifies, row by row ---


@pytest.mark.parametrize(
    ("council", "kind", "subtype", "distress", "severe"),
    [
        ("Northamptonshire", "s114_notice", "unbalanced_budget", True, True),
        ("Croydon", "s114_notice", "unbalanced_budget", True, True),
        ("Croydon", "s114_notice", "unbalanced_budget_second_report", True, True),
        # unlawful-expenditure notices are in the register and are no outcome
        ("Nottingham", "s114_notice", "unlawful_expenditure", False, False),
        ("Northumberland", "s114_notice", "unlawful_expenditure", False, False),
        ("Barnet", "s114_notice", "unlawful_expenditure", False, False),
        ("Ryedale", "s114_notice", "unlawful_expenditure", False, False),
        # support counts, in principle or final, also where later withdrawn; not HRA-only, not police
        ("Nottingham", "efs", "final_direction", True, False),
        ("Bexley", "efs", "agreed_not_used_later_shown_withdrawn", True, False),
        ("Peterborough", "efs", "agreed_not_used_later_shown_withdrawn", True, False),
        ("Bournemouth", "efs", "withdrawn", True, False),
        ("Lambeth", "efs", "extension_of_2017-18_capitalisation", True, False),
        ("Lambeth", "efs", "in_principle_hra", False, False),
        ("South Yorkshire", "efs", "police_table_not_council", False, False),
        # interventions count by cause
        ("Tower Hamlets", "statutory_intervention", "commissioners_2014_to_2018", False, False),
        ("Tower Hamlets", "statutory_intervention", "envoys_to_2028-03-31", False, False),
        ("Tower Hamlets", "statutory_intervention", "inspection", False, False),
        ("Liverpool", "statutory_intervention", "commissioners", False, False),
        ("Liverpool", "statutory_intervention", "expanded_finance_powers", True, False),
        ("Liverpool", "statutory_intervention", "ended", False, False),
        ("Thurrock", "statutory_intervention", "commissioner", True, True),
        ("Woking", "statutory_intervention", "commissioners", True, True),
    ],
)
def test_the_rule_on_named_rows(events, council, kind, subtype, distress, severe):
    rows = rows_of(events, council, kind, subtype)
    assert set(rows["distress"]) == {distress}
    assert set(rows["severe"]) == {severe}


def test_whatever_is_severe_is_distress(events):
    assert events.loc[events["severe"], "distress"].all()


def test_no_inspection_or_ending_or_nonstatutory_step_qualifies(events):
    none = events["subtype"].str.startswith(("inspection", "ended")) | (events["event_type"] == "nonstatutory")
    assert none.sum() > 20
    assert not events.loc[none, "distress"].any()


@pytest.mark.parametrize(
    ("cause", "counts"),
    [
        ("financial", True),
        ("investments", True),
        ("equal-pay", True),
        ("housing-company", True),
        ("governance", False),
        ("services", False),
    ],
)
def test_an_intervention_counts_by_its_cause(tmp_path, cause, counts):
    row = f"Croydon,E09000008,statutory_intervention,commissioners,2023-01-01,,,,{cause},,,"
    events = load_events(written(tmp_path, row))
    assert events["distress"].tolist() == events["severe"].tolist() == [counts]


@pytest.mark.parametrize(
    ("council", "code", "day", "kind"),
    [
        ("Northamptonshire", "E10000021", "2018-02-02", "s114_notice"),
        ("Croydon", "E09000008", "2020-11-11", "s114_notice"),
        ("Nottingham", "E06000018", "2021-02-10", "efs"),
        ("Lambeth", "E09000022", "2021-02-10", "efs"),
        ("Bexley", "E09000004", "2021-02-10", "efs"),
        ("Slough", "E06000039", "2021-07-02", "s114_notice"),
        ("Liverpool", "E08000012", "2022-11-30", "statutory_intervention"),
        ("Birmingham", "E08000025", "2023-09-05", "s114_notice"),
    ],
)
def test_first_events_of_named_councils(events, council, code, day, kind):
    first = onsets(events).loc[code]
    assert (first["date"], first["event_type"]) == (pd.Timestamp(day), kind), council


@pytest.mark.parametrize("code", ["E09000012", "E09000017", "E09000030", "E47000002", "E07000167", "E06000057"])
def test_history_governance_police_and_unlawful_expenditure_make_no_onset(events, code):
    """Check Hackney and Hillingdon (2000), Tower Hamlets, South Yorkshire, Ryedale and Northumberland."""
    assert (events["ons_code"] == code).any()
    assert code not in onsets(events).index
    assert code not in onsets(events, outcome="severe").index


def test_hackneys_notice_is_in_the_register_and_is_history_only_for_its_date(events):
    hackney = rows_of(events, "Hackney", "s114_notice", "unbalanced_budget")
    assert hackney["distress"].all()
    assert hackney["known"].max() < pd.Timestamp("2010-04-01")


def test_nottinghams_second_outcome_is_its_notice_of_2023(events):
    assert onsets(events, outcome="severe").at["E06000018", "date"] == pd.Timestamp("2023-11-29")


def test_the_shipped_register_has_46_first_events_8_of_them_severe_and_nothing_of_2026(events):
    assert len(onsets(events)) == 46
    severe = onsets(events, outcome="severe")
    assert len(severe) == 8
    assert set(severe.index) <= set(onsets(events).index)
    assert events["known"].max() <= pd.Timestamp("2025-12-31")
    assert not events["date"].str.startswith("2026").any()
    assert events.until == date(2025, 12, 31)


# --- what was known on a date ---


def test_an_event_is_known_from_the_day_after_it_was_public(events):
    assert "E10000021" not in onsets(events, as_of=date(2018, 2, 2)).index
    assert "E10000021" in onsets(events, as_of=date(2018, 2, 3)).index


@pytest.mark.parametrize(
    ("day", "known"), [("2018-01-01", 0), ("2019-01-01", 1), ("2021-01-01", 2), ("2022-01-01", 12)]
)
def test_how_many_first_events_were_known(events, day, known):
    assert len(onsets(events, as_of=date.fromisoformat(day))) == known


def test_first_events_as_known_then_never_change_later(events):
    for year in range(2018, 2026):
        then = onsets(events, as_of=date(year, 1, 1))
        later = onsets(events, as_of=date(year + 1, 1, 1))
        pd.testing.assert_frame_equal(later.loc[then.index], then)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), outcome=st.sampled_from(["distress", "severe"]))
def test_first_events_do_not_depend_on_the_order_of_rows(events, seed, outcome):
    shuffled = events.sample(frac=1, random_state=seed)
    shuffled.attrs = dict(events.attrs)
    usual = onsets(events, outcome=outcome).sort_index()
    pd.testing.assert_frame_equal(onsets(shuffled, outcome=outcome).sort_index(), usual)


def test_two_events_on_one_day_go_to_the_graver_kind(tmp_path):
    support = "Croydon,E09000008,efs,final_direction,2020-11-11,,,,financial,,,"
    for rows in ((CROYDON, support), (support, CROYDON)):
        assert onsets(load_events(written(tmp_path, *rows))).at["E09000008", "event_type"] == "s114_notice"


def test_an_undated_event_is_no_onset(tmp_path):
    events = load_events(written(tmp_path, CROYDON.replace("2020-11-11", "")))
    assert events["distress"].tolist() == [True]
    assert onsets(events).empty


def test_an_unknown_outcome_is_refused(events):
    with pytest.raises(DataError, match="'ruin' is no outcome; choose one of distress, severe"):
        onsets(events, outcome="ruin")


@pytest.mark.parametrize(
    ("day", "end"),
    [("2020-11-11", "2025-12-31"), ("2026-02-10", "2026-02-28"), ("2027-09-05", "2027-09-30"), ("", "2025-12-31")],
)
def test_a_register_speaks_up_to_the_month_of_its_last_event(tmp_path, day, end):
    events = load_events(written(tmp_path, CROYDON.replace("2020-11-11", day)))
    assert events.until == date.fromisoformat(end)


def test_an_event_in_words(events):
    assert describe(onsets(events).loc["E08000025"]) == "section 114(3) notice, 5 September 2023"
    assert describe(onsets(events).loc["E06000018"]) == "exceptional financial support, 10 February 2021"
