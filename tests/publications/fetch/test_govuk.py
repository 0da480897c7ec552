"""`resilience fetch` against a local GOV.UK: what works, and each way in which it may not."""

from __future__ import annotations

import errno
import json
import multiprocessing
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from resilience.errors import DataError, PublicationError
from resilience.publications import releases
from resilience.publications.fetch import download, govuk, manifest, pages
from resilience.publications.fetch.download import Client
from resilience.publications.fetch.download_rules import DiskFullError, Limits, retry_after
from tests.publications.fetch import govuk_server as srv
from tests.publications.fetch.govuk_server import GovUk, outturn_page, workbook

YEAR = "2023-24"
PAGE = outturn_page(YEAR)
QUICK = Limits(timeout=0.4, slow_after=0.3, slow_bytes=2_000, tries=3)
ASSET = "/media/202412120/RS_LA_Data_2023-24.xlsx"


@pytest.fixture
def server():
    server = GovUk()
    yield server
    server.close()


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def client(server, pauses):
    client = Client(server.url, limits=QUICK, sleep=pauses.append)
    yield client
    if client._session:
        client._session.close()


@pytest.fixture
def fetch(client, tmp_path):
    def run(years=(YEAR,), **given):
        given = {"forms": ("RS",), "multi_year": False, "into": tmp_path / "raw", "client": client, **given}
        return govuk.fetch(years, **given)

    run.into = tmp_path / "raw"
    return run


@pytest.fixture
def one(server):
    """A page that offers one workbook, and the collection that lists it."""
    book = workbook()
    server.page(PAGE, {"RS_LA_Data_2023-24.xlsx": book})
    server.collection(releases.collection_page(), [PAGE])
    return book


def only(report):
    assert len(report.rows) == 1
    return report.rows[0]


def test_all_that_is_published_is_brought_with_its_manifest(server, client, tmp_path):
    into = tmp_path / "raw"
    listed = []
    for year in releases.load_releases():
        path = outturn_page(year)
        listed.append(path)
        server.page(path, {f"RS_{year}.xlsx": workbook(f"RS{year}"), f"RSX_{year}.xlsx": workbook(f"RSX{year}")})
    server.collection(releases.collection_page(), listed)
    server.page(releases.multi_year_page(), {"RO_time_series.csv": b"year_ending\n202403\n"})
    report = govuk.fetch(into=into, client=client, progress=True)
    assert [row.status for row in report.rows] == ["new"] * 39
    assert report.exit_code == 0 and report.sentence == "39 new." and not report.notes
    entries = manifest.read_manifest(into)
    assert len(entries) == 39
    first = next(e for e in entries if (e.outturn_year, e.form) == (YEAR, "RS"))
    assert first.file == "2023-24/2024-12-12/RS_2023-24.xlsx"
    assert first.released == "2024-12-12" and first.first_published == "2024-08-29"
    assert first.page == PAGE and first.asset.startswith("https://assets.publishing.service.gov.uk/media/")
    assert all(manifest.intact(into, entry) for entry in entries)
    assert not list((into / ".partial").iterdir())
    asked = len(server.asked)
    again = govuk.fetch(into=into, client=client)
    assert {row.status for row in again.rows} == {"unchanged"} and again.exit_code == 0
    assert again.sentence == "39 as before." and len(manifest.read_manifest(into)) == 39
    assert len(server.asked) - asked <= asked
    assert again.table().row_count == 39


def test_budgets_come_when_asked_for(server, fetch):
    page = PAGE.replace("individual", "budget-individual").removesuffix("-outturn")
    server.page(page, {"RA_2023-24_data.xlsx": workbook("RA")})
    assert only(fetch(forms=("RA",))).status == "new"


def test_a_page_moved_by_redirect_or_by_the_api_is_followed(server, one, fetch):
    server.answers[f"/api/content/{PAGE}"] = [srv.moved("/api/content/moved-here")]
    server.pages["moved-here"] = {
        "document_type": "redirect",
        "redirects": [{"path": f"/{PAGE}", "type": "exact", "destination": f"/{PAGE}-2"}],
    }
    server.pages[f"{PAGE}-2"] = server.pages[PAGE]
    assert only(fetch()).status == "new"


def test_redirects_in_circles_end(server, one, fetch):
    server.answers[f"/api/content/{PAGE}"] = [srv.moved(f"/api/content/{PAGE}")] * 10
    assert "in a loop" in only(fetch()).detail
    server.answers.clear()
    server.pages[PAGE] = {"document_type": "redirect", "redirects": [{"destination": f"/{PAGE}"}]}
    assert "in a loop" in only(fetch()).detail


@pytest.mark.parametrize("redirects", [[], [7], "x", [{"destination": "//evil.example/x"}]])
def test_odd_redirects_are_no_way_out(server, one, fetch, redirects):
    server.pages[PAGE] = {"document_type": "redirect", "redirects": redirects}
    assert only(fetch()).status == "missing"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("RS_LA_Data_2023-24.xlsx", "Revenue outturn summary (RS) 2023 to 2024 - revised"),
        ("RS_2023-24_data_by_LA_v2.xlsx", "Table A: local authority data"),
        ("table-a.xlsx", "Revenue summary, individual authorities"),
    ],
)
def test_a_renamed_attachment_is_still_found(server, fetch, name, title):
    server.page(PAGE, {"notes.xlsx": b"", name: workbook()}, titles={name: title, "notes.xlsx": "RS metadata"})
    assert only(fetch()).file.endswith(name.replace("-", "-"))


def test_a_page_without_the_form_says_what_it_offers(server, fetch):
    server.page(PAGE, {"x.xlsx": b"1"}, titles={"x.xlsx": "Something else"})
    row = only(fetch())
    assert row.status == "missing" and "offers no RS (Something else)" in row.detail
    server.pages[PAGE]["details"] = []
    assert "no file at all" in only(fetch()).detail


def test_the_second_candidate_page_is_tried(server, fetch):
    other = next(p for p in releases.load_releases()[YEAR].pages if p != PAGE)
    server.page(other, {"RS_2023-24.xlsx": workbook()})
    assert only(fetch()).status == "new"


@pytest.mark.parametrize("keep", [1.0, 0.6])
def test_a_truncated_file_never_gets_a_name(server, one, fetch, tmp_path, keep):
    server.files[ASSET] = one[: int(len(one) * 0.6)]
    if keep == 1.0:  # the page states the truncated size as well
        server.pages[PAGE]["details"]["attachments"][0]["file_size"] = len(server.files[ASSET])
    row = only(fetch())
    assert row.status == "missing" and "cut short" in row.detail
    assert not list((tmp_path / "raw").rglob("*.xlsx"))
    server.files[ASSET] = one
    server.pages[PAGE]["details"]["attachments"][0]["file_size"] = None
    assert only(fetch()).status == "new"


def test_a_changed_file_under_the_same_name_is_kept_beside_the_old(server, one, fetch, tmp_path):
    assert only(fetch()).status == "new"
    server.files[ASSET] = workbook("revised")
    server.pages[PAGE]["details"]["attachments"][0]["file_size"] = None
    row = only(fetch())
    assert row.status == "changed" and "changed under the same address" in row.detail
    entries = manifest.read_manifest(tmp_path / "raw")
    assert [e.file for e in entries] == [
        "2023-24/2024-12-12/RS_LA_Data_2023-24.xlsx",
        "2023-24/2024-12-12.2/RS_LA_Data_2023-24.xlsx",
    ]
    assert all(manifest.intact(tmp_path / "raw", e) for e in entries)


def test_a_new_release_is_a_vintage_of_its_own(server, one, fetch, tmp_path):
    fetch()
    server.page(PAGE, {"RS_LA_Data_2023-24.xlsx": workbook("third")}, day="2025-06-11")
    row = only(fetch())
    assert row.status == "changed" and row.file == "2023-24/2025-06-11/RS_LA_Data_2023-24.xlsx"
    server.page(PAGE, {"RS_LA_Data_2023-24.xlsx": one}, day="2025-07-01")
    assert only(fetch()).detail == "The same file under a new address."


def test_a_copy_altered_at_home_is_not_overwritten(server, one, fetch, tmp_path):
    file = tmp_path / "raw" / only(fetch()).file
    file.write_bytes(b"mine")
    row = only(fetch())
    assert row.status == "changed" and "altered" in row.detail and file.read_bytes() == b"mine"
    assert fetch().sentence == "1 as before."


def test_a_file_whose_manifest_was_never_written_is_taken_over(server, one, fetch, tmp_path):
    fetch()
    (tmp_path / "raw" / manifest.NAME).unlink()
    assert only(fetch()).file == "2023-24/2024-12-12/RS_LA_Data_2023-24.xlsx"
    assert len(list((tmp_path / "raw").rglob("*.xlsx"))) == 1


def test_without_validators_the_file_is_brought_again_and_compared(server, one, fetch):
    server.validators = False
    assert [only(fetch()).status, only(fetch()).status] == ["new", "unchanged"]


def test_html_instead_of_a_workbook(server, one, fetch, tmp_path):
    page = b"<!DOCTYPE html><html><body>Sorry</body></html>" * 400
    server.answers[ASSET] = [srv.body(page, Content_Type="text/html; charset=utf-8")]
    assert "web page (HTML)" in only(fetch()).detail
    server.answers[ASSET] = [srv.body(page, Content_Type="application/octet-stream")]
    assert "RS_LA_Data_2023-24.xlsx is a web page (HTML)" in only(fetch()).detail
    assert not list((tmp_path / "raw").rglob("*.xlsx"))
    server.answers[ASSET] = [srv.body(one, Content_Encoding="gzip")]
    assert "packed" in only(fetch()).detail


def test_404_is_said_and_the_rest_goes_on(server, one, fetch, pauses):
    report = fetch(("2022-23", YEAR))
    assert [row.status for row in report.rows] == ["missing", "new"]
    assert "not there (the server answered 404)" in report.rows[0].detail
    assert report.exit_code == 0 and report.sentence == "1 new; 1 could not be downloaded." and not pauses
    del server.files[ASSET]
    report = fetch(("2022-23",))
    assert report.exit_code == 2 and report.sentence.startswith("Nothing could be had; what was in")
    assert govuk.FetchReport(Path("x")).exit_code == 2


def test_refused_for_good(server, one, fetch, pauses):
    server.answers[ASSET] = [srv.status(403)]
    assert "answered 403" in only(fetch()).detail and not pauses


def test_429_waits_as_long_as_asked(server, one, fetch, pauses):
    server.answers[ASSET] = [srv.status(429, Retry_After="7")]
    assert only(fetch()).status == "new" and pauses == [7.0]


def test_429_that_asks_too_much_is_left(server, one, fetch, pauses):
    server.answers[ASSET] = [srv.status(429, Retry_After="86400")]
    assert "asks to wait 86,400 seconds" in only(fetch()).detail and not pauses


def test_retry_after_is_seconds_a_date_or_nonsense():
    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert 25 < retry_after(format_datetime(soon, usegmt=True)) < 31
    assert retry_after("Thu, 01 Jan 2015 00:00:00 -0000") == 0.0
    assert retry_after("soon") is None and retry_after(None) is None


def test_500_then_good_and_500_for_good(server, one, fetch, pauses):
    server.answers[ASSET] = [srv.status(500)]
    assert only(fetch()).status == "new" and len(pauses) == 1 and 0.7 < pauses[0] < 1.3
    server.answers[f"/api/content/{PAGE}"] = [srv.status(503)] * 9
    assert "3 tries (the server answered 503)" in only(fetch()).detail


def test_a_slow_drip_is_given_up(server, one, fetch):
    server.answers[ASSET] = [srv.drip(one)] * 3
    row = only(fetch())
    assert row.status == "missing" and "bytes came in" in row.detail


_OK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        srv.endless(b"HTTP/1.1 ", b"2"),
        srv.endless(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        srv.endless(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", 0.05),
        srv.endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        srv.endless(_OK + b"\r\n", b"0"),
        srv.endless(_OK + b"\r\n1;", b"x"),
        srv.endless(_OK + b"\r\n1\r\na\r\n0\r\nX-Late: ", b"b"),
    ],
    ids=["status", "header", "headers", "continue", "chunk size", "chunk extension", "trailer"],
)
def test_a_drip_outside_the_body_ends_too(server, one, fetch, client, answer):
    client.limits = replace(QUICK, slow_after=60, file_seconds=1.5)
    server.answers[ASSET] = [answer] * 3
    row = only(fetch())
    assert row.status == "missing" and "could not be downloaded in" in row.detail


def test_a_run_ends_too(server, one, fetch, client):
    client.limits = replace(QUICK, slow_after=60, file_seconds=60, run_seconds=1.5)
    server.answers[ASSET] = [srv.endless(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a")] * 3
    assert "could not be downloaded" in only(fetch()).detail
    assert "run has taken too long; run it again" in only(fetch()).detail


def test_a_resume_of_another_file_starts_again(server, one, fetch):
    """A server that ignores If-Range sends a part of the new file: the old head must not be joined to it."""
    old = workbook("old")

    def tail(handler):
        span = {"Content-Range": f"bytes 3000-{len(one) - 1}/{len(one)}", "ETag": '"new"'}
        srv.send(handler, 206, one[3000:], span)

    server.answers[ASSET] = [srv.cut(old, 3000), tail]
    row = only(fetch())
    assert row.status == "new" and len([path for path, _ in server.asked if path == ASSET]) == 3
    assert one in [path.read_bytes() for path in fetch.into.rglob("*.xlsx")]


@pytest.mark.parametrize("kind", ["part", "mark", "hard", "folder"])
def test_what_is_unfinished_is_never_written_through_a_link(server, one, fetch, tmp_path, kind):
    server.answers[ASSET] = [srv.cut(one, 3000), srv.status(503), srv.status(503)]
    assert only(fetch()).status == "missing"
    folder = fetch.into / ".partial"
    part = next(p for p in folder.iterdir() if p.suffix == ".xlsx")
    precious = tmp_path / "precious"
    precious.write_text("of great worth")
    if kind == "folder":
        folder.rename(tmp_path / "moved")
        folder.symlink_to(tmp_path / "moved")
        assert "is a link" in only(fetch()).detail
        return
    link = part.with_name(part.name + ".mark") if kind == "mark" else part
    link.unlink()
    link.hardlink_to(precious) if kind == "hard" else link.symlink_to(precious)
    assert only(fetch()).status == "new"
    assert precious.read_text() == "of great worth"
    assert [p.read_bytes() for p in fetch.into.rglob("*.xlsx") if not p.is_symlink()] == [one]


def test_silence_times_out_and_is_tried_again(server, one, fetch, pauses):
    server.answers[ASSET] = [srv.silence(0.7)]
    assert only(fetch()).status == "new" and len(pauses) == 1


def test_an_offer_of_five_gigabytes_is_declined(server, one, fetch):
    server.pages[PAGE]["details"]["attachments"][0]["file_size"] = 5_000_000_000
    assert "too large (5,000 MB" in only(fetch()).detail
    assert not [path for path, _ in server.asked if path == ASSET]
    server.pages[PAGE]["details"]["attachments"][0]["file_size"] = len(one)
    server.answers[ASSET] = [srv.body(b"", Content_Length="5000000000")]
    assert "too large (5,000 MB" in only(fetch()).detail


def test_more_than_promised_is_stopped(server, one, fetch, client, tmp_path):
    client.limits = replace(QUICK, file_bytes=10_000)
    server.pages[PAGE]["details"]["attachments"][0]["file_size"] = None

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b"x" * 1000)

    server.answers[ASSET] = [endless]
    assert "too large" in only(fetch()).detail and not list((tmp_path / "raw").rglob("*.xlsx"))


def test_a_cut_connection_resumes_where_it_stopped(server, one, fetch, pauses):
    server.answers[ASSET] = [srv.cut(one, 3000)]
    assert only(fetch()).status == "new" and len(pauses) == 1
    ranges = [headers.get("Range") for path, headers in server.asked if path == ASSET]
    assert ranges == [None, "bytes=3000-"]


def test_an_interrupted_run_is_resumed_by_the_next(server, one, fetch, tmp_path):
    server.answers[ASSET] = [srv.cut(one, 3000), srv.status(503), srv.status(503)]
    assert only(fetch()).status == "missing"
    assert not [p for p in (tmp_path / "raw").rglob("*.xlsx") if ".partial" not in p.parts]
    assert only(fetch()).status == "new"
    assert server.asked[-1][1]["Range"] == "bytes=3000-"


def test_a_file_replaced_while_cut_starts_again(server, one, fetch):
    server.answers[ASSET] = [srv.cut(workbook("old"), 3000)]
    assert only(fetch()).status == "new"


@pytest.mark.parametrize(
    "answer",
    [
        srv.status(416),
        lambda h: srv.send(h, 206, b"zz", {"Content-Range": "bytes 5-6/9"}),
        lambda h: srv.send(h, 206, b"zz", {}),
    ],
)
def test_nonsense_answers_to_a_resume_start_again(server, one, fetch, answer):
    server.answers[ASSET] = [srv.cut(one, 3000), answer]
    assert only(fetch()).status == "new"


def test_a_server_that_never_sent_the_file_cannot_say_it_is_unchanged(server, one, fetch):
    server.answers[ASSET] = [srv.status(304)]
    assert "no file is held" in only(fetch()).detail


@pytest.mark.parametrize("answer", [b"<html>", b"[1]", b"[" * 100_000, b"\xff\xfe"])
def test_a_page_that_is_no_json(server, one, fetch, answer):
    server.answers[f"/api/content/{PAGE}"] = [srv.body(answer)]
    assert "JSON" in only(fetch()).detail


def test_an_endless_page_description(server, one, fetch, client):
    client.limits = replace(QUICK, answer_bytes=100)
    assert "larger than any real one" in only(fetch()).detail


@pytest.mark.parametrize("to", ["https://evil.example/x.xlsx", "http://169.254.169.254/x", "file:///etc/passwd"])
def test_redirects_to_other_hosts_are_not_followed(server, one, fetch, to):
    server.answers[ASSET] = [srv.moved(to, 302)]
    row = only(fetch())
    assert row.status == "missing" and "is not the mirror" in row.detail


@pytest.mark.parametrize(
    "url",
    [
        "http://www.gov.uk/x",
        "https://www.gov.uk.evil.example/x",
        "https://user:pw@www.gov.uk/x",
        "https://www.gov.uk:8443/x",
        "https://evil.example/www.gov.uk",
        "ftp://www.gov.uk/x",
        "https://[bad/x",
        "https://www.gov.uk:abc/x",
    ],
)
def test_only_gov_uk_over_https_is_asked(url):
    with pytest.raises(PublicationError, match=r"not GOV\.UK over HTTPS|not an address"):
        Client().address(url)


def test_addresses_of_gov_uk_and_of_mirrors():
    assert Client().address("/api/content/x") == "https://www.gov.uk/api/content/x"
    mirror = Client("https://mirror.example/govuk/")
    asset = "https://assets.publishing.service.gov.uk/media/1/a.ods"
    assert mirror.address(asset) == "https://mirror.example/govuk/media/1/a.ods"
    assert mirror.address("/x?y=1") == "https://mirror.example/govuk/x?y=1"
    assert Client("http://localhost:1").base_url == "http://localhost:1"
    for bad in ("http://mirror.example", "mirror.example", "ftp://127.0.0.1", "https://"):
        with pytest.raises(PublicationError, match="not a mirror's address"):
            Client(bad)


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("/media/1/..%2f..%2fetc%2fRS.xlsx", "RS.xlsx"),
        ("/media/1/..\\..\\RS.xls", "RS.xls"),
        ("/media/1/%2e%2eRS 2023.ODS", "RS_2023.ods"),
        ("/media/1/con.csv", "_con.csv"),
        ("/media/1/" + "a" * 300 + ".csv", "a" * 100 + ".csv"),
        ("/media/1/R\u00a3S\n\x00.csv?x=/y", "R_S_.csv"),
    ],
)
def test_remote_names_stay_in_their_folder(remote, name):
    assert manifest.safe_name("https://assets.publishing.service.gov.uk" + remote) == name


@pytest.mark.parametrize("remote", ["/a.exe", "/.xlsx", "/", "/..", "/a.xlsx.html"])
def test_remote_names_of_other_kinds_are_refused(remote):
    with pytest.raises(PublicationError, match="not a workbook or CSV"):
        manifest.safe_name("https://www.gov.uk" + remote)


def test_path_traversal_from_a_page_lands_inside(server, fetch, tmp_path):
    server.page(PAGE, {"RS_2023-24.xlsx": workbook()})
    attachment = server.pages[PAGE]["details"]["attachments"][0]
    attachment["url"] = "https://assets.publishing.service.gov.uk/media/..%2F..%2F..%2FRS_2023-24.xlsx"
    server.files["/media/..%2F..%2F..%2FRS_2023-24.xlsx"] = workbook()
    assert only(fetch()).file == "2023-24/2024-12-12/RS_2023-24.xlsx"
    assert {p.name for p in tmp_path.iterdir()} == {"raw"}


def test_a_full_disk_is_said_and_nothing_is_lost(server, one, fetch, tmp_path, monkeypatch):
    fetch()
    before = (tmp_path / "raw" / manifest.NAME).read_bytes()
    server.page(PAGE, {"RS_new_2023-24.xlsx": workbook("new")}, day="2025-01-01")
    real = Path.open

    def full(self, mode="r", *args, **kwargs):
        if ".partial" in self.parts and mode in ("wb", "ab"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(DiskFullError, match="is full; free some space"):
        fetch()
    monkeypatch.undo()
    assert (tmp_path / "raw" / manifest.NAME).read_bytes() == before
    assert manifest.intact(tmp_path / "raw", manifest.read_manifest(tmp_path / "raw")[0])


def test_a_folder_that_cannot_be_written(server, one, fetch, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    with pytest.raises(PublicationError, match="cannot be written"):
        fetch(into=tmp_path / "file")
    real = Path.write_text

    def denied(self, *args, **kwargs):
        if self.name.endswith(".mark"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", denied)
    assert "cannot be written" in only(fetch()).detail


def _hold(folder, ready, done):
    with manifest.folder_lock(folder):
        ready.set()
        done.wait(20)


def test_two_runs_at_once_are_told_apart(one, fetch, tmp_path):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path / "raw", ready, done))
    other.start()
    try:
        assert ready.wait(20)
        with pytest.raises(PublicationError, match="Another 'resilience fetch' is writing"):
            fetch()
    finally:
        done.set()
        other.join()
    assert only(fetch()).status == "new"


def test_a_year_never_seen_comes_through_the_collection(server, fetch):
    new = outturn_page("2026-27")
    server.page(new, {"RS_2026-27.ods.xlsx": workbook()})
    server.collection(releases.collection_page(), [new, "government/statistics/2026-to-2031-other"])
    report = fetch(None)
    assert [row.outturn_year for row in report.having("new")] == ["2026-27"]
    assert next(r for r in report.rows if r.outturn_year == "2025-26").detail == "No page of it is known yet."


def test_nobody_answers(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", limits=QUICK, sleep=lambda _: None)
    report = govuk.fetch(into=tmp_path, client=client)
    assert report.exit_code == 2 and "3 tries" in report.sentence and len(report.rows) == 39
    assert report.notes[0].startswith("The collection could not be read")


def test_what_is_asked_for_must_make_sense(fetch):
    with pytest.raises(DataError, match="not a financial year"):
        fetch(("2023",))
    with pytest.raises(PublicationError, match="not a form"):
        fetch(forms=("RO9",))


def test_the_default_folder_is_data_raw(server, one, client, tmp_path, monkeypatch):
    monkeypatch.setenv("RESILIENCE_HOME", str(tmp_path))
    report = govuk.fetch([YEAR], base_url=server.url, forms=("RS",), multi_year=False)
    assert (tmp_path / "data" / "raw" / only(report).file).is_file()


@pytest.mark.parametrize("text", ["{", "[]", '{"files": [{}]}', '{"files": 3}', "[" * 100_000])
def test_a_broken_manifest_is_left_alone(fetch, tmp_path, text):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / manifest.NAME).write_text(text)
    with pytest.raises(PublicationError, match="not a manifest of downloads"):
        fetch()
    assert (tmp_path / "raw" / manifest.NAME).read_text() == text


def test_a_manifest_with_a_wrong_type(one, fetch, tmp_path):
    fetch()
    path = tmp_path / "raw" / manifest.NAME
    data = json.loads(path.read_text())
    data["files"][0]["size"] = "many"
    path.write_text(json.dumps(data))
    with pytest.raises(PublicationError, match="not a manifest of downloads"):
        manifest.read_manifest(tmp_path / "raw")


def test_the_real_attachments_are_told_apart():
    titles = {
        "Revenue outturn summary (RS) 2024 to 2025": "RS_LA_Data_2024-25_data_by_LA.ods",
        "Revenue outturn service expenditure summary (RSX) 2024 to 2025": "RSX_LA_Data_2024-25.ods",
        "Revenue outturn specific and special revenue grants (RG) 2024 to 2025": "RG_LA_Data_2024-25.ods",
        "Revenue outturn education services (RO1) 2024 to 2025": "RO1_LA_Data_2024-25_data_by_LA.ods",
    }
    page = {"details": {"attachments": [{"title": t, "url": f"https://x/{n}"} for t, n in titles.items()]}}
    offered = pages.attachments(page)
    assert pages.choose(offered, "RS", "2024-25").url.endswith("/RS_LA_Data_2024-25_data_by_LA.ods")
    assert pages.choose(offered, "RSX", "2024-25").url.endswith("/RSX_LA_Data_2024-25.ods")
    assert pages.choose(offered, "RS", "2023-24") is None and pages.choose(offered, "RA", "2024-25") is None
    assert pages.choose(offered, "RO", "multi-year") is None


def test_odd_pages_give_nothing_rather_than_an_error():
    odd = {"details": {"attachments": [1, {"url": 5}, {"url": "https://x/RS.csv", "file_size": True}]}}
    assert pages.attachments(odd) == [pages.Attachment("", "https://x/RS.csv", None)]
    assert pages.attachments({}) == [] and pages.attachments({"details": {"attachments": {}}}) == []
    assert pages.choose(pages.attachments(odd), "RO", "multi-year").url == "https://x/RS.csv"
    assert pages.released({}) == ("", "")
    assert pages.released({"public_updated_at": "soon", "details": {"change_history": [{}, 4]}}) == ("", "")
    history = {"details": {"change_history": [{"public_timestamp": "2024-01-02T00:00:00Z"}]}}
    assert pages.released(history) == ("2024-01-02", "2024-01-02")
    assert pages.pages_in_collection({"links": {"documents": [{"base_path": 4}, 5]}}) == {}
    assert pages.pages_in_collection({"links": []}) == {}
    assert pages.choose([pages.Attachment("RS 2023-29", "https://x/RS.csv", 1)], "RS", YEAR) is not None


def test_remote_text_is_made_plain():
    assert manifest.plain("a\x1b[31m\nb" + "c" * 900) == "a [31m b" + "c" * 142


def test_a_certificate_that_is_not_trusted(client, monkeypatch):
    import requests

    def refuse(*args, **kwargs):
        raise requests.exceptions.SSLError("self-signed")

    monkeypatch.setattr(requests.Session, "get", refuse)
    with pytest.raises(PublicationError, match="certificate is not trusted"):
        client.content("x")


def test_a_thousand_releases_of_a_day_are_too_many(server, one, fetch, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda self: self.suffix == ".xlsx")
    monkeypatch.setattr(govuk, "sha256", lambda path: "another")
    assert "a thousand files" in only(fetch()).detail


def test_requests_is_not_imported_before_it_is_needed():
    import subprocess
    import sys

    code = "import sys, resilience.publications.fetch.govuk; sys.exit('requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert download.HOSTS == ("www.gov.uk", "assets.publishing.service.gov.uk")


_KILLED = """
import sys, pathlib
from resilience.publications.fetch import govuk
govuk.fetch(["2022-23", "2023-24"], base_url=sys.argv[1], into=pathlib.Path(sys.argv[2]), multi_year=False)
"""


def test_a_kill_at_any_moment_leaves_what_was_there_usable(server, client, tmp_path):
    import random
    import subprocess
    import sys
    import time

    into, moments = tmp_path / "raw", random.Random(7)
    for year in ("2022-23", YEAR):
        files = {f"RS_{year}.xlsx": workbook(year, 3_000), f"RSX_{year}.xlsx": workbook(year + "x", 3_000)}
        server.page(outturn_page(year), files)
    server.collection(releases.collection_page(), [])
    for trial in range(10):
        run = subprocess.Popen([sys.executable, "-c", _KILLED, server.url, str(into)])
        time.sleep(0.35 + moments.random() * 0.5)
        run.kill()
        run.wait()
        entries = manifest.read_manifest(into)
        assert all(manifest.intact(into, entry) for entry in entries)
        if trial == 5:  # a new release half-way
            files = {"RS_2023-24.xlsx": workbook("new", 3_000)}
            server.page(PAGE, files, day="2025-06-01")
    report = govuk.fetch(["2022-23"], into=into, client=client, multi_year=False)
    assert report.exit_code == 0 and not report.having("missing")
    named = [p for p in into.rglob("*.xlsx") if ".partial" not in p.parts]
    assert len({p.read_bytes() for p in named}) == len(named)
