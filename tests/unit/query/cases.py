"""Labelled cases of inflection: what a rule should and should not find."""

from pathlib import Path
from typing import NamedTuple

OURS = Path(__file__).parent / "morphology.tsv"


class Case(NamedTuple):
    """A line of a table: columns rule, text, lang, should_match, note; a line break is \\n."""

    rule: str
    text: str
    lang: str
    expected: bool
    note: str

    @property
    def arguable(self) -> bool:
        """A derived word, which some would want to be found."""
        return "soft-neg" in self.note


def read(path: Path) -> list[Case]:
    """The cases of a table; nothing in it is quoted."""
    lines = path.read_text(encoding="utf-8").split("\n")[1:]
    return [_case(line) for line in lines if line]


def _case(line: str) -> Case:
    rule, text, lang, expected, note = line.split("\t")
    return Case(rule, text.replace("\\n", "\n"), lang, expected == "1", note)
