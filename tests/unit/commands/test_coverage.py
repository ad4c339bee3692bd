"""/coverage and /backfill as they are read."""

from dataclasses import replace

import pytest

from storage import channels, coverage, histories
from storage.records import Channel, ChannelState, Cursor, Post, Reached, Swept
from tests.unit.commands.talk import DAY, HAIDAI, HOUR, NOW, PUSHILIN, Bot

NEW = replace(HAIDAI, archive_from_at=None)


@pytest.fixture
async def watched(bot: Bot) -> Bot:
    """Complete from now on, message 5 is next."""
    await bot.watches(NEW)
    async with bot.archive.transaction() as tx:
        await histories.begin(tx, NEW.id, 5, NOW)
        await channels.move_cursor(tx, Cursor(NEW.id, 10, 4), NOW)
        await coverage.compared(tx, [NEW.id], NOW)
    return bot


async def test_it_says_from_when_to_when_and_that_nothing_is_missing(watched: Bot) -> None:
    assert await watched.chat().sees("/coverage") == (
        "<b>1 channel</b>: every message number is accounted for\n"
        "\n"
        "<b>Сергій Гайдай</b>\n"
        "watched · complete from 19 September 2022 to 19 Sep 2022, 18:06\n"
        "\n"
        "Times: Kyiv. More of one channel: /coverage @name"
    )


async def test_numbers_without_an_account_and_lateness_are_told(watched: Bot) -> None:
    async with watched.archive.transaction() as tx:
        await channels.move_cursor(tx, Cursor(NEW.id, 20, 14), NOW)
    await watched.writes(*(Post(NEW.id, number, NOW - 1500, "x") for number in (5, 8, 9, 12)))
    told = await watched.chat().sees("/coverage @luhanskaVTSA")
    assert "6 message numbers are not accounted for: 6–7, 10–11, 13–14" in told
    assert "In the last 7 days (4 posts) a post was here after 1.5 s, 95 of 100 after 1.5 s" in told


async def test_a_channel_silent_beyond_its_rhythm_comes_first(watched: Bot) -> None:
    await watched.watches(PUSHILIN)
    spoken = [Post(PUSHILIN.id, n, NOW - 9 * HOUR - (20 - n) * HOUR // 2, "x") for n in range(20)]
    await watched.writes(*spoken)
    told = await watched.chat().sees("/coverage")
    assert told.index("Пушилин") < told.index("Гайдай")
    assert "silent since 19 Sep 2022, 08:36, though its pauses are rarely longer than 30 m" in told


async def test_an_answer_while_history_is_fetched_says_so(watched: Bot) -> None:
    async with watched.archive.transaction() as tx:
        await histories.want(tx, NEW.id, 0, NOW)
    said = "The history of 1 channel is still being fetched."
    assert said in await watched.chat().sees("/search слово")
    assert said in await watched.chat().sees("/latest")


async def test_an_answer_without_a_recent_comparison_says_so(watched: Bot) -> None:
    assert "Not compared" not in await watched.chat().sees("/latest")
    watched.clock.forward(11 * 60)
    said = "Not compared with Telegram since 19 Sep 2022, 18:06."
    assert said in await watched.chat().sees("/latest")


async def test_a_wish_is_answered_by_a_message_of_its_own(watched: Bot) -> None:
    owner = watched.chat()
    assert await owner.says("/backfill @luhanskaVTSA 90d") is None
    assert watched.joins_woken == ["backfill"]
    [row] = await watched.archive.reader.execute_fetchall("SELECT kind, message FROM outbox")
    assert row["kind"] == "progress" and "0 posts fetched" in row["message"]


async def test_what_is_there_is_said_and_more_is_offered(watched: Bot) -> None:
    async with watched.archive.transaction() as tx:
        await histories.move(tx, Reached(NEW.id, 2, NOW - 31 * DAY), NOW)
    owner = watched.chat()
    assert "the archive starts on 19 August 2022" in await owner.sees("/backfill @luhanskaVTSA 30d")
    assert owner.labels == ["90 days", "All of it"]
    await owner.presses("All of it")
    assert owner.shown.toast == "" and watched.joins_woken[-1] == "backfill"


async def test_a_channel_that_is_not_watched_has_no_history(watched: Bot) -> None:
    closed = Channel(103, "Закритий", "closed_one", ChannelState.PRIVATE)
    await watched.watches(closed)
    assert "is not watched now" in await watched.chat().sees("/backfill @closed_one all")


async def test_history_asked_for_by_the_button_of_a_channel_since_lost_is_refused(
    watched: Bot,
) -> None:
    """In plain text, since it is told over the button."""
    owner = watched.chat()
    await owner.says("/backfill @luhanskaVTSA")
    await watched.watches(replace(NEW, state=ChannelState.PRIVATE))
    reply = await owner.presses("All of it")
    assert reply.message is None
    assert reply.toast.startswith("Сергій Гайдай is not watched now, so its history cannot")


async def test_a_sweep_that_does_not_come_about_is_no_error(watched: Bot) -> None:
    owner = watched.chat()
    assert "could not compare" in await owner.sees("/sweep")
    watched.telegram.swept = Swept(3, 2, 5)
    assert await owner.sees("/sweep") == (
        "3 channels compared. 2 had something new: 5 posts, edits and deletions were added."
    )
