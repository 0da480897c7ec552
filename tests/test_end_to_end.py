"""Fetch, build and screen in one chain against a local GOV.UK, and through each fault that a publication may have."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from resilience import method
from resilience.files import sha256
from resilience.publications import releases
from resilience.publications.fetch import govuk
from resilience.publications.fetch.download import Client
from resilience.publications.fetch.download_rules import Limits
from resilience.publications.outturn.timeseries import write_timeseries
from resilience.tables import build as build_module
from resilience.tables import precedence, revisions
from resilience.tables.panel import load_panel, to_csv
from tests.publications.fetch import govuk_server as srv
from tests.publications.fetch.govuk_server import GovUk, outturn_page
from tests.published import make_home, rs_workbook

NEW = "2024-25"
PAGE = outturn_page(NEW)
NAME = "RS_LA_Data_2024-25_data_by_LA.xlsx"
FIRST, SECOND = "2025-12-04", "2026-06-11"
ASSET = f"/media/{SECOND.replace('-', '')}0/{NAME}"
TITLES = {NAME: "Revenue outturn summary (RS) 2024 to 2025"}
QUICK = Limits(timeout=2.0, slow_after=0.3, slow_bytes=2_000_000, tries=3)
DAY = date(2026, 11, 1)
MADE_UP = "the figures of 2023-24 under another year, for a test"


def richer(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the figures as a revision has them: Croydon's and Leeds's reserves doubled."""
    own = rows["council"].isin(["Croydon", "Leeds"])
    for name in ("rs_resoth_end_cy", "rs_resunall_end_cy"):
        rows[name] = rows[name].where(~own, rows[name] * 2)
    return rows


@pytest.fixture(scope="module")
def books(panel) -> dict[str, bytes]:
    """Return 2024-25 as first published and as revised, with 2023-24's figures."""
    first = rs_workbook(panel, NEW, figures_of="2023-24")
    return {"first": first, "revised": rs_workbook(panel, NEW, figures_of="2023-24", change=richer)}


@pytest.fixture
def server() -> Iterator[GovUk]:
    server = GovUk()
    server.collection(releases.collection_page(), [PAGE])
    yield server
    server.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory, books) -> Path:
    """Return a home in which the first release of 2024-25 was fetched and built."""
    home = make_home(tmp_path_factory.mktemp("built") / "home", since=2021)
    server = GovUk()
    server.page(PAGE, {NAME: books["first"]}, day=FIRST, titles=TITLES)
    client = Client(server.url, limits=QUICK)
    report = govuk.fetch([NEW], into=home / "data" / "raw", forms=("RS",), multi_year=False, client=client)
    client._session.close()
    server.close()
    assert report.exit_code == 0
    outcome = build_module.build(home / "data" / "raw", home / "data" / "processed", accept=MADE_UP)
    assert outcome.years_read == [NEW]
    return home


@pytest.fixture
def home(built, tmp_path, monkeypatch) -> Path:
    home = shutil.copytree(built, tmp_path / "home")
    monkeypatch.setenv("RESILIENCE_HOME", str(home))
    return home


@pytest.fixture
def quick(monkeypatch) -> list[float]:
    """Let the command line's fetch give up soon and not really wait."""
    pauses: list[float] = []
    monkeypatch.setattr(govuk, "Client", partial(Client, limits=QUICK, sleep=pauses.append))
    return pauses


def scores(as_of: date = DAY) -> pd.Series:
    return method.run(as_of, intervals=False).table["risk"].round(12)


def croydon(home: Path) -> pd.Series:
    panel = load_panel(home / "data" / "processed" / "panel.csv")
    return panel[(panel["council"] == "Croydon") & (panel["outturn_year"] == NEW)].iloc[0]


def test_fetch_build_and_screen_run_through(home, server, books, quick, cli, panel):
    server.page(PAGE, {NAME: books["revised"]}, day=SECOND, titles=TITLES)
    fetched = cli("fetch", "--from", server.url)
    assert fetched.code == 0 and "1 new" not in fetched.err and "changed" in fetched.out
    done = cli("build", "--accept", MADE_UP)
    assert done.code == 0 and f"Read {NEW}." in done.out and "a year not seen before" in done.out
    assert "vintages.csv" in done.out
    screened = cli("screen", "--format", "csv", "--as-of", DAY)
    assert screened.code == 0 and screened.out.count("\n") > 290
    own = croydon(home)
    assert own["source_kind"] == "original" and own["source_file"] == NAME
    old = panel[(panel["council"] == "Croydon") & (panel["outturn_year"] == "2023-24")].iloc[0]
    assert own["rs_resoth_end_cy"] == 2 * old["rs_resoth_end_cy"]
    whole = load_panel()
    assert not whole.loc[whole["outturn_year"] == NEW, "source_kind"].eq("interim").any()
    assert set(whole["outturn_year"]) == set(panel.loc[panel["year"] >= 2021, "outturn_year"])


def test_the_provenance_tells_of_every_file_used_and_of_no_other(home, server, books, quick, cli):
    server.page(PAGE, {NAME: books["revised"]}, day=SECOND, titles=TITLES)
    cli("fetch", "--from", server.url, "--year", NEW)
    cli("build", "--accept", MADE_UP)
    files = json.loads((home / "data/processed/provenance.json").read_text("utf-8"))["files"]
    own = [entry for entry in files if entry.get("outturn_year") == NEW and entry.get("source_kind") != "transcribed"]
    assert len(own) < sum(entry.get("outturn_year") == NEW for entry in files)  # lines that the workbook lacks
    assert [(e["table"], e["released"]) for e in own] == [("panel.csv", SECOND), ("vintages.csv", FIRST)]
    for entry, day in zip(own, (SECOND, FIRST), strict=True):
        assert entry["sha256"] == sha256(home / "data/raw" / NEW / day / NAME)
        assert entry["page"] == PAGE and entry["file"] == NAME
    panel = load_panel()
    named = {entry["file"] for entry in files if entry["table"] == "panel.csv"}
    assert set(panel["source_file"]) - {""} <= named


def test_building_again_changes_nothing(home, server, books, quick, cli):
    server.page(PAGE, {NAME: books["revised"]}, day=SECOND, titles=TITLES)
    cli("fetch", "--from", server.url, "--year", NEW)
    cli("build", "--accept", MADE_UP)
    before = {path.name: path.read_bytes() for path in (home / "data/processed").iterdir()}
    cli("build", "--accept", MADE_UP)
    assert {path.name: path.read_bytes() for path in (home / "data/processed").iterdir()} == before


def attachment(server: GovUk) -> dict:
    return server.pages[PAGE]["details"]["attachments"][0]


def page_moved(server: GovUk, data: bytes) -> None:
    server.answers[f"/api/content/{PAGE}"] = [srv.moved("/api/content/elsewhere")]
    server.pages["elsewhere"] = {"document_type": "redirect", "redirects": [{"destination": f"/{PAGE}-2"}]}
    server.pages[f"{PAGE}-2"] = server.pages[PAGE]


def attachment_renamed(server: GovUk, data: bytes) -> None:
    server.files["/media/9/Table_A.xlsx"] = data
    attachment(server)["url"] = "https://assets.publishing.service.gov.uk/media/9/Table_A.xlsx"


def truncated(server: GovUk, data: bytes) -> None:
    server.files[ASSET] = data[: len(data) // 2]


def truncated_and_stated_so(server: GovUk, data: bytes) -> None:
    server.files[ASSET] = data[: len(data) // 2]
    attachment(server)["file_size"] = len(data) // 2


def web_page(server: GovUk, data: bytes) -> None:
    server.answers[ASSET] = [srv.body(b"<!DOCTYPE html><html>Sorry</html>", Content_Type="text/html")] * 5


def web_page_named_workbook(server: GovUk, data: bytes) -> None:
    html = b"<!DOCTYPE html><html>" + b"Sorry " * len(data) + b"</html>"
    server.files[ASSET] = html
    attachment(server)["file_size"] = len(html)


def not_found(server: GovUk, data: bytes) -> None:
    server.files.pop(ASSET)


def page_not_found(server: GovUk, data: bytes) -> None:
    server.pages.clear()


def too_many_requests(server: GovUk, data: bytes) -> None:
    server.answers[ASSET] = [srv.status(429, Retry_After="7")]


def trouble_then_good(server: GovUk, data: bytes) -> None:
    server.answers[ASSET] = [srv.status(500)]


def slow_drip(server: GovUk, data: bytes) -> None:
    server.answers[ASSET] = [srv.drip(data)] * 3


def five_gigabytes(server: GovUk, data: bytes) -> None:
    attachment(server)["file_size"] = 5_000_000_000


def five_gigabytes_unannounced(server: GovUk, data: bytes) -> None:
    server.answers[ASSET] = [srv.body(b"", Content_Length="5000000000")] * 3


def another_year_inside(server: GovUk, data: bytes) -> None:
    other = rs_workbook(load_panel(), "2021-22", councils=5)
    server.page(PAGE, {"RS_data.xlsx": other}, day=SECOND, titles={"RS_data.xlsx": TITLES[NAME]})


def layout_not_known(server: GovUk, data: bytes) -> None:
    book = srv.workbook("RS")
    server.page(PAGE, {NAME: book}, day=SECOND, titles=TITLES)


# What the fetch says, and whether the revision came through.
FAULTS: list[tuple[Callable[[GovUk, bytes], None], str, bool]] = [
    (page_moved, "changed", True),
    (attachment_renamed, "Table_A.xlsx", True),
    (truncated, "cut short", False),
    (truncated_and_stated_so, "cut short", False),
    (web_page, "web page", False),
    (web_page_named_workbook, "web page", False),
    (not_found, "404", False),
    (page_not_found, "404", False),
    (too_many_requests, "changed", True),
    (trouble_then_good, "changed", True),
    (slow_drip, "3 tries", False),
    (five_gigabytes, "too large", False),
    (five_gigabytes_unannounced, "too large", False),
    (another_year_inside, "changed", False),
    (layout_not_known, "changed", False),
]


@pytest.mark.parametrize(("fault", "said", "came"), FAULTS, ids=[fault.__name__ for fault, *_ in FAULTS])
def test_a_fault_leaves_usable_figures(home, server, books, quick, cli, fault, said, came, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    reserves = croydon(home)["rs_resoth_end_cy"]
    before = (home / "data/processed/panel.csv").read_bytes()
    server.page(PAGE, {NAME: books["revised"]}, day=SECOND, titles=TITLES)
    fault(server, books["revised"])
    fetched = cli("fetch", "--from", server.url, "--year", NEW)
    assert "Traceback" not in fetched.err and said in " ".join(fetched.out.split())
    done = cli("build", "--accept", MADE_UP)
    assert (done.code, done.err) == (0, "")
    screened = cli("screen", "--as-of", DAY, "--format", "json")
    assert screened.code == 0 and len(json.loads(screened.out)["councils"]) > 290
    assert croydon(home)["rs_resoth_end_cy"] == reserves * (2 if came else 1)
    if not came:
        assert (home / "data/processed/panel.csv").read_bytes() == before
        assert "is left out" in done.out or said != "changed"
    if fault is too_many_requests:
        assert quick == [7.0]


def test_a_file_with_another_checksum_on_downloading_again_is_kept_beside(home, server, books, quick, cli):
    """Check that a file altered under its address is a release of its own, and one altered at home is not used."""
    server.page(PAGE, {NAME: books["first"]}, day=FIRST, titles=TITLES)
    asset = f"/media/{FIRST.replace('-', '')}0/{NAME}"
    server.files[asset] = books["revised"]
    attachment(server)["file_size"] = None
    assert "changed" in cli("fetch", "--from", server.url, "--year", NEW).out
    once = home / "data/raw" / NEW / FIRST / NAME
    assert sha256(once) != sha256(home / "data/raw" / NEW / f"{FIRST}.2" / NAME)
    reserves = croydon(home)["rs_resoth_end_cy"]
    assert cli("build", "--accept", MADE_UP).code == 0
    assert croydon(home)["rs_resoth_end_cy"] == 2 * reserves
    second = home / "data/raw" / NEW / f"{FIRST}.2" / NAME
    second.write_bytes(rs_workbook(load_panel(), NEW, councils=3))
    done = cli("build", "--accept", MADE_UP)
    assert done.code == 0 and "not as it was downloaded" in done.out
    assert croydon(home)["rs_resoth_end_cy"] == reserves


def test_nothing_fetched_and_nothing_answering(tmp_path, monkeypatch, cli, quick):
    home = make_home(tmp_path / "home", since=2023)
    monkeypatch.setenv("RESILIENCE_HOME", str(home))
    assert cli("fetch", "--from", "http://127.0.0.1:9", "--year", NEW).code == 2
    cli("build", "--accept", MADE_UP).sentence("no Revenue Outturn publication", "resilience fetch")
    assert cli("screen", "--as-of", DAY).code == 0


def test_the_multi_year_file_gives_the_identical_panel(tmp_path, server, quick, cli, panel, monkeypatch):
    home = make_home(tmp_path / "home", since=2018)
    monkeypatch.setenv("RESILIENCE_HOME", str(home))
    before = load_panel()
    shared = before[before["source_kind"] == "original"]
    write_timeseries(shared, tmp_path / "RO.csv")
    data = (tmp_path / "RO.csv").read_bytes()
    server.page(releases.multi_year_page(), {"RO_multi_year_v5.csv": data}, day="2026-09-17")
    fetched = cli("fetch", "--from", server.url, "--year", "2023-24")
    assert fetched.code == 0
    done = cli("build", "--accept", MADE_UP)
    assert done.code == 0 and "Read 2017-18" in done.out
    after = load_panel()
    same = [name for name in before if name not in ("source_file", "flags")]
    pd.testing.assert_frame_equal(after[same], before[same])
    assert set(after.loc[after["source_kind"] == "original", "source_file"]) <= {"RO_multi_year_v5.csv", ""}
    assert precedence.is_late_line(revisions.load_vintages()).all()
    # The multi-year file has no row twice and says nothing of certification; openings want the year before.
    later = before["year"] > 2018
    # A nil that was not returned is not in a file made of the panel, which has it no more.
    words = r"(duplicated_row|not_certified|nil_not_returned|jump_\w+=-?\d+)"
    flags = [frame.loc[later, "flags"].str.replace(words, "", regex=True).str.strip(";") for frame in (before, after)]
    assert (flags[0].str.split(";+") == flags[1].str.split(";+")).mean() > 0.99


def test_a_revision_changes_no_score_of_a_day_before_it_came(home, server, books, quick, cli):
    early = date(2026, 1, 1)
    summer = date(2026, 7, 1)  # after the revision, before the next year's figures
    before, now = scores(early), scores(summer)
    server.page(PAGE, {NAME: books["revised"]}, day=SECOND, titles=TITLES)
    cli("fetch", "--from", server.url, "--year", NEW)
    cli("build", "--accept", MADE_UP)
    after, later = scores(early), scores(summer)
    pd.testing.assert_series_equal(after, before)
    leeds, code = "E08000035", croydon(home)["ons_code"]  # Croydon has had its event
    assert abs(later[leeds] - now[leeds]) > 0.0005
    # The figures go back with the day, and say so in the panel that is scored.
    assert method.run(date(2026, 6, 11), intervals=False).panel.equals(method.run(early, intervals=False).panel)
    kept = shutil.copy(home / "data/processed/panel.csv", home / "newest.csv")
    cut = load_panel(kept)
    cut["rs_resoth_end_cy"] = cut["rs_resoth_end_cy"].where(~cut["ons_code"].isin([code, leeds]), 0.0)
    (home / "newest.csv").write_text(to_csv(cut), "utf-8")
    shown = cli("data", "check", "--compare", home / "newest.csv")
    assert shown.code == 0 and "figures differ" in shown.out and "Croydon" in shown.out
    scored = shown.out.partition("councils' chances move")[2]
    assert "Leeds" in scored and "Croydon" not in scored


def test_a_real_multi_year_file_lacks_lines_without_a_code_and_they_stay(tmp_path, server, quick, cli, monkeypatch):
    home = make_home(tmp_path / "home", since=2018)
    monkeypatch.setenv("RESILIENCE_HOME", str(home))
    before = load_panel()
    coined = [n for n in before if n.startswith("rs_resothcovid")]
    assert coined and before.loc[before["year"] == 2021, coined].notna().any().all()
    shared = before[before["source_kind"] == "original"].drop(columns=coined)
    write_timeseries(shared, tmp_path / "RO.csv")
    data = (tmp_path / "RO.csv").read_bytes()
    server.page(releases.multi_year_page(), {"RO_multi_year_v5.csv": data}, day="2026-09-17")
    cli("fetch", "--from", server.url, "--year", "2023-24")
    assert cli("build", "--accept", MADE_UP).code == 0
    after = load_panel()
    pd.testing.assert_frame_equal(after[coined], before[coined])
    budgets = [name for name in before if name.startswith("ra_")]
    pd.testing.assert_frame_equal(after[budgets], before[budgets])


def test_a_years_own_workbook_goes_before_the_multi_year_file_only_if_it_is_not_older(
    home, server, books, quick, cli, tmp_path
):
    panel = load_panel()
    poorer = panel[panel["outturn_year"] == NEW].copy()
    poorer["rs_resoth_end_cy"] = poorer["rs_resoth_end_cy"] - 1
    reserves = croydon(home)["rs_resoth_end_cy"]
    for day, expected in (("2025-10-01", reserves), (FIRST, reserves), ("2026-09-17", reserves - 1)):
        write_timeseries(poorer, tmp_path / "RO.csv")
        data = (tmp_path / "RO.csv").read_bytes()
        server.page(releases.multi_year_page(), {"RO_multi_year.csv": data + b"\n" * int(day[-2:])}, day=day)
        server.page(PAGE, {NAME: books["first"]}, day=FIRST, titles=TITLES)
        cli("fetch", "--from", server.url, "--year", NEW)
        assert cli("build", "--accept", MADE_UP).code == 0
        assert croydon(home)["rs_resoth_end_cy"] == expected, day


def test_a_year_never_seen_is_mapped_by_code_and_what_is_new_gone_or_renamed_is_said(
    home, server, quick, cli, panel, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "250")
    book = rs_workbook(
        panel,
        "2026-27",
        figures_of="2023-24",
        rename={"RS-intextpay-net-exp": "RS-interestcost-net-exp"},
        extra={"RS-newlevy-net-exp": ("A levy nobody knew", 5)},
    )
    page = outturn_page("2026-27")
    server.page(page, {"RS_2026-27.xlsx": book}, day="2027-10-07")
    server.collection(releases.collection_page(), [page])
    assert "2026-27" in cli("fetch", "--from", server.url).out
    done = cli("build", "--accept", MADE_UP)
    assert done.code == 0
    said = " ".join(done.out.split())
    assert "2026-27 is a year not seen before" in said
    assert "RS-interestcost-net-exp (" in said and "RS-newlevy-net-exp (A levy nobody knew, RS_LA_Data!" in said
    assert "gone: " in said and "rs_intextpay_net_exp" in said.partition("gone: ")[2]
    new = load_panel().query("outturn_year == '2026-27'")
    assert (new["known_from"] == pd.Timestamp("2027-10-07")).all()
    old = panel[panel["outturn_year"] == "2023-24"].set_index("ons_code")["rs_netrevexp_net_exp"]
    pd.testing.assert_series_equal(
        new.set_index("ons_code")["rs_netrevexp_net_exp"].sort_index(),
        old.sort_index().reindex(sorted(new["ons_code"])),
    )
    assert "rs_interestcost_net_exp" not in new and new["rs_intextpay_net_exp"].isna().all()


def test_a_council_nobody_knows_is_left_out_and_said(home, server, quick, cli, panel):
    def odd(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[rows["council"] == "Croydon", ["ecode", "ons_code", "council"]] = ["E9999", "E09999999", "Atlantis"]
        return rows

    book = rs_workbook(panel, NEW, figures_of="2023-24", change=odd)
    server.page(PAGE, {NAME: book}, day=SECOND, titles=TITLES)
    cli("fetch", "--from", server.url, "--year", NEW)
    done = cli("build", "--accept", MADE_UP)
    assert done.code == 0 and "not in the register of councils, and left out: E9999" in done.out
    # its row was not read; what was transcribed of its return stands
    assert croydon(home)["source_kind"] == "transcribed"
    assert "Atlantis" not in (home / "data/processed/panel.csv").read_text("utf-8")


def test_an_older_release_read_later_does_not_replace_what_is_there(home, server, quick, cli, books):
    before = (home / "data/processed/panel.csv").read_bytes()
    server.page(PAGE, {"RS_early.xlsx": books["revised"]}, day="2025-09-18", titles={"RS_early.xlsx": TITLES[NAME]})
    shutil.rmtree(home / "data/raw" / NEW)
    (home / "data/raw/manifest.json").unlink()
    cli("fetch", "--from", server.url, "--year", NEW)
    done = cli("build", "--accept", MADE_UP)
    assert done.code == 0
    assert (home / "data/processed/panel.csv").read_bytes() == before
    past = revisions.load_vintages()
    past = past[~precedence.is_late_line(past)]
    assert set(past["until"]) == {FIRST} and set(past["since"]) == {""}
    assert cli("screen", "--as-of", DAY).code == 0


def test_a_manifest_that_points_elsewhere_is_no_manifest(home, cli):
    path = home / "data/raw/manifest.json"
    data = json.loads(path.read_text("utf-8"))
    for file in ("../../../secret.xlsx", "/etc/RS.xlsx", "2024-25/../RS.xlsx"):
        data["files"][0]["file"] = file
        path.write_text(json.dumps(data))
        cli("build", "--accept", MADE_UP).sentence("manifest.json", "not a manifest of downloads")
    assert cli("screen", "--as-of", DAY).code == 0
