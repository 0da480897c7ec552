"""Every HTML page is made here: templates that escape what they are given, one style, nothing loaded from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from resilience import __version__, formatting
from resilience.report.wording import general

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0: figures published by the "
    "Ministry of Housing, Communities and Local Government and the other bodies named on the page."
)


@cache
def environment() -> Environment:
    """Return the templates with ``formatting`` as filters; whatever a template is given is escaped.

    A page extends ``base.html.j2`` and fills its blocks: ``title``, ``description``, ``name``, ``content``, and where
    needed ``policy`` (the content security policy: widen it to run a script of the page's own), ``style``, ``head``,
    ``nav`` (or give ``links``: dicts of ``href``, ``text``, ``here``, and ``about`` for the footer), ``footer``,
    ``scripts``.
    """
    made = Environment(
        loader=PackageLoader("resilience.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "percent": formatting.percent,
        "chance": formatting.chance,
        "step_chance": formatting.step_chance,
        "pounds": formatting.pounds,
        "thousands": formatting.thousands,
        "day": formatting.day,
        "kept": kept_together,
        "slug": slug,
        "signed": formatting.signed,
    }
    made.globals |= {
        "style": Markup(style()),  # the package's own file, not input
        "version": __version__,
        "score_is": general.SCORE_IS,
        "cannot_see": general.CANNOT_SEE,
        "attribution": ATTRIBUTION,
        "class_names": general.CLASS_NAMES,
        "class_plurals": general.CLASS_PLURALS,
        "chance_range": formatting.chance_range,
        # What only a page of the site is given: its navigation, the pages of councils, its data in other forms.
        "links": (),
        "page_of": {},
        "downloads": (),
        "mergers_page": "",
        "data": {},
    }
    return made


@cache
def style() -> str:
    """Return the one style sheet, without comments and needless space."""
    text = resources.files("resilience.report").joinpath("templates/style.css").read_text("utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text).strip()


def page(template: str, **values: Any) -> str:
    """Fill a template with a view, e.g. ``page("council.html.j2", **view)``; a value it needs and lacks is an error."""
    return environment().get_template(template).render(**values)


def own_figures(view: Mapping[str, Any]) -> str:
    """Return an assessment with own figures as a page that needs nothing else, marked as unpublished throughout."""
    return page("own_figures.html.j2", **view)


def kept_together(text: object) -> Markup:
    """Escape a text and keep figures and their units on one line ("9 years", "31 March 2024")."""
    safe = str(escape(text))
    safe = re.sub(r"(\d) (years?\b)", "\\1\u00a0\\2", safe)
    safe = re.sub(r"(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December)",
                  "\\1\u00a0\\2", safe)  # fmt: skip
    return Markup(safe)  # escaped above


def slug(name: object) -> str:
    """Return a name as it stands in addresses and class names: "St Helens" → "st-helens"."""
    return re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-")
