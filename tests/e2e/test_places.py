"""Places that go out of reach, come back or move: nothing is lost, nothing is told twice."""

from collections import Counter

import pytest

from bot.sandbox.channels import Channel
from bot.sandbox.groups import Group, Kind
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, invited, watch
from tests.program import Program

ASLEEP = "SELECT 1 FROM subscribers WHERE chat_id = ? AND gone_at IS NOT NULL"
AWAKE = "SELECT 1 FROM subscribers WHERE chat_id = ? AND gone_at IS NULL"
RULE = "SELECT 1 FROM rules WHERE kept_at IS NOT NULL AND query = ?"


async def keep(who: Reader, program: Program, query: str, to: object) -> None:
    """Keep a rule of a group or a topic."""
    await who.says(f"/watch@postwatch_bot {query}", to=to)  # type: ignore[arg-type]  # any target
    await who.presses("Keep", on=await who.receives(query))
    await program.archive.until(RULE, query)
    await who.receives(query)


@pytest.fixture
def kind() -> Kind:
    """Of the group; a test may want another one."""
    return "supergroup"


SMALL = pytest.mark.parametrize("kind", ["basic"])
BOTH = pytest.mark.parametrize("kind", ["supergroup", "basic"])


@pytest.fixture
async def group(program: Program, cast: Cast, kind: Kind) -> Group:
    """Anna's and the bot's, with a rule."""
    group = cast.telegram.group("Desk", members=[cast.anna, cast.bot], kind=kind)
    await keep(cast.anna, program, "Білогорівка", group)
    return group


@pytest.fixture
async def desk(program: Program, cast: Cast) -> Channel:
    """A channel which the bot serves, with a rule."""
    desk = cast.telegram.channel("desk_news", "Desk news")
    desk.admits(cast.anna)
    await desk.appoints(cast.bot, by=cast.anna)
    await program.archive.until(AWAKE, desk.marked_id)
    await desk.posts("/watch Білогорівка")
    await cast.anna.receives("/watch", from_=desk)  # as everybody in the channel
    await cast.anna.presses("Keep", on=await cast.anna.receives("Білогорівка", from_=desk))
    await program.archive.until(RULE, "Білогорівка")
    return desk


async def misses(program: Program, haidai: Channel, chat_id: int) -> None:
    """A chat that cannot be told of a post is found out to be so."""
    await haidai.posts("Білогорівка раз")
    await program.archive.until(ASLEEP, chat_id)


async def test_one_who_unblocks_the_bot_is_told_without_a_word(
    program: Program, cast: Cast, haidai: Channel
) -> None:
    borys = await invited(cast, "Borys")
    await watch(borys, "Білогорівка")
    borys.blocks(cast.bot)
    await misses(program, haidai, borys.id)
    notice = await cast.anna.receives("the bot was blocked")
    assert "Borys" in notice.text
    borys.unblocks(cast.bot)
    await borys.receives("раз")
    await program.archive.until(AWAKE, borys.id)
    await haidai.posts("Білогорівка два")
    await borys.receives("два")
    assert len(program.archive.rows("SELECT 1 FROM outbox WHERE subject LIKE 'gone/%'")) == 1


async def test_one_who_unblocks_while_the_bot_is_away_is_told_what_waited(
    program: Program, cast: Cast, haidai: Channel
) -> None:
    """Telegram tells of it once: in a difference, from which Telethon drops it."""
    borys = await invited(cast, "Borys")
    await watch(borys, "Білогорівка")
    borys.blocks(cast.bot)
    await misses(program, haidai, borys.id)
    await program.stops()
    borys.unblocks(cast.bot)
    await program.starts()
    await borys.receives("раз", within=15)
    await program.archive.until(AWAKE, borys.id)


@BOTH
async def test_a_group_that_is_back_while_the_bot_is_away_is_told_what_waited(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, group: Group
) -> None:
    await group.removes(cast.bot, by=anna)
    await misses(program, haidai, group.id)
    await program.stops()
    await group.adds(cast.bot, by=anna)
    await program.starts()
    await anna.receives("раз", from_=group, within=15)
    await program.archive.until(AWAKE, group.id)


async def test_a_group_that_lets_the_bot_write_while_it_is_away_is_told_what_waited(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, group: Group
) -> None:
    group.mutes(cast.bot, by=anna)
    await misses(program, haidai, group.id)
    await program.stops()
    group.unmutes(cast.bot, by=anna)
    await program.starts()
    await anna.receives("раз", from_=group, within=15)
    await program.archive.until(AWAKE, group.id)


async def test_a_channel_that_is_back_while_the_bot_is_away_is_told_what_waited(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, desk: Channel
) -> None:
    await desk.removes(cast.bot)
    await misses(program, haidai, desk.marked_id)
    await program.stops()
    await desk.appoints(cast.bot, by=anna)
    await program.starts()
    await anna.receives("раз", from_=desk, within=15)


async def test_who_comes_back_while_the_bot_is_cut_off_is_told_what_waited(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, group: Group
) -> None:
    await group.removes(cast.bot, by=anna)
    await misses(program, haidai, group.id)
    cast.telegram.faults.drop_connections(cast.bot)
    await group.adds(cast.bot, by=anna)
    await anna.receives("раз", from_=group, within=15)


@SMALL
async def test_a_group_that_becomes_a_supergroup_takes_its_rules_along(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, group: Group
) -> None:
    old = group.id
    await haidai.posts("Білогорівка раз")
    await anna.receives("раз", from_=group)
    await group.upgrades(by=anna)
    await program.archive.until(AWAKE, group.id)
    await haidai.posts("Білогорівка два")
    received = await anna.receives("два", from_=group)
    assert received.place == group.id
    await cast.telegram.settled()
    assert not [one for one in anna.unread if "Білогорівка" in one.text]
    assert program.archive.rows("SELECT chat_id FROM subscribers WHERE chat_id = ?", old) == []


@SMALL
async def test_a_move_that_nobody_told_of_is_found_by_the_next_alert(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, group: Group
) -> None:
    cast.telegram.faults.hold(cast.bot)
    await group.upgrades(by=anna)
    cast.telegram.faults.release(cast.bot, lambda _updates: [])
    before = [row[0] for row in program.archive.rows("SELECT random_id FROM outbox")]
    await haidai.posts("Білогорівка раз")
    assert (await anna.receives("раз", from_=group)).place == group.id
    after = Counter(row[0] for row in program.archive.rows("SELECT random_id FROM outbox"))
    assert set(before) < set(after) and set(after.values()) == {1}


@SMALL
async def test_buttons_work_on_when_a_move_joins_two_places(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, group: Group
) -> None:
    cast.telegram.faults.hold(cast.bot)
    await group.upgrades(by=anna)
    cast.telegram.faults.release(cast.bot, lambda _updates: [])
    await keep(anna, program, "Лиман", group)  # before the bot knows where it comes from
    await haidai.posts("Лиман раз")
    alert = await anna.receives("раз", from_=group)
    await haidai.posts("Білогорівка два")
    await anna.receives("два", from_=group)
    assert "no longer valid" not in (await anna.presses("Not relevant", on=alert)).text
    await anna.presses("Before and after", on=alert)
    shown = await anna.receives("before and after", from_=group)
    assert shown.reply_to == alert.id
    await anna.presses("Mute 1 h", on=alert)
    await program.archive.until("SELECT 1 FROM rules WHERE query = 'Лиман' AND muted_until_at > 0")


@BOTH
async def test_a_group_that_throws_the_bot_out_sleeps_until_it_is_brought_back(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, group: Group
) -> None:
    await group.removes(cast.bot, by=anna)
    await misses(program, haidai, group.id)
    await anna.receives("the bot was removed", from_=cast.bot)
    await haidai.posts("Білогорівка два")  # its rules sleep
    await program.archive.until("SELECT 1 FROM posts WHERE message_id = 2")
    await group.adds(cast.bot, by=anna)
    await anna.receives("раз", from_=group)
    await haidai.posts("Білогорівка три")
    await anna.receives("три", from_=group)
    assert program.archive.rows("SELECT failed_at FROM outbox WHERE failed_at IS NOT NULL") == []


async def test_a_group_that_refuses_everything_sleeps_and_the_owner_knows_why(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, group: Group
) -> None:
    reason = "ALLOW_PAYMENT_REQUIRED_5"
    cast.telegram.faults.error("messages.SendMessage", 403, reason, times=99, chat=group)
    await misses(program, haidai, group.id)
    await anna.receives(reason, from_=cast.bot)
    assert program.archive.rows("SELECT 1 FROM outbox WHERE failed_at IS NOT NULL") == []


async def test_a_group_that_silences_the_bot_is_told_again_when_it_may_write(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, group: Group
) -> None:
    group.mutes(cast.bot, by=anna)
    await misses(program, haidai, group.id)
    await anna.receives("may not write there", from_=cast.bot)
    group.unmutes(cast.bot, by=anna)
    await anna.receives("раз", from_=group)


async def test_groups_in_slow_mode_hold_up_no_other_chat(
    program: Program, cast: Cast, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Лиман")
    for number in range(3):
        group = cast.telegram.group(f"Desk {number}", members=[anna, cast.bot])
        await keep(anna, program, "Білогорівка", group)
        cast.telegram.faults.error("messages.SendMessage", 420, "SLOWMODE_WAIT_3600", chat=group)
    await haidai.posts("Білогорівка раз")
    await program.archive.until("SELECT 1 FROM outbox GROUP BY NULL HAVING sum(attempts) = 3")
    await haidai.posts("Лиман два")
    await anna.receives("два", from_=cast.bot)


async def test_a_closed_topic_sleeps_alone_until_it_is_opened(
    program: Program, cast: Cast, anna: Reader, haidai: Channel
) -> None:
    forum = cast.telegram.group("Forum", members=[anna, cast.bot], forum=True)
    one, other = await forum.topic("One", by=anna), await forum.topic("Other", by=anna)
    await keep(anna, program, "Білогорівка", one)
    await keep(anna, program, "Лиман", other)
    await one.closes(by=anna)
    await haidai.posts("Білогорівка раз, Лиман")
    assert (await anna.receives("раз")).topic == other.id
    await program.archive.until(ASLEEP, forum.id)
    await anna.receives("the topic was closed", from_=cast.bot)
    await one.reopens(by=anna)
    assert (await anna.receives("раз")).topic == one.id


async def test_a_deleted_topic_sleeps_and_a_deleted_account_too(
    program: Program, cast: Cast, anna: Reader, haidai: Channel
) -> None:
    forum = cast.telegram.group("Forum", members=[anna, cast.bot], forum=True)
    topic = await forum.topic("One", by=anna)
    await keep(anna, program, "Білогорівка", topic)
    await topic.deletes()
    await haidai.posts("Білогорівка раз")
    await anna.receives("the topic was deleted", from_=cast.bot)
    assert program.archive.rows("SELECT topic_id FROM subscribers WHERE gone_at NOT NULL") == [
        (topic.id,)
    ]


async def test_a_channel_where_a_member_made_the_bot_an_admin_has_rules_of_its_own(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, desk: Channel
) -> None:
    await haidai.posts("Білогорівка раз")
    await anna.receives("раз", from_=desk)
    await desk.removes(cast.bot)
    await haidai.posts("Білогорівка два")
    await program.archive.until(ASLEEP, desk.marked_id)
    await desk.appoints(cast.bot, by=anna)
    await anna.receives("два", from_=desk)


async def test_a_channel_of_a_stranger_gets_no_rules(
    program: Program, cast: Cast, anna: Reader
) -> None:
    borys = cast.telegram.reader("Borys", language="en")
    theirs = cast.telegram.channel("theirs", "Theirs")
    theirs.admits(borys)
    await theirs.appoints(cast.bot, by=borys)
    await theirs.posts("/watch Білогорівка")
    await borys.receives("/watch", from_=theirs)
    await borys.receives("", from_=theirs)  # a refusal
    await cast.telegram.settled()
    assert program.archive.rows("SELECT 1 FROM rules") == []
    assert program.archive.rows(AWAKE, theirs.marked_id) == []
