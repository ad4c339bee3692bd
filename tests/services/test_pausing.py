"""A rule pauses after what was told in its name, or will be, and after nothing else."""

import pytest

from bot.outcomes import Refused
from storage import rules
from storage.db import Archive
from storage.records import Mode, Rule
from tests.clocks import ManualClock
from tests.services.conftest import batch, post
from tests.services.desk import held, reader, rule
from tests.services.merging import NEWS, forward, said
from tests.services.outgoing import Outgoing
from tests.services.test_withdrawing import withdrawn

ANNA = 1001
MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture
def desk(archive: Archive, clock: ManualClock) -> Outgoing:
    return Outgoing(archive, clock)


async def mute(desk: Outgoing, *muted: Rule) -> None:
    async with desk.archive.transaction() as tx:
        for each in muted:
            await rules.mute(tx, each.id, desk.clock.now() + HOUR)


async def wake(desk: Outgoing, *woken: Rule) -> None:
    async with desk.archive.transaction() as tx:
        for each in woken:
            await rules.mute(tx, each.id, None)


async def last(desk: Outgoing, number: int, text: str) -> str:
    """Whether a post is told, or why it is held; another number makes it other news."""
    await desk.hears(batch(post(number, f"{text} {number}", posted_at=desk.clock.now())))
    if said := await desk.tells():
        assert len(said) == 1
        return "told"
    return (await held(desk.archive))[-1][1]


async def test_what_was_withdrawn_begins_no_pause(desk: Outgoing) -> None:
    anna = await reader(desk.archive, ANNA)
    coffee = await rule(desk.archive, anna, "кава", cooldown=HOUR)
    await desk.hears(batch(post(1, "Кава")))
    await mute(desk, coffee)
    assert await desk.tells() == []
    await wake(desk, coffee)
    assert [await last(desk, n, "Кава") for n in (2, 3)] == ["told", "cooldown"]


async def test_what_was_never_taken_begins_no_pause(desk: Outgoing) -> None:
    anna = await reader(desk.archive, ANNA)
    await rule(desk.archive, anna, "кава", cooldown=HOUR)
    desk.telegram.troubles[ANNA] = [Refused("NO")] * 3
    await desk.hears(batch(post(1, "Кава")))
    assert [text for _ in range(4) for text in await desk.tells(31)] == []
    assert [await last(desk, n, "Кава") for n in (2, 3)] == ["told", "cooldown"]


async def test_what_was_withdrawn_ends_no_pause_either(desk: Outgoing) -> None:
    """One that began with what was told before."""
    anna = await reader(desk.archive, ANNA)
    coffee = await rule(desk.archive, anna, "кава", cooldown=HOUR)
    tea = await rule(desk.archive, anna, "чай")
    assert await last(desk, 1, "Кава") == "told"
    for number in (2, 3):
        await desk.hears(batch(post(number, f"Кава і чай {number}")))
    await mute(desk, coffee, tea)
    assert await desk.tells() == []
    await wake(desk, coffee, tea)
    desk.clock.forward(1800)
    assert await last(desk, 4, "Кава") == "cooldown"
    desk.clock.forward(1801)
    assert await last(desk, 5, "Кава") == "told"


async def test_what_waits_still_begins_a_pause(desk: Outgoing) -> None:
    """Muted and woken before it left."""
    anna = await reader(desk.archive, ANNA)
    coffee = await rule(desk.archive, anna, "кава", cooldown=HOUR)
    await desk.hears(batch(post(1, "Кава")))
    await mute(desk, coffee)
    await wake(desk, coffee)
    await desk.hears(batch(post(2, "Кава знову")))
    assert len(await desk.tells()) == 1
    assert [reason for _, reason, _ in await held(desk.archive)] == ["cooldown"]


async def test_a_rule_muted_before_an_alert_left_is_not_told_in_it(desk: Outgoing) -> None:
    """Which another rule lets leave: the muted one is not named, and does not pause."""
    anna = await reader(desk.archive, ANNA)
    coffee = await rule(desk.archive, anna, "кава", cooldown=HOUR)
    await rule(desk.archive, anna, "чай", cooldown=HOUR)
    await desk.hears(batch(post(1, "Кава і чай")))
    await mute(desk, coffee)
    [said] = await desk.tells()
    assert said.startswith("<b>чай</b>\n")
    await wake(desk, coffee)
    told = [await last(desk, n, text) for n, text in enumerate(("Чай", "Кава", "Кава"), 2)]
    assert told == ["cooldown", "told", "cooldown"]


async def test_a_loud_rule_muted_before_an_alert_left_makes_no_sound(desk: Outgoing) -> None:
    anna = await reader(desk.archive, ANNA)
    coffee = await rule(desk.archive, anna, "кава")
    await rule(desk.archive, anna, "чай", mode=Mode.SILENT)
    await desk.hears(batch(post(1, "Кава і чай")))
    await mute(desk, coffee)
    assert len(await desk.tells()) == 1
    assert desk.telegram.silent == [True]


async def test_a_rule_woken_before_an_alert_left_is_told_in_it(desk: Outgoing) -> None:
    anna = await reader(desk.archive, ANNA)
    coffee = await rule(desk.archive, anna, "кава", cooldown=HOUR)
    await rule(desk.archive, anna, "чай")
    await mute(desk, coffee)
    await desk.hears(batch(post(1, "Кава і чай")))
    await wake(desk, coffee)
    [said] = await desk.tells()
    assert said.startswith("<b>кава</b>, <b>чай</b>\n")
    assert await last(desk, 2, "Кава") == "cooldown"


async def test_a_rule_muted_before_an_alert_left_stays_unnamed_when_that_is_edited(
    desk: Outgoing,
) -> None:
    await desk.watches()
    anna = await reader(desk.archive, ANNA)
    control = await rule(desk.archive, anna, "контролем")
    await rule(desk.archive, anna, "боротьба")
    first = said(77, 1)
    await desk.hears(batch(first))
    await mute(desk, control)
    await desk.tells()
    await desk.hears(batch(said(78, 2, forward=forward(first))))
    await desk.tells()
    [(_, text)] = desk.telegram.edits
    assert text.startswith("<b>боротьба</b>\n")


async def test_what_only_a_repost_hit_is_named_for_the_alert(desk: Outgoing) -> None:
    """Where the rule that hit the first one was muted before it left."""
    await desk.watches()
    anna = await reader(desk.archive, ANNA)
    control = await rule(desk.archive, anna, "контролем")
    await rule(desk.archive, anna, "терміново")
    first = said(77, 1)
    await desk.hears(batch(first))
    await desk.hears(batch(said(78, 2, f"{NEWS} Терміново!", forward=forward(first))))
    await mute(desk, control)
    [text] = await desk.tells()
    assert text.startswith("<b>терміново</b>\n")
    assert "(терміново)" in text


async def test_a_repost_that_gets_an_alert_of_its_own_begins_a_pause(desk: Outgoing) -> None:
    await desk.watches()
    anna = await reader(desk.archive, ANNA)
    await rule(desk.archive, anna, "контролем")
    await rule(desk.archive, anna, "терміново", cooldown=HOUR)
    first = said(77, 1)
    await desk.hears(batch(first))
    await desk.tells()
    desk.telegram.troubles[ANNA] = [Refused("MESSAGE_EDIT_TIME_EXPIRED")]
    await desk.hears(batch(said(78, 2, f"{NEWS} Терміново!", forward=forward(first))))
    assert len(await desk.tells()) == 1
    assert await last(desk, 3, "Терміново") == "cooldown"


async def test_what_a_digest_rule_is_named_for_in_the_alert_of_an_album_is_told_once(
    desk: Outgoing,
) -> None:
    """The rule that alerted is muted; the other one has let its hit go with that alert."""
    anna = await reader(desk.archive, ANNA)
    coffee = await rule(desk.archive, anna, "кава")
    await rule(desk.archive, anna, "вода", mode=Mode.DIGEST)
    await desk.hears(
        *(batch(post(n, text, grouped_id=5)) for n, text in enumerate(("Вода", "Кава")))
    )
    await mute(desk, coffee)
    [said] = await desk.tells()
    assert said.startswith("<b>вода</b> · ")
    assert await held(desk.archive) == []


async def test_a_part_leaves_only_where_a_rule_that_hit_it_is_awake(desk: Outgoing) -> None:
    anna = await reader(desk.archive, ANNA)
    await rule(desk.archive, anna, "кава")
    tea = await rule(desk.archive, anna, "чай")
    await desk.hears(batch(post(1, "Кава", grouped_id=5)))
    assert len(await desk.tells()) == 1
    await desk.hears(batch(post(2, "Чай", grouped_id=5)))
    await mute(desk, tea)
    assert await desk.tells() == []
    assert await withdrawn(desk.archive) == [("part", "muted")]


async def test_what_a_digest_tells_lets_no_alert_leave(desk: Outgoing) -> None:
    """One that a rule asked for which was muted since."""
    anna = await reader(desk.archive, ANNA)
    await rule(desk.archive, anna, "кава", mode=Mode.DIGEST)
    tea = await rule(desk.archive, anna, "чай")
    await desk.hears(batch(post(1, "Кава")), batch(post(1, "Кава і чай", pts=5)))
    await mute(desk, tea)
    assert await desk.tells() == []
    assert await withdrawn(desk.archive) == [("edit", "muted")]
    assert [query for query, _, _ in await held(desk.archive)] == ["кава"]


async def test_an_alert_names_no_rule_whose_hit_a_digest_tells(desk: Outgoing) -> None:
    anna = await reader(desk.archive, ANNA)
    await rule(desk.archive, anna, "кава", mode=Mode.DIGEST)
    await rule(desk.archive, anna, "чай")
    await desk.hears(batch(post(1, "Кава")), batch(post(1, "Кава і чай", pts=5)))
    [said] = await desk.tells()
    assert said.startswith("<b>чай</b> · after")


@pytest.mark.parametrize("follows", [True, False])
async def test_an_edit_that_made_a_muted_rule_hit_leaves_for_who_follows_the_post(
    desk: Outgoing, follows: bool
) -> None:
    anna = await reader(desk.archive, ANNA)
    await rule(desk.archive, anna, "кава", follows=follows)
    tea = await rule(desk.archive, anna, "чай")
    await desk.hears(batch(post(1, "Кава", grouped_id=5), post(2, "Вода", grouped_id=5)))
    await desk.tells()
    await desk.hears(batch(post(2, "Чай", grouped_id=5, pts=5)))
    await mute(desk, tea)
    said = await desk.tells()
    assert [text.startswith("<b>кава</b> · ") for text in said] == [True] * follows


@pytest.mark.parametrize("ignoring", [True, False])
async def test_what_follows_leaves_where_a_rule_that_follows_is_awake(
    desk: Outgoing, ignoring: bool
) -> None:
    anna = await reader(desk.archive, ANNA)
    await rule(desk.archive, anna, "кава", follows=not ignoring)
    tea = await rule(desk.archive, anna, "чай")
    await desk.hears(batch(post(1, "Кава і чай")))
    await desk.tells()
    await desk.hears(batch(post(1, "Кава і чай, чай", pts=5)))
    await mute(desk, tea)
    assert len(await desk.tells()) == (not ignoring)
