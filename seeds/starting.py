"""Rules to start with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from seeds.tables import Table, read

RULES = Path(__file__).parent / "rules.toml"
LANGUAGES = ("en", "uk", "ru")


@dataclass(frozen=True, slots=True)
class StarterRule:
    """A query that is offered, with a title in each language of the bot."""

    titles: Mapping[str, str]
    query: str


def starter_rules(path: Path = RULES) -> list[StarterRule]:
    """The rules in the order of the file. Raises SeedsError."""
    top = read(path)
    rules: list[StarterRule] = []
    for table in top.tables("rule"):
        rule = _rule(table)
        if any(rule.query == other.query for other in rules):
            raise table.wrong(f"the query {rule.query} is in this file twice.")
        rules.append(rule)
    top.done()
    return rules


def _rule(table: Table) -> StarterRule:
    titles = table.table("title")
    if titles is None:
        raise table.wrong('title is missing: write { en = "…", uk = "…", ru = "…" }.')
    rule = StarterRule(
        {language: titles.take(language, str) for language in LANGUAGES}, table.take("query", str)
    )
    titles.done()
    table.done()
    return rule
