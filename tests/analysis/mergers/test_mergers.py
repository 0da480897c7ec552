"""Mergers: lines add up, counties are shared out, nobody else is disturbed, the past is told as it was."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from resilience import method
from resilience.analysis.mergers.add_up import NO_CODE, merge_councils, merged_indicators, parts_of, read_share
from resilience.analysis.mergers.past import errors, eve_of, past_error, successors
from resilience.analysis.mergers.proposed import PAST_ERROR, as_council, score_merged
from resilience.councils.lineage import with_lineage
from resilience.councils.proposals import PROPOSAL_COLUMNS, load_proposals, names, proposal
from resilience.errors import DataError, ResilienceError
from resilience.indicators.compute import compute_indicators
from resilience.indicators.definitions import by_source
from resilience.indicators.known import known_on
from resilience.model.scoring import score
from resilience.publications.others.capital import load_capital
from resilience.report.formats.text import merger

EAST = ["Elmbridge", "Epsom and Ewell", "Mole Valley", "Reigate and Banstead", "Tandridge", "Surrey"]
WEST = ["Guildford", "Runnymede", "Spelthorne", "Surrey Heath", "Waverley", "Woking", "Surrey"]


@pytest.fixture(scope="module")
def run():
    return method.run(date(2026, 11, 1))


@pytest.fixture(scope="module")
def panel(run):
    return with_lineage(run.panel)


def scored(run, panel, codes, **options):
    rows = merge_councils(panel, codes, "New", **options)
    return score_merged(run, merged_indicators(rows, run.indicators), parts_of(panel, codes, options.get("shares")))


def amount(panel, code, year, line):
    return float(panel[(panel["ons_code"] == code) & (panel["year"] == year)][line].iloc[0])


def test_lines_are_added_up(panel):
    rows = merge_councils(panel, ["Croydon", "Sutton"], "South").set_index("year")
    for line in ("rs_netrevexp_net_exp", "rs_intextpay_net_exp", "rs_resunall_end_cy"):
        expected = amount(panel, "E09000008", 2024, line) + amount(panel, "E09000029", 2024, line)
        assert rows.at[2024, line] == pytest.approx(expected)
    assert rows.at[2024, "council"] == "South" and rows.at[2024, "ons_code"] == NO_CODE
    assert rows["built"].all() and rows.at[2024, "built_from"] == "E09000008;E09000029"
    assert rows["int_reserves_to_nre"].isna().all()  # a rate cannot be added up


def test_a_county_is_shared_out_by_its_districts_spending(panel):
    rows = merge_councils(panel, EAST, "East Surrey").set_index("year")
    nre = {code: amount(panel, code, 2021, "rs_netrevexp_net_exp") for code in [f"E070002{n:02}" for n in range(7, 18)]}
    east = sum(nre[code] for code in ("E07000207", "E07000208", "E07000210", "E07000211", "E07000215"))
    share = east / sum(nre.values())
    assert 0.3 < share < 0.6
    county = amount(panel, "E10000030", 2021, "rs_csc_net_exp")
    districts = sum(amount(panel, code, 2021, "rs_csc_net_exp") for code in ("E07000207", "E07000208", "E07000210"))
    districts += sum(amount(panel, code, 2021, "rs_csc_net_exp") for code in ("E07000211", "E07000215"))
    assert rows.at[2021, "rs_csc_net_exp"] == pytest.approx(districts + share * county)


def test_the_two_halves_of_a_county_are_the_whole_of_it(panel):
    east, west = (parts_of(panel, codes) for codes in (EAST, WEST))
    shares = [part.share for half in (east, west) for part in half if part.class_ == "SC"]
    assert sum(shares) == pytest.approx(1.0)


def test_a_share_can_be_set(panel):
    rows = merge_councils(panel, EAST, "E", shares={"Surrey": 0.25}).set_index("year")
    whole = merge_councils(panel, EAST, "E", shares={"Surrey": 1.0}).set_index("year")
    apart = (
        (whole - rows[["rs_asc_net_exp"]])["rs_asc_net_exp"]
        if False
        else whole["rs_asc_net_exp"] - rows["rs_asc_net_exp"]
    )
    assert apart[2024] == pytest.approx(0.75 * amount(panel, "E10000030", 2024, "rs_asc_net_exp"))
    assert read_share("Surrey=45%") == ("E10000030", 0.45)


def test_a_district_taken_in_part_counts_in_part_for_the_county(panel):
    whole = {part.ons_code: part.share for part in parts_of(panel, ["Elmbridge", "Surrey"])}
    half = {part.ons_code: part.share for part in parts_of(panel, ["Elmbridge", "Surrey"], {"Elmbridge": 0.5})}
    assert half["E10000030"] == pytest.approx(whole["E10000030"] / 2)


def test_adding_up_somerset_gives_what_lineage_gives(panel):
    # The same five councils that became Somerset, with their own rows: the sums must be lineage's.
    members = ["E10000027", "E07000187", "E07000188", "E07000189", "E07000246"]
    built = panel[(panel["ons_code"] == "E06000066") & (panel["year"] == 2021)].iloc[0]
    total = sum(amount(panel, code, 2021, "rs_netrevexp_net_exp") for code in members)
    assert built["rs_netrevexp_net_exp"] == pytest.approx(total)
    with pytest.raises(DataError, match="abolished on 2023-03-31; name Somerset instead"):
        merge_councils(panel, members, "Somerset again")


def test_nobody_else_is_disturbed(run, panel):
    before = run.table.copy()
    scored(run, panel, EAST)
    pd.testing.assert_frame_equal(before, run.table)


def test_a_council_merged_with_next_to_nothing_keeps_its_own_chance(run, panel):
    score = scored(run, panel, ["Barnsley", "Rutland"], shares={"Rutland": 1e-6})
    own = run.table.loc["E08000038"]
    assert score.risk == pytest.approx(own["risk"], rel=0.02)
    assert score.place == pytest.approx(int(own["rank"]), abs=2)


def test_the_chance_is_the_sum_of_its_terms_on_the_days_scale(run, panel):
    score = scored(run, panel, EAST)
    log_odds = run.scale.intercept + score.scored.contributions.iloc[0].sum()
    assert score.scored.scale is run.scale
    assert score.risk == pytest.approx(expit(log_odds))
    assert score.known["tier"] == "upper" and score.risk_low < score.risk < score.risk_high


def test_the_range_is_wider_than_a_councils_own(run, panel):
    score = scored(run, panel, ["Barnsley", "Rutland"], shares={"Rutland": 1e-6})
    own = run.table.loc["E08000038"]
    wide = np.log(score.risk_high / (1 - score.risk_high)) - np.log(score.risk_low / (1 - score.risk_low))
    usual = np.log(own["risk_high"] / (1 - own["risk_high"])) - np.log(own["risk_low"] / (1 - own["risk_low"]))
    assert wide > usual + PAST_ERROR
    further = scored(run, panel, ["Sutton", "Bromley"])
    assert further.between > 1 and further.risk_high - further.risk_low > score.risk_high - score.risk_low


def test_districts_alone_make_a_district(run, panel):
    score = scored(run, panel, ["Babergh", "Mid Suffolk"])
    assert score.known["tier"] == "lower" and score.scored.contributions["upper tier"].tolist() == [0]


def test_debt_is_added_up_from_capital_outturn(run, panel):
    capital = pd.read_csv("data/processed/capital.csv").query("year == 2025").set_index("ons_code")
    debt = capital.loc[["E09000008", "E09000029"], "cor_external_debt"].sum()
    rows = merge_councils(panel, ["Croydon", "Sutton"], "S")
    table = merged_indicators(rows, run.indicators).set_index("year")
    assert table.at[2025, "gross_debt_ratio"] * table.at[2025, "net_revenue_expenditure"] == pytest.approx(debt)


def test_a_return_not_made_is_never_nought(panel):
    # Woking made no return for 2022-23 and 2023-24: no reserves may be given for West Surrey in those years.
    rows = merge_councils(panel, WEST, "West Surrey").set_index("year")
    assert rows.loc[[2023, 2024], "rs_resoth_end_cy"].isna().all()
    last = amount(panel, "E07000217", 2022, "rs_resunall_end_cy")
    others = sum(amount(panel, code, 2024, "rs_resunall_end_cy") for code in ("E07000209", "E07000214"))
    assert rows.at[2024, "rs_resunall_end_cy"] > others + last


@pytest.mark.parametrize(
    ("codes", "shares", "words"),
    [
        (["Kent"], None, "two councils at least"),
        (["Kent", "Kent"], None, "named twice"),
        (["Kent", "Medway"], {"Surrey": 0.5}, "not among those merged"),
        (["Kent", "Medway"], {"Kent": 1.5}, "above 0 and up to 1"),
        (["Kent", "Nowhereville"], None, "no English principal council"),
        (["Kent", "Northamptonshire"], None, "abolished on 2021-03-31"),
    ],
)
def test_what_cannot_be_merged_is_one_sentence(panel, codes, shares, words):
    with pytest.raises(ResilienceError, match=words) as caught:
        merge_councils(panel, codes, "N", shares=shares)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["Kent", "Kent=", "Kent=0", "Kent=1.2", "=0.5", "Kent=half"])
def test_a_share_that_is_none_is_refused(text):
    with pytest.raises(DataError, match="is no share"):
        read_share(text)


def test_proposals_are_the_compilation_and_say_what_is_assumed():
    table = load_proposals()
    assert tuple(table.columns) == PROPOSAL_COLUMNS and len(table) == 78 and table["source"].ne("").all()
    plan = proposal("East Surrey")
    assert plan.vesting_date == "2027-04-01" and len(plan.codes) == 6 and plan.assumptions == ()
    essex = proposal("South East Essex Council")
    assert any("Southend-on-Sea" in one for one in essex.assumptions)
    assert any("taken to be abolished" in one for one in essex.assumptions)
    suffolk = proposal("ipswich & south suffolk")
    assert suffolk.shares == pytest.approx({"E07000200": 1 / 3, "E07000203": 1 / 3})


def test_the_shares_of_a_split_district_and_county_add_up(panel):
    for area in ("Norfolk", "Suffolk", "Hampshire", "Surrey", "Essex"):
        total: dict[str, float] = {}
        for name in names().query("area == @area and predecessors > 0")["new_authority"]:
            plan = proposal(name)
            for part in parts_of(panel, plan.codes, plan.shares):
                total[part.council] = total.get(part.council, 0) + part.share
        assert all(share == pytest.approx(1.0) or share < 1 for share in total.values())
        assert all(share == pytest.approx(1.0) for name, share in total.items() if name != area)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Hertfordshire", "is an area and no new council; no make-up"),
        ("Essex", "it has Mid Essex Council"),
        ("future reorganised Torbay council", "is not stated in the sources at hand"),
        ("Atlantis", "--proposal list"),
    ],
)
def test_a_proposal_that_is_not_stated_says_so(name, words):
    with pytest.raises(DataError, match=words):
        proposal(name)


def test_west_surrey_inherits_wokings_debt_and_says_so(run):
    plan = proposal("West Surrey")
    one = merger.merger(run, plan.codes, plan.name, shares=plan.shares, proposal=plan)
    assert one.brings.at["E07000217", "debt"] == pytest.approx(2_176_291, rel=0.01)
    assert one.brings["debt"].sum() > 5_000_000
    text = merger.to_text(run, one)
    for words in ("No such council exists yet", "Woking had exceptional support", "Not whole: Surrey", "of its tier"):
        assert words in re.sub(r"\s+", " ", text)
    content = json.loads(merger.to_json(run, one))
    assert content["exists"] is False and len(content["predecessors"]) == 7
    assert content["risk_low"] < content["risk"] < content["risk_high"]


def test_a_merged_council_is_known_as_the_list_knows_one(run):
    """Of one council's own rows the same comes out as stands on the list, what is carried included."""
    own = run.indicators[run.indicators["ons_code"] == "E09000029"]
    known = known_on(own, run.as_of, councils=as_council(own))
    row = run.table.loc["E09000029"]
    assert known.table.at["E09000029", "outturn_year"] == row["outturn_year"]
    for term in run.model.terms:
        assert known.table.at["E09000029", term.indicator] == row[term.indicator]
    assert known.carried("E09000029") == run.known.carried("E09000029") != {}
    pd.testing.assert_frame_equal(known.years, run.known.years.loc[["E09000029"]])


def test_a_council_of_which_too_little_is_known_cannot_be_assessed(run, panel):
    rows = merge_councils(panel, ["Croydon", "Sutton"], "South")
    table = merged_indicators(rows, run.indicators)
    parts = parts_of(panel, ["Croydon", "Sutton"])
    with pytest.raises(DataError, match=r"^South cannot be assessed: in no recent year have all its predecessors"):
        score_merged(run, table[table["year"] <= 2020], parts)
    with pytest.raises(DataError, match=r"^Cumberland did not exist on 2022-01-01; choose another date"):
        early = method.run(date(2022, 1, 1), intervals=False)
        score_merged(early, table, parts_of(panel, ["Cumberland", "Sutton"]))


# --- a day of the past sees nothing that came later ---


@pytest.fixture(scope="module")
def hart_and_rushmoor():
    def on(day: date):
        return merger.asked(["Hart", "Rushmoor"], "Hart and Rushmoor", None, [], day)

    return {day: on(day) for day in (date(2025, 2, 1), date(2025, 3, 31), date(2025, 4, 1))}


@pytest.mark.parametrize("day", [date(2025, 2, 1), date(2025, 3, 31)])
def test_no_debt_is_known_before_it_was_published(hart_and_rushmoor, day):
    """Capital outturn counts from 31 March 2025: before, `merge Hart Rushmoor` once showed a gross debt."""
    then, one = hart_and_rushmoor[day]
    assert then.indicators["known_from_capital"].min() == pd.Timestamp(2025, 3, 31)
    capital = list(by_source()["capital"])
    assert {"gross_debt_ratio", "cfr_ratio"} <= set(capital)
    assert one.score.known[capital].isna().all()
    assert not set(capital) & set(one.score.scored.known.carried(one.score.code))
    assert one.brings["debt"].isna().all()
    content = json.loads(merger.to_json(then, one))
    assert not set(capital) & set(content["indicators"])
    assert all(row["debt"] is None and row["debt_year"] is None for row in content["brings"])
    assert not set(capital) & {text.split(" ")[0] for text in content["carried"].split("; ")}
    assert "gross debt against" not in merger.to_text(then, one).lower().replace("its gross debt against", "")


def test_the_day_after_it_is_known(hart_and_rushmoor):
    _, one = hart_and_rushmoor[date(2025, 4, 1)]
    held = pd.read_csv("data/processed/capital.csv").query("year == 2024").set_index("ons_code")
    both = held.loc[["E07000089", "E07000092"], "cor_external_debt"].sum()
    assert one.brings["debt"].sum() == pytest.approx(both)
    assert one.score.known["gross_debt_ratio"] * one.score.known["net_revenue_expenditure"] == pytest.approx(both)


def test_debts_that_came_later_change_no_byte_of_an_earlier_merger(hart_and_rushmoor, monkeypatch):
    day = date(2025, 2, 1)
    usual = [write(*hart_and_rushmoor[day]) for write in (merger.to_text, merger.to_json)]
    capital = load_capital()
    late = pd.to_datetime(capital["known_from"]) >= pd.Timestamp(day)
    assert late.any()
    amounts = [name for name in capital.select_dtypes("number") if name != "year"]
    changed = capital.copy()
    changed.loc[late, amounts] = changed.loc[late, amounts] * 1000 + 1
    for figures in (changed, capital[~late]):
        for where in ("resilience.analysis.mergers.add_up.load_capital", "resilience.analysis.place.load_capital"):
            monkeypatch.setattr(where, lambda figures=figures: figures)
        run, _ = hart_and_rushmoor[day]
        again = merger.merger(run, ["Hart", "Rushmoor"], "Hart and Rushmoor")
        assert [write(run, again) for write in (merger.to_text, merger.to_json)] == usual


@pytest.mark.parametrize(
    "codes", [["Hart", "Rushmoor"], ["Maidstone", "Ashford", "Kent"]], ids=["districts", "with a county's share"]
)
def test_years_that_came_later_change_no_byte_of_an_earlier_merger(codes):
    """The county's share too is by the spending known on the day."""
    day = date(2022, 1, 1)
    usual = method.run(day)
    later = usual.panel["known_from"] >= pd.Timestamp(day)
    cut = usual.panel[~later].reset_index(drop=True)
    assert later.sum() > 300
    absurd = usual.panel.copy()
    amounts = [name for name in absurd.select_dtypes("number") if name != "year"]
    rng = np.random.default_rng(5)
    absurd.loc[later, amounts] *= rng.lognormal(0, 2, size=(int(later.sum()), len(amounts)))
    texts = []
    for figures in (usual.panel, cut, absurd):
        known = known_on(compute_indicators(figures), day)
        then = replace(score(usual.model, known, usual.events), panel=figures)
        one = merger.merger(then, codes, "New")
        texts.append((merger.to_text(then, one), merger.to_json(then, one)))
    assert texts[1] == texts[0]
    assert texts[2] == texts[0]


def test_past_successors_are_all_there_and_the_error_used_is_theirs(run):
    table = errors(run)
    assert len(table) == 12 and {code for code, _, _ in successors()} == set(table.index)
    assert past_error(table) == pytest.approx(PAST_ERROR, abs=0.25)
    page = Path("docs/mergers.md").read_text("utf-8")
    first = run.events.onsets()
    for code, vested, _ in successors():
        name = run.table["council"].get(code) or "Somerset West and Taunton"
        row = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
        assert str(vested.year) in row
        assert ("none to the end of the register" in row) == (code not in first.index)


def test_the_eve_of_the_mergers_of_2023_saw_no_later_event():
    eve = method.run(date(2023, 1, 1))
    found = {code: eve_of(code, vested, members, eve) for code, vested, members in successors(2023)}
    assert found["E06000063"]["with_event"] == "Copeland"
    assert all(one["figures"] == "2021-22" and one["band"] == "low" for one in found.values())
    assert found["E06000066"]["risk"] > found["E06000065"]["risk"]  # Somerset above North Yorkshire


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["peers", "Nowhereville"], "no English principal council"),
        (["place", "Nowhereville"], "no English principal council"),
        (["merge"], "Name the councils to be merged"),
        (["merge", "Kent"], "--name"),
        (["merge", "Kent", "Kent", "--name", "X"], "named twice"),
        (["merge", "Kent", "--proposal", "East Surrey"], "not both"),
        (["merge", "--proposal", "Hertfordshire"], "no make-up"),
        (["merge", "Kent", "Medway", "--name", "X", "--share", "Kent"], "is no share"),
        (["national", "--as-of", "yesterday"], "is not a date"),
    ],
)
def test_a_command_that_cannot_be_done_says_so_in_one_sentence_and_exits_2(monkeypatch, capsys, arguments, words):
    from resilience import cli

    monkeypatch.setattr("sys.argv", ["resilience", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    said = capsys.readouterr()
    assert caught.value.code == 2 and said.out == ""
    assert words in said.err and len(said.err.strip().splitlines()) == 1


def test_the_list_of_proposals_is_printed(monkeypatch, capsys):
    from resilience import cli

    monkeypatch.setattr("sys.argv", ["resilience", "merge", "--proposal", "list"])
    try:
        cli.main()
    except SystemExit as end:
        assert not end.code
    assert "East Surrey Council" in capsys.readouterr().out
