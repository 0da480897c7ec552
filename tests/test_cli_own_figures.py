"""`assess` with figures of one's own: template, assessment, annex, every fault at once; nothing written unasked."""

from __future__ import annotations

import json

from resilience.analysis.own_figures.read import MARK
from tests.analysis.own_figures.plans import Filled


def test_from_the_template_to_the_annex(cli, tmp_path):
    template = tmp_path / "ealing.csv"
    assert cli("assess", "Ealing", "--template", template).code == 0
    assert template.read_bytes().startswith("\ufeffCouncil,Ealing".encode())
    plan, annex = Filled().five().save(tmp_path, "plan.csv"), tmp_path / "annex.md"
    done = cli("assess", "Ealing", "--figures", plan, "--annex", annex, "--format", "json")
    assert (done.code, done.err) == (0, f"Written to {annex}.\n")
    content = json.loads(done.out)
    assert [one["outturn_year"] for one in content["plan"][1:]] == [
        f"{year}-{year % 100 + 1}" for year in range(2026, 2031)
    ]
    assert content["cushion"]["runs_out"] == "" and content["cushion"]["lasts"] > 5
    assert annex.read_text("utf-8").count(MARK) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["annex.md", "ealing.csv", "plan.csv"]


def test_every_fault_is_printed_and_nothing_is_written(cli, tmp_path):
    filled = Filled().five().put("2026-27", RS_hous_net_exp="lots", RS_resoth_end_cy=-4)
    done = cli("assess", "Ealing", "--figures", filled.save(tmp_path), "--annex", tmp_path / "annex.html")
    assert done.code == 2 and done.out == ""
    first, *faults = done.err.splitlines()
    assert first == "resilience: own.csv: 2 things to put right; nothing is assessed until they are."
    assert "'lots' is no number" in faults[0] and "below nil" in faults[1]
    assert [path.name for path in tmp_path.iterdir()] == ["own.csv"]


def test_what_does_not_go_together(cli, tmp_path):
    done = cli("assess", "Ealing", "--annex", tmp_path / "annex.html")
    assert done.code == 2 and "give --figures with it" in done.err
    plan = Filled().five().save(tmp_path)
    done = cli("assess", "Ealing", "--figures", plan, "--annex", tmp_path / "annex.docx")
    assert done.code == 2 and "An annex is a .html or .md file, not 'annex.docx'" in done.err
