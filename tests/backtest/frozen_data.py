"""What the tests of frozen lists share."""

import json
from datetime import date
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker

HOME = Path(__file__).resolve().parents[2]
FROZEN_ON = date(2026, 12, 1)


def schema():
    text = (HOME / "docs" / "schemas" / "frozen_list.schema.json").read_text("utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    return Draft202012Validator(json.loads(text), format_checker=FormatChecker())
