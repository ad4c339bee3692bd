"""/search by the whole language: filters, days, old texts, expressions, what an answer offers."""

from dataclasses import replace

import pytest

from bot.alerts.presses import Verb, encode
from bot.finding import CHECKED
from storage.records import Absence, Deletion, Forward, Post
from tests.unit.commands.talk import HAIDAI, HOUR, OWNER, PUSHILIN, READER, Bot
from tests.unit.commands.test_search import many, numbers

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


async def test_an_album_counts_once_and_announcements_do_not(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    at = bot.clock.now() - HOUR
    album = [Post(101, n, at + n, "Крим", grouped_id=9) for n in range(1, 7)]
    pinned = Post(101, 8, at + 8000, "Крим", service="pin_message")
    await bot.writes(*album, Post(101, 7, at + 7000, "Крим"), pinned)
    owner = bot.chat()
    assert (await owner.sees("/search Крим")).startswith("<b>Крим</b>, newest first · 2 posts\n")
    assert "In the last 30 days 2 posts," in await owner.sees("/watch Крим")


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
