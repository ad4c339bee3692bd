"""What a newer Telegram says that this version cannot read: it costs no other post."""

import struct
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from telethon.tl.tlobject import TLObject

from bot.clock import Clock
from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from bot.telegram import unreadable
from tests.e2e.conftest import Cast, ask
from tests.program import Program


class FromTheFuture(TLObject):  # type: ignore[misc]  # Telethon has no types
    """A kind of media with a constructor that no layer of today knows."""

    CONSTRUCTOR_ID = 0x0DDBA11F
    SUBCLASS_OF_ID = 0x476CBE32  # of MessageMedia

    def _bytes(self) -> bytes:
        return struct.pack("<I", self.CONSTRUCTOR_ID)


async def texts(program: Program, *expected: str) -> None:
    await program.archive.until(
        "SELECT 1 FROM posts WHERE text LIKE 'Білогорівка%' GROUP BY 1 HAVING count(*) = ?",
        len(expected),
    )
    kept = program.archive.rows("SELECT text FROM posts ORDER BY message_id")
    assert [text for (text,) in kept] == list(expected)


@pytest.mark.parametrize("withhold", [False, True], ids=["pushed", "swept"])
async def test_a_post_that_cannot_be_read_costs_no_other(
    program: Program, haidai: Channel, cast: Cast, withhold: bool
) -> None:
    """Neither those before it nor those after it, nor an edit beside it."""
    first = await haidai.posts("Білогорівка раз", withhold=withhold)
    await haidai.posts("З майбутнього", media=FromTheFuture(), withhold=withhold)
    await haidai.posts("Білогорівка два", withhold=withhold)
    await first.edits("Білогорівка раз, виправлено", withhold=withhold)
    cast.telegram.faults.too_long(haidai)
    await texts(program, "Білогорівка раз, виправлено", "Білогорівка два")


async def test_it_is_no_hindrance_where_it_is_the_newest(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    """The list of dialogs shows each channel's newest message: then it cannot be read either."""
    await haidai.posts("Білогорівка раз", withhold=True)
    await haidai.posts("З майбутнього", media=FromTheFuture(), withhold=True)
    cast.telegram.faults.too_long(haidai)
    await texts(program, "Білогорівка раз")


async def test_nor_where_the_log_is_too_long_and_messages_are_read_by_their_ids(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.too_long_after = 2
    await haidai.posts("Білогорівка раз", withhold=True)
    await haidai.posts("З майбутнього", media=FromTheFuture(), withhold=True)
    await haidai.posts("Білогорівка два", withhold=True)
    cast.telegram.faults.too_long(haidai)
    await texts(program, "Білогорівка раз", "Білогорівка два")
    assert not program.archive.rows("SELECT 1 FROM deletions"), "it is not absent"


async def test_nor_in_the_history_of_a_channel(program: Program, anna: Reader, cast: Cast) -> None:
    kim = cast.telegram.channel("vitaliykim", "Віталій Кім")
    await kim.posts("Білогорівка раз")
    await kim.posts("З майбутнього", media=FromTheFuture())
    await kim.posts("Білогорівка два")
    await anna.presses("Add", on=await ask(anna, "/add @vitaliykim"))
    await texts(program, "Білогорівка раз", "Білогорівка два")


async def test_nor_where_channels_are_looked_for_among_those_that_are_followed(
    program: Program, haidai: Channel, anna: Reader, cast: Cast
) -> None:
    await program.stops()
    await haidai.posts("З майбутнього", media=FromTheFuture(), withhold=True)
    kim = cast.telegram.channel("vitaliykim", "Віталій Кім")
    await program.starts()
    await anna.presses("Add", on=await ask(anna, "/add @vitaliykim"))
    await program.archive.until(
        "SELECT 1 FROM channels WHERE username = 'vitaliykim' AND state = 'joined'"
    )
    assert cast.watcher.id in kim.state.members


async def test_a_packet_that_cannot_be_read_is_passed_over(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.push_raw(cast.watcher, bytes(FromTheFuture()) + b"something")
    await haidai.posts("Білогорівка раз")
    await texts(program, "Білогорівка раз")


async def test_an_unreadable_answer_is_asked_for_again(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.raw_result("messages.GetPeerDialogs", bytes(FromTheFuture()))
    cast.telegram.faults.raw_result("channels.GetFullChannel", bytes(FromTheFuture()))
    asked = cast.telegram.counts["messages.GetPeerDialogs"]
    await haidai.posts("Білогорівка раз", withhold=True)
    cast.telegram.faults.too_long(haidai)
    await cast.telegram.is_asked_for("messages.GetPeerDialogs", asked + 1)
    cast.telegram.faults.heal()
    cast.telegram.faults.too_long(haidai)
    await texts(program, "Білогорівка раз")


LOG = "updates.GetChannelDifference"
TRY = len(unreadable.PAGES) + unreadable.STEPS - 1  # requests, before a log is left alone


@pytest.fixture
def fast(clock: Clock) -> Clock:
    """On which an hour is nine seconds."""
    return Clock(clock.now(), rate=400)


@pytest.fixture
async def racing(program: Program, fast: Clock) -> AsyncIterator[Program]:
    """The same program again, with a faster clock and not started yet."""
    await program.stops()
    racing = Program(program.settings, fast)
    yield racing
    await racing.stops()


async def test_an_event_log_that_cannot_be_read_rests_the_longer_the_more_often_it_fails(
    racing: Program, haidai: Channel, cast: Cast, fast: Clock
) -> None:
    """A try costs a hundred requests, and every sweep would make one."""
    cast.telegram.faults.raw_result(LOG, bytes(FromTheFuture()))
    await haidai.posts("Білогорівка раз", withhold=True)
    asked = cast.telegram.counts[LOG]
    await racing.starts()
    began = [await _try(cast, fast, asked + number * TRY) for number in range(4)]
    waited = [later - sooner for sooner, later in pairwise(began)]
    for pause, least in zip(waited, (60_000, 600_000, 3_600_000), strict=True):
        assert pause >= least
    assert waited[0] < 600_000 and waited[1] < 3_600_000
    cast.telegram.faults.heal()
    await texts(racing, "Білогорівка раз")


async def _try(cast: Cast, clock: Clock, asked: int) -> int:
    """When the log was asked for once more than so often."""
    await cast.telegram.is_asked_for(LOG, asked + 1, within=20)
    return clock.now()


async def test_what_is_pushed_meanwhile_is_kept_and_no_other_channel_rests(
    program: Program, haidai: Channel, anna: Reader, cast: Cast
) -> None:
    kim = cast.telegram.channel("vitaliykim", "Віталій Кім")
    await anna.presses("Add", on=await ask(anna, "/add @vitaliykim"))
    await program.archive.until("SELECT 1 FROM channels WHERE username = 'vitaliykim'")
    await program.archive.until("SELECT count(*) FROM histories HAVING count(done_at) = 2")
    post = await haidai.posts("З майбутнього", media=FromTheFuture(), withhold=True)
    for number in range(TRY):
        await post.edits(f"З майбутнього {number}", withhold=True)
    before = cast.telegram.counts[LOG]
    cast.telegram.faults.too_long(haidai)
    await cast.telegram.is_asked_for(LOG, before + TRY)
    pushed = await haidai.posts("Білогорівка раз")
    await pushed.edits("Білогорівка раз, виправлено")
    await kim.posts("Білогорівка два", withhold=True)
    cast.telegram.faults.too_long(kim)
    for text in ("Білогорівка раз, виправлено", "Білогорівка два"):
        await program.archive.until("SELECT 1 FROM posts WHERE text = ?", text)
    assert not program.archive.rows("SELECT 1 FROM deletions")
