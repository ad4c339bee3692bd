"""Text on its way into a message: what others wrote is made harmless, what we wrote is kept.

`Html` is the type of what may be put into a message as it is. Everything else is a plain string
and is escaped on its way in, so that hostile text cannot become markup by anybody's oversight.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from itertools import accumulate

INLINE_UNITS = 200  # of anything others wrote that stands inside a line of ours

# Embeddings, overrides and isolates: one left open reorders the rest of our line.
_DIRECTIONS = "\u202a-\u202e\u2066-\u2069"
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_REMOVED = re.compile(f"[{_DIRECTIONS}{_CONTROLS}]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
# More marks than this on one letter are no writing, and cover the lines above and below.
_TOWERS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_TAGS = re.compile("<[^>]*>")  # in safe HTML these signs stand for nothing else
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


class Html(str):
    """A fragment of Telegram's HTML that is safe to put into a message as it is."""

    __slots__ = ()


def clean(text: str) -> str:
    """`text` without what could disturb the text around it; idempotent."""
    text = _REMOVED.sub("", _LINE_ENDS.sub("\n", text))
    return _TOWERS.sub(r"\1", _LONE_SURROGATES.sub("\ufffd", text))


def escape(text: str) -> Html:
    """Text that stands in lines of its own: line breaks are kept, markup is not."""
    return Html(html.escape(clean(text), quote=False))


def flat(text: str, limit: int = INLINE_UNITS) -> str:
    """One short line for use inside a line of ours, isolated where it runs right to left."""
    line = shortened(" ".join(clean(text).split()), limit)
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in line):
        return f"\u2068{line}\u2069"
    return line


def inline(text: str, limit: int = INLINE_UNITS) -> Html:
    """`flat`, escaped. A fragment that is safe already is returned as it is."""
    if isinstance(text, Html):
        return text
    return Html(html.escape(flat(text, limit), quote=False))


def bold(text: str) -> Html:
    return Html(f"<b>{inline(text)}</b>")


def anchor(url: str, text: str) -> Html:
    return Html(f'<a href="{html.escape(clean(url))}">{inline(text)}</a>')


def quote(text: Html) -> Html:
    """A block quotation; nothing for nothing."""
    return Html(f"<blockquote>{text}</blockquote>") if text else text


def joined(separator: str, parts: Iterable[Html]) -> Html:
    """The parts that are not empty, with a separator of ours between them."""
    return Html(separator.join(part for part in parts if part))


def fitting(parts: Iterable[Html], size: int) -> list[Html]:
    """As many parts, from the first on, as show at most `size` UTF-16 units together."""
    found: list[Html] = []
    for part in parts:
        size -= units(bare(part)) + 2  # a blank line behind it
        if size < 0:
            break
        found.append(part)
    return found


def bare(fragment: Html) -> str:
    """What a fragment says, for where there is no markup."""
    return html.unescape(_TAGS.sub("", fragment))


def units(text: str) -> int:
    """The length as Telegram counts it: in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` UTF-16 units, ending in … where something was left out."""
    if units(text) <= limit:
        return text
    lengths = accumulate(2 if character > "\uffff" else 1 for character in text)
    end = sum(length < limit for length in lengths)
    while end and is_attached(text[end]):
        end -= 1
    return text[:end].rstrip() + "…"


def is_attached(character: str) -> bool:
    """Whether it belongs to the character before it: a mark, a joiner, a variation."""
    return unicodedata.category(character).startswith("M") or character == "\u200d"
