"""`postwatch explain`: whether a rule finds a text, by which words, or what it lacked."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.errors import OperatorError
from bot.operator.searching import told
from bot.query.compile import decider, understand
from bot.query.errors import QueryError
from bot.query.lexicon import NAMES, Lexicon
from bot.query.match import holds, spans
from bot.query.parse import parse
from bot.query.reading import Reading, Understood
from bot.query.tree import Document, Tree
from bot.query.why import Part, parts
from bot.query.words import shown

REMEMBERED = 4096  # rules, since tables of cases try one rule on many texts


class ExplainError(OperatorError):
    """What was asked cannot be explained; the message is for the person who asked."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule, ready for texts."""

    tree: Tree
    forms: list[str]  # every word that counts as a hit, in order


class Explainer:
    """Tries rules on texts, by the words of a lexicon. It knows no channels."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._rule = lru_cache(maxsize=REMEMBERED)(self._read)

    def answer(self, rule: str, text: str, language: str | None = None) -> str:
        """The answer for a person. Raises ExplainError for a rule that cannot be read."""
        document = _document(text, language)
        try:
            query = parse(rule, rule=True)
            meant = understand(query, self._lexicon)
            found = parts(query, decider(query, self._lexicon), document)
        except QueryError as error:
            raise ExplainError(told(error)) from error
        return "\n".join(self._lines(meant, found, document))

    def as_json(self, lines: Iterable[bytes]) -> Iterator[str]:
        """For each line with an object (rule, text, perhaps lang), one with the answer.

        The answer has match, spans (from and to, in characters of the text; none without a
        match) and forms; or error.
        """
        for line in lines:
            if line.strip():
                # Without letters beyond ASCII, since half a character cannot be written.
                yield json.dumps(self._object(line))

    def _object(self, line: bytes) -> dict[str, object]:
        try:
            rule, text, language = _asked(line)
            known = self._rule(rule)
        except QueryError as error:
            return {"error": told(error)}
        except ExplainError as error:
            return {"error": str(error)}
        match = holds(known.tree, _document(text, language))
        places = spans(text, [known.tree]) if match else []
        return {"match": match, "spans": places, "forms": known.forms}

    def _read(self, rule: str) -> _Rule:
        meant = understand(parse(rule, rule=True), self._lexicon)
        assert meant.tree is not None, "a rule asks for something"
        return _Rule(meant.tree, sorted(set(_forms(meant))))

    def _lines(self, meant: Understood, found: list[Part], document: Document) -> Iterator[str]:
        assert meant.tree is not None, "a rule asks for something"
        matched = holds(meant.tree, document)
        yield "The rule finds this text." if matched else "The rule does not find this text."
        yield from map(_line, found)
        if meant.readings:
            yield "Its words:"
        yield from map(_meaning, meant.readings)
        for language in self._lexicon.missing:
            yield f"No dictionary of {NAMES[language]}: its words are not known in all forms."


def _asked(line: bytes) -> tuple[str, str, str | None]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        raise ExplainError("This line is not JSON in UTF-8.") from None
    if not isinstance(asked, dict):
        raise ExplainError("This line is not an object. Write rule and text.")
    rule, text, language = (asked.get(key) for key in ("rule", "text", "lang"))
    if not isinstance(rule, str) or not isinstance(text, str):
        raise ExplainError("Write both rule and text, as texts in quotation marks.")
    if language is not None and not isinstance(language, str):
        raise ExplainError("Write lang as a text in quotation marks, or leave it out.")
    return rule, text, language


def _document(text: str, language: str | None) -> Document:
    return Document(text, frozenset({f"l{language}"} if language else ()))


def _forms(meant: Understood) -> Iterator[str]:
    for reading in meant.readings:
        for row in (reading.row, *(name.row for name in reading.names)):
            for forms in row:
                yield from forms


def _line(part: Part) -> str:
    sign = "+" if part.met else "-"
    asked = f"not {part.text}" if part.negative else part.text
    if part.hits:
        said = ", ".join(part.hits)
    elif part.holds:
        said = "found"
    elif part.apart:
        said = "its words are there, but not together"
    else:
        said = "not found" + (f"; the nearest word is {part.nearest}" if part.nearest else "")
    return f" {sign} {asked}: {said}"


def _meaning(reading: Reading) -> str:
    each = " | ".join(", ".join(map(shown, sorted(forms))) for forms in reading.row)
    names = ", ".join(name.text for name in reading.names)
    perhaps = ", ".join(reading.doubtful)
    also = f"; also {names}" if names else ""
    return f"   {reading.text}: {each}{also}" + (f"; perhaps {perhaps}" if perhaps else "")
