"""What docs/ and README.md say is what the commands write."""

import json

import pytest

from resilience.errors import DataError
from resilience.report import documents
from resilience.report.documents import DOCUMENTS, Document, Sources, chosen, here, stale_documents, write_documents
from resilience.report.formats.markdown.blocks import filled

pytestmark = pytest.mark.skipif(
    not (documents.paths.home() / "README.md").is_file(), reason="the documents are not shipped with the package"
)


@pytest.fixture(scope="module")
def sources():
    return here()


@pytest.mark.parametrize("one", [one for one in DOCUMENTS if not one.slow], ids=lambda one: one.name)
def test_what_is_written_in_a_minute_is_not_stale(one, sources):
    assert stale_documents([one], sources) == [], f"{one.path} is stale: run 'resilience docs --only {one.name}'"


def test_the_names_are_each_one_pages():
    assert len({one.name for one in DOCUMENTS}) == len(DOCUMENTS)
    assert chosen() == DOCUMENTS
    assert [one.path for one in chosen(["coverage.md"])] == ["docs/coverage.md"]
    with pytest.raises(DataError, match=r"'x\.md' is written by no command; choose among README\.md, "):
        chosen(["x.md"])


def test_a_page_is_written_and_then_not_stale(tmp_path):
    page = Document("docs/page.md", lambda sources, before: "as it should be\n")
    block = Document("README.md", lambda sources, before: filled(before, {"x": "new"}))
    (tmp_path / "README.md").write_text("a\n<!-- x -->\nold\nolder\n<!-- /x -->\nb\n", "utf-8")
    sources = Sources(tmp_path)
    assert stale_documents([page, block], sources) == [page, block]
    assert write_documents([page, block], sources) == [tmp_path / "docs/page.md", tmp_path / "README.md"]
    assert (tmp_path / "README.md").read_text("utf-8") == "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"
    assert stale_documents([page, block], sources) == []


@pytest.mark.parametrize("text", ["", "<!-- x -->\nold", "old\n<!-- /x -->"])
def test_marks_that_are_gone_are_missed(text):
    with pytest.raises(DataError, match="marks of the block 'x' are missing"):
        filled(text, {"x": "new"})


def test_oflogs_sets_are_asked_for_and_read(tmp_path):
    path = tmp_path / "oflog.json"
    assert Sources(tmp_path).neighbours() is None
    with pytest.raises(DataError, match="cannot be read"):
        Sources(tmp_path, path).neighbours()
    path.write_text(json.dumps({"E09000008": ["E09000029"]}), "utf-8")
    assert Sources(tmp_path, path).neighbours() == {"E09000008": ["E09000029"]}


def test_the_command_checks_and_writes(cli, tmp_path, monkeypatch):
    page = Document("docs/page.md", lambda sources, before: "new\n")
    slow = Document("docs/slow.md", lambda sources, before: "slow\n", slow=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("", "utf-8")
    monkeypatch.setattr(documents, "DOCUMENTS", (page, slow))
    monkeypatch.setenv("RESILIENCE_HOME", str(tmp_path))
    done = cli("docs", "--check")
    assert (done.code, done.out) == (1, "Out of date: docs/page.md; run 'resilience docs'.\n")
    assert "docs/slow.md" in done.err and not list((tmp_path / "docs").iterdir())
    assert cli("docs", "--check", "--all").out == "Out of date: docs/page.md, docs/slow.md; run 'resilience docs'.\n"
    assert cli("docs", "--only", "page.md").code == 0
    done = cli("docs", "--check")
    assert (done.code, done.out) == (0, "Up to date: docs/page.md.\n")
    cli("docs", "--only", "nothing.md").sentence("choose among page.md, slow.md")
