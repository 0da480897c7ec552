"""A merger as text for a terminal, and the list of new councils proposed."""

from __future__ import annotations

from typing import Any

from resilience.report.formats.text.layout import joined, wrapped

_FORM = "{:<26.26} {:>6} {:>10} {:>10} {:>10} {:>10} {:>11} {:>9}  {}"
_HEADS = ("Brings", "share", "spending", "reserves", "unalloc.", "interest", "gross debt", "DSG def.", "chance now")


def layout(view: dict[str, Any]) -> str:
    """Lay a merger out: what each predecessor brings, and how the new council would stand."""
    plan = view["plan"]
    out = [view["title"], *wrapped(view["no_such"]), ""]
    if plan:
        what = f"{plan['area']}: {plan['status']} ({plan['decision_date']}), vesting {plan['vesting_date']}."
        out += wrapped(what) + [line for text in plan["assumptions"] for line in _mind(f"{text}.")] + [""]
    out.append(_FORM.format(*_HEADS))
    out += [_FORM.format(one["council"], one["share"], *one["amounts"], one["standing"]) for one in view["brings"]]
    out.append(_FORM.format("Together", "", *view["together"], ""))
    out += wrapped(f"Each figure is the last published: {view['years']}. “>” means at least: a figure is missing.")
    out.append("")
    for text in view["assessment"]:
        out += wrapped(text)
    out += [*_mind(view["indebted"]), "", *_mind(view["support"])]
    for note in view["notes"]:
        out += wrapped(note)
    if plan:
        out += wrapped(f"Sources ({len(plan['sources'])}): data/processed/proposals.csv, or --format json.")
    return joined(out)


def _mind(text: str) -> list[str]:
    return wrapped(f"! {text}", "", "  ") if text else []


def proposals(view: dict[str, Any]) -> str:
    """Lay out the list of new councils whose make-up is stated."""
    out = [view["title"], ""]
    out += ["  {new_authority:<34} {area:<12} {status:<9} {vesting_date}".format(**one) for one in view["stated"]]
    out += ["", *wrapped("No source states the make-up of: " + "; ".join(view["unstated"]) + ".")]
    return joined([*out, *wrapped(view["note"])])
