"""The register of events: its format, what qualifies, and what was known on a date."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resilience import method
from resilience.backtest.rolling import prior_model
from resilience.errors import DataError
from resilience.indicators.known import known_on
from resilience.model.calibration import base_rate
from resilience.model.fitting import RiskModel, training_rows
from resilience.model.risk_set import risk_set
from resilience.model.scoring import score
from resilience.tables.events import SHIPPED_TO, EventRegister, describe, known_date, load_events

HEADER = (
    "council,ons_code,event_type,subtype,date,date_precision,financial_year,amount_gbp_m,cause,basis,certainty,source"
)
CROYDON = "Croydon,E09000008,s114_notice,unbalanced_budget,2020-11-11,day,2020-21,,financial,LGFA 1988,high,paper"


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "register.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def rows_of(events: EventRegister, council: str, kind: str, subtype: str) -> pd.DataFrame:
    rows = events.rows
    found = rows[rows["council"].str.startswith(council) & (rows["event_type"] == kind) & (rows["subtype"] == subtype)]
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
    assert events.rows["distress"].tolist() == [True]
    assert events.rows["source"].tolist() == [""]


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
    assert len(events.rows) == 0
    assert events.onsets().empty
    assert events.until == SHIPPED_TO


def test_former_codes_are_brought_to_the_newest(tmp_path):
    # Northumberland was E06000048 until its boundary moved in 2013.
    row = CROYDON.replace("Croydon,E09000008", "Northumberland,E06000048")
    assert load_events(written(tmp_path, row)).rows["ons_code"].tolist() == ["E06000057"]


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
    assert events.rows.loc[events.rows["severe"], "distress"].all()


def test_no_inspection_or_ending_or_nonstatutory_step_qualifies(events):
    rows = events.rows
    none = rows["subtype"].str.startswith(("inspection", "ended")) | (rows["event_type"] == "nonstatutory")
    assert none.sum() > 20
    assert not rows.loc[none, "distress"].any()


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
    assert events.rows["distress"].tolist() == events.rows["severe"].tolist() == [counts]


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
    first = events.onsets().loc[code]
    assert (first["date"], first["event_type"]) == (pd.Timestamp(day), kind), council


@pytest.mark.parametrize("code", ["E09000012", "E09000017", "E09000030", "E47000002", "E07000167", "E06000057"])
def test_history_governance_police_and_unlawful_expenditure_make_no_onset(events, code):
    """Check Hackney and Hillingdon (2000), Tower Hamlets, South Yorkshire, Ryedale and Northumberland."""
    assert (events.rows["ons_code"] == code).any()
    assert code not in events.onsets().index
    assert code not in events.onsets(outcome="severe").index


def test_hackneys_notice_is_in_the_register_and_is_history_only_for_its_date(events):
    hackney = rows_of(events, "Hackney", "s114_notice", "unbalanced_budget")
    assert hackney["distress"].all()
    assert hackney["known"].max() < pd.Timestamp("2010-04-01")


def test_nottinghams_second_outcome_is_its_notice_of_2023(events):
    assert events.onsets(outcome="severe").at["E06000018", "date"] == pd.Timestamp("2023-11-29")


def test_the_shipped_register_has_46_first_events_8_of_them_severe_and_nothing_of_2026(events):
    assert len(events.onsets()) == 46
    severe = events.onsets(outcome="severe")
    assert len(severe) == 8
    assert set(severe.index) <= set(events.onsets().index)
    assert events.rows["known"].max() <= pd.Timestamp("2025-12-31")
    assert not events.rows["date"].str.startswith("2026").any()
    assert events.until == date(2025, 12, 31)


# --- what was known on a date ---


def test_an_event_is_known_from_the_day_after_it_was_public(events):
    assert "E10000021" not in events.onsets(as_of=date(2018, 2, 2)).index
    assert "E10000021" in events.onsets(as_of=date(2018, 2, 3)).index


@pytest.mark.parametrize(
    ("day", "known"), [("2018-01-01", 0), ("2019-01-01", 1), ("2021-01-01", 2), ("2022-01-01", 12)]
)
def test_how_many_first_events_were_known(events, day, known):
    assert len(events.onsets(as_of=date.fromisoformat(day))) == known


def test_first_events_as_known_then_never_change_later(events):
    for year in range(2018, 2026):
        then = events.onsets(as_of=date(year, 1, 1))
        later = events.onsets(as_of=date(year + 1, 1, 1))
        pd.testing.assert_frame_equal(later.loc[then.index], then)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), outcome=st.sampled_from(["distress", "severe"]))
def test_first_events_do_not_depend_on_the_order_of_rows(events, seed, outcome):
    shuffled = replace(events, rows=events.rows.sample(frac=1, random_state=seed))
    usual = events.onsets(outcome=outcome).sort_index()
    pd.testing.assert_frame_equal(shuffled.onsets(outcome=outcome).sort_index(), usual)


def test_two_events_on_one_day_go_to_the_graver_kind(tmp_path):
    support = "Croydon,E09000008,efs,final_direction,2020-11-11,,,,financial,,,"
    for rows in ((CROYDON, support), (support, CROYDON)):
        assert load_events(written(tmp_path, *rows)).onsets().at["E09000008", "event_type"] == "s114_notice"


def test_an_undated_event_is_no_onset(tmp_path):
    events = load_events(written(tmp_path, CROYDON.replace("2020-11-11", "")))
    assert events.rows["distress"].tolist() == [True]
    assert events.onsets().empty


def test_an_unknown_outcome_is_refused(events):
    with pytest.raises(DataError, match="'ruin' is no outcome; choose one of distress, severe"):
        events.onsets(outcome="ruin")


@pytest.mark.parametrize(
    ("day", "end"),
    [("2020-11-11", "2025-12-31"), ("2026-02-10", "2026-02-28"), ("2027-09-05", "2027-09-30"), ("", "2025-12-31")],
)
def test_a_register_speaks_up_to_the_month_of_its_last_event(tmp_path, day, end):
    events = load_events(written(tmp_path, CROYDON.replace("2020-11-11", day)))
    assert events.until == date.fromisoformat(end)


# --- the register as it could have been drawn up before a day ---

DAYS = st.dates(date(1999, 1, 1), date(2028, 12, 31))
UNDATED = "Kent,E10000016,efs,final_direction,,,,,financial,,,"


@settings(max_examples=60, deadline=None)
@example(day=SHIPPED_TO)  # the days on which the register closes
@example(day=SHIPPED_TO + timedelta(days=1))
@example(day=SHIPPED_TO + timedelta(days=2))
@given(day=DAYS)
def test_a_register_known_by_a_day_holds_nothing_announced_on_the_day_or_later(events, day):
    then = events.known_by(day)
    late = events.rows["known"] >= pd.Timestamp(day)
    assert not (then.rows["known"] >= pd.Timestamp(day)).any()
    assert then.rows.index.isin(events.rows.index[~late]).all()
    # and everything announced before is there, as it was
    before = events.rows[events.rows["known"] < pd.Timestamp(day)]
    pd.testing.assert_frame_equal(then.rows[then.rows["known"].notna()], before)
    # it speaks up to the day before, and never further than the whole one does
    assert then.until == min(events.until, day - timedelta(days=1))
    assert then.whole == (day > events.until)
    assert then.reaches(day) == events.reaches(day)
    assert not then.reaches(min(day, events.until + timedelta(days=1)) + timedelta(days=1))


@settings(max_examples=60, deadline=None)
@example(day=SHIPPED_TO, place=3)
@example(day=SHIPPED_TO + timedelta(days=1), place=3)
@given(day=DAYS, place=st.integers(0, 20))
def test_an_undated_event_is_known_only_to_a_register_that_had_closed(events, day, place):
    undated = events.rows.head(1).assign(known=pd.NaT, date="")
    register = replace(events, rows=pd.concat([events.rows[:place], undated, events.rows[place:]], ignore_index=True))
    then = register.known_by(day)
    closed = day > events.until
    assert then.rows["known"].isna().sum() == (register.rows["known"].isna().sum() if closed else 0)
    if closed:
        assert then.rows.equals(register.rows)


@settings(max_examples=60, deadline=None)
@given(one=DAYS, other=DAYS, outcome=st.sampled_from(["distress", "severe"]))
def test_what_was_known_by_two_days_is_what_was_known_by_the_earlier(events, one, other, outcome):
    twice, once = events.known_by(one).known_by(other), events.known_by(min(one, other))
    assert (twice.until, twice.whole) == (once.until, once.whole)
    assert twice.rows.equals(once.rows)
    # first events: those of the whole register that were public by then, whichever way one asks
    pd.testing.assert_frame_equal(
        events.known_by(one).onsets(outcome=outcome), events.onsets(outcome=outcome, as_of=one)
    )


def test_the_end_of_a_register_is_the_day_after_its_last(events):
    assert events.end == pd.Timestamp(2026, 1, 1)
    assert events.reaches(date(2026, 1, 1)) and not events.reaches(date(2026, 1, 2))
    then = events.known_by(date(2021, 3, 1))
    assert (then.until, then.end) == (date(2021, 2, 28), pd.Timestamp(2021, 3, 1))
    assert then.reaches(date(2021, 3, 1)) and not then.reaches(date(2021, 3, 2))


def test_an_undated_row_of_the_file_is_unknown_until_the_register_closes(tmp_path):
    events = load_events(written(tmp_path, CROYDON, UNDATED))
    assert events.whole
    assert len(events.known_by(date(2026, 1, 2)).rows) == 2
    assert events.known_by(date(2025, 12, 31)).rows["council"].tolist() == ["Croydon"]
    assert events.known_by(date(2020, 11, 11)).rows.empty


# --- a register is a type of its own ---


def test_registers_put_together_are_a_register_and_bare_rows_are_none(tmp_path, events):
    one = load_events(written(tmp_path, CROYDON))
    kent = UNDATED.replace("final_direction,", "final_direction,2026-03-04")
    other = load_events(written(tmp_path, kent))
    both = EventRegister(pd.concat([one.rows, other.rows]), max(one.until, other.until))
    assert both.until == date(2026, 3, 31)
    assert both.onsets().index.tolist() == ["E09000008", "E10000016"]
    assert base_rate(both, date(2021, 1, 1)).events == 1
    assert base_rate(both, date(2026, 11, 1)).events == 1
    with pytest.raises(TypeError):
        pd.concat([one, other])
    with pytest.raises(FrozenInstanceError):
        both.until = date(2030, 1, 1)
    assert not events.rows.attrs


def test_bare_rows_never_pass_for_a_register(events, indicators):
    """Rows do not say up to which day they speak: whatever counts events refuses them, and guesses no end."""
    bare, day = pd.concat([events.rows, events.rows]), date(2022, 1, 1)
    model = prior_model(RiskModel("distress", 24, (), {}, np.empty((0, 0)), np.empty(0), {}))
    asked = [
        lambda: base_rate(bare, day),
        lambda: risk_set(indicators, bare, [day]),
        lambda: training_rows(indicators, bare, day),
        lambda: score(model, known_on(indicators, day), bare),
        lambda: method.run(day, events=bare),
    ]
    for ask in asked:
        with pytest.raises((AttributeError, TypeError, ValueError)):
            ask()


def test_an_event_in_words(events):
    assert describe(events.onsets().loc["E08000025"]) == "section 114(3) notice, 5 September 2023"
    assert describe(events.onsets().loc["E06000018"]) == "exceptional financial support, 10 February 2021"
