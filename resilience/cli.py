"""The command line: one thin function a command; what they do lives elsewhere and is imported when needed."""

from __future__ import annotations

import logging
import os
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from resilience.errors import ResilienceError
from resilience.report.formats.text.console import readable, without_colour
from resilience.report.writers import forms, write
from resilience.years import day_of

app = typer.Typer(
    name="resilience",
    help="Rank English councils by how closely their finances resemble those that needed support, and say why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data = typer.Typer(help="Check the figures and define the indicators.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(data, name="data")


class Outcome(StrEnum):
    """What is predicted."""

    distress = "distress"
    severe = "severe"


def _choice(subject: str) -> Any:
    """Return the formats of a subject as a command offers them: those of ``report/writers.py``, and no others."""
    return StrEnum("Format", {form: form for form in forms(subject)})


if TYPE_CHECKING:  # each is a text
    ListFormat: TypeAlias = str
    CouncilFormat: TypeAlias = str
    RecordFormat: TypeAlias = str
    PeersFormat: TypeAlias = str
    PlaceFormat: TypeAlias = str
    MergerFormat: TypeAlias = str
    NationalFormat: TypeAlias = str
else:
    ListFormat, CouncilFormat, RecordFormat = _choice("watchlist"), _choice("council"), _choice("record")
    PeersFormat, PlaceFormat = _choice("peers"), _choice("place")
    MergerFormat, NationalFormat = _choice("merger"), _choice("national")


AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Use only what was known before this day (YYYY-MM-DD).")
]
EventsFile = Annotated[
    Path | None, typer.Option("--events", help="Another register of events; the .toml beside it states register_to.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead of the terminal.")]


def _day(text: str | None) -> date | None:
    """Read a date, with one sentence if it is none."""
    return None if text is None else day_of(text)


def _deliver(content: str | bytes, output: Path | None) -> None:
    """Print text, or write it beside and rename, without colours; bytes need a file."""
    from resilience.files import write_atomically

    if output is not None:
        write_atomically(output, without_colour(content) if isinstance(content, str) else content)
        typer.echo(f"Written to {output}.", err=True)
    elif isinstance(content, bytes):
        raise ResilienceError("A workbook cannot be printed to the terminal; give a file with --output.")
    else:
        # The stream is named, or typer would write UTF-8 to a console that said it shows ASCII only.
        typer.echo(content, file=sys.stdout, nl=not content.endswith("\n"))


class _ToTerminal(logging.Handler):
    """Tells a person what a module has to say: warnings always, what is being done on a terminal only."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            typer.echo(f"resilience: {record.getMessage()}", err=True)
        elif sys.stderr.isatty():
            typer.echo(f"  {record.getMessage()} …", err=True)


def _listen() -> None:
    """Have what the modules log told to the person at the terminal, once however often a command is run."""
    log = logging.getLogger("resilience")
    log.setLevel(logging.INFO)
    if not any(isinstance(handler, _ToTerminal) for handler in log.handlers):
        log.addHandler(_ToTerminal())


@app.command()
def fetch(
    year: Annotated[list[str] | None, typer.Option("--year", help="Only this financial year, e.g. 2024-25.")] = None,
    source: Annotated[str | None, typer.Option("--from", metavar="URL", help="A mirror of GOV.UK.")] = None,
    into: Annotated[Path | None, typer.Option("--into", help="Folder to write to; by default data/raw.")] = None,
) -> None:
    """Download publications from GOV.UK into data/raw."""
    from rich.console import Console

    from resilience import paths
    from resilience.publications.fetch.govuk import fetch as bring

    report = bring(year or None, base_url=source, into=into or paths.raw())
    Console().print(report.table())
    for note in report.notes:
        typer.echo(note)
    typer.echo(report.sentence, err=report.exit_code != 0)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


@app.command()
def build(
    source: Annotated[
        Path | None, typer.Option("--source", help="Folder of publications; by default data/raw.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder; by default data/processed.")] = None,
    accept: Annotated[
        str | None, typer.Option("--accept", metavar="REASON", help="Build in spite of an alarm, and keep the reason.")
    ] = None,
) -> None:
    """Turn publications into the tables in data/processed."""
    from resilience.tables.build import build as make

    report = make(source, output, accept=accept)
    for remark in report.remarks:
        typer.echo(remark)
    typer.echo(f"Read {', '.join(report.years_read)}.")
    if report.years_kept:
        typer.echo(f"Kept as they were: {', '.join(report.years_kept)}.")
    typer.echo(f"Written: {', '.join(str(path) for path in report.written)}.")


@app.command()
def train(
    as_of: AsOf = None,
    outcome: Annotated[Outcome, typer.Option(help="Which events count: all, or only the severest.")] = Outcome.distress,
    output: Output = None,
) -> None:
    """Fit the model and write it to models/ as JSON, with what followed on past lists."""
    from resilience.backtest.track_record import ship
    from resilience.method import run
    from resilience.method import train as fit_and_save
    from resilience.tables.events import load_events

    path = fit_and_save(_day(as_of), outcome=outcome.value, path=output)
    typer.echo(f"Written to {path}.")
    if output is None:
        day = _day(as_of) or load_events().end.date()
        typer.echo(f"Written to {ship(run(day, outcome=outcome.value, intervals=False))}.")
    if as_of is not None and output is None:
        typer.echo("It replaces the model of the newest figures; 'resilience train' without --as-of restores that.")


@app.command()
def screen(
    as_of: AsOf = None,
    events: EventsFile = None,
    council_class: Annotated[
        list[str] | None, typer.Option("--class", help="Only this class: UA, MD, LB, SC or SD; repeat for several.")
    ] = None,
    form: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = "table",
    output: Output = None,
    outcome: Annotated[Outcome, typer.Option(help="Which events count: all, or only the severest.")] = Outcome.distress,
    every: Annotated[bool, typer.Option("--all", help="Show every council at risk in the table.")] = False,
    why: Annotated[
        bool, typer.Option("--why", help="In the table: the reasons under each council, who is not ranked, all notes.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="In a workbook: what changed since this day; by default the last 1 January."),
    ] = None,
) -> None:
    """Print the watch list: every council, ranked, with its families' figures; --why adds the main reasons."""
    from resilience import method
    from resilience.report.views import watchlist, workbook

    if since is not None and form != "xlsx":
        raise ResilienceError("--since is for a workbook; give --format xlsx with it.")
    earlier = _day(since)
    scored = method.run(_day(as_of), events=events, outcome=outcome.value)
    view = (
        workbook.view(scored, classes=council_class, since=earlier)
        if form == "xlsx"
        else watchlist.view(scored, classes=council_class, every=every, why=why)
    )
    _deliver(write("watchlist", form, view), output)


@app.command()
def backtest(
    events: EventsFile = None,
    bootstrap: Annotated[int, typer.Option(min=0, max=100_000, help="Bootstrap draws for the intervals.")] = 1000,
    form: Annotated[RecordFormat, typer.Option("--format", help="Output format.")] = "table",
    output: Output = None,
    outcome: Annotated[Outcome, typer.Option(help="Which events count: all, or only the severest.")] = Outcome.distress,
    horizon: Annotated[int, typer.Option(help="Months looked ahead: 12, 24 or 36.")] = 24,
    studies: Annotated[bool, typer.Option("--studies", help="Show what changing a definition does.")] = False,
    frozen: Annotated[bool, typer.Option("--frozen", help="Show what followed each frozen list instead.")] = False,
) -> None:
    """Show the record: events caught and missed each January, beside other rules."""
    from resilience.backtest.full import full_record
    from resilience.indicators.compute import compute_indicators
    from resilience.report.views import record
    from resilience.tables.events import load_events
    from resilience.tables.panel import load_panel

    register = load_events(events)
    if frozen:
        from resilience.report.views.scoreboard import of_frozen_lists

        _deliver(write("scoreboard", form, of_frozen_lists(register, draws=bootstrap)), output)
        return
    panel = load_panel()
    indicators = compute_indicators(panel)
    if studies:
        from resilience.backtest.studies import run_studies
        from resilience.report.views.studies import view

        _deliver(write("studies", "markdown", view(run_studies(panel, indicators, register))), output)
        return
    found = full_record(indicators, register, horizon=horizon, outcome=outcome.value, draws=bootstrap)
    _deliver(write("record", form, record.view(found)), output)


@app.command()
def freeze(as_of: AsOf = None, output: Output = None) -> None:
    """Freeze a day's list with its checksum, to be judged by later events."""
    from resilience.backtest.freezing import freeze as keep

    path, new = keep(_day(as_of), output)
    typer.echo(f"Frozen as {path}; commit it." if new else f"Already frozen, and unchanged: {path}.", err=True)


@app.command()
def peers(
    council: Annotated[str, typer.Argument(help="Name or code.")],
    as_of: AsOf = None,
    form: Annotated[PeersFormat, typer.Option("--format", help="Output format.")] = "text",
    output: Output = None,
) -> None:
    """Show a council's statistical neighbours side by side, and which of them recovered or worsened."""
    from resilience.councils import resolve
    from resilience.method import run
    from resilience.report.views.peers import view

    code = resolve(council)
    _deliver(write("peers", form, view(run(_day(as_of), intervals=False), code)), output)


@app.command()
def merge(
    councils: Annotated[list[str] | None, typer.Argument(help="Names or codes of the councils to merge.")] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the new council; by default made from the others' names.")
    ] = None,
    proposal: Annotated[
        str | None, typer.Option("--proposal", help="A new council decided or proposed; 'list' shows them.")
    ] = None,
    share: Annotated[
        list[str] | None,
        typer.Option("--share", metavar="COUNCIL=0.45", help="The share of a council that is taken in."),
    ] = None,
    as_of: AsOf = None,
    form: Annotated[MergerFormat, typer.Option("--format", help="Output format.")] = "text",
    output: Output = None,
) -> None:
    """Show what a new council would inherit from its predecessors, and how it would rank."""
    from resilience.analysis.mergers.proposed import merger_asked_for
    from resilience.report.views.merger import proposals, view

    if proposal == "list":
        _deliver(write("proposals", "text", proposals()), output)
        return
    scored, merger = merger_asked_for(councils or [], name, proposal, share or [], _day(as_of))
    _deliver(write("merger", form, view(scored, merger)), output)


@app.command()
def place(
    council: Annotated[str, typer.Argument(help="A county, one of its districts, or a single-tier council.")],
    as_of: AsOf = None,
    form: Annotated[PlaceFormat, typer.Option("--format", help="Output format.")] = "text",
    output: Output = None,
) -> None:
    """Show a county and its districts together: spending, reserves and debt."""
    from resilience.councils import resolve
    from resilience.method import run
    from resilience.report.views.place import view

    code = resolve(council, on=_day(as_of))
    _deliver(write("place", form, view(run(_day(as_of), intervals=False), code)), output)


@app.command()
def national(
    as_of: AsOf = None,
    form: Annotated[NationalFormat, typer.Option("--format", help="Output format.")] = "text",
    output: Output = None,
) -> None:
    """Show how many councils are in each band each January, and what moved them."""
    from resilience.method import run
    from resilience.report.views.national import view

    _deliver(write("national", form, view(run(_day(as_of), intervals=False))), output)


@app.command()
def site(
    as_of: AsOf = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder.")] = Path("reports/site"),
    contact: Annotated[
        str, typer.Option("--contact", metavar="TEXT", help="Whom to ask for a correction, as the pages say it.")
    ] = "",
) -> None:
    """Build the static site: the list, past lists with what followed, a page a council, the record, methods."""
    from resilience.report.site import build_site

    folder = build_site(output, as_of=_day(as_of), contact=contact)
    typer.echo(f"{len(list(folder.rglob('*.html')))} pages written; open {folder / 'index.html'}.", err=True)


@app.command()
def assess(
    council: Annotated[str, typer.Argument(help="A council's name, ONS code or E-code.")],
    as_of: AsOf = None,
    events: EventsFile = None,
    form: Annotated[CouncilFormat, typer.Option("--format", help="Output format.")] = "text",
    output: Output = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="Write a template for your own figures (.csv or .xlsx).")
    ] = None,
    figures: Annotated[
        Path | None, typer.Option("--figures", help="Set your own, unpublished figures beside the published ones.")
    ] = None,
    annex: Annotated[
        Path | None,
        typer.Option("--annex", help="With --figures: also write one page for a section 25 report (.html or .md)."),
    ] = None,
) -> None:
    """Explain one council: its rank, the reasons, how sure it is, and the figures behind it."""
    from resilience import method
    from resilience.analysis.own_figures.template import write_template
    from resilience.councils import resolve
    from resilience.report.views import council as assessment
    from resilience.report.views import own_figures

    day = _day(as_of)
    code = resolve(council, on=day)
    if template is not None and figures is not None:
        raise ResilienceError("Give --template to write a template or --figures to read one, not both.")
    if annex is not None and figures is None:
        raise ResilienceError("--annex is made of figures of your own; give --figures with it.")
    if annex is not None:
        from resilience.report.formats.annex import annex_kind

        kind = annex_kind(annex)
    scored = method.run(day, events=events)
    if template is not None:
        write_template(scored, code, template)
        typer.echo(f"Written to {template}; fill it in and give it with --figures.", err=True)
    elif figures is not None:  # they go nowhere else
        beside = own_figures.view(scored, code, figures)
        _deliver(write("own_figures", form, beside), output)
        if annex is not None:
            _deliver(write("annex", kind, beside), annex)
    else:
        _deliver(write("council", form, assessment.view(scored, code)), output)


@app.command()
def docs(
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="Only this page, e.g. coverage.md.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say which are out of date.")] = False,
    every: Annotated[bool, typer.Option("--all", help="With --check: include those that take minutes.")] = False,
    oflog: Annotated[
        Path | None, typer.Option("--oflog", metavar="FILE", help="Oflog's sets of neighbours, for docs/peers.md.")
    ] = None,
) -> None:
    """Write the generated pages and blocks of docs/ and README.md."""
    from resilience.report.documents import chosen, here, stale_documents, write_documents

    wanted, sources = chosen(only or ()), here(oflog)
    if not check:
        for path in write_documents(wanted, sources):
            typer.echo(f"Written to {path}.", err=True)
        return
    looked_at = [one for one in wanted if every or only or not one.slow]
    stale = [one.path for one in stale_documents(looked_at, sources)]
    left = [one.path for one in wanted if one not in looked_at]
    if left:
        typer.echo(f"Not checked, as they take minutes (use --all): {', '.join(left)}.", err=True)
    if stale:
        typer.echo(f"Out of date: {', '.join(stale)}; run 'resilience docs'.")
        raise typer.Exit(1)
    typer.echo(f"Up to date: {', '.join(one.path for one in looked_at)}.")


@data.command("check")
def data_check(
    year: Annotated[str | None, typer.Option("--year", help="Only this financial year.")] = None,
    council: Annotated[str | None, typer.Option("--council", help="Only this council.")] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="Another panel.csv: show what a revision changed.")
    ] = None,
    events: EventsFile = None,
) -> None:
    """Show what the checks found in the figures and in the register of events."""
    from resilience.report.views.checks import revision_view, view

    if compare:
        _deliver(write("revision", "text", revision_view(compare)), None)
    else:
        _deliver(write("checks", "text", view(year=year, council=council, events=events)), None)


@data.command("dictionary")
def data_dictionary(output: Output = None) -> None:
    """Print the indicator dictionary."""
    from resilience.report.views.dictionary import view

    _deliver(write("dictionary", "markdown", view()), output)


def main() -> None:
    """Run the command line; every error meant for a person is one sentence and exit code 2."""
    _listen()
    for stream in (sys.stdout, sys.stderr):
        readable(stream)
    try:
        app(standalone_mode=True)
    except ResilienceError as error:
        typer.echo(f"resilience: {error}", err=True)
        raise SystemExit(2) from None
    except SystemExit as stop:  # typer turns Ctrl+C into 130, and a pipe whose reader (head, less) has gone into 1
        if isinstance(stop.__context__, BrokenPipeError):
            raise SystemExit(0) from None
        if stop.code == 130:
            typer.echo("resilience: stopped; nothing was left half-written.", err=True)
        raise
    except Exception as error:
        if os.environ.get("RESILIENCE_DEBUG"):
            raise
        typer.echo(
            f"resilience: an unexpected error ({type(error).__name__}: {error}); nothing was written. Please "
            "report it with the command you typed; RESILIENCE_DEBUG=1 shows where it happened.",
            err=True,
        )
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
