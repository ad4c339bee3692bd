"""/channels, /add, /remove, and the forecast of joins."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.joinpace import JoinPace, forecast
from bot.outcomes import Busy, Frozen, Gone, Outcome, Refused, SignedOut
from storage import channels, joins
from storage.records import Channel, ChannelState
from tests.unit.commands.talk import DAY, HAIDAI, HOUR, NOW, OWNER, PUSHILIN, Bot

MINUTE = 60_000
SYNEGUBOV = Channel(
    201, "Олег <Синєгубов>", "synegubov", verified=True, subscribers=152_345, about="Начальник\nОВА"
)


async def state(bot: Bot, channel: Channel) -> ChannelState | None:
    found = await channels.get(bot.archive.reader, channel.id)
    return found.state if found else None


async def queue(bot: Bot) -> list[str]:
    return [join.target for join in await joins.waiting(bot.archive.reader)]


async def test_a_channel_is_shown_before_it_is_added(bot: Bot) -> None:
    bot.telegram.known["synegubov"] = SYNEGUBOV
    owner = bot.chat()
    assert await owner.sees("/add https://t.me/synegubov/15") == (
        "<b>Олег &lt;Синєгубов&gt;</b>\n"
        "@synegubov · id 201 · 152,345 subscribers · verified by Telegram\n"
        "<blockquote>Начальник ОВА</blockquote>\n"
        "\n"
        "Watch this channel?"
    )
    assert owner.labels == ["Add", "Cancel"]
    assert await queue(bot) == []


async def test_a_channel_that_is_confirmed_is_queued_and_its_turn_told(bot: Bot) -> None:
    bot.telegram.known |= {
        name: replace(SYNEGUBOV, id=number, username=name, title=name)
        for number, name in enumerate(["first", "second", "third", "fourth"], 300)
    }
    owner = bot.chat()
    told = []
    for name in bot.telegram.known:
        await owner.says(f"/add @{name}")
        await owner.presses("Add")
        told.append(owner.html.splitlines()[1])
    assert told == [
        "It will be joined now.",
        "It will be joined about 19 Sep 2022, 18:16 (Kyiv).",
        "It will be joined about 19 Sep 2022, 18:26 (Kyiv).",
        "It will be joined about 20 Sep 2022, 18:06 (Kyiv).",  # three a day, in these tests
    ]
    assert await queue(bot) == ["first", "second", "third", "fourth"]
    assert len(bot.joins_woken) == 4


async def test_a_channel_that_is_cancelled_is_not_queued(bot: Bot) -> None:
    bot.telegram.known["synegubov"] = SYNEGUBOV
    owner = bot.chat()
    await owner.says("/add @synegubov")
    await owner.presses("Cancel")
    assert owner.html == "Cancelled; nothing was changed."
    assert await queue(bot) == []
    assert bot.joins_woken == []


async def test_add_pressed_twice_queues_once(bot: Bot) -> None:
    bot.telegram.known["synegubov"] = SYNEGUBOV
    owner = bot.chat()
    await owner.says("/add @synegubov")
    press = owner.buttons[0].data
    await owner.sends(press)
    first = owner.html
    await owner.sends(press)
    assert owner.html == first
    assert await queue(bot) == ["synegubov"]


async def test_an_invitation_is_kept_as_it_is_and_shows_no_id(bot: Bot) -> None:
    bot.telegram.known["+AbCdEf-12345"] = Channel(0, "Закритий", subscribers=1)
    owner = bot.chat()
    assert await owner.sees("/add https://t.me/+AbCdEf-12345") == (
        "<b>Закритий</b>\n1 subscriber · not verified by Telegram\n\nWatch this channel?"
    )
    await owner.presses("Add")
    assert await queue(bot) == ["+AbCdEf-12345"]
    assert "t.me/+AbCdEf-12345 · 19 Sep 2022, 18:06" in await owner.sees("/channels")


async def test_what_is_watched_or_waits_already_is_not_asked_again(bot: Bot) -> None:
    await bot.watches(HAIDAI)
    bot.telegram.known |= {"luhanskaVTSA": HAIDAI, "synegubov": SYNEGUBOV}
    owner = bot.chat()
    assert await owner.sees("/add @luhanskaVTSA") == "<b>Сергій Гайдай</b> is watched already."
    await owner.says("/add @synegubov")
    await owner.presses("Add")
    assert await owner.sees("/add t.me/synegubov") == (
        "<b>Олег &lt;Синєгубов&gt;</b> waits to be joined already: about 19 Sep 2022, 18:06."
    )
    assert owner.buttons == []


@pytest.mark.parametrize("state", [ChannelState.PRIVATE, ChannelState.BANNED, ChannelState.GONE])
async def test_a_channel_that_was_lost_can_be_added_again(bot: Bot, state: ChannelState) -> None:
    await bot.watches(replace(HAIDAI, state=state))
    bot.telegram.known["luhanskaVTSA"] = HAIDAI
    owner = bot.chat()
    await owner.says("/add @luhanskaVTSA")
    await owner.presses("Add")
    assert await queue(bot) == ["luhanskaVTSA"]


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (Refused("USERNAME_NOT_OCCUPIED"), "There is no channel @nobody. Check the spelling"),
        (Refused("USERNAME_INVALID"), "There is no channel @nobody."),
        (Refused("NOT_A_CHANNEL"), "@nobody is a person, a bot or a group. Only channels can"),
        (Refused("CHANNEL_PRIVATE"), "@nobody is closed to the watcher’s account."),
        (Gone("CHANNEL_PRIVATE"), "@nobody is closed to the watcher’s account."),
        (Refused("INVITE_HASH_EXPIRED"), "This invite link does not work or no longer does."),
        (Refused("ODD_<REASON>"), "Telegram does not show @nobody: ODD_&lt;REASON&gt;"),
        (Busy(1.5), "Telegram asks us to wait 1 minute before looking up another name."),
        (Busy(7300), "Telegram asks us to wait 2 hours 1 minute before"),
        (Frozen("FROZEN_METHOD_INVALID"), "Telegram has frozen the watcher’s account, so @nobody"),
        (Gone("FROZEN_PARTICIPANT_MISSING"), "Telegram has frozen the watcher’s account"),
        (SignedOut("AUTH_KEY_UNREGISTERED"), "The watcher’s account is signed out, so nothing"),
    ],
)
async def test_what_telegram_refuses_is_told_in_words(
    bot: Bot, failure: Outcome, expected: str
) -> None:
    bot.telegram.failure = failure
    owner = bot.chat()
    assert (await owner.sees("/add @nobody")).startswith(expected)
    assert owner.buttons == []


@pytest.mark.parametrize("target", ["two words", "https://example.com/x", "<b>"])
async def test_what_names_no_channel_is_not_asked_of_telegram(bot: Bot, target: str) -> None:
    assert "does not name a channel" in await bot.chat().sees(f"/add {target}")
    assert bot.telegram.looked_up == []


async def test_add_and_remove_without_a_name_say_what_to_write(bot: Bot) -> None:
    assert (await bot.chat().sees("/add")).startswith("Write which channel after the command")
    assert (await bot.chat().sees("/remove")).startswith("Write which channel after the command")


@pytest.mark.parametrize("name", ["@luhanskavtsa", "t.me/luhanskaVTSA", "101"])
async def test_a_channel_is_removed_after_asking_and_its_archive_stays(bot: Bot, name: str) -> None:
    await bot.watches(HAIDAI)
    await bot.posts("Крим")
    owner = bot.chat()
    assert await owner.sees(f"/remove {name}") == (
        "Stop watching <b>Сергій Гайдай</b>? What is archived stays."
    )
    assert await state(bot, HAIDAI) is ChannelState.JOINED
    await owner.presses("Remove")
    assert owner.html == "No longer watched: <b>Сергій Гайдай</b>. The archive stays."
    assert await state(bot, HAIDAI) is ChannelState.REMOVED
    assert "Сергій Гайдай" not in await owner.sees("/channels")
    assert "Сергій Гайдай" in await owner.sees("/search крим")
    assert await owner.sees(f"/remove {name}") == "<b>Сергій Гайдай</b> is not watched any more."


async def test_a_removed_channel_can_be_added_again(bot: Bot) -> None:
    await bot.watches(replace(HAIDAI, state=ChannelState.REMOVED))
    async with bot.archive.transaction() as tx:
        await joins.ask(tx, "luhanskaVTSA", OWNER, NOW)
        [join] = await joins.waiting(tx)
        await joins.finish(tx, join.id, HAIDAI.id, NOW - HOUR)
    bot.telegram.known["luhanskavtsa"] = HAIDAI
    owner = bot.chat()
    await owner.says("/add @luhanskavtsa")
    await owner.presses("Add")
    assert "Added: <b>Сергій Гайдай</b>" in owner.html
    assert await queue(bot) == ["luhanskaVTSA"]


async def test_an_invitation_that_was_joined_already_says_so(bot: Bot) -> None:
    """Its id is not known before: Telegram tells it to members only."""
    await bot.watches(HAIDAI)
    async with bot.archive.transaction() as tx:
        await joins.ask(tx, "+AbCdEf-12345", OWNER, NOW)
        [join] = await joins.waiting(tx)
        await joins.finish(tx, join.id, HAIDAI.id, NOW)
    bot.telegram.known["+AbCdEf-12345"] = Channel(0, "Закритий")
    owner = bot.chat()
    await owner.says("/add t.me/+AbCdEf-12345")
    await owner.presses("Add")
    assert owner.html == "<b>Закритий</b> is watched already."


async def test_a_channel_that_waits_can_be_taken_out_of_the_queue(bot: Bot) -> None:
    bot.telegram.known["synegubov"] = SYNEGUBOV
    owner = bot.chat()
    await owner.says("/add @synegubov")
    await owner.presses("Add")
    assert await owner.sees("/remove @SYNEGUBOV") == "Take <b>@synegubov</b> out of the queue?"
    data = owner.buttons[0].data
    await owner.presses("Remove")
    assert owner.html == "<b>@synegubov</b> will not be joined."
    assert await queue(bot) == []
    assert (await owner.sends(data)).toast == "This button is no longer valid."


async def test_channels_are_listed_with_their_state_and_the_start_of_their_archive(
    bot: Bot,
) -> None:
    closed = Channel(103, "Closed & gone", None, ChannelState.PRIVATE)
    await bot.watches(HAIDAI, PUSHILIN, closed)
    assert await bot.chat().sees("/channels") == (
        "<b>3 channels</b>\n"
        "\n"
        "Closed &amp; gone · closed to us\n"
        '<a href="https://t.me/pushilindenis">Пушилин Д.В.</a> · watched · from 20 August 2022\n'
        '<a href="https://t.me/luhanskaVTSA">Сергій Гайдай</a> · watched · from 20 August 2022\n'
        "\n"
        "Times: Kyiv. The archive starts on 20 August 2022. For 1 channel it starts later. "
        "1 channel cannot be read any more."
    )


async def test_many_channels_are_paged_and_a_long_queue_is_summed_up(bot: Bot) -> None:
    await bot.watches(*(Channel(400 + n, f"Канал {n:02}", f"kanal{n}") for n in range(23)))
    async with bot.archive.transaction() as tx:
        for number in range(7):
            await joins.ask(tx, f"next{number}", OWNER, NOW)
    owner = bot.chat()
    listed = await owner.sees("/channels")
    assert "Канал 09" in listed
    assert "Канал 10" not in listed
    assert "7 channels wait to be joined, in about this order:\n@next0 · 19 Sep" in listed
    assert "@next4 · 20 Sep 2022, 18:16\n… the last one 21 Sep 2022, 18:06" in listed
    await owner.presses("Next ›")
    assert "Канал 10" in owner.html
    await owner.presses("Next ›")
    assert "Канал 22" in owner.html
    assert owner.labels == ["‹ Back"]


async def test_an_empty_watchlist_says_so(bot: Bot) -> None:
    assert await bot.chat().sees("/channels") == "No channel is watched yet."


@pytest.mark.parametrize(
    ("waiting", "joined", "expected"),
    [
        (0, [], []),
        (1, [], [0]),
        (3, [], [0, 10, 20]),
        (4, [], [0, 10, 20, 24 * 60]),
        (1, [-4], [6]),
        (1, [-30, -4], [6]),
        (2, [-30, -20, -4], [24 * 60 - 30, 24 * 60 - 20]),
        (1, [-4, -30, -20], [24 * 60 - 30]),
        (1, [-1500], [0]),
    ],
)
def test_the_forecast_keeps_the_distance_and_the_days_number(
    waiting: int, joined: list[int], expected: list[int]
) -> None:
    """In minutes from now; ten between two joins, three within any 24 hours."""
    times = forecast(waiting, [NOW + at * MINUTE for at in joined], JoinPace(10, 3), NOW)
    assert [(at - NOW) // MINUTE for at in times] == expected


@given(
    st.integers(0, 40),
    st.lists(st.integers(NOW - DAY, NOW), max_size=5),
    st.floats(0, 60),
    st.integers(1, 20),
)
def test_no_forecast_breaks_the_pace(
    waiting: int, joined: list[int], minutes: float, a_day: int
) -> None:
    times = forecast(waiting, joined, JoinPace(minutes, a_day), NOW)
    assert len(times) == waiting
    assert times == sorted(times)
    assert all(at >= NOW for at in times)
    for at in times:
        assert sum(at - DAY < other <= at for other in times) <= a_day
