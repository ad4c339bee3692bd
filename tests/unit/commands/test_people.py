"""/start and /invite: how people come in."""

import re
from pathlib import Path

import pytest

from bot.commands.people import INVITATION_HOURS
from storage import people, subscribers
from tests.unit.commands.talk import GROUP, HAIDAI, OWNER, READER, STRANGER, Bot


async def invitation(bot: Bot) -> str:
    """A token, as it stands in the link."""
    link = re.search(
        r"https://t\.me/postwatch_bot\?start=([\w-]+)", await bot.chat().sees("/invite")
    )
    assert link
    return link[1]


def written(folder: Path) -> bytes:
    """All that is on disk: the archive and its write-ahead log."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_an_invitation_is_a_link_with_its_end_told(bot: Bot) -> None:
    shown = await bot.chat().sees("/invite")
    assert shown.startswith(
        "Pass this link on to one person. It works once, until 21 Sep 2022, 18:06 (Kyiv).\n\n"
        "https://t.me/postwatch_bot?start="
    )
    token = shown.rpartition("=")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{32,64}", token), "what Telegram takes after ?start="
    assert await invitation(bot) != token


async def test_the_token_is_nowhere_in_the_archive(bot: Bot, tmp_path: Path) -> None:
    token = await invitation(bot)
    assert b"invitations" in written(tmp_path)
    assert token.encode() not in written(tmp_path)


async def test_who_is_invited_is_welcomed_and_shown_what_to_do(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    reader = bot.chat(READER)
    assert await reader.sees(f"/start {await invitation(bot)}") == (
        "Welcome. This bot watches 1 official channel, keeps every post with its edits and "
        "deletions, and tells you when your words appear.\n"
        "\n"
        "/watch Білогорівка – an alert for every new post with this word\n"
        "/search референдум – the same in the archive\n"
        "/channels – what is watched\n"
        "/help – everything else\n"
        "\n"
        "Times: Kyiv. The archive starts on 20 August 2022."
    )
    assert await people.known(bot.archive.reader, READER)
    assert await subscribers.find(bot.archive.reader, READER, 0)
    assert "New rule" in await reader.sees("/watch Крим")


async def test_an_invitation_works_once(bot: Bot) -> None:
    token = await invitation(bot)
    await bot.chat(READER).says(f"/start {token}")
    assert await bot.chat(STRANGER).sees(f"/start {token}") == (
        "This invitation was used already; each works once. Ask for a new one."
    )
    assert not await people.known(bot.archive.reader, STRANGER)
    assert (await bot.chat(READER).sees(f"/start {token}")).startswith("Welcome.")


async def test_an_invitation_ends(bot: Bot) -> None:
    token = await invitation(bot)
    bot.clock.forward(INVITATION_HOURS * 3600)
    assert await bot.chat(READER).sees(f"/start {token}") == (
        "This invitation has expired. Ask for a new one."
    )
    assert not await people.known(bot.archive.reader, READER)


@pytest.mark.parametrize("token", ["x", "a" * 64, "<b>", "' OR 1=1 --"])
async def test_an_unknown_invitation_says_so(bot: Bot, token: str) -> None:
    assert (await bot.chat(READER).sees(f"/start {token}")).startswith(
        "This invitation is not known here."
    )


async def test_an_invitation_cannot_be_shown_to_a_group_or_used_by_nobody(bot: Bot) -> None:
    assert await bot.chat(OWNER, GROUP).sees("/invite") == (
        "Ask for invitations in a private chat with this bot."
    )
    token = await invitation(bot)
    assert await bot.chat(0, GROUP - 1).sees(f"/start {token}") == (
        "Open your invitation link in a private chat with this bot."
    )
    assert "Welcome" in await bot.chat(READER).sees(f"/start {token}")


async def test_the_owner_is_told_to_add_the_first_channel(bot: Bot) -> None:
    """And is known as a subscriber from then on, so that the bot can write first."""
    shown = await bot.chat().sees("/start")
    assert "none has been added yet" in shown
    assert "\n\n/add @name – the first channel to watch\n/watch" in shown
    assert shown.endswith("\n\nTimes: Kyiv.")
    assert await subscribers.find(bot.archive.reader, OWNER, 0)
    await bot.watches(HAIDAI)
    assert "/add" not in await bot.chat().sees("/start")


async def test_start_without_an_invitation_refuses_a_stranger_once(bot: Bot) -> None:
    assert (await bot.chat(STRANGER).sees("/start")).startswith("Hello. This bot is for people")
    assert await bot.chat(STRANGER).says("/start") is None


async def test_a_subscriber_that_was_gone_is_back_with_start(bot: Bot) -> None:
    await bot.chat().says("/start")
    here = await subscribers.find(bot.archive.reader, OWNER, 0)
    assert here
    async with bot.archive.transaction() as tx:
        await subscribers.set_gone(tx, here.id, bot.clock.now())
    await bot.chat().says("/start")
    assert await subscribers.find(bot.archive.reader, OWNER, 0) == here
