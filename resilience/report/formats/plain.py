"""The same as ``report.plain``, for modules that still ask for it here."""

from resilience.report.plain import plain as plain
