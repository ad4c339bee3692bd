"""Rules as they are matched: by their stored meaning, with what changes while the program runs."""

import asyncio
from dataclasses import replace

import pytest

from bot.ingest import Ingest
from bot.query.lexicon import Lexicon
from bot.query.reading import Choices, Name
from bot.query.tree import AnyOf, loads
from bot.renewing import Renewing
from bot.understanding import AT_ONCE, begin, renew
from storage import channels, meanings, profiles, rules
from storage.db import Archive
from storage.records import Channel, ChannelState, Pack, Profile
from tests.clocks import ManualClock
from tests.running import running
from tests.services.conftest import CHANNEL, batch, meant, post, subscribe

ANNA = 1001
OTHER = Channel(78, "Пушилин Д.В.", "pushilindenis", ChannelState.JOINED)


async def owed(archive: Archive) -> list[str]:
    async with archive.heavy() as conn:
        rows = await conn.execute_fetchall("SELECT subject FROM outbox ORDER BY id")
    return [row["subject"] for row in rows]


async def only_rule(archive: Archive) -> int:
    [rule] = await rules.every(archive.reader)
    return rule.id


async def test_every_form_and_every_name_of_a_word_is_caught(
    archive: Archive, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "Білогорівка")
    texts = ("Бої за Білогорівку", "Белогоровкой", "Bilohorivka", "#Білогорівка_наша", "Інше")
    await ingest.apply(batch(*(post(n, text) for n, text in enumerate(texts, 1))))
    assert await owed(archive) == ["77/1", "77/2", "77/3", "77/4"]


async def test_a_rule_of_a_channel_alone_catches_what_has_no_text(
    archive: Archive, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "from:@luhanskaVTSA")
    await ingest.apply(batch(post(1, "", media="photo"), post(2, "слово")))
    assert await owed(archive) == ["77/1", "77/2"]


async def test_announcements_of_telegram_are_caught_by_no_rule(
    archive: Archive, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "from:@luhanskaVTSA", "Білогорівка")
    await ingest.apply(batch(post(1, "Білогорівка", service="pin_message")))
    assert await owed(archive) == []


@pytest.mark.parametrize(
    ("query", "caught"),
    [
        ("ворог lang:uk", ["77/1"]),
        ("ворог OR враг", ["77/1", "77/2", "77/3"]),
        ("from:@luhanskaVTSA has:photo", ["77/3"]),
        ("(ворог OR враг) -has:photo", ["77/1", "77/2"]),
        ("ворог /атак[уи]є/", ["77/1"]),
        ('"ворог атакує"', ["77/1"]),
        ("ворож*", ["77/4"]),
    ],
)
async def test_filters_and_signs_hold_for_rules_as_for_searches(
    archive: Archive, ingest: Ingest, query: str, caught: list[str]
) -> None:
    await subscribe(archive, ANNA, query)
    photo = frozenset({"photo"})
    await ingest.apply(
        batch(
            post(1, "Ворог атакує наші позиції, але ми їх тримаємо"),
            post(2, "Враг атакует наши позиции, но мы их держим"),
            post(3, "ворог", media="photo", has=photo, language="ru"),
            post(4, "ворожий літак"),
        )
    )
    assert await owed(archive) == caught


async def test_a_label_follows_the_channels_that_are_joined_later(
    archive: Archive, ingest: Ingest
) -> None:
    """No rule changes by that, and none is read again."""
    profile = Profile("pushilindenis", "Глава ДНР", "head", "RU", "ru", "2022-09")
    async with archive.transaction() as tx:
        await profiles.load(tx, [Pack("story", (profile,))])
    await subscribe(archive, ANNA, "ворог in:story")
    await ingest.apply(batch(post(1, "ворог")))
    async with archive.transaction() as tx:
        await channels.save(tx, OTHER)
    said = post(2, "ворог")
    await ingest.apply(batch(post(3, "ворог"), type(said)(78, 2, said.posted_at, "ворог", pts=2)))
    assert await owed(archive) == ["78/2"]


async def test_an_edit_of_a_rule_holds_from_the_next_post_on(
    archive: Archive, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "Білогорівка")
    await ingest.apply(batch(post(1, "Білогорівка"), post(2, "Лисичанськ")))
    rule = await only_rule(archive)
    async with archive.transaction() as tx:
        await rules.change(tx, rule, "Лисичанськ", await meant(archive, "Лисичанськ"), 0)
    await ingest.apply(batch(post(3, "Білогорівка"), post(4, "Лисичанськ")))
    assert await owed(archive) == ["77/1", "77/4"]


async def test_an_edit_is_caught_by_a_query_that_a_rule_got_after_it_caught_the_post(
    archive: Archive, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "наступ")
    await ingest.apply(batch(post(1, "наступ"), post(2, "наступ, референдум")))
    rule = await only_rule(archive)
    async with archive.transaction() as tx:
        await rules.change(tx, rule, "референдум", await meant(archive, "референдум"), 0)
    moved = post(1, "референдум переноситься", edited_at=1_663_600_100_000, pts=50)
    repeated = post(2, "наступ, референдум!", edited_at=1_663_600_100_000, pts=51)
    for _ in range(2):
        await ingest.apply(batch(moved, repeated))
    again = replace(moved, text="референдум знову", edited_at=1_663_600_200_000, pts=52)
    await ingest.apply(batch(again))
    assert await owed(archive) == ["77/1", "77/2", "77/1/v2"]


async def test_a_dropped_form_is_caught_no_longer(archive: Archive, ingest: Ingest) -> None:
    await subscribe(archive, ANNA, "Білогорівка")
    await ingest.apply(batch(post(1, "Білогорівко")))
    rule, choices = await only_rule(archive), Choices(frozenset({"білогорівко"}))
    async with archive.transaction() as tx:
        await rules.change(tx, rule, "Білогорівка", await meant(archive, "Білогорівка", choices), 0)
    await ingest.apply(batch(post(2, "Білогорівко"), post(3, "Білогорівка")))
    assert await owed(archive) == ["77/1", "77/3"]


async def test_a_rule_that_is_only_shown_catches_nothing_until_it_is_kept(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    anna = await subscribe(archive, ANNA)
    kept = await meant(archive, "Білогорівка")
    async with archive.transaction() as tx:
        rule = await rules.propose(tx, anna.id, "Білогорівка", 0, kept)
    await ingest.apply(batch(post(1, "Білогорівка")))
    async with archive.transaction() as tx:
        await rules.keep(tx, rule.id, clock.now())
    await ingest.apply(batch(post(2, "Білогорівка")))
    async with archive.transaction() as tx:
        await rules.remove(tx, rule.id, clock.now())
    await ingest.apply(batch(post(3, "Білогорівка")))
    assert await owed(archive) == ["77/2"]


# --------------------------------------------------------------- other dictionaries

NEWER = Lexicon([Name("place", {"uk": ("Білогорівка",), "en": ("Bilogorovka", "Whitemount")})])


async def test_rules_are_understood_anew_with_other_dictionaries_and_keep_their_choices(
    archive: Archive, ingest: Ingest
) -> None:
    choices = Choices(frozenset({"білогорівко"}), frozenset({"bilogorovka"}))
    anna = await subscribe(archive, ANNA)
    kept = await meant(archive, "Білогорівка", choices)
    async with archive.transaction() as tx:
        await rules.add(tx, anna.id, "Білогорівка", 0, kept)
    await ingest.apply(batch(post(1, "Whitemount")))
    await renew(archive, NEWER)
    rule = await only_rule(archive)
    now = (await rules.stored(archive.reader, [rule]))[rule]
    assert (now.lexicon, Choices.loads(now.choices)) == (NEWER.version, choices)
    texts = ("Whitemount", "Bilogorovka", "Білогорівко", "Білогорівці")
    await ingest.apply(batch(*(post(n, text) for n, text in enumerate(texts, 2))))
    assert await owed(archive) == ["77/2", "77/5"]
    assert await meanings.outdated(archive.reader, NEWER.version) == []


async def test_a_rule_of_before_is_understood_when_the_program_starts(
    archive: Archive, ingest: Ingest
) -> None:
    """One that was saved when a rule was nothing but its words."""
    anna = await subscribe(archive, ANNA)
    async with archive.transaction() as tx:
        await rules.add(tx, anna.id, "Білогорівка", 0)
    await ingest.apply(batch(post(1, "Білогорівці")))
    await begin(archive, NEWER)
    await ingest.apply(batch(post(2, "Білогорівці")))
    assert await owed(archive) == ["77/2"]


@pytest.mark.parametrize("query", ["-слово", "слово AND", "🙂", "(слово", "слово from:@nobody"])
async def test_a_rule_that_is_not_understood_any_more_stops_nothing(
    archive: Archive, ingest: Ingest, query: str
) -> None:
    anna = await subscribe(archive, ANNA, "Білогорівка")
    async with archive.transaction() as tx:
        await rules.add(tx, anna.id, query, 0)
    await begin(archive, NEWER)
    await renew(archive, NEWER)
    await ingest.apply(batch(post(1, "Білогорівка")))
    assert await owed(archive) == ["77/1"]
    assert await meanings.outdated(archive.reader, NEWER.version) == []


async def test_a_rule_whose_channel_lost_its_name_goes_on_as_it_was_understood(
    archive: Archive, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "from:@luhanskaVTSA")
    async with archive.transaction() as tx:
        await tx.execute("UPDATE channels SET username = 'another' WHERE id = ?", (CHANNEL.id,))
    await renew(archive, NEWER)
    await ingest.apply(batch(post(1, "слово")))
    assert await owed(archive) == ["77/1"]


async def test_a_rule_does_not_move_to_whoever_takes_the_name_of_its_channel(
    archive: Archive, ingest: Ingest
) -> None:
    await subscribe(archive, ANNA, "ворог from:@luhanskaVTSA")
    async with archive.transaction() as tx:
        await channels.save(tx, replace(CHANNEL, username="another"))
        await channels.save(tx, replace(OTHER, username="luhanskaVTSA"))
    await renew(archive, NEWER)
    said = post(1, "ворог")
    await ingest.apply(batch(said, replace(said, channel_id=OTHER.id)))
    assert await owed(archive) == ["77/1"]


async def test_nothing_is_understood_anew_where_nothing_changed(archive: Archive) -> None:
    await subscribe(archive, ANNA, "Білогорівка")
    await renew(archive, NEWER)
    before = await rules.revision(archive.reader)
    await renew(archive, NEWER)
    assert await rules.revision(archive.reader) == before
    rule = await only_rule(archive)
    tree = loads((await rules.stored(archive.reader, [rule]))[rule].tree)
    assert isinstance(tree, AnyOf) and "whitemount" in tree.forms


async def test_an_older_state_that_came_late_was_told_to_nobody(
    archive: Archive, ingest: Ingest
) -> None:
    """Overtaken by a newer edit it is no news itself, and takes none from the edit after it."""
    await subscribe(archive, ANNA, "Білогорівка")
    await ingest.apply(batch(post(1, "Тихо", pts=1)))
    await ingest.apply(batch(post(1, "Дуже тихо", pts=30)))
    await ingest.apply(batch(post(1, "Бої за Білогорівку", pts=20)))
    assert await owed(archive) == []
    await ingest.apply(batch(post(1, "Білогорівка наша", pts=40)))
    assert await owed(archive) == ["77/1/v4"]


async def test_an_edit_that_repeats_what_was_said_before_the_rule_is_no_news_in_its_language(
    archive: Archive, ingest: Ingest
) -> None:
    await ingest.apply(batch(post(1, "Білогорівка і її околиці", pts=1)))
    await subscribe(archive, ANNA, "Білогорівка lang:uk")
    await ingest.apply(batch(post(1, "Білогорівка і всі її околиці", pts=2)))
    assert await owed(archive) == []


# --------------------------------------------------------------- beside what runs


async def test_only_what_was_never_understood_is_waited_for_at_the_start(
    archive: Archive, clock: ManualClock, ingest: Ingest
) -> None:
    """Thousands of rules with new dictionaries take half a minute; posts come meanwhile."""
    count = AT_ONCE * 2 + 1
    await subscribe(archive, ANNA, "Білогорівка", *(f"слово{n}" for n in range(count)))
    [bare] = [(await subscribe(archive, ANNA + 1)).id]
    async with archive.transaction() as tx:
        await rules.add(tx, bare, "Лисичанськ", 0)
    await begin(archive, NEWER)
    assert len(await meanings.outdated(archive.reader, NEWER.version)) == count + 1
    await ingest.apply(batch(post(1, "Білогорівка"), post(2, "Whitemount"), post(3, "Лисичанську")))
    assert await owed(archive) == ["77/1", "77/3"]
    async with running(Renewing(archive, NEWER, clock).run()) as service:
        async with asyncio.timeout(30):
            while await meanings.outdated(archive.reader, NEWER.version):
                assert not service.done()
                await asyncio.sleep(0)
        await ingest.apply(batch(post(4, "Whitemount")))
        assert await owed(archive) == ["77/1", "77/3", "77/4"]


async def test_a_rule_that_was_changed_meanwhile_is_not_taken_back(archive: Archive) -> None:
    await subscribe(archive, ANNA, "Білогорівка")
    [rule] = await rules.every(archive.reader)
    before = (await rules.stored(archive.reader, [rule.id]))[rule.id]
    changed = await meant(archive, "Лисичанськ")
    async with archive.transaction() as tx:
        await rules.change(tx, rule.id, "Лисичанськ", changed, 0)
        assert not await meanings.renew(tx, rule, before, replace(before, lexicon="newer"))
    assert await rules.stored(archive.reader, [rule.id]) == {rule.id: changed}
    async with archive.transaction() as tx:
        [rule] = await rules.every(archive.reader)
        assert await meanings.renew(tx, rule, changed, replace(changed, lexicon="newer"))
    assert (await rules.stored(archive.reader, [rule.id]))[rule.id].lexicon == "newer"


async def test_others_have_their_turn_while_many_rules_are_read(
    archive: Archive, ingest: Ingest
) -> None:
    count, turns = 50, 0
    await subscribe(archive, ANNA, *(f"слово{n}" for n in range(count)))
    applying = asyncio.create_task(ingest.apply(batch(post(1, "слово1"))))
    while not applying.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > count
