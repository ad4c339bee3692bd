"""/search and /latest: pages, marks, and what an answer says about itself."""

import re
from dataclasses import replace

import pytest

from bot.alerts.presses import Verb, encode
from bot.finding import CHECKED
from storage.records import Absence, Channel, ChannelState, Deletion, Forward, Post
from tests.unit.commands.talk import HAIDAI, NOW, OWNER, PUSHILIN, READER, Bot, Chat

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
        "<b>білогорівка</b>: also Белогоровка, Bilohorivka, Bilogorivka, Belogorovka\n"
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


# --------------------------------------------------------------- what can be asked

POSTS = (
    "№0 Окупанти обстріляли Херсон",
    "№1 Обстріл: командний пункт у Херсоні знищено",
    "№2 Херсон. Навчання. Обстрілу не було",
    "№3 Пункт, де командний склад",
    "№4 У рф готують референдум",
    "№5 Референдуми на окупованих територіях",
    "№6 Из России ударили по Херсону",
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Херсон", [6, 2, 1, 0]),
        ("=Херсоні", [1]),
        ("обстріл Херсон", [2, 1]),
        ("обстріл Херсон -навчання", [1]),
        ("обстріл OR референдум", [5, 4, 2, 1]),
        ("(обстріл АБО референдум) НЕ навчання", [5, 4, 1]),
        ('"командний пункт"', [1]),
        ("«командний пункт»", [1]),
        ("пункт ~0 командний", [1]),
        ("пункт ~1 командний", [3, 1]),
        ("референдум*", [5, 4]),
        ("референдум /у рф|росі[яї]/", [4]),
        ("Херсон lang:ru", [6]),
        ("from:@luhanskaVTSA Херсон has:photo", []),
        ("from:luhanskavtsa", [6, 5, 4, 3, 2]),
    ],
)
async def test_the_whole_language_is_for_searches(bot: Bot, query: str, found: list[int]) -> None:
    await bot.watches(HAIDAI)
    for text in POSTS:
        await bot.posts(text)
    async with bot.archive.transaction() as tx:
        await tx.execute(
            "UPDATE posts SET language = 'ru', meta = meta || ' lru' WHERE text LIKE '№6%'"
        )
    owner = bot.chat()
    await owner.says(f"/search {query}")
    assert numbers(owner) == found


async def test_filters_find_by_kind_channel_pack_and_state(bot: Bot) -> None:
    await bot.knows_pack("luhansk", HAIDAI)
    await bot.watches(HAIDAI, PUSHILIN)
    at = bot.clock.now()
    photo = frozenset({"photo"})
    await bot.writes(
        Post(101, 1, at, "№1 Крим", media="photo", has=photo),
        Post(101, 2, at + 1000, "№2 Крим", forward=Forward(at, name="хтось")),
        Post(102, 3, at + 2000, "№3 Крим", edited_at=at + 3000, pts=3),
        Post(102, 4, at + 3000, "№4 Крим", pts=4),
    )
    await bot.writes(gone=[Deletion(102, 4, Absence.NOTICE, 5)])
    owner = bot.chat()
    for query, found in {
        "Крим has:photo": [1],
        "is:forward": [2],
        "is:edited Крим": [3],
        "is:deleted": [4],
        "Крим -is:deleted": [3, 2, 1],
        "in:luhansk": [2, 1],
        "from:@pushilindenis,@luhanskaVTSA Крим": [4, 3, 2, 1],
        "-in:luhansk Крим": [4, 3],
    }.items():
        await owner.says(f"/search {query}")
        assert numbers(owner) == found, query
    assert "Did you mean luhansk?" in await owner.sees("/search in:luhans")


async def test_days_are_those_of_the_asker(bot: Bot) -> None:
    """Midnight of 19 September was at 21:00 UTC of the 18th in Kyiv, at 4:00 in New York."""
    await bot.watches(HAIDAI)
    midnight = 1_663_534_800_000
    await bot.writes(
        *(Post(101, n, midnight + hours * 3_600_000, f"№{n} Крим")
          for n, hours in ((1, -1), (2, 1), (3, 8)))
    )  # fmt: skip
    owner = bot.chat()
    for query, found in {
        "Крим since:2022-09-19": [3, 2],
        "Крим until:2022-09-18": [1],
        'Крим since:"19 вересня"': [3, 2],
        "Крим since:сьогодні": [3, 2],
        "since:today": [3, 2],
        "Крим since:18.09.2022 until:18.09.2022": [1],
    }.items():
        await owner.says(f"/search {query}")
        assert numbers(owner) == found, query
    async with bot.archive.transaction() as tx:
        await tx.execute("UPDATE subscribers SET zone = 'America/New_York'")
    await owner.says("/search Крим since:2022-09-19")
    assert numbers(owner) == [3]


async def test_the_last_hour_is_the_one_before_the_question_on_every_page(bot: Bot) -> None:
    await many(bot, 12)
    owner = bot.chat()
    await owner.says("/search білогорівка since:1h")
    bot.clock.forward(3600)
    await owner.presses("Older ›")
    await owner.presses("Older ›")
    assert numbers(owner) == [1, 0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("since:2022-99-99", "“2022-99-99” is no date"),
        ("Крим since:tomorrow", "“tomorrow” has not come yet"),
        ("Крим since:2022-09-19 until:2022-09-01", "until: ends before since: begins."),
        ("Крим OR since:7d", "since: holds for the whole search"),
        ("-Крим", "This says only what must not be in a post."),
        ("/рф/", "A regular expression needs a word"),
        ("Крим /(/", "This regular expression cannot be read"),
        ("аб*", "At least 3 letters must stand before a *."),
        ('Крим "наш', "This quotation mark is not closed."),
        ("from:@nobody", "No channel named “nobody” is watched."),
    ],
)
async def test_what_cannot_be_searched_for_is_answered_in_three_languages(
    bot: Bot, query: str, expected: str
) -> None:
    said = [
        await bot.chat(OWNER, -200, topic, language).sees(f"/search {query}")
        for topic, language in enumerate(("en", "uk", "ru"))
    ]
    assert said[0].startswith(expected)
    assert len(set(said)) == 3


# --------------------------------------------------------------- texts that were edited away


async def test_a_text_that_was_edited_away_is_found_on_request_shown_and_said_so(
    bot: Bot,
) -> None:
    await bot.watches(HAIDAI)
    at = bot.clock.now()
    said = Post(101, 1, at, "Наші втратили Білогорівку вчора", pts=1)
    await bot.writes(said)
    await bot.writes(replace(said, text="Білогорівка наша", edited_at=at + 5, pts=2))
    owner = bot.chat()
    assert "Nothing found" in await owner.sees("/search втратити Білогорівка")
    shown = await owner.sees("/search втратити Білогорівка versions:all")
    assert "<blockquote>Наші <b>втратили Білогорівку</b> вчора</blockquote>\n" in shown
    assert "</blockquote>\nThis text was edited away." in shown
    shown = await owner.sees("/search Білогорівка versions:all")
    assert "<blockquote><b>Білогорівка</b> наша</blockquote>" in shown
    assert "edited away" not in shown


async def test_of_several_such_texts_the_newest_that_fits_is_shown(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    at = bot.clock.now()
    for pts, text in enumerate(["Крим один", "Крим два", "Ялта", "нічого"], 1):
        await bot.writes(Post(101, 1, at, text, pts=pts, edited_at=at + pts if pts > 1 else None))
    shown = await bot.chat().sees("/search Крим versions:all")
    assert "<b>Крим</b> два" in shown
    shown = await bot.chat().sees("/search Крим /один/ versions:all")
    assert "<b>Крим один</b>" in shown


# --------------------------------------------------------------- count, limits, buttons


async def test_the_count_is_of_posts_and_not_of_pages(bot: Bot) -> None:
    await many(bot, 12)
    assert ", newest first · 12 posts\n" in await bot.chat().sees("/search білогорівка")


async def test_an_expression_is_held_against_so_many_posts_and_that_is_said(bot: Bot) -> None:
    """Going on reaches the others."""
    await bot.watches(HAIDAI)
    at = bot.clock.now()
    await bot.writes(
        *(Post(101, n, at - (CHECKED + 100 - n) * 1000, f"№{n} Крим" + " С-300" * (n == 50))
          for n in range(1, CHECKED + 101))
    )  # fmt: skip
    owner = bot.chat()
    shown = await owner.sees("/search Крим /С-300/")
    assert shown.startswith("Nothing found for <b>Крим /С-300/</b>.")
    assert "Looked at the newest 5,000 posts that could fit." in shown
    assert owner.labels == ["Older ›", "Watch this"]
    await owner.presses("Older ›")
    assert numbers(owner) == [50]
    assert "Looked at" not in owner.html
    await owner.presses("‹ Newer")
    assert "Nothing found" in owner.html


async def test_what_is_found_can_be_watched(bot: Bot) -> None:
    await many(bot, 1)
    owner = bot.chat()
    await owner.says("/search білогорівка OR Ялта since:7d versions:all")
    await owner.presses("Watch this")
    assert owner.html.startswith("New rule, <b>not kept yet</b>: білогорівка OR Ялта\n")
    await owner.presses("Keep")
    assert "1. <b>білогорівка OR Ялта</b>" in await owner.sees("/rules")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("is:deleted Крим", "A rule is checked when a post appears or is edited"),
        ("has:photo", "A rule needs a word"),
        ("since:7d", "Write what to watch for after the command: /watch Білогорівка"),
    ],
)
async def test_what_no_rule_can_ask_is_answered_whole(bot: Bot, query: str, expected: str) -> None:
    """In a message: over a button it would be cut."""
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await owner.says(f"/search {query}")
    reply = await owner.presses("Watch this")
    assert reply.message and reply.message.html.startswith(expected)


async def test_the_most_relevant_come_first_on_request_and_only_within_a_period(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    await bot.posts("№1 Крим Крим Крим", "№2 Крим і ще багато інших слів про щось", "№3 Крим, так")
    owner = bot.chat()
    await owner.says("/search Крим")
    assert owner.labels == ["Watch this"]
    await owner.says("/search Крим since:7d")
    assert owner.labels == ["Watch this", "Most relevant"]
    await owner.presses("Most relevant")
    assert numbers(owner) == [1, 3, 2]
    assert owner.html.startswith("<b>Крим since:7d</b>, most relevant\n")
    assert owner.labels == ["Newest first"]
    await owner.presses("Newest first")
    assert numbers(owner) == [3, 2, 1]
    for query in ("Крим /так/ since:7d", "from:@luhanskaVTSA since:7d", "нема since:7d"):
        await owner.says(f"/search {query}")
        assert owner.labels == ["Watch this"], query


@pytest.mark.parametrize("query", ["Крим", "Крим /так/ since:7d", "since:7d"])
async def test_a_made_up_button_for_the_most_relevant_is_stale(bot: Bot, query: str) -> None:
    await bot.watches(HAIDAI)
    owner = bot.chat()
    await owner.says(f"/search {query}")
    reply = await owner.sends(encode(Verb.RELEVANT, 1, 1))
    assert (reply.toast, reply.message) == ("This button is no longer valid.", None)


async def test_buttons_of_another_chats_search_are_stale(bot: Bot) -> None:
    await many(bot, 12)
    await bot.chat().says("/search білогорівка since:7d")
    reader = await bot.lets_in(READER)
    for verb, rest in {
        Verb.SEARCH: (0,), Verb.SEARCH_NEWER: (5,), Verb.RELEVANT: (), Verb.WATCH_FOUND: (),
    }.items():  # fmt: skip
        for here in (1, 2):
            reply = await reader.sends(encode(verb, here, 1, *rest))
            assert (reply.toast, reply.message) == ("This button is no longer valid.", None)


async def test_a_search_of_a_channel_that_is_renamed_meanwhile_is_stale(bot: Bot) -> None:
    await many(bot, 12)
    owner = bot.chat()
    await owner.says("/search from:@luhanskaVTSA")
    async with bot.archive.transaction() as tx:
        await tx.execute("UPDATE channels SET username = 'another'")
    assert (await owner.presses("Older ›")).toast == "This button is no longer valid."
