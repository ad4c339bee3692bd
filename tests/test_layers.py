"""Who may import whom (DESIGN section 3). A change here is a change of the design."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = {
    "bot.errors",
    "storage.records",
    "bot.query",
    "bot.locales",
    "bot.outcomes",
    "bot.bell",
    "bot.clock",
    "bot.joinpace",
}

# module or package -> what of ours it may import; the longest name that fits decides.
ALLOWED: dict[str, set[str]] = {
    "config": set(),
    "storage": set(),
    "seeds": {"storage.records", "bot.query.reading", "bot.errors"},
    "seeds.places": {"seeds.names", "bot.query"},
    "bot.query": set(),
    "bot.bell": {"bot.clock"},
    "bot.clock": set(),
    "bot.errors": set(),
    "bot.outcomes": set(),
    "bot.sandbox": set(),
    "bot.locales": set(),
    "bot.supervise": set(),
    "bot.jobs": {"bot.bell", "bot.clock"},
    "bot.joinpace": set(),
    "bot.lock": {"bot.errors"},
    "bot.opening": PURE | {"storage", "bot.lock"},
    "bot.telegram": {"storage.records", "bot.outcomes", "bot.bell", "bot.clock", "bot.errors"},
    "bot.alerts": PURE | {"storage"},
    "bot.alerts.compose": {"storage.records", "bot.query", "bot.locales", "bot.alerts"},
    "bot.alerts.digest": {"storage.records", "bot.query", "bot.locales", "bot.alerts"},
    "bot.alerts.schedule": {"storage.records", "bot.locales", "bot.alerts.spoken"},
    "bot.alerts.spoken": set(),
    "bot.alerts.also": {"storage.records", "bot.locales", "bot.alerts.passage"},
    "bot.alerts.passage": {"storage.records", "bot.query", "bot.locales"},
    "bot.commands": PURE
    | {"storage", "bot.alerts.about", "bot.alerts.passage", "bot.alerts.presses"}
    | {"bot.alerts.difference", "bot.alerts.followups", "bot.alerts.schedule"}
    | {"bot.documents", "bot.finding", "bot.understanding"},
    "bot.documents": PURE | {"storage"},
    "bot.finding": PURE | {"storage", "bot.documents"},
    "bot.understanding": PURE | {"storage"},
    "bot.renewing": PURE | {"storage.db", "bot.understanding"},
    "bot.rulebook": PURE | {"storage", "bot.documents"},
    "bot.importing": PURE | {"storage"},
    "bot.importing.command": PURE | {"storage", "bot.importing", "bot.opening"},
    "bot.ingest": PURE | {"storage"},
    "bot.alerts.deciding": PURE | {"storage", "bot.alerts", "bot.rulebook"},
    "bot.owner": PURE | {"storage"},
    "bot.watching": PURE | {"storage", "bot.owner"},
    "bot.progress": PURE | {"storage", "bot.commands"},
    "bot.operator": PURE | {"storage", "bot.opening"},
    "bot.options": {"bot.operator", "bot.query", "storage"},
}
EVERYTHING = {
    "bot.app",
    "bot.configured",
    "bot.program",
    "bot.cli",
    "bot.operator.doctor",
    "bot.operator.probing",
    "bot.operator.searching",
    "bot.__main__",
}
DEMO = "bot.demo"  # a play about the whole program
OURS = ("bot", "config", "storage", "seeds", "tests")


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = [
    (dotted(path), path)
    for package in ("bot", "config", "storage", "seeds")
    for path in sorted((ROOT / package).rglob("*.py"))
]


def imports(path: Path) -> set[str]:
    """Every module or name imported, as a dotted name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize(("name", "path"), MODULES, ids=str)
def test_a_module_imports_only_what_its_layer_may(name: str, path: Path) -> None:
    if name in EVERYTHING or name == "bot" or within(name, DEMO):
        return
    layer = max((each for each in ALLOWED if within(name, each)), key=len, default=None)
    assert layer is not None, f"{name} has no layer: name it in this test, after some thought"
    allowed = ALLOWED[layer] | {layer}
    ours = {each for each in imports(path) if each.split(".")[0] in OURS}
    assert {each for each in ours if not any(within(each, a) for a in allowed)} == set()


@pytest.mark.parametrize(("name", "path"), MODULES, ids=str)
def test_only_two_packages_know_telethon(name: str, path: Path) -> None:
    if any(within(name, each) for each in ("bot.telegram", "bot.sandbox", DEMO)):
        return
    assert not [each for each in imports(path) if each.split(".")[0] == "telethon"]


@pytest.mark.parametrize(("name", "path"), MODULES, ids=str)
def test_only_storage_speaks_sql(name: str, path: Path) -> None:
    """aiosqlite's connection may be named elsewhere as the type that is passed on."""
    if within(name, "storage"):
        return
    text = path.read_text(encoding="utf-8")
    assert "import sqlite3" not in text
    assert ".execute(" not in text
