"""Every message id is a post, a deletion, asked for and absent, or in a gap."""

import asyncio
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import accounted
from storage.db import Archive
from storage.records import Stretch
from tests.fresh import fresh
from tests.storage.archives import CHANNEL, NOW, POST, apply, gone, norm, plans, save_channels

TOP = 40
ids = st.sets(st.integers(1, TOP))
stretches = st.builds(
    lambda first, more: Stretch(first, first + more), st.integers(1, TOP), st.integers(0, 12)
)


def members(found: list[Stretch]) -> set[int]:
    return {number for each in found for number in range(each.first, each.last + 1)}


@settings(max_examples=60, deadline=None)
@given(ids, ids, st.lists(stretches, max_size=6), stretches)
def test_gaps_are_exactly_the_ids_nobody_can_account_for(
    posted: set[int], deleted: set[int], asked: list[Stretch], within: Stretch
) -> None:
    found, rows = asyncio.run(_gaps(posted, deleted, asked, within))
    known = posted | deleted | members(asked)
    assert members(found) == set(range(within.first, within.last + 1)) - known
    assert found == sorted(found, key=lambda each: each.first)
    assert all(one.last + 1 < two.first for one, two in itertools.pairwise(rows))
    assert members(rows) == members(asked), "what is stored is what was asked for, and no more"


async def _gaps(
    posted: set[int], deleted: set[int], asked: list[Stretch], within: Stretch
) -> tuple[list[Stretch], list[Stretch]]:
    with tempfile.TemporaryDirectory() as folder:
        async with fresh(Path(folder) / "a.sqlite3", norm, NOW) as archive:
            await save_channels(archive, CHANNEL, CHANNEL + 1)
            await apply(archive, *(replace(POST, message_id=each) for each in posted))
            await apply(archive, *(gone(message_id=each) for each in deleted))
            async with archive.transaction() as tx:
                for stretch in asked:
                    await accounted.account(tx, CHANNEL, stretch)
                await accounted.account(tx, CHANNEL + 1, Stretch(1, TOP))  # is no matter here
            gaps = await accounted.gaps(archive.reader, CHANNEL, within)
            rows = await archive.reader.execute_fetchall(
                "SELECT first_id, last_id FROM accounted WHERE channel_id = ? ORDER BY 1",
                (CHANNEL,),
            )
            return gaps, [Stretch(*row) for row in rows]


@pytest.mark.parametrize(
    ("parts", "left"),
    [
        ([], [(10, 20)]),
        ([(1, 9)], [(10, 20)]),
        ([(1, 12), (15, 16), (20, 30)], [(13, 14), (17, 19)]),
        ([(10, 20)], []),
        ([(21, 30)], [(10, 20)]),
    ],
)
def test_parts_are_taken_out_of_a_stretch(
    parts: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    found = accounted.without(Stretch(10, 20), [Stretch(*part) for part in parts])
    assert [(each.first, each.last) for each in found] == left


async def test_gaps_are_found_by_an_index(archive: Archive) -> None:
    """A channel of a million posts is not read from its beginning every night."""
    steps = await plans(
        archive.reader, accounted.gaps(archive.reader, CHANNEL, Stretch(1, 1_000_000))
    )
    assert not [step for step in steps if step.startswith("SCAN") and "seen" not in step]
