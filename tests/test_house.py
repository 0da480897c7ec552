"""The house keeps its plan: imports only from rooms above one's own, no circle, few files at the root."""

from __future__ import annotations

import ast
from pathlib import Path

HOUSE = Path(__file__).parents[1] / "resilience"
ROOMS = ("councils", "publications", "tables", "indicators", "model", "method", "backtest", "analysis", "report", "cli")
GROUND = ("errors", "years", "files", "paths", "formatting")
PARTS = ("wording", "views", "formats", "writers", "api", "site", "documents")  # of report/, in this order too


def level(module: str) -> tuple[int, int]:
    """Return how far down the house a module stands, and how far down the report if it is of it."""
    parts = module.split(".")
    if len(parts) < 2 or parts[1] in GROUND:
        return -1, 0
    below = PARTS.index(parts[2]) if parts[1] == "report" and len(parts) > 2 and parts[2] in PARTS else 0
    return ROOMS.index(parts[1]), below


def imports() -> dict[str, set[str]]:
    """Return what every module of the package imports of it, inside functions too."""
    modules = {
        ".".join(p.relative_to(HOUSE.parent).with_suffix("").parts).removesuffix(".__init__"): p
        for p in HOUSE.rglob("*.py")
    }
    found = {}
    for name, path in modules.items():
        every = found.setdefault(name, set())
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                every |= {one.name for one in node.names if one.name.startswith("resilience")}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("resilience"):
                inner = {f"{node.module}.{one.name}" for one in node.names}
                every |= {one if one in modules else str(node.module) for one in inner}
    return found


def test_no_module_imports_from_a_room_below_its_own():
    wrong = [(a, b) for a, names in imports().items() for b in names if level(b) > level(a) and a != "resilience"]
    assert not wrong, "\n".join(f"{a} imports {b}" for a, b in sorted(wrong))


def test_no_circle_of_imports():
    left = {a: {b for b in names if b != "resilience"} for a, names in imports().items()}
    while free := [name for name, names in left.items() if not names & left.keys()]:
        left = {name: names for name, names in left.items() if name not in free}
    assert not left, f"these import each other in a circle: {', '.join(sorted(left))}"


def test_few_modules_stand_at_the_root():
    assert len(list(HOUSE.glob("*.py"))) <= 8
