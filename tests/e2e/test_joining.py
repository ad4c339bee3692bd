"""Channels come into the watchlist, each by itself: what is wrong with one is no other's matter."""

import pytest

from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast
from tests.program import Program

JOINED = "SELECT 1 FROM channels WHERE username = ? AND state = 'joined'"
WANTED = "INSERT INTO joins (target, asked_by, asked_at) VALUES (?, 0, 1)"


async def test_one_that_cannot_be_adopted_does_not_stop_the_others(
    program: Program, cast: Cast
) -> None:
    await program.archive.until("SELECT 1 FROM joins WHERE state = 'joined'")
    await program.stops()
    for name in ("aaaa_first", "bbbb_second"):
        cast.telegram.channel(name, name).admits(cast.watcher)
    program.archive.change("UPDATE channels SET state = 'removed'")  # nothing is swept meanwhile
    program.archive.change(WANTED, ["aaaa_first"], ["bbbb_second"])
    cast.telegram.faults.error("messages.GetPeerDialogs", 400, "CHANNEL_PRIVATE")
    await program.starts()
    await program.archive.until(
        "SELECT 1 FROM joins WHERE target = 'bbbb_second' AND state = 'joined'"
    )
    waits = program.archive.rows("SELECT target FROM joins WHERE state = 'waiting'")
    assert waits == [("aaaa_first",)]
    await program.restarts()
    await program.archive.until(JOINED, "aaaa_first")


@pytest.mark.parametrize("followed", [False, True])
async def test_a_name_with_another_id_than_the_pack_vouches_for_is_not_joined(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, followed: bool
) -> None:
    await program.stops()
    impostor = cast.telegram.channel("vouched_for", "Самозванець")
    if followed:
        impostor.admits(cast.watcher)
    program.archive.change(
        "INSERT INTO profiles (username, pinned_id, office, kind, country, language, as_of)"
        " VALUES ('vouched_for', 5, 'Office', 'office', 'UA', 'uk', '2022-09-19')"
    )
    program.archive.change(WANTED, ["vouched_for"])
    await program.starts()
    assert "@vouched_for" in (await anna.receives("leads to another channel")).text
    assert not program.archive.rows(JOINED, "vouched_for")
    assert cast.telegram.counts["channels.JoinChannel"] == 0
