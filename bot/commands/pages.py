"""Answers in pages: short lists by number, and posts by key.

Posts come newest first, each page reached from its neighbour by a key and never by a count.
Storage reads downwards only; the page above is found by walking down from the top, which is
as far as somebody has pressed Older.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.alerts.presses import Verb, encode
from bot.locales import Say
from storage.records import Button, Kept

SIZE = 5
WALK = 100  # pages; above that a button is so old that the newest page serves better

Fetch = Callable[[int, int | None], Awaitable[list[Kept]]]  # limit, before -> newest first
Row = tuple[Button, ...]
Story = tuple[Kept, ...]  # a post, or the parts of an album, newest first


@dataclass(frozen=True, slots=True)
class Page:
    """A few stories below the key `start` (None: the newest there are)."""

    stories: tuple[Story, ...]
    start: int | None
    next: int | None  # the key of the page below, if there is one


async def below(fetch: Fetch, start: int | None, size: int = SIZE) -> Page:
    """The page below a key. An album is one story; announcements of Telegram are none."""
    stories: dict[str, list[Kept]] = {}
    before, rows = start, await fetch(size + 1, start)
    while rows and len(stories) <= size:
        for kept in rows:
            if not kept.post.service:
                stories.setdefault(kept.post.story, []).append(kept)
        before = rows[-1].id
        more = len(rows) > size and len(stories) <= size
        rows = await fetch(size + 1, before) if more else []
    found = [tuple(parts) for parts in stories.values()]
    following = found[size][0].id + 1 if len(found) > size else None
    return Page(tuple(found[:size]), start, following)


async def above(fetch: Fetch, start: int) -> Page:
    """The page that ends where the one below `start` begins."""
    page = top = await below(fetch, None)
    for _ in range(WALK):
        if page.next is None or page.next <= start:
            return page
        page = await below(fetch, page.next)
    return top


def numbered(count: int, size: int, page: int) -> tuple[int, int]:
    """A page of a list that is counted: its number, put right, and how many pages there are."""
    pages = max(1, -(-count // size))
    return min(max(page, 0), pages - 1), pages


def leafing(verb: Verb, here: int, number: int, pages: int, say: Say) -> Row:
    """The row of buttons that turns the pages of a list that is counted: `verb` takes a page."""
    return leafing_by(partial(encode, verb, here), number, pages, say)


def paged(
    buttons: Sequence[Button], shape: tuple[int, int, int], turn: Callable[[int], str], say: Say
) -> Sequence[Row]:
    """A page of many buttons in rows, and the row that turns it.

    `shape` is how many go on a page and in a row, and which page; `turn` makes data of a page.
    """
    size, in_row, page = shape
    page, pages = numbered(len(buttons), size, page)
    shown = buttons[page * size : (page + 1) * size]
    rows = [tuple(shown[start : start + in_row]) for start in range(0, len(shown), in_row)]
    return (*rows, leafing_by(turn, page, pages, say))


def leafing_by(turn: Callable[[int], str], number: int, pages: int, say: Say) -> Row:
    """The same, where `turn` makes a button's data of a page."""
    buttons: list[Button] = []
    if number > 0:
        buttons.append(Button(say.plain("‹ Back"), turn(number - 1)))
    if number + 1 < pages:
        buttons.append(Button(say.plain("Next ›"), turn(number + 1)))
    return tuple(buttons)


def turning(
    page: Page, newer: Callable[[int], str], older: Callable[[int], str], say: Say
) -> tuple[Button, ...]:
    """The row of buttons that turns pages; `newer` and `older` make a button's data of a key."""
    buttons: list[Button] = []
    if page.start is not None:
        buttons.append(Button(say.plain("‹ Newer"), newer(page.start)))
    if page.next is not None:
        buttons.append(Button(say.plain("Older ›"), older(page.next)))
    return tuple(buttons)
