"""Rules and what they caught."""

from dataclasses import replace

import pytest

from storage import rules
from storage.db import Archive
from storage.records import Match, Rule
from storage.rules import RuleExists, Stored
from tests.storage.archives import NOW, POST, apply, plans, subscriber


async def add(archive: Archive, subscriber_id: int, query: str) -> Rule:
    async with archive.transaction() as tx:
        return await rules.add(tx, subscriber_id, query, NOW)


async def record(archive: Archive, *matches: Match) -> list[Match]:
    async with archive.transaction() as tx:
        return await rules.record(tx, matches, NOW)


async def test_a_rule_comes_back_as_it_was(archive: Archive) -> None:
    reader = await subscriber(archive)
    rule = await add(archive, reader.id, "кава у Львові")
    assert rule == Rule(rule.id, reader.id, "кава у Львові", NOW)
    assert await rules.get(archive.reader, rule.id) == rule
    assert await rules.get(archive.reader, 404) is None


async def test_rules_are_listed_by_subscriber_oldest_first(archive: Archive) -> None:
    one, two = await subscriber(archive, 1), await subscriber(archive, 2)
    first, second = await add(archive, one.id, "b"), await add(archive, one.id, "a")
    third = await add(archive, two.id, "a")
    assert await rules.of(archive.reader, one.id) == [first, second]
    assert await rules.every(archive.reader) == [first, second, third]


async def test_the_same_query_is_saved_once_until_it_is_removed(archive: Archive) -> None:
    reader = await subscriber(archive)
    rule = await add(archive, reader.id, "кава")
    with pytest.raises(RuleExists):
        await add(archive, reader.id, "кава")
    async with archive.transaction() as tx:
        await rules.remove(tx, rule.id, NOW)
    assert await rules.get(archive.reader, rule.id) is None
    assert await rules.of(archive.reader, reader.id) == await rules.every(archive.reader) == []
    again = await add(archive, reader.id, "кава")
    assert again.id != rule.id
    assert await rules.of(archive.reader, reader.id) == [again]


async def test_a_rule_is_muted_and_woken(archive: Archive) -> None:
    rule = await add(archive, (await subscriber(archive)).id, "кава")
    for until in (NOW + 1, None):
        async with archive.transaction() as tx:
            await rules.mute(tx, rule.id, until)
        assert await rules.every(archive.reader) == [replace(rule, muted_until_at=until)]


async def test_every_change_raises_the_revision(archive: Archive) -> None:
    reader = await subscriber(archive)
    revisions = [await rules.revision(archive.reader)]
    rule = await add(archive, reader.id, "кава")
    revisions.append(await rules.revision(archive.reader))
    async with archive.transaction() as tx:
        await rules.mute(tx, rule.id, NOW)
    revisions.append(await rules.revision(archive.reader))
    async with archive.transaction() as tx:
        await rules.remove(tx, rule.id, NOW)
    revisions.append(await rules.revision(archive.reader))
    assert revisions == sorted(set(revisions))
    await record(archive)
    assert await rules.revision(archive.reader) == revisions[-1]


async def test_a_rule_catches_a_post_once(archive: Archive) -> None:
    reader = await subscriber(archive)
    ids = [(await add(archive, reader.id, query)).id for query in "ab"]
    changes = await apply(archive, POST, replace(POST, message_id=8))
    first, second = (change.post_id for change in changes)
    assert await record(archive) == []
    new = [Match(ids[1], first, 1), Match(ids[0], first, 1)]
    assert await record(archive, *new, new[0]) == new
    later = Match(ids[0], second, 1)
    assert await record(archive, Match(ids[0], first, 2), later, new[0]) == [later]
    assert await rules.hits(archive.reader, [*ids, 404]) == {ids[0]: 2, ids[1]: 1, 404: 0}


async def test_what_ingest_reads_of_the_rules_counts_nothing(archive: Archive) -> None:
    """Their hits grow for ever, and every rule that is changed makes ingest read them all."""
    reader = await subscriber(archive)
    await add(archive, reader.id, "кава")
    for work in (
        rules.every(archive.reader),
        rules.of(archive.reader, reader.id),
        rules.get(archive.reader, 1),
    ):
        steps = await plans(archive.reader, work)
        assert steps and not any("matches" in step for step in steps)


async def test_which_rules_of_a_subscriber_caught_any_of_some_posts(archive: Archive) -> None:
    one, two = await subscriber(archive, 1), await subscriber(archive, 2)
    mine = [await add(archive, one.id, query) for query in "abcd"]
    other = await add(archive, two.id, "a")
    changes = await apply(archive, *(replace(POST, message_id=i) for i in range(3)))
    first, second, third = (change.post_id for change in changes)
    await record(
        archive,
        Match(mine[0].id, first, 1),
        Match(mine[0].id, second, 1),
        Match(mine[1].id, second, 1),
        Match(mine[2].id, third, 1),
        Match(mine[3].id, first, 1),
        Match(other.id, first, 1),
    )
    async with archive.transaction() as tx:
        await rules.remove(tx, mine[3].id, NOW)
    found = await rules.that_matched(archive.reader, one.id, [first, second])
    assert [rule.id for rule in found] == [mine[0].id, mine[1].id]
    assert await rules.that_matched(archive.reader, one.id, []) == []


# ---------------------------------------------------------------- how they were understood

STORED = Stored('["word",["кава"]]', "{}", "lexicon 1")


async def test_how_a_rule_was_understood_is_kept_with_it(archive: Archive) -> None:
    reader = await subscriber(archive)
    async with archive.transaction() as tx:
        rule = await rules.add(tx, reader.id, "кава", NOW, STORED)
        bare = await rules.add(tx, reader.id, "чай", NOW)
    assert await rules.stored(archive.reader, [rule.id, bare.id]) == {rule.id: STORED}
    assert await rules.outdated(archive.reader, "lexicon 1") == [bare]
    assert await rules.outdated(archive.reader, "lexicon 2") == [rule, bare]


async def test_a_rule_gets_another_query_and_keeps_what_it_caught(archive: Archive) -> None:
    rule = await add(archive, (await subscriber(archive)).id, "кава")
    [change] = await apply(archive, POST)
    await record(archive, Match(rule.id, change.post_id, 1))
    async with archive.transaction() as tx:
        await rules.change(tx, rule.id, "кава у Львові", STORED)
    [changed] = await rules.every(archive.reader)
    assert changed == replace(rule, query="кава у Львові", edition=1)
    assert await record(archive, Match(rule.id, change.post_id, 2)) == []


async def test_another_edition_is_only_what_may_hold_for_other_posts(archive: Archive) -> None:
    rule = await add(archive, (await subscriber(archive)).id, "кава")
    editions, revisions = [], []
    for stored in (STORED, STORED, replace(STORED, lexicon="2"), replace(STORED, tree="[]")):
        async with archive.transaction() as tx:
            await rules.change(tx, rule.id, "кава", stored)
        [now] = await rules.every(archive.reader)
        editions.append(now.edition)
        revisions.append(await rules.revision(archive.reader))
    assert editions == [1, 1, 1, 2]
    assert revisions[0] == revisions[1] == revisions[2] < revisions[3]
    assert await rules.outdated(archive.reader, "lexicon 1") == []


async def test_a_rule_cannot_be_changed_into_another_one(archive: Archive) -> None:
    reader = await subscriber(archive)
    first, _ = await add(archive, reader.id, "кава"), await add(archive, reader.id, "чай")
    with pytest.raises(RuleExists):
        async with archive.transaction() as tx:
            await rules.change(tx, first.id, "чай", STORED)
    assert [rule.query for rule in await rules.of(archive.reader, reader.id)] == ["кава", "чай"]


async def test_a_rule_is_renamed(archive: Archive) -> None:
    rule = await add(archive, (await subscriber(archive)).id, "кава")
    for title in ("Ранок", None):
        before = await rules.revision(archive.reader)
        async with archive.transaction() as tx:
            await rules.rename(tx, rule.id, title)
        assert await rules.every(archive.reader) == [replace(rule, title=title)]
        assert await rules.revision(archive.reader) > before


async def test_what_is_only_shown_is_no_rule_until_it_is_kept(archive: Archive) -> None:
    reader = await subscriber(archive)
    before = await rules.revision(archive.reader)
    async with archive.transaction() as tx:
        shown = await rules.propose(tx, reader.id, "кава", NOW, STORED)
        twice = await rules.propose(tx, reader.id, "кава", NOW)
        await rules.change(tx, twice.id, "кава", STORED)
    assert shown.pending
    assert await rules.get(archive.reader, shown.id) == shown
    assert await rules.of(archive.reader, reader.id) == await rules.every(archive.reader) == []
    assert await rules.outdated(archive.reader, "2") == []
    assert await rules.revision(archive.reader) == before
    async with archive.transaction() as tx:
        await rules.keep(tx, shown.id, NOW + 5)
    kept = replace(shown, pending=False, created_at=NOW + 5)
    assert await rules.every(archive.reader) == [kept]
    assert await rules.revision(archive.reader) > before
    with pytest.raises(RuleExists):
        async with archive.transaction() as tx:
            await rules.keep(tx, twice.id, NOW + 5)
    with pytest.raises(RuleExists):
        await add(archive, reader.id, "кава")


async def test_what_was_shown_and_not_kept_is_forgotten(archive: Archive) -> None:
    reader = await subscriber(archive)
    kept = await add(archive, reader.id, "чай")
    async with archive.transaction() as tx:
        old = await rules.propose(tx, reader.id, "кава", NOW)
        new = await rules.propose(tx, reader.id, "кава", NOW + 9)
        await rules.forget_proposed(tx, NOW + 5)
    assert await rules.get(archive.reader, old.id) is None
    assert await rules.get(archive.reader, new.id) == new
    assert await rules.get(archive.reader, kept.id) == kept
