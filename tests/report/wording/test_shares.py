"""Every percentage says of what."""

from resilience.indicators.definitions import load_definitions
from resilience.report.wording.shares import USUAL, of_what


def test_every_share_says_of_what():
    assert "net revenue expenditure" in USUAL
    for name, definition in load_definitions().items():
        said = of_what(name)
        if said in ("", "of net revenue expenditure"):
            assert definition.unit != "ratio" or definition.over_spending, name
        else:
            assert definition.unit == "ratio" and not definition.over_spending, name
    assert of_what("interest_to_reserves") == "of usable reserves"
    assert of_what("reserves_ratio") == of_what("reserves_runway_years") == ""
