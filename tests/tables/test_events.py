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

from resilience import method, paths
from resilience.backtest.rolling import prior_model
from resilience.errors import DataError
from resilience.indicators.known import known_on
from resilience.model.calibration import base_rate
from resilience.model.fitting import RiskModel, training_rows
from resilience.model.risk_set import risk_set
from resilience.model.scoring import score
from resilience.tables import event_file
from resilience.tables.event_words import load_words
from resilience.tables.events import EventRegister, describe, known_date, load_events

HEADER = (
    "council,ons_code,event_type,subtype,date,date_precision,financial_year,amount_gbp_m,cause,basis,certainty,source"
)
REGISTER_TO = date(2026, 10, 31)  # as data/raw/events.toml states
CROYDON = "Croydon,E09000008,s114_notice,unbalanced_budget,2020-11-11,day,2020-21,,financial,LGFA 1988,high,paper"


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "register.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def reaching(path: Path, day: str) -> Path:
    """Write the sidecar that states how far a register reaches."""
    path.with_suffix(".toml").write_text(f"register_to = {day}\n", "utf-8")
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


@pytest.mark.parametrize(
    "text",
    [
        *("2023-13", "2023-00", "2023-02-30", "2023-02-29", "5 May 2023", "23-05-01", "2023-5-1", "soon", "0000"),
        *("2013/2012", "2013/2013", "soon/2013", "2012/2013/2014", "2012-01/2013-01", "٢٠٢٣", "2023-09-05T00:00"),
    ],
)
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
        ("subtype", "unbalanced budget", "a subtype of"),
        ("subtype", "", "a subtype of"),
        ("cause", "Financial!", "expected one of"),
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
    assert (f"'{value}'" if value else "an empty cell") in message
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
    assert events.until == date(2026, 10, 31)


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
        ("Bournemouth", "efs", "in_principle_later_withdrawn", True, False),
        ("Redcar", "efs", "grant", True, False),
        ("Worcestershire", "efs", "final_direction_listed_amount_unread", True, False),
        ("Shropshire", "efs", "listed_on_2025-26_page_for_2024-25", True, False),
        ("West Northamptonshire", "efs", "reprofiled_to_2024-25", True, False),
        ("City of London", "efs", "in_principle_hra", False, False),
        ("Norfolk", "nonstatutory", "capitalisation_outside_support_table", False, False),
        ("Lambeth", "nonstatutory", "capitalisation_direction_before_efs_process", False, False),
        ("Peterborough", "s114_notice", "unlawful_expenditure", False, False),
        ("Spelthorne", "nonstatutory", "commissioners_report_and_lead_commissioner_reappointed", False, False),
        ("Tower Hamlets", "statutory_intervention", "warning_statement_slow_progress", False, False),
        ("Nottingham", "statutory_intervention", "minded_to_replace_commissioners_with_envoys", False, False),
        ("Bedford", "statutory_intervention", "inspection", False, False),
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
        ("Bexley", "E09000004", "2021-02-10", "efs"),
        ("Redbridge", "E09000026", "2026-02-23", "efs"),
        ("Isles of Scilly", "E06000053", "2026-02-23", "efs"),
        ("Liverpool", "E08000012", "2022-11-30", "statutory_intervention"),
        ("Birmingham", "E08000025", "2023-09-05", "s114_notice"),
    ],
)
def test_first_events_of_named_councils(events, council, code, day, kind):
    first = events.onsets().loc[code]
    assert (first["date"], first["event_type"]) == (pd.Timestamp(day), kind), council


@pytest.mark.parametrize("code", ["E09000012", "E09000030", "E47000002", "E07000167", "E06000057"])
def test_history_governance_police_and_unlawful_expenditure_make_no_onset(events, code):
    """Check Hackney (2000), Tower Hamlets, South Yorkshire, Ryedale and Northumberland."""
    assert (events.rows["ons_code"] == code).any()
    assert code not in events.onsets().index
    assert code not in events.onsets(outcome="severe").index


def test_hillingdons_first_event_is_its_support_of_2026_and_not_its_notice_of_2000(events):
    assert rows_of(events, "Hillingdon", "s114_notice", "unbalanced_budget")["distress"].all()
    assert events.onsets().at["E09000017", "date"] == pd.Timestamp("2026-02-23")
    assert "E09000017" not in events.onsets(outcome="severe").index


def test_hackneys_notice_is_in_the_register_and_is_history_only_for_its_date(events):
    hackney = rows_of(events, "Hackney", "s114_notice", "unbalanced_budget")
    assert hackney["distress"].all()
    assert hackney["known"].max() < pd.Timestamp("2010-04-01")


def test_nottinghams_second_outcome_is_its_notice_of_2023(events):
    assert events.onsets(outcome="severe").at["E06000018", "date"] == pd.Timestamp("2023-11-29")


# What ../shared/data/events/changes.md says moved, row by row: council, code, day, kind, subtype.
MOVED = [
    ("Nottingham", "E06000018", "2021-03-05", "efs", "final_direction"),
    ("Wirral", "E08000015", "2021-03-17", "efs", "final_direction"),
    ("Redcar and Cleveland", "E06000003", "2021-03-31", "efs", "grant"),
    ("Slough", "E06000039", "2021-03-31", "efs", "in_principle"),
    ("Copeland", "E07000029", "2021-07-01", "efs", "final_direction"),
    ("Bournemouth, Christchurch and Poole", "E06000058", "2022-09-02", "efs", "in_principle_later_withdrawn"),
    ("Westmorland and Furness", "E06000064", "2023-03-07", "efs", "final_direction"),
    ("Cumberland", "E06000063", "2023-03-31", "efs", "final_direction"),
    ("Havering", "E09000016", "2024-02-29", "efs", "final_direction"),
    ("Kensington and Chelsea", "E09000020", "2024-02-29", "efs", "final_direction"),
    ("Lambeth", "E09000022", "2024-02-29", "efs", "extension_of_2017-18_capitalisation"),
    ("West Northamptonshire", "E06000062", "2024-02-29", "efs", "final_direction"),
]


@pytest.mark.parametrize(("council", "code", "day", "kind", "subtype"), MOVED, ids=[one[0] for one in MOVED])
def test_first_events_that_moved_stand_where_the_corrections_put_them(events, council, code, day, kind, subtype):
    first = events.onsets().loc[code]
    assert (first["date"], first["event_type"], first["subtype"]) == (pd.Timestamp(day), kind, subtype)
    assert code not in events.onsets(as_of=date.fromisoformat(day)).index


def test_norfolks_capitalisation_outside_the_table_is_kept_and_is_no_outcome(events):
    norfolk = events.rows[events.rows["ons_code"] == "E10000020"]
    assert norfolk["subtype"].tolist() == ["capitalisation_outside_support_table"]
    assert "E10000020" not in events.onsets().index
    # and under the name it had before, as support, it would be none either
    assert load_words().counting("efs", "capitalisation_support_outside_main_table", "financial") == (False, False)


def test_56_councils_had_a_first_event_10_of_them_in_2026(events):
    assert len(events.rows) == 304
    first, severe = events.onsets(), events.onsets(outcome="severe")
    assert len(first) == 56
    assert len(severe) == 8 and set(severe.index) <= set(first.index)
    assert len(events.onsets(as_of=date(2026, 1, 1))) == 46
    new = first[first["date"] >= "2026-01-01"]
    assert len(new) == 10 and new["date"].max() < pd.Timestamp("2026-09-01")
    assert set(new.index) == {
        *("E06000043", "E06000046", "E06000053", "E06000055", "E07000081", "E08000014", "E09000017", "E09000026"),
        *("E09000031", "E10000011"),
    }
    assert events.until == date(2026, 10, 31) and events.whole
    assert events.rows["known"].max() <= pd.Timestamp(events.until)


def test_every_subtype_counts_as_the_design_says(events):
    """Write the rule out a second time, in the design's own order, and hold each row of the register to it."""
    for row in events.rows.itertuples():
        council = not row.ons_code.startswith("E47")
        if row.event_type == "efs":
            counts = row.subtype not in ("in_principle_hra", "police_table_not_council")
        elif row.event_type == "s114_notice":
            counts = row.subtype.startswith("unbalanced_budget")
        elif row.event_type == "statutory_intervention":
            begins = row.subtype.startswith(("commissioner", "directions", "new_directions", "envoys", "expanded"))
            counts = begins and row.cause in ("financial", "investments", "equal-pay", "housing-company")
        else:
            counts = False
        severe = row.event_type == "s114_notice" or row.subtype.startswith("commissioner")
        assert (row.distress, row.severe) == (counts and council, counts and council and severe), row


def test_each_word_of_the_vocabulary_has_a_sentence_and_the_shipped_register_keeps_to_it(events):
    words = load_words()
    for entry in [*words.types.values(), *words.causes.values()]:
        assert entry.endswith(".") and len(entry) > 10
    for kind, subtypes in words.subtypes.items():
        for word, entry in subtypes.items():
            assert entry.means.endswith(".") and entry.counts in ("always", "by cause", "never"), (kind, word)
            assert not entry.severe or entry.counts != "never"
    assert {entry.counts for entry in words.subtypes["nonstatutory"].values()} == {"never"}
    assert all(words.subtype(*pair) for pair in zip(events.rows["event_type"], events.rows["subtype"], strict=True))
    assert words.subtype("statutory_intervention", "commissioners_to_2031-03") is not None
    assert words.subtype("statutory_intervention", "ended_to_2031-03") is None


# --- what was known on a date ---


def test_an_event_is_known_from_the_day_after_it_was_public(events):
    assert "E10000021" not in events.onsets(as_of=date(2018, 2, 2)).index
    assert "E10000021" in events.onsets(as_of=date(2018, 2, 3)).index


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2018-01-01", 0),
        ("2019-01-01", 1),
        ("2021-01-01", 2),
        ("2022-01-01", 11),
        ("2026-01-01", 46),
        ("2026-03-01", 56),
    ],
)
def test_how_many_first_events_were_known(events, day, known):
    assert len(events.onsets(as_of=date.fromisoformat(day))) == known


def test_first_events_as_known_then_never_change_later(events):
    for year in range(2018, 2027):
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
    events = load_events(written(tmp_path, CROYDON.replace("2020-11-11,day", ",")))
    assert events.rows["distress"].tolist() == [True]
    assert events.onsets().empty


def test_an_unknown_outcome_is_refused(events):
    with pytest.raises(DataError, match="'ruin' is not an outcome; choose one of distress, severe"):
        events.onsets(outcome="ruin")


# --- how far a register reaches ---


@pytest.mark.parametrize("day", ["2020-11-11", "2026-02-10", "2026-10-31", ""])
def test_without_a_sidecar_a_register_reaches_as_far_as_the_shipped_one_whatever_its_last_row(tmp_path, day):
    events = load_events(written(tmp_path, CROYDON.replace("2020-11-11,day", f"{day},{'day' if day else ''}")))
    assert events.until == date(2026, 10, 31)


@pytest.mark.parametrize(("day", "row"), [("2026-11-01", 3), ("2026-12-05", 3), ("2031-01-01", 3)])
def test_a_row_after_the_last_day_is_refused_and_moves_no_coverage(tmp_path, register_text, day, row):
    late = "Kent,E10000016,efs,in_principle," + day + ",day,2026-27,5.0,financial,,high,paper"
    path = written(tmp_path, CROYDON, late)
    with pytest.raises(DataError) as caught:
        load_events(path)
    said = str(caught.value)
    assert f"{path}, row {row}, column 'date': '{day}' found, expected a date not after 31 October 2026" in said
    assert f"state a later register_to in {path.with_suffix('.toml')}" in said


def test_the_sidecar_states_the_reach(tmp_path, monkeypatch):
    path = reaching(written(tmp_path, CROYDON), "2021-06-30")
    assert load_events(path).until == date(2021, 6, 30)
    with pytest.raises(DataError, match="expected a date not after 31 October 2020, the last day the register covers"):
        load_events(reaching(path, "2020-10-31"))
    month = written(tmp_path, CROYDON.replace("2020-11-11,day", "2020-11,month"))
    with pytest.raises(DataError, match=r"it may be as late as 30 November 2020"):
        load_events(reaching(month, "2020-11-15"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("register_to = 2126-01-01", "expected a day no later than today"),
        ("register_to = 1987-01-01", "before any possible event"),
        ('register_to = "2026-10-31"', "expected a day without quotation marks"),
        ("register_to = 2026-10-31T12:00:00", "expected a day without quotation marks"),
        ("register_to = 2026-13-31", "cannot be read as TOML"),
        ("edition = 2", "has no register_to"),
        ("", "has no register_to"),
    ],
)
def test_a_sidecar_that_states_no_day_is_one_sentence(tmp_path, text, said):
    path = written(tmp_path, CROYDON)
    path.with_suffix(".toml").write_text(text, "utf-8")
    with pytest.raises(DataError, match=said) as caught:
        load_events(path)
    assert "register.toml" in str(caught.value) and "\n" not in str(caught.value)


def test_the_shipped_register_must_have_its_sidecar(tmp_path, monkeypatch):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "events.csv").write_text(f"{HEADER}\n", "utf-8")
    monkeypatch.setattr(paths, "raw", lambda: tmp_path / "data" / "raw")
    with pytest.raises(DataError, match=r"events\.toml does not exist; it must stand beside events\.csv"):
        load_events()


def clock(day: date) -> type:
    """Return a `date` whose today is another day."""

    class Kind(type):
        def __instancecheck__(cls, one):
            return isinstance(one, date)

    class Clock(date, metaclass=Kind):
        @classmethod
        def today(cls):
            return day

    return Clock


def test_the_shipped_register_is_read_whatever_the_clock_says(monkeypatch):
    monkeypatch.setattr(event_file, "date", clock(date(2025, 1, 1)))
    assert load_events().until == date(2026, 10, 31)


def test_a_row_more_moves_the_expected_events_by_that_row_and_no_more(tmp_path, monkeypatch, register_text, events):
    """Coverage was once inferred from the last row: one row dated ahead took 31 expected events to 1."""
    monkeypatch.setattr(event_file, "date", clock(date(2026, 12, 1)))
    path = tmp_path / "register.csv"
    row = "Kent,E10000016,efs,in_principle,2026-11-05,day,2026-27,5.0,financial,,high,paper\n"
    path.write_text(register_text + row, "utf-8")
    further = load_events(reaching(path, "2026-11-30"))
    assert further.until == date(2026, 11, 30)
    today = date(2026, 12, 1)
    assert base_rate(events, today).events == 10
    assert base_rate(further, today).events == 11
    assert base_rate(further, date(2026, 1, 1)) == base_rate(events, date(2026, 1, 1))


# --- the register as it could have been drawn up before a day ---

DAYS = st.dates(date(1999, 1, 1), date(2028, 12, 31))
UNDATED = "Kent,E10000016,efs,final_direction,,,,,financial,,,"


@settings(max_examples=60, deadline=None)
@example(day=REGISTER_TO)  # the days on which the register closes
@example(day=REGISTER_TO + timedelta(days=1))
@example(day=REGISTER_TO + timedelta(days=2))
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
@example(day=REGISTER_TO, place=3)
@example(day=REGISTER_TO + timedelta(days=1), place=3)
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
    assert events.end == pd.Timestamp(2026, 11, 1)
    assert events.reaches(date(2026, 11, 1)) and not events.reaches(date(2026, 11, 2))
    then = events.known_by(date(2021, 3, 1))
    assert (then.until, then.end) == (date(2021, 2, 28), pd.Timestamp(2021, 3, 1))
    assert then.reaches(date(2021, 3, 1)) and not then.reaches(date(2021, 3, 2))


def test_an_undated_row_of_the_file_is_unknown_until_the_register_closes(tmp_path):
    events = load_events(written(tmp_path, CROYDON, UNDATED))
    assert events.whole
    assert len(events.known_by(date(2026, 11, 2)).rows) == 2
    assert events.known_by(date(2026, 10, 31)).rows["council"].tolist() == ["Croydon"]
    assert events.known_by(date(2020, 11, 11)).rows.empty


# --- a register is a type of its own ---


def test_registers_put_together_are_a_register_and_bare_rows_are_none(tmp_path, events):
    one = load_events(written(tmp_path, CROYDON))
    kent = UNDATED.replace("final_direction,", "final_direction,2026-03-04")
    other = load_events(written(tmp_path, kent))
    both = EventRegister(pd.concat([one.rows, other.rows]), max(one.until, other.until))
    assert both.until == date(2026, 10, 31)
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
    assert describe(events.onsets().loc["E06000018"]) == "exceptional financial support, 5 March 2021"
