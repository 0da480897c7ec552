"""How small a difference between two lists the record could have told from chance."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

#: How often a true difference is to be found, and how often chance may be taken for one (two-sided).
POWER, LEVEL = 0.80, 0.05


def detectable(standard_error: float) -> float:
    """Return the smallest true difference found at 80% power and 5%, two-sided.

    Parameters
    ----------
    standard_error : float
        Of the difference, for example the standard deviation of its paired bootstrap draws.
    """
    return float(ndtri(1 - LEVEL / 2) + ndtri(POWER)) * standard_error


def detectable_of(drawn: np.ndarray) -> float | None:
    """Return the smallest difference detectable from the draws of a paired difference; None for fewer than two."""
    finite = drawn[np.isfinite(drawn)]
    return detectable(float(finite.std(ddof=1))) if len(finite) > 1 else None
