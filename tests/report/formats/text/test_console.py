"""A console that cannot write every sign gets plainer ones, and never an error."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from resilience import paths
from resilience.report.formats.text.console import plain, readable, without_colour

SAID = "▲▲ worse, ▼ better · 1–10: £5.7m → “>40”, −3 … José ┏━┓│ ⚑"


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def written(encoding: str, *, terminal: bool = False, **environment: str) -> bytes:
    into = io.BytesIO()
    stream = (Terminal if terminal else io.TextIOWrapper)(into, encoding=encoding)
    readable(stream, environment)
    stream.write(SAID)
    stream.flush()
    return into.getvalue()


def test_every_sign_has_a_plainer_one():
    assert plain(SAID) == '++ worse, - better * 1-10: GBP 5.7m -> ">40", -3 ... Jose +-+| ?'


def test_only_what_the_encoding_lacks_is_replaced():
    assert written("utf-8").decode("utf-8") == SAID
    assert written("ascii").decode("ascii") == plain(SAID)
    assert written("cp1252").decode("cp1252") == "++ worse, - better · 1–10: £5.7m -> “>40”, -3 … José +-+| ?"


@pytest.mark.parametrize(
    ("environment", "ascii_only"),
    [
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),  # Python's own doing
        ({"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, True),
        ({"LC_CTYPE": "en_GB.UTF-8", "LANG": "C"}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({}, False),
    ],
)
def test_a_terminal_in_the_c_locale_gets_ascii_and_a_pipe_keeps_its_encoding(environment, ascii_only):
    assert written("utf-8", terminal=True, **environment) == (plain(SAID) if ascii_only else SAID).encode("utf-8")
    assert written("utf-8", **environment).decode("utf-8") == SAID


def test_a_stream_that_cannot_be_set_is_left_as_it_is():
    stream = io.StringIO()
    readable(stream)
    stream.write(SAID)
    assert stream.getvalue() == SAID


def test_a_file_has_no_colours():
    assert without_colour("\x1b[1;31m1–10\x1b[0m 25") == "1–10 25"


def test_the_command_prints_on_an_ascii_pipe():
    done = subprocess.run(
        [sys.executable, "-m", "resilience.cli", "screen", "--class", "SC"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(paths.home()), "COLUMNS": "80"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode("ascii")
    assert said.startswith("Watch list as of ") and "+ somewhat, ++ clearly, +++ far worse" in said
