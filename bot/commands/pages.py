"""Answers in pages: short lists by number, and posts by key.

Posts come newest first, each page reached from its neighbour by a key and never by a count.
Storage reads downwards only; the page above is found by walking down from the top, which is
as far as somebody has pressed Older.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.alerts.presses import Verb, encode
from bot.locales import Say
from storage.records import Button, Kept

SIZE = 5
WALK = 100  # pages; above that a button is so old that the newest page serves better

Fetch = Callable[[int, int | None], Awaitable[list[Kept]]]  # limit, before -> newest first
Story = tuple[Kept, ...]  # a post, or the parts of an album, newest first


@dataclass(frozen=True, slots=True)
class Page:
    """Up to five stories below the key `start` (None: the newest there are)."""

    stories: tuple[Story, ...]
    start: int | None
    next: int | None  # the key of the page below, if there is one


async def below(fetch: Fetch, start: int | None) -> Page:
    """The page below a key. An album is one story; announcements of Telegram are none."""
    stories: dict[str, list[Kept]] = {}
    before, rows = start, await fetch(SIZE + 1, start)
    while rows and len(stories) <= SIZE:
        for kept in rows:
            if not kept.post.service:
                stories.setdefault(kept.post.story, []).append(kept)
        before = rows[-1].id
        rows = await fetch(SIZE + 1, before) if len(rows) > SIZE else []
    found = [tuple(parts) for parts in stories.values()]
    following = found[SIZE][0].id + 1 if len(found) > SIZE else None
    return Page(tuple(found[:SIZE]), start, following)


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


def leafing(verb: Verb, here: int, number: int, pages: int, say: Say) -> tuple[Button, ...]:
    """The row of buttons that turns the pages of a list that is counted: `verb` takes a page."""
    buttons: list[Button] = []
    if number > 0:
        buttons.append(Button(say.plain("‹ Back"), encode(verb, here, number - 1)))
    if number + 1 < pages:
        buttons.append(Button(say.plain("Next ›"), encode(verb, here, number + 1)))
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
