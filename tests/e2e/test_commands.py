"""Every command, as the person who types it reads the answer."""

import re

import pytest

from bot.commands.context import Right
from bot.commands.table import COMMANDS
from bot.sandbox.channels import Channel
from bot.sandbox.inbox import Received
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, ask, watch
from tests.program import Program


async def test_start_says_what_to_do_next(program: Program, anna: Reader) -> None:
    welcome = await ask(anna, "/start")
    assert "/watch" in welcome.text


async def test_help_lists_the_commands_and_the_menu_is_the_same(
    program: Program, anna: Reader, cast: Cast
) -> None:
    listed = set(re.findall(r"^/(\w+)", (await ask(anna, "/help")).text, re.MULTILINE))
    assert {"watch", "rules", "search", "latest", "channels", "add", "invite"} <= listed
    owners = {command.name for command in COMMANDS if command.right is Right.OWNER}
    assert set(cast.bot.commands) == listed - owners
    assert cast.bot.commands_in("uk")["watch"] != cast.bot.commands["watch"]


async def test_a_rule_is_muted_woken_and_removed_by_its_buttons(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Білогорівка")
    rules = await ask(anna, "/rules")
    await anna.presses("1", on=rules)
    rule = await anna.receives("Білогорівка")
    await anna.presses("Mute 1 h", on=rule)
    muted = await anna.receives("Білогорівка")
    await haidai.posts("Білогорівка, поки тихо")
    await program.archive.until("SELECT 1 FROM posts")
    await anna.receives_nothing_more()

    await anna.presses(next(label for label in muted.labels if "nmute" in label), on=muted)
    woken = await anna.receives("Білогорівка")
    await haidai.posts("Білогорівка, знову гучно")
    await anna.receives("знову гучно")

    await anna.presses("Remove", on=woken)
    await anna.receives("No longer watched")
    await haidai.posts("Білогорівка, утретє")
    await program.archive.until("SELECT 1 FROM posts WHERE message_id = 3")
    await anna.receives_nothing_more()


async def test_search_pages_back_and_forth(program: Program, anna: Reader, haidai: Channel) -> None:
    for number in range(1, 8):
        await haidai.posts(f"Обстріл {number}")
    await program.archive.until("SELECT 1 FROM posts WHERE message_id = 7")

    first = await ask(anna, "/search обстріл")
    assert numbers(first) == [7, 6, 5, 4, 3]
    await anna.presses("Older ›", on=first)
    second = await anna.receives("Обстріл")
    assert second.edited and numbers(second) == [2, 1]
    await anna.presses("‹ Newer", on=second)
    assert numbers(await anna.receives("Обстріл")) == [7, 6, 5, 4, 3]


def numbers(page: Received) -> list[int]:
    return [int(found) for found in re.findall(r"Обстріл (\d)", page.text)]


async def test_search_knows_apostrophes_stress_and_lookalikes(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await haidai.posts("Мар’їнка: без змін. Дeнь тихий.")  # a Latin e in the third word
    await program.archive.until("SELECT 1 FROM posts")
    for query in ("мар'їнка", "МАРʼЇНКА", "день", "ти\u0301хий"):
        assert "Мар’їнка" in (await ask(anna, f"/search {query}")).text


async def test_latest_shows_one_channel_or_all(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await haidai.posts("Перший")
    await haidai.posts("Другий")
    await program.archive.until("SELECT 1 FROM posts WHERE message_id = 2")
    for command in ("/latest", "/latest @luhanskaVTSA"):
        shown = (await ask(anna, command)).text
        assert shown.index("Другий") < shown.index("Перший")
    assert "nobody" in (await ask(anna, "/latest @nobody")).text


async def test_a_channel_is_looked_at_added_listed_and_removed(
    program: Program, anna: Reader, cast: Cast
) -> None:
    kim = cast.telegram.channel("vitaliykim", "Віталій Кім", verified=True, subscribers=900_000)
    await anna.says("/add https://t.me/vitaliykim/15")
    question = await anna.receives("Віталій Кім")
    assert "900,000" in question.text and str(kim.id) in question.text
    await anna.presses("Add", on=question)
    await anna.receives("Added")
    await program.archive.until(
        "SELECT 1 FROM channels WHERE username = 'vitaliykim' AND state = 'joined'"
    )
    assert cast.watcher.id in kim.state.members
    assert "Віталій Кім" in (await ask(anna, "/channels")).text

    await anna.presses("Remove", on=await ask(anna, "/remove @vitaliykim"))
    await anna.receives("")
    assert "Віталій Кім" not in (await ask(anna, "/channels")).text


async def test_a_private_channel_is_joined_by_its_invite_link(
    program: Program, anna: Reader, cast: Cast
) -> None:
    closed = cast.telegram.channel(None, "Closed desk")
    await anna.presses("Add", on=await ask(anna, f"/add {closed.invite_link}"))
    await program.archive.until("SELECT 1 FROM channels WHERE title = 'Closed desk'")
    assert cast.watcher.id in closed.state.members


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/watch", "Write what to watch for"),
        ("/watch !!! ...", "word"),
        ("/watch " + "слово " * 600, "1,000"),
        ("/search", "/search"),
        ("/add", "Write which channel"),
        ("/add @nobody_at_all", "There is no channel"),
        ("/add 12", "does not name a channel"),
        ("/add @anna", "person, a bot or a group"),
        ("/add t.me/+NoSuchInvite00", "invite link does not work"),
        ("/remove @nobody_at_all", "nobody_at_all"),
        ("/frobnicate", "no command /frobnicate"),
    ],
)
async def test_bad_input_gets_an_answer_that_says_what_to_write(
    program: Program, anna: Reader, command: str, says: str
) -> None:
    assert says in (await ask(anna, command)).text


async def test_markup_in_posts_and_queries_stays_text(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    assert "увага &<>" in (await ask(anna, "/watch увага &<>")).text
    await anna.presses("Keep")
    await anna.receives("увага &<>")
    await haidai.posts("Увага: </blockquote><a href='x'>b</a> & <script>")
    alert = await anna.receives("Увага")
    assert "</blockquote><a href='x'>b</a> & <script>" in alert.text
    assert {type(entity).__name__ for entity in alert.entities} <= {
        "MessageEntityBold",
        "MessageEntityBlockquote",
        "MessageEntityTextUrl",
    }


async def test_commands_work_in_a_group_for_those_who_may(
    program: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    desk = cast.telegram.group("Desk", members=[anna, cast.bot])
    await anna.says("/watch@postwatch_bot Білогорівка", to=desk)
    await anna.presses("Keep", on=await anna.receives("Білогорівка", from_=desk))
    await anna.receives("Білогорівка", from_=desk)
    await anna.says("/watch@another_bot Крим", to=desk)
    await haidai.posts("Білогорівка і Крим")
    await anna.receives("Білогорівка і Крим", from_=desk)
    await anna.receives_nothing_more()


async def test_who_does_not_know_where_to_begin_is_offered_rules(
    program: Program, anna: Reader
) -> None:
    offer = await ask(anna, "/watch")
    assert len(offer.labels) >= 10
    await anna.presses(offer.labels[0], on=offer)
    await anna.presses("Keep", on=await anna.receives("New rule"))
    await anna.receives("")
    again = await anna.presses(offer.labels[0], on=offer)
    assert "already" in again.text
