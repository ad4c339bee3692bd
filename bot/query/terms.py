"""A piece of a query -> the word, phrase, beginning or expression it asks for."""

import re
from collections.abc import Mapping

from bot.query import limits, patterns, words
from bot.query.lexemes import Lexeme
from bot.query.syntax import Pattern, Phrase, Prefix, Word

# Names that other programs give to our filters, and the likeliest slips.
_OUR_NAMES: Mapping[str, str] = {
    "after": "since",
    "before": "until",
    "channel": "from",
    "form": "from",
    "label": "in",
    "language": "lang",
    "pack": "in",
    "version": "versions",
}
_LIKE_A_FILTER = re.compile(rf"({'|'.join(_OUR_NAMES)}):\S", re.IGNORECASE | re.ASCII)
_A_FILTER = re.compile(
    r"[=!]+(?:from|in|has|is|lang|since|until|versions):", re.IGNORECASE | re.ASCII
)
_LIKE_A_PATTERN = re.compile(r"/\S*[\[\\^|({]")
_STARS_OF_NUMBERS = re.compile(r"(?<=\d)\*+(?=\d)")
_STAR_OF_A_WORD = re.compile(r"(?<![*\w])\w+\*(?![*\w])")
_OPENING = " (|=!-"  # what stands before a piece that stands for itself


def word(lexeme: Lexeme) -> Word | Phrase | Prefix | None:
    """What a WORD asks for; None: nothing. Raises QueryError."""
    _check_signs(lexeme)
    if not lexeme.words:
        return None
    if "*" in _STARS_OF_NUMBERS.sub("", lexeme.plain):
        return _prefix(lexeme)
    return _row(lexeme)


def phrase(lexeme: Lexeme) -> Word | Phrase | None:
    """What a PHRASE asks for; None: nothing. Raises QueryError."""
    if _STAR_OF_A_WORD.search(lexeme.plain):
        raise lexeme.error("star_in_phrase")
    return _row(lexeme) if lexeme.words else None


def pattern(lexeme: Lexeme) -> Pattern:
    """What a REGEX asks for, in RE2's syntax. Raises QueryError for what RE2 does not take."""
    written = lexeme.query[lexeme.start : lexeme.end].removesuffix("i")
    source = re.sub(r"\\(.)", _without_escape, written[1:-1])
    if len(source) > limits.REGEX:
        raise lexeme.error("long_regex", limit=limits.REGEX, count=len(source))
    try:
        patterns.check(source)
    except patterns.BadPattern as error:
        raise lexeme.error("bad_regex", reason=str(error)) from error
    return Pattern(source, lexeme.start)


def _without_escape(escape: re.Match[str]) -> str:
    return "/" if escape[1] == "/" else escape[0]


def _check_signs(lexeme: Lexeme) -> None:
    """Raises QueryError for signs that were meant to be more than a part of a word."""
    written = lexeme.plain
    stands_alone = lexeme.before in _OPENING
    if written in ('"', "«") and stands_alone and lexeme.behind != " ":
        raise lexeme.error("open_quote")
    if stands_alone and _LIKE_A_PATTERN.match(written + lexeme.behind):
        raise lexeme.error("open_regex")
    if _A_FILTER.match(written) or (written.strip("=!") == "" and lexeme.behind == "("):
        raise lexeme.error("bad_exact")
    if like := _LIKE_A_FILTER.match(written + lexeme.behind):
        name = like[1].lower()
        raise lexeme.error("unknown_filter", filter=name, instead=_OUR_NAMES[name])


def _prefix(lexeme: Lexeme) -> Prefix:
    first = lexeme.words[0]
    written = lexeme.plain
    behind = written[first.end - lexeme.start :]
    if len(lexeme.words) > 1 or written.count("*") > 1 or not behind.startswith("*"):
        raise lexeme.error("star_place")
    if len(first.word) < limits.PREFIX:
        raise lexeme.error("short_prefix", limit=limits.PREFIX)
    return Prefix(first.word, first.start)


def _row(lexeme: Lexeme) -> Word | Phrase:
    count = len(lexeme.words)
    if count > limits.PHRASE:
        raise lexeme.error("long_phrase", limit=limits.PHRASE, count=count)
    exact = lexeme.plain[0] in "=!"
    row = tuple(
        Word(token.raw, token.start, exact or _is_marked(lexeme, token)) for token in lexeme.words
    )
    return row[0] if count == 1 else Phrase(row, row[0].at)


def _is_marked(lexeme: Lexeme, token: words.Token) -> bool:
    """Whether a word inside a phrase has its own sign for exactly this form."""
    before = f"  {lexeme.plain}"[token.start - lexeme.start :][:2]
    return before[1] in "=!" and before[0] in ' "«»'
