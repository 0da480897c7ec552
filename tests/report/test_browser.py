"""The site in headless Chromium: as a reader uses it, on a desk and a phone, on paper, and by axe-core's rules."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from subprocess import run
from threading import Thread

import pytest

from tests.report.site_data import small_folder

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
KINDS = (
    "index.html",
    "history.html",
    "january-2024.html",
    "record.html",
    "scoreboard.html",
    "national.html",
    "map.html",
    "places.html",
    "mergers.html",
    "methods.html",
    "dictionary.html",
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


@pytest.mark.parametrize("name", ["index.html", "record.html", "january-2024.html"])
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
