"""/search and /latest: pages, marks, and what an answer says about itself."""

import re
from dataclasses import replace

import pytest

from storage.records import Absence, Channel, ChannelState, Deletion, Forward, Post
from tests.unit.commands.talk import HAIDAI, NOW, PUSHILIN, Bot, Chat

MINUTE = 60_000


def numbers(chat: Chat) -> list[int]:
    """The numbers of the posts that a page shows, in its order."""
    return [int(number) for number in re.findall(r"№(\d+)", chat.html)]


async def many(bot: Bot, count: int) -> None:
    await bot.watches(HAIDAI)
    await bot.posts(*(f"Білогорівка №{number}" for number in range(count)))


async def test_a_hit_is_shown_with_its_time_channel_passage_and_link(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    [post] = await bot.posts("Наша Білогорівка.\n\n\n\nДалі <буде>.")
    assert await bot.chat().sees("/search білогорівка") == (
        "<b>білогорівка</b>, newest first · 1 post\n"
        "<b>білогорівка</b>: also Белогоровка, Bilohorivka, Bilogorivka, +1\n"
        "\n"
        "19 Sep 2022, 18:07 · "
        f'<a href="https://t.me/luhanskaVTSA/{post.message_id}">Сергій Гайдай</a>\n'
        "<blockquote>Наша <b>Білогорівка</b>.\n\nДалі &lt;буде&gt;.</blockquote>\n"
        "\n"
        "Times: Kyiv. The archive starts on 20 August 2022."
    )


async def test_pages_go_down_to_the_oldest_and_up_again(bot: Bot) -> None:
    await many(bot, 12)
    owner = bot.chat()
    await owner.says("/search білогорівка")
    assert numbers(owner) == [11, 10, 9, 8, 7]
    assert owner.labels == ["Older ›", "Watch this"]
    await owner.presses("Older ›")
    assert numbers(owner) == [6, 5, 4, 3, 2]
    assert owner.labels == ["‹ Newer", "Older ›", "Watch this"]
    await owner.presses("Older ›")
    assert numbers(owner) == [1, 0]
    assert owner.labels == ["‹ Newer", "Watch this"]
    await owner.presses("‹ Newer")
    assert numbers(owner) == [6, 5, 4, 3, 2]
    await owner.presses("‹ Newer")
    assert numbers(owner) == [11, 10, 9, 8, 7]
    assert owner.labels == ["Older ›", "Watch this"]


@pytest.mark.parametrize("count", [1, 5, 10])
async def test_a_full_last_page_has_no_page_after_it(bot: Bot, count: int) -> None:
    await many(bot, count)
    owner = bot.chat()
    await owner.says("/search білогорівка")
    for _ in range(count // 5 - 1):
        await owner.presses("Older ›")
    assert "Older ›" not in owner.labels
    assert numbers(owner)[-1] == 0


async def test_posts_that_come_in_meanwhile_shift_no_page(bot: Bot) -> None:
    """A page is kept by its place in time; going up leaves nothing out."""
    await many(bot, 12)
    owner = bot.chat()
    await owner.says("/search білогорівка")
    await bot.posts(*(f"Білогорівка №{number}" for number in range(12, 15)))
    await owner.presses("Older ›")
    assert numbers(owner) == [6, 5, 4, 3, 2]
    seen = set(numbers(owner))
    while "‹ Newer" in owner.labels:
        await owner.presses("‹ Newer")
        seen |= set(numbers(owner))
    assert seen == set(range(2, 15))


async def test_nothing_found_says_so_and_what_the_archive_covers(bot: Bot) -> None:
    await many(bot, 1)
    late = Channel(103, "Новий", "novyi", ChannelState.JOINED, archive_from_at=NOW)
    await bot.watches(late)
    owner = bot.chat()
    assert await owner.sees("/search нема <такого>") == (
        "Nothing found for <b>нема &lt;такого&gt;</b>.\n"
        "All of this must be true of one post; ask for less to find more.\n"
        "\n"
        "The archive starts on 20 August 2022. For 1 channel it starts later."
    )
    assert owner.labels == ["Watch this"]
    assert "All of this" not in await owner.sees("/search нема")


async def test_a_search_without_words_says_what_to_write(bot: Bot) -> None:
    assert await bot.chat().sees("/search") == (
        "Write what to look for after the command: /search Білогорівка"
    )


async def test_an_edited_a_forwarded_and_a_deleted_post_are_marked(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    at = bot.clock.now()
    post = Post(101, 1, at, "Крим", forward=Forward(at, name="хтось"), pts=1)
    await bot.writes(post)
    await bot.writes(replace(post, text="Крим наш", edited_at=at + 5, pts=2, media="photo"))
    await bot.writes(gone=[Deletion(101, 1, Absence.RECHECK, 3)])
    found = await bot.chat().sees("/search крим")
    assert " · forwarded · edited\n" in found
    assert "</blockquote>\nPhoto\nNot there any more when checked on 19 Sep 2022, 18:06" in found


async def test_an_album_is_one_result_and_takes_one_place(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    await bot.posts("№0")
    at = bot.clock.now() + MINUTE
    await bot.writes(
        *(Post(101, 900 + part, at, "№1" if part == 2 else "", grouped_id=5, media="photo")
          for part in range(10))
    )  # fmt: skip
    bot.clock.forward(120)
    await bot.posts("№2", "№3", "№4")
    owner = bot.chat()
    await owner.says("/latest")
    assert numbers(owner) == [4, 3, 2, 1, 0]
    assert owner.html.count("Album: 10 photos") == 1
    assert owner.buttons == []


async def test_albums_across_the_end_of_a_page_lose_nothing(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    for number in range(8):
        at = bot.clock.now() + MINUTE * number
        await bot.writes(
            *(Post(101, 10 * number + part, at, f"№{number}" if part == 0 else "",
                   grouped_id=number + 1, media="photo") for part in range(4))
        )  # fmt: skip
    owner = bot.chat()
    await owner.says("/latest")
    assert numbers(owner) == [7, 6, 5, 4, 3]
    await owner.presses("Older ›")
    assert numbers(owner) == [2, 1, 0]
    assert owner.html.count("Album: 4 photos") == 3
    await owner.presses("‹ Newer")
    assert numbers(owner) == [7, 6, 5, 4, 3]


async def test_latest_of_one_channel_shows_no_other(bot: Bot) -> None:
    await bot.watches(HAIDAI, PUSHILIN)
    await bot.posts(*(f"№{number}" for number in range(7)))
    await bot.posts("№100", channel=PUSHILIN)
    owner = bot.chat()
    for name in ("@luhanskaVTSA", "https://t.me/LUHANSKAVTSA/5", "101"):
        assert (await owner.sees(f"/latest {name}")).startswith("<b>Сергій Гайдай</b>, newest")
        assert numbers(owner) == [6, 5, 4, 3, 2]
    await owner.presses("Older ›")
    assert numbers(owner) == [1, 0]
    await owner.presses("‹ Newer")
    assert numbers(owner) == [6, 5, 4, 3, 2]
    await owner.says("/latest")
    assert numbers(owner) == [100, 6, 5, 4, 3]


async def test_announcements_of_telegram_are_no_posts(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    await bot.posts("№0")
    await bot.writes(Post(101, 999, bot.clock.now(), service="pin_message"))
    owner = bot.chat()
    await owner.says("/latest")
    assert numbers(owner) == [0]
    assert "pin" not in owner.html


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("@nobody", "“@nobody” is not watched. /channels lists what is."),
        ("99999", "“99999” is not watched. /channels lists what is."),
        ("<b>", "“&lt;b&gt;” does not name a channel."),
    ],
)
async def test_latest_of_a_channel_that_is_not_watched_says_so(
    bot: Bot, name: str, expected: str
) -> None:
    assert (await bot.chat().sees(f"/latest {name}")).startswith(expected)


async def test_latest_of_an_empty_archive_says_so(bot: Bot) -> None:
    assert await bot.chat().sees("/latest") == "No posts yet.\nNo channel is watched yet."


async def test_times_are_those_of_the_asker(bot: Bot) -> None:
    await many(bot, 1)
    owner = bot.chat()
    await owner.says("/start")
    async with bot.archive.transaction() as tx:
        await tx.execute("UPDATE subscribers SET zone = 'America/New_York'")
    assert "19 Sep 2022, 11:07 · " in await owner.sees("/search білогорівка")
    assert "Times: New York." in owner.html
