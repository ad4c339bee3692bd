"""What README.md says about the language is true of the parser."""

import re

import pytest

from bot.query import limits
from bot.query.dates import window
from bot.query.errors import QueryError
from bot.query.filters import ALLOWED
from bot.query.parse import parse
from bot.query.syntax import Sort
from tests.readme import README
from tests.unit.query.queries import short

SECTION = re.findall(r"## What to write\n(.*?)\n## ", README.read_text("utf-8"), re.DOTALL)[0]
TABLE = re.findall(r"<!-- language -->\n(.*?)<!-- /language -->", SECTION, re.DOTALL)[0]
ROWS = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in TABLE.splitlines()[2:]]
NOW = 1_663_677_000_000


def code(text: str) -> list[str]:
    """What stands between backquotes."""
    return [each.replace("\\|", "|") for each in re.findall(r"`([^`]+)`", text)]


EXAMPLES = [example for row in ROWS for example in code(row[0])]


def test_the_table_has_every_filter() -> None:
    written = {each.partition(":")[0] for each in EXAMPLES if ":" in each}
    assert written == {*Sort, "since", "until", "versions"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_understood(example: str) -> None:
    query = parse(example)
    assert query.text == example
    assert query.ignored == ()
    window(query, NOW, "Europe/Kyiv")


@pytest.mark.parametrize(("sort", "values"), ALLOWED.items())
def test_the_values_are_those_there_are(sort: Sort, values: str) -> None:
    row = next(row for row in ROWS if row[0].startswith(f"`{sort}:"))
    assert code(row[1]) == values.split(", ")
    parse(" ".join(f"{sort}:{value}" for value in code(row[1])))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b OR c", "(a b) OR c"),
        ("обстріл ~ Херсон", "обстріл ~5 Херсон"),
        ("обстріл —навчання", "обстріл -навчання"),
        ("a AND b ТА c И d", "a b c d"),
    ],
)
def test_what_is_the_same_is_the_same(one: str, other: str) -> None:
    assert short(parse(one).root) == short(parse(other).root)


def explained(example: str) -> list[str]:
    """The code in the meaning of what is written as `example`."""
    return next(code(row[1]) for row in ROWS if example in code(row[0]))


@pytest.mark.parametrize("unit", explained("since:7d"))
def test_a_unit_is_counted_back(unit: str) -> None:
    since, _ = window(parse(f"since:2{unit}"), NOW, "Europe/Kyiv")
    assert since is not None
    assert since < NOW


@pytest.mark.parametrize("day", explained("since:yesterday"))
def test_a_date_is_understood(day: str) -> None:
    since, _ = window(parse(f'since:"{day}"'), NOW, "Europe/Kyiv")
    assert since is not None
    assert since < NOW


@pytest.mark.parametrize("query", ["-навчання", "обстріл OR -навчання"])
def test_what_is_said_to_be_refused_is(query: str) -> None:
    assert query in code(SECTION)
    with pytest.raises(QueryError):
        parse(query)


def test_the_limits_are_those_of_the_code() -> None:
    line = next(line for line in SECTION.splitlines() if "**Limits**" in line)
    assert [int(each.replace(",", "")) for each in re.findall(r"[\d,]+\b", line)] == [
        *(limits.LENGTH, limits.TERMS, limits.PHRASE, limits.DISTANCE),
        *(limits.DEPTH, limits.REGEX, limits.VALUES),
    ]
    assert limits.PREFIX == 3, "written as a word in the table"
    assert limits.NEAR == 5
