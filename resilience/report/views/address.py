"""Where a council's page is: views of the site's pages are given a function that knows."""

from __future__ import annotations

from collections.abc import Callable

#: From a council's code to the address of its page, or None where it has none.
Address = Callable[[str], str | None]
