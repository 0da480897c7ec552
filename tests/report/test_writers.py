"""The one table of writers: every entry writes, from a view that went through JSON too, and commands offer no others."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

from resilience import paths
from resilience.analysis.own_figures.assess import known_rows
from resilience.analysis.own_figures.checks import check_table
from resilience.analysis.own_figures.read import Table
from resilience.cli import CouncilFormat, ListFormat
from resilience.errors import DataError
from resilience.report.views import own_figures
from resilience.report.writers import WRITERS, formats, write, writer
from tests.report.council_data import view_of
from tests.report.site_data import one_run, one_view

CROYDON = "E09000008"


def own_view():
    """Return a view of own figures of which none is supplied."""
    run = one_run()
    figures = check_table(Table("own.csv", CROYDON, {}, {}, ()), known_rows(run, CROYDON), run.as_of)
    return own_figures.view(run, CROYDON, figures)


#: A view of each subject. A new subject is a line here.
VIEWS = {"watchlist": one_view, "council": lambda: view_of("Sutton"), "own_figures": own_view}


@cache
def view(subject):
    return VIEWS[subject]()


def test_every_subject_is_tried_here():
    assert set(VIEWS) == {subject for subject, _ in WRITERS}


@pytest.mark.parametrize(("subject", "form"), WRITERS)
def test_every_writer_writes_the_same_from_a_view_that_went_through_json(subject, form):
    content = write(subject, form, view(subject))
    assert len(content) > 500 and isinstance(content, bytes if form == "xlsx" else str)
    assert write(subject, form, json.loads(json.dumps(view(subject), allow_nan=False))) == content


def test_a_writer_leaves_its_view_as_it_was():
    for subject, form in WRITERS:
        before = json.dumps(view(subject))
        write(subject, form, view(subject))
        assert json.dumps(view(subject)) == before, (subject, form)


def test_what_there_is_not_is_refused_in_one_sentence():
    with pytest.raises(DataError, match="'pdf' is no format of watchlist; choose among table, csv, json, xlsx, html"):
        write("watchlist", "pdf", {})
    with pytest.raises(DataError, match="There is no report 'weather'"):
        formats("weather")


def test_commands_offer_the_formats_of_the_table():
    assert [form.value for form in ListFormat] == list(formats("watchlist"))
    assert [form.value for form in CouncilFormat] == list(formats("council"))
    assert set(formats("own_figures")) == set(formats("council"))  # one option serves both


def test_only_the_writer_asked_for_is_imported():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from resilience.report.writers import writer\n"
            "for subject, form in (('watchlist', 'table'), ('watchlist', 'csv'), ('council', 'text')):\n"
            "    writer(subject, form)\n"
            "print(sorted({'matplotlib', 'xlsxwriter', 'jinja2'} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=paths.home(),
    )
    assert done.stdout.strip() == "[]"


def test_a_writer_is_a_function_of_its_module():
    assert writer("watchlist", "csv").__module__ == "resilience.report.formats.csv"
