"""The rules and settings of a group belong to it: its admins change them, others may look."""

import pytest

from bot.sandbox.channels import Channel
from bot.sandbox.groups import Group, Kind
from bot.sandbox.inbox import Received
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, invited
from tests.program import Program

ONLY_ADMINS = "only its admins"


async def ask_in(
    group: Group, who: Reader, command: str, expected: str = "", *, anonymous: bool = False
) -> Received:
    """Say something in a group, and take the answer there that holds what is expected."""
    await who.says(command, to=group, anonymous=anonymous)
    return await who.receives(expected, from_=group)


@pytest.mark.parametrize("kind", ["supergroup", "basic"])
async def test_admins_of_a_group_change_its_rules_and_members_look_at_them(
    program: Program, haidai: Channel, cast: Cast, kind: Kind
) -> None:
    borys, daria = await invited(cast, "Borys"), await invited(cast, "Daria")
    desk = cast.telegram.group("Desk", [daria, cast.bot], admins=[borys], kind=kind)
    proposed = await ask_in(desk, borys, "/watch@postwatch_bot Білогорівка")
    assert proposed.reply_to == borys.sent[-1].id, "among others it shows what it answers"
    await daria.receives("Білогорівка", from_=desk)
    refused = await daria.presses("Keep", on=proposed)
    assert ONLY_ADMINS in refused.text
    await borys.presses("Keep", on=proposed)
    await daria.receives("Alerts come to this chat", from_=desk)
    for command in ("/watch кава", "/rules 1 name Inshe", "/settings zone UTC", "/digest off"):
        await ask_in(desk, daria, command, ONLY_ADMINS)
    for command in ("/rules", "/settings", "/digest", "/search Білогорівка"):
        assert ONLY_ADMINS not in (await ask_in(desk, daria, command)).text, command
    await ask_in(desk, borys, "/digest off", "Digests: none")
    await haidai.posts("Білогорівка наша")
    await borys.receives("Білогорівка наша", from_=desk)


async def test_an_anonymous_admin_changes_what_is_the_groups(program: Program, cast: Cast) -> None:
    borys = await invited(cast, "Borys")
    desk = cast.telegram.group("Desk", [cast.bot], admins=[borys])
    await ask_in(desk, borys, "/settings")  # the group is known from now on
    shown = await ask_in(desk, borys, "/settings quiet 23:00-07:00", "23:00–07:00", anonymous=True)
    await borys.presses("Quiet hours…", on=shown)
    await borys.presses("22:00–08:00", on=await borys.receives("In quiet hours", from_=desk))
    await program.archive.until("SELECT 1 FROM subscribers WHERE quiet_from = 1320")


async def test_an_admin_who_was_not_invited_manages_a_group_that_is_known(
    program: Program, cast: Cast
) -> None:
    borys = await invited(cast, "Borys")
    ivan, oleh = (cast.telegram.reader(name, language="en") for name in ("Ivan", "Oleh"))
    desk = cast.telegram.group("Desk", [borys, oleh, cast.bot], admins=[ivan])
    await ivan.says("/settings", to=desk)
    await ivan.receives("invited", from_=desk)
    await ask_in(desk, borys, "/rules", "Nothing is watched")
    await ask_in(desk, ivan, "/settings quiet 23-7", "23:00–07:00")
    await ask_in(desk, oleh, "/rules", "invited")


async def test_a_forum_topic_has_rules_and_settings_of_its_own(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    borys, daria = await invited(cast, "Borys"), await invited(cast, "Daria")
    forum = cast.telegram.group("Forum", [daria, cast.bot], admins=[borys], forum=True)
    topic = await forum.topic("News", by=borys)
    await borys.says("/settings quiet 22:00-08:00", topic=topic)
    await borys.receives("22:00–08:00", from_=forum)
    await daria.says("/settings quiet off", topic=topic)
    await daria.receives(ONLY_ADMINS, from_=forum)
    await borys.says("/settings", to=forum)
    await borys.receives("Quiet hours: none", from_=forum)
    assert program.archive.rows(
        "SELECT topic_id, quiet_from FROM subscribers WHERE chat_id = ? ORDER BY topic_id", forum.id
    ) == [(0, None), (topic.id, 1320)]


async def test_an_admin_who_is_one_no_longer_may_only_look(program: Program, cast: Cast) -> None:
    """Within a minute: so long an answer of Telegram is remembered."""
    borys = await invited(cast, "Borys")
    desk = cast.telegram.group("Desk", [cast.bot], admins=[borys])
    assert "none" in (await ask_in(desk, borys, "/digest off")).text
    state = desk.state
    state.admins.discard(borys.id)
    await program.restarts()  # forgets what Telegram said
    assert ONLY_ADMINS in (await ask_in(desk, borys, "/digest 08:00")).text
