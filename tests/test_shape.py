"""How large things may become (DESIGN section 3): a function that one takes in at a glance, a
module about one matter. A statement of SQL is a literal in the function that runs it, and reads by
itself: its lines are not counted, but a function with its statements ends somewhere too.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FUNCTION = 30  # lines, without the docstring and without statements of SQL
WITH_SQL = 50  # lines, without the docstring
MODULE = 300  # lines
PARAMETERS = 5  # without self and cls

Function = ast.FunctionDef | ast.AsyncFunctionDef

MODULES = [
    path
    for package in ("bot", "config", "seeds", "storage")
    for path in sorted((ROOT / package).rglob("*.py"))
]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    """All of them, methods and inner ones too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def lines(node: ast.stmt | ast.expr) -> set[int]:
    assert node.end_lineno is not None, "it was read from a file"
    return set(range(node.lineno, node.end_lineno + 1))


def written(function: Function) -> set[int]:
    """Its lines without the docstring."""
    told = ast.get_docstring(function) is not None
    return lines(function) - (lines(function.body[0]) if told else set())


def statements(function: Function) -> set[int]:
    """The lines of texts that take several."""
    return {
        line
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if len(lines(node)) > 1
        for line in lines(node)
    }


def parameters(function: Function) -> int:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return len([each for each in every if each.arg not in ("self", "cls")])


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_functions_are_short(path: Path) -> None:
    speaks_sql = path.is_relative_to(ROOT / "storage")
    for function in functions(path):
        code = written(function)
        counted = code - statements(function) if speaks_sql else code
        assert len(counted) <= FUNCTION, function.name
        assert len(code) <= WITH_SQL, function.name


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_functions_take_few_parameters(path: Path) -> None:
    for function in functions(path):
        assert parameters(function) <= PARAMETERS, function.name


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_modules_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MODULE


def test_what_is_counted() -> None:
    [one] = ast.parse(
        'async def one(self, a, *, b=1):\n    """Two\n    lines."""\n'
        '    await run(\n        """\n        SELECT 1\n        """,\n        "x",\n    )\n'
    ).body
    assert isinstance(one, Function)
    assert len(written(one)) == 7
    assert len(written(one) - statements(one)) == 4
    assert parameters(one) == 2
