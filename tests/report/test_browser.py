"""The site in headless Chromium: as a reader uses it, on a desk and a phone, on paper, and by axe-core's rules."""

import re
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from subprocess import run
from threading import Thread

import pytest

from resilience.analysis.portfolio import portfolio
from resilience.councils.register import every_council, resolve
from resilience.errors import UnknownCouncilError
from resilience.formatting import expected
from tests.report.site_data import one_run, one_view, small_folder

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
#: The page of comparison with six chosen.
SIX = ("Croydon", "Slough", "Woking", "Birmingham", "Norwich", "Torbay")
SIDE_BY_SIDE = "compare.html#E09000008,E06000039,E07000217,E08000025,E07000148,E06000027"
KINDS = (
    "index.html",
    "history.html",
    "january-2024.html",
    "record.html",
    "scoreboard.html",
    "national.html",
    "map.html",
    "portfolio.html",
    "portfolio.html#region=London",
    "compare.html",
    SIDE_BY_SIDE,
    "changed.html",
    "changed-2026-01-01-0.1.0.html",
    "places.html",
    "mergers.html",
    "methods.html",
    "dictionary.html",
    "api.html",
    "corrections.html",
    "accessibility.html",
    "councils/croydon.html",
    "councils/sutton.html",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine (Debian: apt install chromium)"),
    # Playwright's own event loop is closed by the interpreter's end, not by us.
    pytest.mark.filterwarnings("default::ResourceWarning"),
]


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/favicon.ico":  # browsers ask for it unbidden
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *given):
        pass


def says(page, pattern):
    """Wait until the live region says this; waiting in the page itself would need eval, which its policy forbids."""
    from playwright.sync_api import expect

    expect(page.locator("#count")).to_have_text(re.compile(pattern))


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(small_folder())))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def opened(browser, address):
    """Return a function that opens a page; the test fails if it complains or asks for anything from elsewhere."""
    contexts, complaints, asked = [], [], []

    def open_page(name, *, width=1100, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(name if "://" in name else address + name)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    # A browser may ask the server for its icon; pages ask for nothing but themselves.
    assert [url for url in asked if not url.startswith((address, "file:", "data:"))] == []


def shown(page):
    return page.locator("#list tbody tr:not([hidden]) th[scope=row]").evaluate_all(
        "all => all.map(a => a.dataset.sort)"
    )


def faces():
    """Return the fonts a page is laid out in; a machine need have none of them, as a browser puts its own in place."""
    fonts = run(["fc-list", ":", "family"], capture_output=True, text=True).stdout if which("fc-list") else ""
    liberation = pytest.mark.skipif("Liberation Sans" not in fonts, reason="Liberation Sans is not on this machine")
    return (
        pytest.param('font-family: "DejaVu Sans", sans-serif !important', id="DejaVu Sans"),
        pytest.param('font-family: "Liberation Sans", sans-serif !important', id="Liberation Sans", marks=liberation),
        # As much wider than DejaVu Sans (by a ninth) as that is than Liberation Sans; needs no font of its own.
        pytest.param(
            'font-family: "DejaVu Sans", sans-serif !important; letter-spacing: .06em !important', id="wider than any"
        ),
    )


#: Every table that sticks out of what holds it, with nothing there to scroll it: it would lie over its neighbour.
STICKS_OUT = """() => [...document.querySelectorAll("main table")].filter((table) => {
  const holder = table.parentElement;
  return getComputedStyle(holder).overflowX === "visible"
    && table.getBoundingClientRect().right > holder.getBoundingClientRect().right + 1;
}).map((table) => table.caption ? table.caption.textContent : table.id)"""


@pytest.mark.parametrize("face", faces())
@pytest.mark.parametrize("name", (*KINDS, "councils/kent.html", "councils/somerset.html"))
def test_opens_on_desk_and_phone_without_scrolling_sideways(opened, name, face):
    page = opened(name)
    page.add_style_tag(content=f"* {{ {face} }}")
    assert page.locator("h1").count() == 1
    for width in (1100, 760, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert page.evaluate(STICKS_OUT) == [], width


@pytest.mark.parametrize("name", ["index.html", "history.html", "january-2024.html"])
def test_a_long_list_fits_a_phone_in_a_wide_font_without_scrolling_by_itself(opened, name):
    page = opened(name, width=320)
    page.add_style_tag(content='* { font-family: "DejaVu Sans", sans-serif !important }')
    needed, given = page.locator(".list").evaluate("list => [list.scrollWidth, list.clientWidth]")
    assert needed <= given


def test_figures_stay_on_one_line_and_words_may_take_two(opened):
    page = opened("councils/croydon.html", width=320)
    wraps = page.locator("td.num").evaluate_all(
        "all => all.map(cell => [cell.textContent.trim(), getComputedStyle(cell).whiteSpace])"
    )
    neighbours = [(text, space) for text, space in wraps if text.startswith("event, ")]
    assert neighbours and {space for _, space in neighbours} == {"normal"}
    figures = [(text, space) for text, space in wraps if re.fullmatch(r"[−£]?[\d.,]+[mk]?", text)]
    assert figures and {space for _, space in figures} == {"nowrap"}


def test_search_filter_and_clear(opened):
    page = opened("index.html")
    every = len(shown(page))
    assert every > 300 and "All" in page.inner_text("#count")
    page.fill("#f-q", "croy")
    says(page, "^1 of")
    assert shown(page) == ["Croydon"]
    page.fill("#f-q", "")
    page.select_option("#f-class", "LB")
    page.select_option("#f-status", "at-risk")
    says(page, r"^\d\d of")
    found = shown(page)
    assert 5 < len(found) < 33 and "Sutton" in found and "Croydon" not in found
    assert page.inner_text("#count").startswith(f"{len(found)} of {every} councils shown")
    page.fill("#f-q", "zzzz")
    says(page, "^No council")
    page.click("text=Clear")
    says(page, "^All")
    assert len(shown(page)) == every


def test_region_and_band_together(opened):
    page = opened("index.html")
    page.select_option("#f-region", "north-west")
    page.select_option("#f-band", "1-10")
    says(page, r"^\d+ of")
    rows = page.locator("#list tbody tr:not([hidden])")
    assert rows.count() > 0
    assert set(rows.evaluate_all("all => all.map(a => a.dataset.region + ' ' + a.dataset.band)")) == {"north-west 1-10"}


def test_sort_with_the_keyboard(opened):
    page = opened("index.html")
    first = shown(page)
    council = page.locator("#list thead th", has_text="Council")
    council.locator("button").focus()
    page.keyboard.press("Enter")
    assert council.get_attribute("aria-sort") == "ascending"
    assert shown(page)[0] == "Adur"
    assert "sorted by council" in page.inner_text("#count")
    page.keyboard.press("Space")
    assert council.get_attribute("aria-sort") == "descending"
    assert shown(page)[0] == "York"
    page.locator("#list thead th", has_text="Rank").locator("button").click()
    assert council.get_attribute("aria-sort") is None
    assert shown(page)[:200] == first[:200]
    page.locator("#list thead th", has_text="need support").locator("button").click()
    assert shown(page)[:200] == first[:200]  # the highest first
    page.locator("#list thead th", has_text="Rank").locator("button").click()
    page.locator("#list thead th", has_text="Rank").locator("button").click()
    last = page.locator("#list tbody tr").last
    assert last.get_attribute("data-status") != "at-risk"  # what has no rank stays last either way


def test_reached_by_tab_alone(opened):
    page = opened("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "f-q":
            break
    page.keyboard.type("croydon")
    says(page, "^1 of")


def test_a_view_is_kept_in_the_address(opened):
    page = opened("index.html")
    page.select_option("#f-class", "SC")
    page.wait_for_url(re.compile("#class=SC$"))
    again = opened(page.url)
    assert again.locator("#f-class").input_value() == "SC"
    assert shown(again) == shown(page)


def test_follow_a_link_and_come_back(opened):
    page = opened("index.html")
    page.click("#list a:text-is('Croydon')")
    assert page.url.endswith("councils/croydon.html") and "Croydon" in page.inner_text("h1")
    page.click("nav >> text=Watch list")
    assert page.url.endswith("index.html")
    page.click("nav >> text=Past lists")
    page.click("main >> text='2024'")
    assert "1 January 2024" in page.inner_text("h1")
    page.select_option("#f-show", "missed")
    says(page, r"^\d+ of")
    marks = page.locator("#list tbody tr:not([hidden]) .mark").all_inner_texts()
    assert marks and set(marks) == {"Missed"}


def compared(page):
    return page.locator("#side thead th[scope=col]").evaluate_all("all => all.map(a => a.firstChild.textContent)")


def test_compare_by_keyboard_and_pass_the_address_on(opened):
    from playwright.sync_api import expect

    page = opened("compare.html")
    assert page.locator("#plain").count() == 0 and page.locator("#side").is_hidden()
    field = page.locator("#find")
    field.press_sequentially("torb")
    expect(page.locator("#found li")).to_have_count(1)
    assert field.get_attribute("aria-expanded") == "true"
    assert field.get_attribute("aria-activedescendant") == "found-0"
    field.press("Enter")
    expect(page.locator("#said")).to_have_text("Torbay added. 1 of at most 6 councils chosen.")
    assert compared(page) == ["Torbay"] and page.url.endswith("compare.html#E06000027")
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("st hel")
    expect(page.locator("#found li").first).to_contain_text("St Helens")  # whose name begins so comes first
    field.press("Escape")
    assert page.locator("#found").is_hidden()
    field.fill("wok")
    expect(page.locator("#found li").first).to_contain_text("Woking")
    field.press("ArrowDown")
    field.press("ArrowUp")
    field.press("Enter")
    assert compared(page) == ["Torbay", "Woking"]
    again = opened(page.url)
    assert compared(again) == ["Torbay", "Woking"]
    again.focus(".skip")
    again.keyboard.press("Enter")  # a place on the page is no choice
    expect(again.locator("#side")).to_be_visible()
    assert compared(again) == ["Torbay", "Woking"] and again.url == page.url
    again.click("text=Torbay ×")
    assert compared(again) == ["Woking"] and again.url.endswith("#E07000217")
    assert again.evaluate("document.activeElement.textContent") == "Woking ×"


def test_compare_takes_six_and_says_so(opened):
    page = opened(SIDE_BY_SIDE + ",E09000029,E99999999")
    assert tuple(compared(page)) == SIX
    said = page.inner_text("#said")
    assert "Not on this list: E99999999. Only the first 6 are shown. 6 of at most 6 councils chosen." in said
    page.fill("#find", "kent")
    page.keyboard.press("Enter")
    assert tuple(compared(page)) == SIX and "Remove one" in page.inner_text("#said")


def test_compare_shows_what_the_list_says(opened):
    rows = {row["council"]: row for row in one_view()["councils"]}
    page = opened(SIDE_BY_SIDE)
    cells = page.locator("#side tbody tr").evaluate_all("all => all.map(a => [...a.cells].map(b => b.innerText))")
    told = {row[0].split("\n")[0]: row[1:] for row in cells if len(row) > 1}
    for at, name in enumerate(SIX):
        row = rows[name]
        ranked = row["rank"] is not None
        assert told["Rank"][at] == str(row["rank"]) if ranked else told["Rank"][at].startswith("Event already: ")
        assert told["Rank by plain reserves"][at] == (str(row["reserves_rank"]) if ranked else "–")
        followed = f"{row['band']}\n{row['band_events']} of {row['band_councils']} past places"
        assert told["Band, and what followed"][at].startswith(followed if ranked else "–")
    assert told["Children's social care"][2] == "not asked of shire districts"


def test_compare_as_a_file_and_without_script(opened):
    page = opened((small_folder() / "compare.html").as_uri() + "#E09000008")
    assert compared(page) == ["Croydon"]
    page.click("#side a:text-is('Croydon')")
    assert "Croydon" in page.inner_text("h1")
    page.click("text=Compare with its neighbours")
    assert len(compared(page)) == 6 and compared(page)[0] == "Croydon"
    bare = opened("compare.html", java_script_enabled=False)
    assert "needs JavaScript" in bare.inner_text("#plain") and bare.locator("#find").is_hidden()


def test_what_changed_is_filtered_and_leads_to_other_lists(opened):
    page = opened("changed.html")
    page.select_option("#f-show", "entered")
    says(page, r"^\d+ of")
    came = shown(page)
    table = page.locator("table").first.locator("tbody th").all_inner_texts()
    assert came and sorted(came) == sorted(table)
    page.click("main >> text='1 January 2024'")
    assert "1 January 2024" in page.inner_text("h1")


def test_opens_as_a_file(opened):
    page = opened((small_folder() / "index.html").as_uri())
    page.fill("#f-q", "kent")
    says(page, r"^\d+ of")
    page.click("#list a:text-is('Kent')")
    assert "Kent" in page.inner_text("h1")


def test_without_script_a_plain_table(opened):
    page = opened("index.html", java_script_enabled=False)
    assert page.locator("form[data-filters]").is_hidden()
    assert page.locator("#list tbody tr").count() > 300
    assert page.locator("#list thead button").count() == 0


EIGHT = "Croydon.Slough.Woking.Birmingham.Norwich.Torbay.Kent.Somerset"


def cells(page, table):
    """Return what stands in the figures of a table's rows."""
    return page.locator(f"#{table} tbody tr:not([hidden])").evaluate_all(
        "rows => rows.map(row => Array.from(row.querySelectorAll('td')).map(cell => cell.textContent))"
    )


@pytest.mark.parametrize(
    "names", [EIGHT, "Kent", "Blackpool", "Croydon", "Sutton.Kirklees.Isles of Scilly.City of London"]
)
def test_a_portfolio_says_on_the_page_what_it_says_in_python(opened, names):
    page = opened(f"portfolio.html#c={names}&call=3&miss=40")
    found = portfolio(one_run(), names.split("."))
    says(page, f"{len(found.table)} at risk of a first event, {len(found.already)} with an event already, ")
    figures = cells(page, "expected")
    for one, row in zip(found.paces.values(), figures[:3], strict=True):
        assert row == [str(one.england), expected(one.expected, most=one.most), f"{one.low}–{one.high}"]
    low, high = found.range
    assert figures[3][2] == f"{low}–{high}" and figures[4][1] == expected(found.by_record)
    assert [(row[0], row[3]) for row in cells(page, "held")] == [
        (str(len(one.councils)), expected(one.expected)) for one in found.bands.values()
    ]
    calls = found.calls(3, 40)
    rung = page.locator("#calls li").all_inner_texts()
    assert rung == [f"{row.council} ranked {row.rank}" for row in found.table.loc[list(calls.councils)].itertuples()]
    doubt = page.inner_text("#doubt")
    assert [f"{n} in a {pace} time" in doubt for pace, n in calls.at_paces.items()] == [True] * 3
    assert (f"would be {calls.fewest} or {calls.most} long" in doubt) == (calls.fewest != calls.most)
    assert page.locator("#again").is_visible() == bool(found.already)
    if found.already:
        assert cells(page, "again") == [
            [str(len(one.councils)), *(expected(len(one.councils) * share) for share in (one.in_12, one.in_24))]
            for one in found.supported
        ]


def test_a_portfolio_of_each_class_and_region_agrees_with_the_table_made_in_python(opened):
    page = opened("portfolio.html")
    rows = page.locator("#groups tr[data-state]")
    given = cells(page, "groups")
    given = [row for row in given if row]
    assert len(given) == rows.count() == 15
    for at, row in enumerate(given):
        rows.nth(at).locator("a").click()
        says(page, rf"\D{row[0]} at risk of a first event, {row[-2]} with an event already, {row[-1]} not scored")
        made = cells(page, "expected")
        assert [f"{one} ({ends})" for _, one, ends in made[:3]] == row[2:5]
        assert made[3][2] == row[5]
        state = rows.nth(at).get_attribute("data-state").replace(" ", "+")
        assert page.url.endswith(f"#{state if '=' in state else state + '='}")


def test_a_pasted_list_is_read_as_python_reads_it(opened):
    page = opened("portfolio.html")
    forms = ("{}", "{} Council", "London Borough of {}", "{} County Council")
    names = list(dict.fromkeys(name for one in every_council() for name in (one.council, one.official_name)))
    being = set(one_run().table.index)
    for form in forms:
        texts = [form.format(name) for name in names]
        page.click("text=Clear everything")
        page.fill("#p-list", "\n".join(texts))
        page.click("text=Tick these")
        wanted = set()
        for text in texts:
            with suppress(UnknownCouncilError):
                wanted.add(resolve(text, on=one_run().as_of))
        wanted &= being
        says(page, rf"^{len(wanted)} councils chosen")
        ticked = page.locator("#ticks input:checked + span").evaluate_all(
            "all => all.map(one => one.firstChild.textContent.trim())"
        )
        assert sorted(ticked) == sorted(one_run().table.loc[sorted(wanted), "council"]), form


def test_what_cannot_be_ticked_is_named(opened):
    page = opened("portfolio.html")
    page.fill(
        "#p-list", "Bristol, City of, Kingston upon Hull, City of\nE08000034 E07000148; Newcastle, Atlantis\nCorby"
    )
    page.click("text=Tick these")
    says(page, "^4 councils chosen")
    said = page.inner_text("#pasted")
    assert said.startswith("4 councils ticked. Left out: ")
    assert (
        "“Newcastle” (fits Newcastle-under-Lyme, E07000195 and Newcastle upon Tyne, E08000021; give the code)" in said
    )
    assert "“Atlantis” (no council known by this name or code)" in said
    assert "“Corby” (not in being on the day of the list)" in said


def test_a_portfolio_is_kept_in_the_address_and_chosen_with_the_keyboard(opened):
    page = opened("portfolio.html")
    assert page.locator("#result").is_hidden()
    page.locator("#p-q").focus()
    page.keyboard.type("torb")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "checkbox":
            break
    page.keyboard.press("Space")
    says(page, "^1 council chosen: 1 at risk")
    page.fill("#p-miss", "500")
    page.wait_for_url(re.compile("#c=E06000027&miss=500$"))
    again = opened(page.url)
    says(again, "^1 council chosen: 1 at risk")
    assert again.input_value("#p-miss") == "500" and again.inner_text("#calls") == page.inner_text("#calls")
    again.fill("#p-call", "-1")
    assert again.inner_text("#ring") == "Give both costs as amounts above zero."
    again.click("text=Clear everything")
    says(again, "^No council chosen yet")


def test_a_choice_by_class_and_region_together(opened):
    page = opened("portfolio.html")
    page.select_option("#p-class", "SC")
    page.select_option("#p-region", "South East")
    page.click("text='Tick all shown'")
    table = one_run().table
    counted = ((table["class"] == "SC") & (table["region"] == "South East")).sum()
    says(page, f"^{counted} councils chosen")
    page.click("text='Untick all shown'")
    says(page, "^No council chosen yet")


def test_a_portfolio_opens_as_a_file_and_from_an_address_with_strangers(opened):
    page = opened(f"{(small_folder() / 'portfolio.html').as_uri()}#c=E06000027.E99999999.Corby")
    says(page, "^1 council chosen")
    assert page.inner_text("#pasted").endswith("no council of this list: E99999999, Corby.")


def test_a_portfolio_without_script_is_all_england(opened):
    page = opened("portfolio.html", java_script_enabled=False)
    assert page.locator("#choose").is_hidden() and page.locator("#result").is_hidden()
    assert page.locator("#groups tbody tr[data-state]").count() == 15
    assert page.locator("noscript").inner_text().startswith("Choosing needs JavaScript")


@pytest.mark.parametrize("name", ["index.html", "record.html", "january-2024.html", "changed.html", SIDE_BY_SIDE])
def test_prints(opened, tmp_path, name):
    page = opened(name)
    target = tmp_path / "page.pdf"
    page.pdf(path=target, format="A4", prefer_css_page_size=True)
    content = target.read_bytes()
    assert content.startswith(b"%PDF-") and len(content) > 20_000
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") <= 30


@pytest.mark.parametrize("name", ["croydon", "sutton", "kent", "somerset"])
def test_a_council_prints_on_two_sides(opened, tmp_path, name):
    page = opened(f"councils/{name}.html")
    page.add_style_tag(content='* { font-family: "DejaVu Sans", sans-serif !important }')  # wider than most
    target = tmp_path / "page.pdf"
    page.pdf(path=target, format="A4", prefer_css_page_size=True)
    content = target.read_bytes()
    assert 1 <= content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") <= 2


@pytest.mark.parametrize("width", [1100, 390])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing_serious(opened, name, width):
    script = Path(pytest.importorskip("axe_playwright_python").__file__).with_name("axe.min.js")
    page = opened(name, width=width, bypass_csp=True)
    if page.locator("#f-class").count():  # three hundred rows alike tell no more than twenty
        page.select_option("#f-class", "SC")
        says(page, r"^\d+ of")
    page.evaluate(script.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    grave = [
        (one["impact"], one["id"], one["nodes"][0]["html"][:150], one["nodes"][0]["failureSummary"][:300])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []
