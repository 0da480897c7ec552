"""New councils decided or proposed: the compilation, and what it says is assumed."""

import pytest

from resilience.councils.proposals import PROPOSAL_COLUMNS, load_proposals, proposal
from resilience.errors import DataError


def test_proposals_are_the_compilation_and_say_what_is_assumed():
    table = load_proposals()
    assert tuple(table.columns) == PROPOSAL_COLUMNS and len(table) == 78 and table["source"].ne("").all()
    plan = proposal("East Surrey")
    assert plan.vesting_date == "2027-04-01" and len(plan.codes) == 6 and plan.assumptions == ()
    essex = proposal("South East Essex Council")
    assert any("Southend-on-Sea" in one for one in essex.assumptions)
    assert any("taken to be abolished" in one for one in essex.assumptions)
    suffolk = proposal("ipswich & south suffolk")
    assert suffolk.shares == pytest.approx({"E07000200": 1 / 3, "E07000203": 1 / 3})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Hertfordshire", "is an area, not a new council; no make-up"),
        ("Essex", "it has Mid Essex Council"),
        ("future reorganised Torbay council", "is stated in no source"),
        ("Atlantis", "--proposal list"),
    ],
)
def test_a_proposal_that_is_not_stated_says_so(name, words):
    with pytest.raises(DataError, match=words):
        proposal(name)
