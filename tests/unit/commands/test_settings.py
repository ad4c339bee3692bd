"""/settings and /digest: how a place wants to be told, by buttons and by typing."""

from typing import Any

import pytest

from bot.alerts.presses import Verb, encode
from bot.locales import LANGUAGES, Html, bare
from storage import held, rules, subscribers
from storage.db import Archive
from storage.records import Handling, Hold, Mode, Reason, Subscriber, Wishes
from tests.unit.commands.talk import GROUP, HAIDAI, HOUR, NOW, OWNER, READER, STRANGER, Bot, Chat

EIGHT = 1_663_650_000_000  # 20 September 2022, 08:00 in Kyiv: the usual digest


async def here(bot: Bot, chat: int = OWNER, topic: int = 0) -> Subscriber:
    found = await subscribers.find(bot.archive.reader, chat, topic)
    assert found is not None
    return found


async def holds(bot: Bot, owner: Chat, *reasons: Reason, due_at: int = EIGHT) -> None:
    """One hit is held for each of these reasons."""
    await bot.watches(HAIDAI)
    await owner.says("/watch Крим")
    await owner.presses("Keep")
    place = await here(bot)
    [rule] = await rules.of(bot.archive.reader, place.id)
    await bot.posts(*("Крим" for _ in reasons))
    async with bot.archive.transaction() as tx:
        rows = await tx.execute_fetchall("SELECT id FROM posts ORDER BY id DESC LIMIT 9")
        hits = [
            Hold(place.id, rule.id, row["id"], 1, reason, due_at)
            for row, reason in zip(rows, reasons, strict=False)
        ]
        await held.hold(tx, hits, bot.clock.now())


async def due_times(archive: Archive) -> list[tuple[str, int]]:
    rows = await archive.reader.execute_fetchall(
        "SELECT reason, due_at FROM held WHERE told_in IS NULL ORDER BY reason"
    )
    return [(row["reason"], row["due_at"]) for row in rows]


async def digests(archive: Archive) -> list[str]:
    rows = await archive.reader.execute_fetchall("SELECT subject FROM outbox WHERE kind = 'digest'")
    return [row["subject"] for row in rows]


async def test_settings_are_shown_as_they_are(bot: Bot) -> None:
    owner = bot.chat()
    assert bare(Html(await owner.sees("/settings"))).splitlines() == [
        "Settings of this chat",
        "",
        "Language: English",
        "Time zone: Kyiv, now 18:06",
        "Quiet hours: none",
        "Digests: every day at 08:00",
        "Alerts without pictures",
        "Reposts join the alert of what they repeat",
    ]
    assert owner.labels == [
        "Language…", "Time zone…", "Quiet hours…", "Digests…", "Pictures", "Do not join reposts",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "choice", "line", "wishes"),
    [
        ("Quiet hours…", "23:00–07:00", "Quiet hours: 23:00–07:00", {"quiet": (1380, 420)}),
        ("Quiet hours…", "00:00–06:00", "Quiet hours: 00:00–06:00", {"quiet": (0, 360)}),
        ("Digests…", "every 4 hours", "Digests: every 4 hours", {"digest": "every 4 h"}),
        ("Digests…", "Mon 08:00", "Digests: Mon 08:00", {"digest": "mon 08:00"}),
        ("Digests…", "none", "Digests: none", {"digest": "off"}),
    ],
)
async def test_a_choice_is_kept_and_shown(
    bot: Bot, page: str, choice: str, line: str, wishes: Any
) -> None:
    owner = bot.chat()
    await owner.says("/settings")
    await owner.presses(page)
    reply = await owner.presses(choice)
    assert reply.toast == "Saved."
    assert line in owner.html.splitlines()
    assert (await here(bot)).wishes == Wishes(**wishes)
    await owner.presses(page)
    assert f"✓ {choice}" in owner.labels
    await owner.presses("‹ Back")
    assert line in owner.html.splitlines()


async def test_pictures_and_merging_are_switched(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/settings")
    await owner.presses("Pictures")
    await owner.presses("Do not join reposts")
    assert (await here(bot)).wishes == Wishes(pictures=True, merging=False)
    await owner.presses("No pictures")
    await owner.presses("Join reposts")
    assert (await here(bot)).wishes == Wishes()


async def test_another_language_is_spoken_at_once(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/settings")
    await owner.presses("Language…")
    reply = await owner.presses("Українська")
    assert reply.toast == "Збережено."
    assert "Мова: Українська" in owner.html
    assert "Язык: Русский" in await owner.sees("/settings language ru")
    assert "Language: English" in await owner.sees("/settings language English")


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/London", "Europe/London"),
        ("europe/london", "Europe/London"),
        ("london", "Europe/London"),
        ("New York", "America/New_York"),
        ("america/new_york", "America/New_York"),
        ("Kyiv", "Europe/Kyiv"),
        ("UTC", "UTC"),
        ("UTC+0", "UTC"),
        ("+00:00", "UTC"),
        ("GMT-0", "UTC"),
    ],
)
async def test_a_zone_is_found_by_its_name_or_its_city(bot: Bot, typed: str, zone: str) -> None:
    await bot.chat().says(f"/settings zone {typed}")
    assert (await here(bot)).zone == zone


@pytest.mark.parametrize(
    ("language", "city"), [("uk", "Варшава"), ("ru", "Лондон"), ("uk", "Київ")]
)
async def test_a_city_is_called_as_in_the_language(bot: Bot, language: str, city: str) -> None:
    assert f"{city}, " in await bot.chat(language=language).sees(f"/settings zone {city}")


async def test_a_zone_that_does_not_exist_is_answered_with_those_it_looks_like(bot: Bot) -> None:
    owner = bot.chat()
    html = await owner.sees("/settings zone Europe/Kiyv")
    assert "There is no time zone “Europe/Kiyv”" in html
    assert "Europe/Kyiv" in owner.labels
    await owner.sees("/settings zone Europe/Londn")
    await owner.presses("Europe/London")
    assert (await here(bot)).zone == "Europe/London"
    assert "/settings zone Europe/Kyiv" in await owner.sees("/settings zone xyzzy")
    assert (await here(bot)).zone == "Europe/London"


@pytest.mark.parametrize(
    ("typed", "cities"),
    [
        ("GMT+2", ["Berlin", "Warsaw", "Kyiv"]),
        ("utc +2", ["Berlin", "Warsaw", "Kyiv"]),
        ("+02:00", ["Berlin", "Warsaw", "Kyiv"]),
        ("UTC+3", ["Kyiv", "Istanbul", "Moscow"]),
        ("UTC−5", ["Chicago", "New York"]),
        ("+5:30", ["Kolkata"]),
    ],
)
async def test_a_distance_from_utc_is_answered_with_cities_that_have_it(
    bot: Bot, typed: str, cities: list[str]
) -> None:
    """As people mean it, now or at another time of the year: +2 is east of Greenwich."""
    owner = bot.chat()
    html = await owner.sees(f"/settings zone {typed}")
    assert f"“{typed}” is a distance from UTC" in html
    assert owner.labels == cities
    assert (await here(bot)).zone == "Europe/Kyiv", "it stays until a city is chosen"
    await owner.presses(cities[0])
    assert f"Time zone: {cities[0]}, now " in owner.html


@pytest.mark.parametrize(
    "typed",
    ["localtime", "Factory", "Etc/GMT+2", "Etc/UTC", "posixrules", "GMT+25", "+02:10", "+", "-"],
)
async def test_what_is_no_place_is_no_zone(bot: Bot, typed: str) -> None:
    owner = bot.chat()
    assert "There is no time zone" in await owner.sees(f"/settings zone {typed}")
    assert (await here(bot)).zone == "Europe/Kyiv"
    assert not {"Etc", "GMT+", "localtime"} & set(" ".join(owner.labels).replace("/", " ").split())


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("Europe/Kiew", "Europe/Kyiv"), ("Kiiv", "Europe/Kyiv"), ("Asia/Calcuta", "Asia/Kolkata")],
)
async def test_a_place_is_offered_once_by_its_current_name(
    bot: Bot, typed: str, offered: str
) -> None:
    owner = bot.chat()
    assert "Did you mean one of these?" in await owner.sees(f"/settings zone {typed}")
    assert owner.labels[0] == offered
    assert not {"Europe/Kiev", "Asia/Calcutta"} & set(owner.labels)


async def test_a_former_name_of_a_zone_is_taken_as_it_is_written(bot: Bot) -> None:
    owner = bot.chat()
    assert "Time zone: Kyiv, now " in await owner.sees("/settings zone Europe/Kiev")
    assert (await here(bot)).zone == "Europe/Kiev"
    await owner.presses("Time zone…")
    assert "✓ Kyiv" in owner.labels


async def test_a_common_zone_is_a_button(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/settings")
    await owner.presses("Time zone…")
    assert "✓ Kyiv" in owner.labels
    await owner.presses("London")
    assert "Time zone: London, now 16:06" in owner.html


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("quiet", "Write /settings alone"),
        ("tea", "Write /settings alone"),
        ("zone", "Write /settings alone"),
        ("quiet at night", "does not say from when to when"),
        ("quiet 25:00-07:00", "no time of the day"),
        ("quiet 07:00-07:00", "cannot last the whole day"),
        ("digest sometimes", "does not say when"),
        ("language pl", "Choose en, uk or ru"),
    ],
)
async def test_what_cannot_be_set_is_answered_with_what_to_write(
    bot: Bot, typed: str, expected: str
) -> None:
    before = bot.chat()
    await before.says("/settings")
    assert expected in await bot.chat().sees(f"/settings {typed}")
    assert (await here(bot)).wishes == Wishes()


@pytest.mark.parametrize(
    "numbers",
    [(7, 0), (0, 0), (-1, 5), (1, 3), (1, -1), (2, 12345), (3, 1441), (3, -5), (3, 10**7), (4, 5)],
)
async def test_made_up_choices_change_nothing(bot: Bot, numbers: tuple[int, int]) -> None:
    owner = bot.chat()
    await owner.says("/settings")
    place = await here(bot)
    reply = await owner.sends(encode(Verb.CHOOSE, place.id, *numbers))
    assert reply.toast == "This button is no longer valid."
    assert await here(bot) == place


@pytest.mark.parametrize("page", [5, 6, 7, -1, 10**9])
async def test_made_up_pages_are_stale(bot: Bot, page: int) -> None:
    owner = bot.chat()
    await owner.says("/settings")
    reply = await owner.sends(encode(Verb.SETTINGS, (await here(bot)).id, page))
    assert reply.toast == "This button is no longer valid."


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_can_be_read_in_every_language(bot: Bot, language: str) -> None:
    owner = bot.chat(language=language)
    await owner.says("/settings")
    pages = [each.data for each in owner.buttons if each.data.startswith("set:")]
    assert len(pages) == 4
    for data in pages:
        assert (await owner.sends(data)).replace
        assert len(owner.buttons) >= 4


# ------------------------------------------------------------------------------- /digest


async def test_a_digest_says_what_is_held_and_when_it_comes(bot: Bot) -> None:
    owner = bot.chat()
    assert await owner.sees("/digest") == (
        "<b>Digests:</b> every day at 08:00\n\n"
        "Nothing is held now; if that stays so, no digest comes.\n"
        "The next is due on 20 Sep 2022, 08:00 (Kyiv).\n\n"
        "Change it with <code>/digest 08:00, 20:00</code>, <code>/digest every 4 h</code>, "
        "<code>/digest mon 08:00</code> or <code>/digest off</code>."
    )
    assert owner.labels == []
    await holds(bot, owner, Reason.DIGEST, Reason.LATE)
    html = await owner.sees("/digest")
    assert "Held for it now: 2 hits.\nThe next is due on 20 Sep 2022, 08:00 (Kyiv)." in html
    assert owner.labels == ["Send it now"]


async def test_what_is_held_can_be_had_at_once(bot: Bot) -> None:
    owner = bot.chat()
    await holds(bot, owner, Reason.DIGEST, Reason.QUIET)
    await owner.says("/digest")
    reply = await owner.presses("Send it now")
    assert reply.toast == "It is on its way."
    assert "Nothing is held now" in owner.html
    assert await digests(bot.archive) == [f"digest/{bot.clock.now()}"]
    assert bot.joins_woken == ["delivery"]
    again = await owner.sends(encode(Verb.DIGEST_NOW, (await here(bot)).id))
    assert again.toast == "Nothing is held now."
    assert len(await digests(bot.archive)) == 1


async def test_another_schedule_moves_what_is_held(bot: Bot) -> None:
    owner = bot.chat()
    await holds(bot, owner, Reason.COOLDOWN, Reason.DIGEST, Reason.LATE)
    assert "every 4 hours" in await owner.sees("/digest every 4 h")
    eight_in_the_evening = 1_663_606_800_000  # of 19 September, in Kyiv
    assert {due for _, due in await due_times(bot.archive)} == {eight_in_the_evening}
    await owner.says("/settings zone UTC")
    assert {due for _, due in await due_times(bot.archive)} == {1_663_603_200_000}


async def test_quiet_hours_that_are_put_off_let_go_what_they_held(bot: Bot) -> None:
    owner = bot.chat()
    await owner.says("/settings quiet 18:00-19:00")
    await holds(bot, owner, Reason.QUIET, Reason.LATE, due_at=1_663_603_200_000)
    await owner.says("/settings quiet 18:00-21:00")
    assert await due_times(bot.archive) == [("late", EIGHT), ("quiet", 1_663_610_400_000)]
    await owner.says("/settings quiet off")
    assert await due_times(bot.archive) == [("late", EIGHT)]
    assert len(await digests(bot.archive)) == 1


async def test_without_digests_what_was_held_comes_at_once(bot: Bot) -> None:
    owner = bot.chat()
    await holds(bot, owner, Reason.DIGEST, Reason.LATE)
    html = await owner.sees("/digest off")
    assert html.startswith("<b>Digests:</b> none\nWithout digests nothing waits for one")
    assert await due_times(bot.archive) == []
    assert await digests(bot.archive) == [f"digest/{bot.clock.now()}"]


async def test_a_digest_whose_time_has_come_is_not_put_off_by_a_change(bot: Bot) -> None:
    owner = bot.chat()
    await holds(bot, owner, Reason.DIGEST, due_at=NOW + 1)
    await owner.says("/settings language uk")
    assert await due_times(bot.archive) == []
    assert await digests(bot.archive) == [f"digest/{NOW + 1}"]


async def test_a_schedule_that_cannot_be_read_changes_nothing(bot: Bot) -> None:
    assert "cannot come every 5 hours" in await bot.chat().sees("/digest every 5 h")
    assert (await here(bot)).wishes.digest == "08:00"


# ------------------------------------------------------------------------- rules' delivery


async def delivery(bot: Bot) -> Chat:
    owner = bot.chat()
    await bot.watches(HAIDAI)
    await owner.says("/watch Крим")
    await owner.presses("Keep")
    await owner.presses("Alerts…")
    return owner


async def handling(bot: Bot) -> Handling:
    [rule] = await rules.of(bot.archive.reader, (await here(bot)).id)
    return rule.handling


async def test_how_a_rule_is_told_is_shown(bot: Bot) -> None:
    owner = await delivery(bot)
    assert owner.html == (
        "How hits of <b>Крим</b> are told\n\n"
        "Told at once, with a sound.\n"
        "Edits and deletions of what was told are told, too.\n"
        "No pause: every hit is told.\n"
        "What is found more than 6 hours after its posting goes to the digest."
    )
    assert [label for label in owner.labels if label.startswith("✓")] == [
        "✓ With a sound", "✓ Tell edits, deletions", "✓ No pause", "✓ 6 h",
    ]  # fmt: skip


async def test_how_a_rule_is_told_is_chosen_button_by_button(bot: Bot) -> None:
    owner = await delivery(bot)
    await owner.presses("In the digest")
    assert "Told in the digest: every day at 08:00." in owner.html
    await owner.presses("Do not")
    await owner.presses("10 min")
    assert "Pause: for 10 minutes after an alert" in owner.html
    await owner.presses("Never")
    assert "What is found late is told like the rest." in owner.html
    told = await handling(bot)
    assert (told.mode, told.follows, told.cooldown) == (Mode.DIGEST, False, 600_000)
    assert told.late_after > 10**15
    await owner.presses("Late: 1 h")
    await owner.presses("Silently")
    assert (await handling(bot)).late_after == HOUR
    await owner.presses("Done")
    assert owner.html.startswith("<b>Крим</b>")
    await owner.says("/digest off")
    await owner.sends(encode(Verb.DELIVERY, (await here(bot)).id, 1))
    await owner.presses("In the digest")
    assert "there is none here" in owner.html


@pytest.mark.parametrize("number", [-1, 13, 10**9])
async def test_made_up_ways_of_telling_are_stale(bot: Bot, number: int) -> None:
    owner = await delivery(bot)
    reply = await owner.sends(encode(Verb.HANDLE, (await here(bot)).id, 1, number))
    assert reply.toast == "This button is no longer valid."
    assert await handling(bot) == Handling()


async def test_a_rule_is_opened_below_a_digest_which_stays(bot: Bot) -> None:
    owner = await delivery(bot)
    reply = await owner.sends(encode(Verb.OPEN_RULE, (await here(bot)).id, 1))
    assert reply.message is not None and not reply.replace
    assert owner.html.startswith("<b>Крим</b>")


# ----------------------------------------------------------------------------- in groups


@pytest.fixture
async def desk(bot: Bot) -> Chat:
    """A group in which the owner, who runs it, has made a rule; the reader is none of its
    admins."""
    await bot.watches(HAIDAI)
    owner = bot.chat(OWNER, GROUP)
    await owner.says("/watch Крим")
    await owner.presses("Keep")
    await bot.lets_in(READER)
    bot.telegram.admins = {OWNER}
    return owner


CHANGES = (
    "/watch кава", "/rules 1 name Півострів", "/rules 1 query кава", "/digest off",
    "/settings quiet 23-7", "/settings zone UTC", "/settings language uk", "/settings digest off",
)  # fmt: skip
LOOKS = ("/rules", "/rules 1", "/search Крим", "/digest", "/settings", "/latest", "/help")


@pytest.mark.parametrize("topic", [0, 5])
async def test_who_is_no_admin_of_a_group_may_look_and_not_change(
    bot: Bot, desk: Chat, topic: int
) -> None:
    reader = bot.chat(READER, GROUP, topic)
    for command in CHANGES[: 1 if topic else None]:
        assert "only its admins" in await reader.sees(command), command
    if topic:
        return
    for command in LOOKS:
        html = await reader.sees(command)
        assert html and "only its admins" not in html, command
    place = await here(bot, GROUP)
    assert place.wishes == Wishes()
    assert [rule.name for rule in await rules.of(bot.archive.reader, place.id)] == ["Крим"]


async def test_buttons_that_change_are_for_admins_as_well(bot: Bot, desk: Chat) -> None:
    reader = bot.chat(READER, GROUP)
    place = await here(bot, GROUP)
    for data in (
        encode(Verb.MUTE, place.id, 1, 1),
        encode(Verb.CARD_MUTE, place.id, 1, 1),
        encode(Verb.DROP, place.id, 1),
        encode(Verb.SWITCH, place.id, 1, 1, 0),
        encode(Verb.NARROW_TO, place.id, 1, 0),
        encode(Verb.HANDLE, place.id, 1, 1),
        encode(Verb.CHOOSE, place.id, 1, 1),
        encode(Verb.DIGEST_NOW, place.id),
    ):
        assert "only its admins" in (await reader.sends(data)).toast, data
    for data in (
        encode(Verb.RULES, place.id, 0),
        encode(Verb.CARD, place.id, 1),
        encode(Verb.WORDS, place.id, 1, 0),
        encode(Verb.DELIVERY, place.id, 1),
        encode(Verb.SETTINGS, place.id, 1),
        encode(Verb.OPEN_RULE, place.id, 1),
    ):
        assert (await reader.sends(data)).message, data
    assert await here(bot, GROUP) == place


async def test_admins_change_it_named_or_anonymous(bot: Bot, desk: Chat) -> None:
    bot.telegram.admins = {READER, STRANGER}
    for user, name in ((READER, "Named"), (0, "Anonymous"), (STRANGER, "Not invited")):
        html = await bot.chat(user, GROUP).sees(f"/rules 1 name {name}")
        assert html.startswith(f"<b>{name}</b>"), name


async def test_the_owner_of_the_bot_manages_wherever_the_bot_is(bot: Bot, desk: Chat) -> None:
    bot.telegram.admins = set()
    assert "Digests: none" in bare(Html(await desk.sees("/digest off")))


async def test_one_who_speaks_as_a_channel_is_nobody(bot: Bot, desk: Chat) -> None:
    bot.telegram.admins = {-100_777}
    html = await bot.chat(-100_777, GROUP).sees("/rules 1 name Mine")
    assert "invited" in html


async def test_where_telegram_does_not_say_nothing_is_changed(bot: Bot, desk: Chat) -> None:
    bot.telegram.silent = True
    assert "Try again in a minute" in await bot.chat(READER, GROUP).sees("/digest off")
    assert "invited" in await bot.chat(STRANGER, GROUP).sees("/rules")
    assert (await here(bot, GROUP)).wishes == Wishes()


async def test_in_private_everybody_manages_what_is_theirs(bot: Bot) -> None:
    bot.telegram.admins = set()
    reader = await bot.lets_in(READER)
    assert "Digests: none" in bare(Html(await reader.sees("/digest off")))


async def test_a_topic_has_settings_of_its_own(bot: Bot, desk: Chat) -> None:
    topic = bot.chat(OWNER, GROUP, 5)
    await topic.says("/settings quiet 23-7")
    assert (await here(bot, GROUP, 5)).wishes.quiet == (1380, 420)
    assert (await here(bot, GROUP)).wishes.quiet is None
    reply = await topic.sends(encode(Verb.SETTINGS, (await here(bot, GROUP, 5)).id, 0))
    assert reply.topic_id == 5
