"""However long names, texts and lists are, an answer fits into a message of Telegram."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from telethon.extensions import html

from bot.commands.table import COMMANDS
from bot.locales import LANGUAGES, Html, bare, units
from bot.query.lexicon import Lexicon
from bot.query.reading import Name
from storage import channels, coverage, histories, joins, media
from storage.records import (
    Absence,
    Channel,
    ChannelState,
    Cursor,
    Deletion,
    Forward,
    Keep,
    Post,
)
from tests.unit.commands.talk import DAY, HOUR, NOW, Bot, Chat

MESSAGE_UNITS = 4096
CHANNELS = 90
LONG = "<Військова & цивільна адміністрація> 🇺🇦 " * 4  # longer than Telegram lets a title be
FIRST_ID = 2_000_000_000


@pytest.fixture
async def crowded(bot: Bot) -> Bot:
    """As much of everything as there can be: long names, gaps, silence, forwards, deletions."""
    known = [
        Channel(
            9_000_000_000 + number,
            f"{number} {LONG}",
            f"a_very_long_name_of_channel_{number:04}",
            ChannelState.RESTRICTED,
            archive_from_at=NOW - 300 * DAY,
        )
        for number in range(CHANNELS)
    ]
    await bot.watches(*known)
    async with bot.archive.transaction() as tx:
        for channel in known:
            await histories.begin(tx, channel.id, FIRST_ID, NOW)
            await channels.move_cursor(tx, Cursor(channel.id, 90, FIRST_ID + 90), NOW)
            await media.choose(tx, channel.id, Keep.ALL)
            await joins.ask(tx, f"one_more_name_in_a_long_queue_{channel.id % 1000}", 7, NOW)
        await coverage.compared(tx, [channel.id for channel in known], NOW)
    for channel in known[:12]:
        await fills(bot, channel)
    return bot


async def fills(bot: Bot, channel: Channel) -> None:
    """Twenty posts with gaps between them, none for a long time, and all deleted."""
    post = Post(
        channel.id,
        0,
        NOW,
        text="слово " * 400 + "довге",
        media="document",
        content={"media": {"name": "довга назва файлу " * 20}},
        forward=Forward(NOW - DAY, name=LONG),
    )
    said = [
        replace(post, message_id=FIRST_ID + 4 * n, posted_at=NOW - 9 * HOUR - n * 60_000)
        for n in range(22)
    ]
    gone = [Deletion(channel.id, each.message_id, Absence.RECHECK) for each in said]
    await bot.writes(*said)
    await bot.writes(*(replace(each, text=f"{each.text}ще", pts=2) for each in said), gone=gone)


async def pages(chat: Chat, text: str) -> AsyncIterator[str]:
    """The answer to a command, and what its buttons for more lead to, until the last."""
    await chat.says(text)
    for _ in range(CHANNELS):
        yield chat.html
        assert len(chat.buttons) <= 100
        onward = [label for label in chat.labels if label.endswith("›")]
        if not onward:
            return
        await chat.presses(onward[0])
    pytest.fail("the list has no end")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_every_list_fits(crowded: Bot, language: str) -> None:
    owner = crowded.chat(language=language)
    for number in range(9):
        await owner.says(f"/watch слово {number} " + "<&>" * 250)
        await owner.sends(owner.buttons[0].data)
    asked = [f"/{command.name}" for command in COMMANDS]
    longest = {}
    for text in (
        *asked,
        "/search слово " + "<довге> " * 40,
        f"/coverage {9_000_000_000}",
        f"/latest {9_000_000_000}",
    ):
        longest[text] = max([units(bare(Html(html))) async for html in pages(owner, text)])
    assert {text: length for text, length in longest.items() if length > MESSAGE_UNITS} == {}
    assert longest["/coverage"] > 2000 and longest["/latest"] > 2000  # they are put to the test


async def test_the_pages_of_media_show_every_channel_once(crowded: Bot) -> None:
    owner = crowded.chat()
    shown = [html async for html in pages(owner, "/media")]
    lines = [line for html in shown for line in html.splitlines() if "адміністрація" in line]
    assert len(lines) == len(set(lines)) == CHANNELS
    assert all("For one channel: <code>/media" in html for html in shown)
    await owner.presses("‹ Back")
    assert owner.html == shown[-2]


# --------------------------------------------------------------- queries

TERMS = 25
LONG_NAMES = [
    Name(
        "term",
        {"uk": (f"слово{chr(1072 + n)}", *(f"{'ї' * 60}{n}ї{other}" for other in range(50)))},
    )
    for n in range(TERMS)
]


@pytest.fixture
def lexicon() -> Lexicon:
    """Fifty long names for every word."""
    return Lexicon(LONG_NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_query_of_many_words_with_many_names_fits(bot: Bot, language: str) -> None:
    """On the card, on the page of its words, in a search by now and past texts, and in /why."""
    channel = Channel(104, LONG * 2, None, ChannelState.JOINED, archive_from_at=NOW)
    await bot.watches(channel)
    words = [f"слово{chr(1072 + n)}" for n in range(TERMS)]
    query = " OR ".join(words) + " 🙂" * 100
    for number in range(7):
        said = Post(
            104,
            FIRST_ID + number,
            NOW + number * 60_000,
            " ".join(words) * 20,
            media="poll",
            content={"media": {"question": LONG * 9}},
            forward=Forward(NOW, name=LONG),
            pts=1,
        )
        await bot.writes(said)
        await bot.writes(replace(said, text="ґ " * 900, pts=2, edited_at=NOW))
        await bot.writes(gone=[Deletion(104, FIRST_ID + number, Absence.RECHECK, 3)])
    chat = bot.chat(language=language)
    bot.clock.forward(3600)
    await fits(chat, f"/search {query} versions:all since:2022-09-01", 2000)
    await chat.sends(chat.buttons[-1].data)
    await fits(chat, f"/search {query}", 300)
    await fits(chat, f"/watch {query} OR ґ", 2000)
    for button in [*chat.buttons[:1], *chat.buttons[2:]]:
        await chat.sends(button.data)
        assert shown(chat) <= MESSAGE_UNITS
    await fits(chat, "/rules 1 name " + "😀" * 60, 2000)
    await fits(chat, f"/why t.me/c/104/{FIRST_ID}", 30)
    await fits(chat, "/rules", 100)


async def fits(chat: Chat, text: str, least: int) -> None:
    """`least` shows that it is put to the test."""
    await chat.says(text)
    assert least < shown(chat) <= MESSAGE_UNITS


def shown(chat: Chat) -> int:
    """The length of what is shown; no more than a hundred entities go with it."""
    text, entities = html.parse(chat.html)
    assert len(entities) <= 100
    assert len(chat.buttons) <= 100
    assert all(len(button.data) <= 64 and units(button.text) <= 64 for button in chat.buttons)
    return units(text)
