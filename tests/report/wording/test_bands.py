"""What followed in each band, in words."""

from resilience.backtest.track_record import Followed, TrackRecord
from resilience.report.wording import bands

RECORD = TrackRecord(
    2018,
    2024,
    {"1–10": Followed(70, 21, 0.217, 0.395), "below 100": Followed(1526, 9, 0.003, 0.0099)},
    None,
    Followed(12, 6, 0.3, 0.7),
)


def test_every_band_in_a_sentence():
    assert bands.every_band(RECORD, 24) == (
        "Of 70 places ranked 1–10 on the lists of January 2018–2024, 21 were followed by a first event within 24 "
        "months; 9 of 1,526 ranked below 100."
    )
    assert "no record to set beside it" in bands.every_band(TrackRecord(), 24)


def test_one_january_is_named_as_one():
    assert bands.januaries(TrackRecord(2018, 2018)) == "on the list of January 2018"


def test_a_band_without_councils_has_no_record():
    assert bands.headline_record("11–30", RECORD, 12).startswith("No past list's 12 months had closed")
    assert bands.both(RECORD, 24) == ""


def test_where_the_record_bears_higher_chances_out_there_is_no_cap():
    assert bands.capped(RECORD) == ""
    assert bands.at_paces({"quiet": 0.45, "middling": 0.6, "busy": 0.7}, 24, RECORD.cap).endswith(
        "the model puts it at about 45% if 10 do, 60% if 20 and 70% if 30."
    )


def test_without_paces_nothing_is_said():
    nothing = float("nan")
    assert bands.at_paces({"quiet": nothing, "middling": nothing, "busy": nothing}, 24, 0.4) == ""
    assert bands.at_paces({}, 24, 0.4) == ""
