"""However the states and deletions of a post arrive, the archive ends up the same."""

import asyncio
import random
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from storage import posts
from storage.db import Archive
from storage.records import Absence, ChangeKind, Deletion, Post, Via
from tests.fresh import fresh
from tests.storage.archives import (
    CHANNEL,
    NOW,
    POST,
    apply,
    check_index,
    found,
    norm,
    problems,
    save_channels,
)

WATCHING = [via for via in Via if via is not Via.IMPORT]
Arrival = tuple[list[Post | Deletion], Via]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Post], list[Deletion]]:
    """States of one post at known, distinct places in the log, and its deletions at any."""
    places = draw(st.lists(st.integers(1, 12), min_size=1, max_size=5, unique=True))
    states = [
        replace(
            POST,
            text=draw(st.sampled_from(["перший", "другий", "третій"])),
            edited_at=draw(st.none() | st.integers(NOW, NOW + 3)),
            pts=place,
            raw=draw(st.sampled_from([b"", b"object"])),
        )
        for place in places
    ]
    absences = st.builds(
        Deletion,
        st.just(CHANNEL),
        st.just(POST.message_id),
        st.sampled_from(Absence),
        st.integers(1, 12),
    )
    return states, draw(st.lists(absences, max_size=3))


@st.composite
def arrivals(draw: st.DrawFn, events: list[Post | Deletion]) -> list[Arrival]:
    """Every event at least once, some twice, in any order and any batches, by any road."""
    again = draw(st.lists(st.sampled_from(events), max_size=4))
    order = draw(st.permutations([*events, *again]))
    batches: list[Arrival] = []
    while order:
        size = draw(st.integers(1, len(order)))
        batches.append((order[:size], draw(st.sampled_from(WATCHING))))
        order = order[size:]
    return batches


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_order_ends_the_same(data: st.DataObject) -> None:
    states, deletions = data.draw(histories())
    batches = data.draw(arrivals([*states, *deletions]))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder) / "archive.sqlite3", states, deletions, batches))


async def play(
    path: Path, states: list[Post], deletions: list[Deletion], batches: list[Arrival]
) -> None:
    async with fresh(path, norm, NOW) as archive:
        await save_channels(archive, CHANNEL)
        told = []
        for at, (events, via) in enumerate(batches):
            told += await apply(archive, *events, via=via, seen_at=NOW + at)
        assert [change.kind for change in told].count(ChangeKind.NEW) == 1
        await check_state(archive, states, deletions)
        assert await problems(archive) == []
        await check_index(archive)


async def check_state(archive: Archive, states: list[Post], deletions: list[Deletion]) -> None:
    kept = await posts.get(archive.reader, CHANNEL, POST.message_id)
    assert kept is not None
    last = max(states, key=lambda state: state.pts)
    assert (kept.post.text, kept.post.pts) == (last.text, last.pts)
    assert kept.absence is ending(last, deletions)
    assert (kept.deleted_at is None) is (kept.absence is None)
    versions = await posts.versions(archive.reader, kept.id)
    assert {version.post.text for version in versions} == {state.text for state in states}
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    for text in ("перший", "другий", "третій"):
        expected = [POST.message_id] if text == last.text else []
        assert await found(archive.reader, f"body : {text}") == expected
    assert bool(await found(archive.reader, "meta : deleted")) is (kept.absence is not None)


def ending(last: Post, deletions: list[Deletion]) -> Absence | None:
    """A notice is final; a recheck holds unless the post was seen after it."""
    if any(deletion.absence is Absence.NOTICE for deletion in deletions):
        return Absence.NOTICE
    if any(deletion.pts >= last.pts for deletion in deletions):
        return Absence.RECHECK
    return None


async def test_many_posts_edited_and_deleted_at_random_stay_sound(archive: Archive) -> None:
    """Against a plain model: the text of the highest place in the log wins."""
    rng = random.Random(20220919)  # the day of the story
    last: dict[int, Post] = {}
    gone: set[int] = set()
    for _ in range(40):
        batch: list[Post | Deletion] = []
        for _ in range(rng.randrange(1, 30)):
            message_id = rng.randrange(100)
            at = NOW + message_id // 7 * 1000
            text = f"слово{rng.randrange(50)} спільне"
            post = Post(CHANNEL, message_id, at, text, pts=rng.randrange(1, 10**9))
            last[message_id] = max(post, last.get(message_id, post), key=lambda p: p.pts)
            batch.append(post)
        for message_id in rng.sample(sorted(last), k=min(2, len(last))):
            batch.append(Deletion(CHANNEL, message_id, Absence.NOTICE))
            gone.add(message_id)
        await apply(archive, *batch, via=rng.choice(WATCHING))
    newest = await posts.latest(archive.reader, CHANNEL, 1000, None)
    assert {kept.post.message_id: kept.post.text for kept in newest} == {
        message_id: post.text for message_id, post in last.items()
    }
    assert {kept.post.message_id for kept in newest if kept.deleted_at} == gone
    assert (await posts.counts(archive.reader)).deleted == len(gone)
    for number in range(50):
        expected = {i for i, post in last.items() if f"слово{number} " in post.text}
        assert set(await found(archive.reader, f"body : слово{number}")) == expected
    await check_index(archive)
    assert await problems(archive) == []
