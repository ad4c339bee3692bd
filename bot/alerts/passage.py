"""The part of a post that a reader should see: cut around the hits, the hits in bold."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from bot.locales.markup import Html, escape, is_attached
from storage.records import Channel

Span = tuple[int, int]

MARKED = 16  # hits; Telegram keeps a hundred entities, for five passages and their links
LINES = 16  # a passage of more lines is set as running text
NEAR = 40  # characters within which the end of a word is looked for

_BLANKS_BEFORE_BREAK = re.compile(r"[^\S\n]+\n")
_BLANK_LINES = re.compile(r"\n{3,}")
_LAST_BLANK = re.compile(r"\s+(?=\S*$)")
_LEFT_OPEN = " \t\n,;:–—-"  # not to be followed by …


def link(channel: Channel, message_id: int) -> str:
    """Where a post can be read; without a public name only by the channel's members."""
    if channel.username:
        return f"https://t.me/{channel.username}/{message_id}"
    return f"https://t.me/c/{channel.id}/{message_id}"


def passage(text: str, hits: Sequence[Span], size: int) -> Html:
    """At most `size` UTF-16 units of `text`, cut at words around the densest of `hits`.

    `hits` are spans of `text` in any order; `…` stands where something was left out.
    """
    blocks = _blocks(text, hits)
    start, end = _window(text, blocks, size)
    shown = marked(text, [hit for hit in blocks if start <= hit[0] and hit[1] <= end], (start, end))
    before = "…" if text[:start].strip() else ""
    after = "…" if text[end:].strip() else ""
    return Html(f"{before}{shown}{after}")


def marked(text: str, hits: Sequence[Span], window: Span) -> Html:
    """The window of `text` with `hits` (ascending, apart) in bold and nothing else set."""
    start, end = window
    parts: list[str] = []
    for first, last in hits[:MARKED]:
        parts += escape(text[start:first]), f"<b>{escape(text[first:last])}</b>"
        start = last
    parts.append(escape(text[start:end]))
    return settled("".join(parts))


def settled(shown: str) -> Html:
    """Safe HTML with one blank line between paragraphs at most, and no tower of lines."""
    shown = _BLANK_LINES.sub("\n\n", _BLANKS_BEFORE_BREAK.sub("\n", shown))
    return Html(re.sub(r"\n+", " ", shown) if shown.count("\n") >= LINES else shown)


def _blocks(text: str, hits: Iterable[Span]) -> list[Span]:
    """The hits, ascending; those with only blanks between them are one."""
    blocks: list[Span] = []
    for hit in sorted(hits):
        touching = blocks and not text[blocks[-1][1] : hit[0]].strip(" ")
        start, end = blocks.pop() if touching else hit
        blocks.append((start, max(end, hit[1])))
    return blocks


def _window(text: str, blocks: Sequence[Span], size: int) -> Span:
    """What of `text` to show, in characters."""
    first, last = len(text) - len(text.lstrip()), len(text.rstrip())
    at = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
    if first >= last or at[last] - at[first] <= size:
        return min(first, last), last
    hit = _densest(blocks, at, size) or (first, first)
    # Of the room beside the hits a third goes before them: what comes after says more.
    spare = max(0, size - (at[hit[1]] - at[hit[0]]))
    start = max(first, bisect_left(at, at[hit[0]] - spare // 3))
    end = bisect_right(at, at[start] + size) - 1
    if end >= last:
        start, end = max(first, bisect_left(at, at[last] - size)), last
    return (
        start if start == first else _word_start(text, start, hit[0]),
        end if end == last else _word_end(text, end, hit[1]),
    )


def _densest(blocks: Sequence[Span], at: Sequence[int], size: int) -> Span | None:
    """The earliest stretch of at most `size` units with the most hits in it."""
    best: Span | None = None
    most = 0
    last = 0
    for first, (start, end) in enumerate(blocks):
        last = max(first, last)
        while last + 1 < len(blocks) and at[blocks[last + 1][1]] - at[start] <= size:
            last += 1
        if last - first + 1 > most:
            most = last - first + 1
            best = (start, max(end, blocks[last][1]))
    return best


def _word_start(text: str, start: int, limit: int) -> int:
    """The first start of a word from `start` on, not beyond `limit`."""
    if text[start - 1].isspace():
        return start
    blank = re.search(r"\s+", text[start : min(limit, start + NEAR)])
    if blank:
        return start + blank.end()
    while start < limit and is_attached(text[start]):
        start += 1
    return start


def _word_end(text: str, end: int, limit: int) -> int:
    """The last end of a word up to `end`, not before `limit`."""
    low = max(limit, end - NEAR)
    if not text[end].isspace() and (blank := _LAST_BLANK.search(text[low:end])):
        end = low + blank.start()
    while end > low and (text[end - 1] in _LEFT_OPEN or is_attached(text[end])):
        end -= 1
    return end
