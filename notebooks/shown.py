"""How the notebooks show things: a sentence, a table, a chart, a bar. No figure is worked out here."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping
from html import escape
from textwrap import wrap

import pandas as pd
from IPython.display import Image, Markdown, ProgressBar, display
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image as Picture

#: Okabe and Ito's colours, told apart with any kind of colour vision.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PINK = (
    "#000000",
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#0072b2",
    "#d55e00",
    "#cc79a7",
)
GREY = "#8c8c8c"
CLASS_COLOURS = {"UA": BLUE, "MD": ORANGE, "LB": GREEN, "SC": RED, "SD": PINK}
CLASS_MARKERS = {"UA": "o", "MD": "s", "LB": "^", "SC": "D", "SD": "v"}
OUTTURN = "MHCLG, Revenue Outturn (RS), individual authorities; the shipped panel"
REGISTER = "the project's register of events (data/raw/events.csv)"

rcParams.update(
    {
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#e6e6e6",
        "legend.frameon": False,
    }
)


def say(text: str) -> None:
    """Show a sentence (Markdown) whose figures were computed."""
    display(Markdown(text))


def per_cent(value: float) -> str:
    """Write a fraction as per cent for a table: nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:.1%}".replace("%", " %")


def table(
    frame: pd.DataFrame,
    *,
    title: str = "",
    source: str = "",
    formats: Mapping[str, Callable[[object], str]] | None = None,
    index: bool = True,
    tall: bool = False,
) -> None:
    """Show a frame as a plain table with a title and its source.

    Parameters
    ----------
    frame : DataFrame
    title, source : str
    formats : mapping of str to callable, optional
        Column → how its values are written.
    index : bool
    tall : bool
        Whether it scrolls in a window of its own.
    """
    if index and frame.index.name:
        # The index's name into the corner, not on a row of its own.
        frame = frame.rename_axis(index=None, columns=frame.index.name)
    body = frame.to_html(border=0, index=index, na_rep="", formatters=dict(formats or {}), justify="left")
    head = f"<p><b>{escape(title)}</b></p>" if title else ""
    foot = f"<p><small>Source: {escape(source)}.</small></p>" if source else ""
    body = f'<div style="max-height:28em;overflow:auto" tabindex="0">{body}</div>' if tall else body
    display({"text/html": head + body + foot, "text/plain": f"{title or 'table'}: {len(frame)} rows"}, raw=True)


def canvas(width: float = 7.2, height: float = 3.0, columns: int = 1, **options: object) -> tuple[Figure, list[Axes]]:
    """Return an empty figure and its axes, side by side."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False, **options)  # type: ignore[arg-type]
    return figure, list(axes[0])


def year_axis(axis: Axes) -> None:
    """Name the axis of years: each is the calendar year in which the financial year ends."""
    axis.set_xlabel("financial year ending in (2024: 2023-24)")
    axis.xaxis.get_major_locator().set_params(integer=True)


def draw(figure: Figure, words: str, *, source: str = "") -> None:
    """Show a chart with words for those who cannot see it.

    It is kept as a small picture of few colours without a date or a version, so that a rerun gives the same bytes.
    """
    if source:
        lines = wrap(f"Source: {source}.", int(19 * figure.get_figwidth()))
        figure.supxlabel("\n".join(lines), fontsize=7, x=0.01, ha="left", color="#555555")
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=100, facecolor="white", metadata={"Software": None})
    small = io.BytesIO()
    picture = Picture.open(drawn).convert("RGB")
    # By coverage and not by the usual median cut, which gives a small mark the colour of its neighbours.
    few = picture.quantize(64, method=Picture.Quantize.MAXCOVERAGE, dither=Picture.Dither.NONE)
    few.save(small, format="PNG", optimize=True)
    display(Image(small.getvalue(), format="png", alt=words))


def bar(steps: int) -> Callable[[str], None]:
    """Show a progress bar of so many steps; call what it returns as each begins. What the package logs is a step too."""
    shown = iter(ProgressBar(steps))
    _listener.step = lambda text="": next(shown, None)
    return _listener.step


class _Listener(logging.Handler):
    """Moves the newest bar on when a long piece of work says that it has come to something new."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.step: Callable[[str], None] = lambda text: None

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.INFO:
            self.step(record.getMessage())


_listener = _Listener()
logging.getLogger("resilience").addHandler(_listener)
logging.getLogger("resilience").setLevel(logging.INFO)
