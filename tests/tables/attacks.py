"""Files that are well formed and wrong: each attack spoils a sound book or multi-year file in one way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from tests.tables.books import SHIPPED, Book, Formula

NRE, INTEREST = "rs_netrevexp_net_exp", "rs_intextpay_net_exp"
ADULTS, CHILDREN = "rs_asc_net_exp", "rs_csc_net_exp"
ALL_START, ALL_END = "rs_resunall_start_cy", "rs_resunall_end_cy"
OTHER_START, OTHER_END = "rs_resoth_start_cy", "rs_resoth_end_cy"
ADJ_START, ADJ_END = "rs_resoth_adj_start_cy", "rs_resoth_adj_end_cy"
ONE, TWO, DISTRICT = "Leeds", "Manchester", "Ashford"


@dataclass(frozen=True)
class Attack:
    """One way of spoiling a file.

    Attributes
    ----------
    what : str
        For the page.
    kind : str
        "shipped" (the workbook of a year that is in the tables), "new" (of a year that is not) or "series".
    spoil : callable
        Given the sound book or series and the panel; returns the spoilt series, or changes the book.
    """

    what: str
    kind: str
    spoil: Callable[[Any, pd.DataFrame], Any]


def _swap_figures(first: str, second: str) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        a, b = book.at(first), book.at(second)
        for row in book.rows:
            row[a], row[b] = row[b], row[a]

    return spoil


def _swap_heads(part: str, first: str, second: str) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        cells, a, b = getattr(book, part), book.names.index(first), book.names.index(second)
        cells[a], cells[b] = cells[b], cells[a]

    return spoil


def _both(*steps: Callable[[Book, pd.DataFrame], None]) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        for step in steps:
            step(book, panel)

    return spoil


def _heading(name: str, text: str) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        book.headings[book.names.index(name)] = text

    return spoil


def _all(change: Callable[[float], Any], *, only: str = "") -> Callable[[Book, pd.DataFrame], None]:
    return lambda book, panel: book.map_all(change, only=only)


def _line(name: str, change: Callable[[float], Any], *, only: str = "") -> Callable[[Book, pd.DataFrame], None]:
    return lambda book, panel: book.map(name, change, only=only)


def _swap_ids(*places: int) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        a, b = book.council(ONE), book.council(TWO)
        for place in places:
            a[place], b[place] = b[place], a[place]

    return spoil


def _id(place: int, value: Any, *, of: str = ONE) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        book.council(of)[place] = value

    return spoil


def _shifted(*names: str) -> Callable[[Book, pd.DataFrame], None]:
    """Return what moves figures one row down, of some lines or of all."""

    def spoil(book: Book, panel: pd.DataFrame) -> None:
        for place in [book.at(name) for name in names or book.names]:
            column = [row[place] for row in book.rows]
            for row, cell in zip(book.rows, [column[-1], *column[:-1]], strict=True):
                row[place] = cell

    return spoil


def _figures_of(year: str) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        other = panel[panel["outturn_year"] == year].set_index("council")
        for row in book.rows:
            for name in book.names:
                value = other[name].get(row[2]) if name in other else None
                row[book.at(name)] = "[x]" if value is None or pd.isna(value) else float(value)

    return spoil


def _title(year: str) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        book.title_year = year

    return spoil


def _rows(change: Callable[[list[list[Any]]], list[list[Any]]]) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        book.rows = change(book.rows)

    return spoil


def _class(old: str, new: str) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        for row in book.rows:
            row[3] = new if row[3] == old else row[3]

    return spoil


def _doubled(book: Book, panel: pd.DataFrame) -> None:
    second = list(book.council(ONE))
    second[book.at(ALL_END)] = 1.0
    book.rows.insert(0, second)


def _total_as_council(book: Book, panel: pd.DataFrame) -> None:
    total = list(book.council(ONE))
    total[2] = "TOTAL ENGLAND"
    for name in book.names:
        place = book.at(name)
        total[place] = float(sum(row[place] for row in book.rows if isinstance(row[place], float | int)))
    book.rows[book.rows.index(book.council(ONE))] = total


def _extra_header(book: Book, panel: pd.DataFrame) -> None:
    book.extra_header = ["", "", "", "", "", *[str(n) for n in range(len(book.names))]]


def _no_codes(book: Book, panel: pd.DataFrame) -> None:
    book.codes, book.row_codes = [""] * len(book.codes), [""] * len(book.row_codes)


def _second_interest(book: Book, panel: pd.DataFrame) -> None:
    """Put a near-zero column of interest before the real one, under its code, the real one without."""
    place = book.names.index(INTEREST)
    book.names.insert(place, "icelandic")
    book.codes.insert(place, book.codes[place])
    book.row_codes.insert(place, book.row_codes[place])
    book.headings.insert(place, book.headings[place])
    book.codes[place + 1], book.row_codes[place + 1] = "", ""
    for row in book.rows:
        row.insert(5 + place, 1.0)


def _unstored(*names: str) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        for name in names or book.names:
            place = book.at(name)
            for row in book.rows:
                row[place] = Formula()

    return spoil


def _unstored_of(council: str) -> Callable[[Book, pd.DataFrame], None]:
    def spoil(book: Book, panel: pd.DataFrame) -> None:
        row = book.council(council)
        row[5:] = [Formula()] * len(book.names)

    return spoil


def _commas(value: float) -> str:
    return f"{value:,.0f}"


def _spaced(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u00a0")


def _narrow(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f")


def _brackets(value: float) -> str | float:
    return f"({-value:,.0f})" if value < 0 else value


def _decimal_comma(value: float) -> str:
    return f"{value:,.0f}".replace(",", ".")


def _as_date(value: float) -> datetime:
    return datetime(2000 + int(abs(value)) % 50, 1 + int(abs(value)) % 12, 1)


# --- the multi-year file ---


def _own(series: pd.DataFrame, council: str = ONE, year: str = "202403") -> pd.Series:
    return (series["LA_name"] == council) & (series["year_ending"] == year)


def _years_swapped(series: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    return series.assign(year_ending=series["year_ending"].replace({"202403": "202303", "202303": "202403"}))


def _column_renamed(old: str, new: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    return lambda series, panel: series.rename(columns={old: new})


def _columns_swapped(first: str, second: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    return lambda series, panel: series.rename(columns={first: second, second: first})


def _cell(column: str, value: str, **of: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    def spoil(series: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
        series.loc[_own(series, **of), column] = value
        return series

    return spoil


def _series_ids_swapped(*columns: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    def spoil(series: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
        a, b = _own(series), _own(series, TWO)
        for column in columns:
            first, second = series.loc[a, column].iloc[0], series.loc[b, column].iloc[0]
            series.loc[a, column], series.loc[b, column] = second, first
        return series

    return spoil


def _cut_in_a_row(series: pd.DataFrame, panel: pd.DataFrame) -> str:
    text = series.to_csv(index=False, lineterminator="\n")
    return text[: len(text) * 2 // 3]


def _cut_after_a_row(series: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    return series.sort_values("year_ending", kind="stable").head(len(series) - 200)


def _series_times(factor: float, year: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    def spoil(series: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
        rows = series["year_ending"] == year
        for column in [name for name in series if name.startswith("RS_")]:
            numbers = pd.to_numeric(series.loc[rows, column], errors="coerce") * factor
            series.loc[rows, column] = numbers.map(lambda value: "" if pd.isna(value) else repr(value))
        return series

    return spoil


def _series_shifted(series: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    columns = [name for name in series if name.startswith("RS_")]
    series[columns] = series[columns].shift(1, fill_value="")
    return series


def _not_submitted(series: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    series.loc[_own(series), "status"] = "total"
    return series


def _without(**of: str) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    return lambda series, panel: series[~_own(series, **of)]


_BOTH_KINDS: tuple[tuple[str, Callable[[Book, pd.DataFrame], None]], ...] = (
    ("two columns' figures swapped: net revenue expenditure, interest", _swap_figures(NRE, INTEREST)),
    ("two columns' figures swapped: adults', children's social care", _swap_figures(ADULTS, CHILDREN)),
    ("two code cells swapped: net revenue expenditure, interest", _swap_heads("codes", NRE, INTEREST)),
    ("two code cells and headings swapped: adults', children's social care",
     _both(_swap_heads("codes", ADULTS, CHILDREN), _swap_heads("headings", ADULTS, CHILDREN))),
    ("codes, row codes and headings swapped: closing unallocated, net revenue expenditure",
     _both(*(_swap_heads(part, ALL_END, NRE) for part in ("codes", "row_codes", "headings")))),
    ("a heading that contradicts its code", _heading(NRE, "Total service expenditure")),
    ("a heading of nothing known over a core line", _heading(NRE, "Population")),
    ("amounts in £", _all(lambda value: value * 1000)),
    ("amounts in £ million", _all(lambda value: round(value / 1000, 3))),
    ("one council's amounts in £", _all(lambda value: value * 1000, only=ONE)),
    ("one council's amounts in £ million", _all(lambda value: round(value / 1000, 3), only=ONE)),
    ("one line in £", _line(INTEREST, lambda value: value * 1000)),
    ("figures shifted down by one row", _shifted()),
    ("one line shifted down by one row", _shifted(NRE)),
    ("closing reserves shifted down by one row", _shifted(ALL_END)),
    ("the year before's figures", _figures_of("2022-23")),
    ("figures of two years before", _figures_of("2021-22")),
    ("another year in the title", _title("2021-22")),
    ("formulas without stored results, one line", _unstored(NRE)),
    ("formulas without stored results, everything", _unstored()),
    ("formulas without stored results, one council", _unstored_of(ONE)),
    ("E-codes of two councils swapped", _swap_ids(0)),
    ("E-codes and ONS codes of two councils swapped", _swap_ids(0, 1)),
    ("E-codes, ONS codes and names of two councils swapped", _swap_ids(0, 1, 2)),
    ("ONS codes of two councils swapped", _swap_ids(1)),
    ("another council's name", _id(2, TWO)),
    ("an E-code that is nobody's", _id(0, "E4799")),
    ("a damaged E-code", _id(0, "E47O4")),
    ("an empty E-code", _id(0, "")),
    ("a wrong class", _id(3, "SD")),
    ("a council as another authority", _id(3, "O")),
    ("half the rows gone", _rows(lambda rows: rows[::2])),
    ("one council's row gone", _rows(lambda rows: [row for row in rows if row[2] != ONE])),
    ("one class gone", _rows(lambda rows: [row for row in rows if row[3] != "MD"])),
    ("one class renamed", _class("L", "Capital")),
    ("two classes swapped", _both(_class("UA", "?"), _class("MD", "UA"), _class("?", "MD"))),
    ("the sign of a whole line", _line(INTEREST, lambda value: -value)),
    ("the sign of one council's line", _line(INTEREST, lambda value: -value, only=ONE)),
    ("adjusted and unadjusted earmarked reserves swapped",
     _both(_swap_figures(ADJ_END, OTHER_END), _swap_figures(ADJ_START, OTHER_START))),
    ("opening and closing reserves swapped",
     _both(_swap_figures(ALL_START, ALL_END), _swap_figures(OTHER_START, OTHER_END))),
    ("a second row of a council, fuller or not", _doubled),
    ("a row of totals as a council", _total_as_council),
    ("a core line blank", _line(ALL_END, lambda value: None)),
    ("a core line all zeros", _line(ALL_END, lambda value: 0.0)),
    ("one council's core line zero", _line(ALL_END, lambda value: 0.0, only=ONE)),
    ("a core line not returned, all [x]", _line(NRE, lambda value: "[x]")),
    ("a line all zeros", _line(ADULTS, lambda value: 0.0)),
    ("numbers as text with commas", _all(_commas)),
    ("numbers as text with no-break spaces", _all(_spaced)),
    ("numbers as text with narrow spaces", _all(_narrow)),
    ("numbers as text with points for thousands", _line(NRE, _decimal_comma)),
    ("negatives in brackets", _all(_brackets)),
    ("dates for numbers, one line", _line(NRE, _as_date)),
    ("a date for one council's number", _line(NRE, _as_date, only=ONE)),
    ("hundredths, as of a percent format", _line(NRE, lambda value: value / 100)),
    ("one council's hundredths", _line(NRE, lambda value: value / 100, only=ONE)),
    ("words for one council's number", _line(NRE, lambda value: "see note below", only=ONE)),
    ("the rows of codes gone", _no_codes),
    ("a further row of headings", _extra_header),
    ("a near-zero second column of interest first, with its code", _second_interest),
    ("certification of everybody withdrawn", _rows(lambda rows: [[*row[:4], "N", *row[5:]] for row in rows])),
)  # fmt: skip

ATTACKS = (
    *(Attack(what, "shipped", spoil) for what, spoil in _BOTH_KINDS),
    *(Attack(what, "new", spoil) for what, spoil in _BOTH_KINDS),
    Attack("figures of the year shipped under the new year's name", "new", _figures_of(SHIPPED)),
    Attack("two years swapped", "series", _years_swapped),
    Attack("a core column renamed", "series", _column_renamed("RS_netrevexp_net_exp", "RS_netrevexp_netexp")),
    Attack("a column renamed", "series", _column_renamed("RS_resunall_end_cy", "RS_resunall_endcy")),
    Attack("two columns swapped", "series", _columns_swapped("RS_netrevexp_net_exp", "RS_intextpay_net_exp")),
    Attack("opening and closing swapped", "series", _columns_swapped("RS_resunall_start_cy", "RS_resunall_end_cy")),
    Attack("adults' and children's swapped", "series", _columns_swapped("RS_asc_net_exp", "RS_csc_net_exp")),
    Attack("another council's E-code", "series", _cell("LA_LGF_code", "E9999")),
    Attack("E-codes of two councils swapped", "series", _series_ids_swapped("LA_LGF_code")),
    Attack("E-codes and ONS codes swapped", "series", _series_ids_swapped("LA_LGF_code", "ONS_code")),
    Attack("all names of two councils swapped", "series", _series_ids_swapped("LA_LGF_code", "ONS_code", "LA_name")),
    Attack("another council's name", "series", _cell("LA_name", TWO)),
    Attack("a wrong class", "series", _cell("LA_class", "Shire District")),
    Attack("a class nobody knows", "series", _cell("LA_class", "Super Council")),
    Attack("cut in the middle of a row", "series", _cut_in_a_row),
    Attack("cut after a row", "series", _cut_after_a_row),
    Attack("one year in £", "series", _series_times(1000.0, "202403")),
    Attack("one year in £ million", "series", _series_times(0.001, "202303")),
    Attack("figures shifted down by one row", "series", _series_shifted),
    Attack("one council's figure in £", "series", _cell("RS_netrevexp_net_exp", "600000000")),
    Attack("one council's figure nothing", "series", _cell("RS_resunall_end_cy", "")),
    Attack("words for a number", "series", _cell("RS_netrevexp_net_exp", "see note")),
    Attack("a council as a total", "series", _not_submitted),
    Attack("a council's row gone", "series", _without()),
)  # fmt: skip
