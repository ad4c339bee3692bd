"""What becomes of an alerted post is told under its alert: once, and nothing of it lost."""

import random
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from telethon.extensions import html

from bot.alerts.composing import Composer
from bot.alerts.deciding import Deciding
from bot.alerts.following import Following
from bot.alerts.returning import SEVERAL
from bot.ingest import Ingest
from bot.locales import units
from bot.owner.massdeletions import MassDeletions
from storage import bursts, joining, outbox, posts, queues, rules
from storage.db import Archive
from storage.records import (
    CAPTION_UNITS,
    Absence,
    Batch,
    Deletion,
    Does,
    Due,
    Handling,
    Match,
    Message,
    Mode,
    Via,
)
from storage.withdrawing import Why, withdraw
from tests.clocks import ManualClock
from tests.services.conftest import batch, post, subscribe

OWNER, ANNA, BORYS = 1000, 1001, 1002
SAID = "Білогорівка наша, загинули двоє людей"


@pytest.fixture
def ingest(archive: Archive, clock: ManualClock) -> Ingest:
    following = (
        Deciding(clock).follow,
        MassDeletions(clock, OWNER).follow,
        Following(clock).follow,
    )
    return Ingest(archive, clock, lambda: None, following)


class Desk:
    """Delivery without Telegram: composes what is due, in order, and marks it sent."""

    def __init__(self, archive: Archive, clock: ManualClock) -> None:
        self.archive = archive
        self._clock = clock
        self._compose = Composer(archive, clock).compose

    async def tells(self, seconds: float = 10) -> list[tuple[Due, Message]]:
        """What leaves within so many seconds."""
        self._clock.forward(seconds)
        told: list[tuple[Due, Message]] = []
        while rows := await queues.due(self.archive.reader, self._clock.now(), 100):
            for due in rows:
                async with self.archive.transaction() as tx:
                    message = due.message or await self._compose(due)
                    if message is None:
                        await withdraw(tx, [due.id], Why.NOTHING, self._clock.now())
                        continue
                    await outbox.freeze(tx, due.id, message)
                    await outbox.sent(tx, due.id, due.id + 500, self._clock.now())
                told.append((due, message))
        return told

    async def kinds(self, seconds: float = 10) -> list[tuple[int, str]]:
        return [(due.subscriber.chat_id, due.kind) for due, _ in await self.tells(seconds)]


@pytest.fixture
def desk(archive: Archive, clock: ManualClock) -> Desk:
    return Desk(archive, clock)


@pytest.fixture
async def alert(archive: Archive, ingest: Ingest, desk: Desk) -> Due:
    """What told Anna of post 1, which says SAID."""
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    [(alert, _)] = await desk.tells()
    return alert


def edited(text: str, number: int = 1, times: int = 1, **more: object) -> Batch:
    """A batch with the so manieth edit of a post."""
    at = 1_663_600_000_000 + 3_601_000 * times
    return batch(post(number, text, pts=100 * times + number, edited_at=at, **more))


def gone(clock: ManualClock, *numbers: int, absence: Absence = Absence.NOTICE) -> Batch:
    found = tuple(Deletion(77, number, absence, pts=10_000) for number in numbers)
    return Batch(Via.LIVE, clock.now(), deletions=found)


async def test_an_edit_answers_the_alert_with_the_difference(
    ingest: Ingest, desk: Desk, alert: Due
) -> None:
    await ingest.apply(edited("Білогорівка наша, загинули троє людей"))
    [(due, message)] = await desk.tells()
    assert (due.kind, due.does, due.target_id) == ("changed", Does.REPLY, alert.id)
    assert due.target_message_id == alert.id + 500
    assert due.subject == "77/1/1/v2"
    assert message.html == (
        "<b>Edited</b> · 1 hour after posting\n"
        "Сергій Гайдай\n\n"
        "<blockquote>Білогорівка наша, загинули <s>двоє</s> <u>троє</u> людей</blockquote>\n\n"
        "Edited on 19 Sep 2022, 19:06 (Kyiv)\n"
        '<a href="https://t.me/luhanskaVTSA/1">t.me/luhanskaVTSA/1</a>'
    )


@pytest.mark.parametrize("via", [Via.LIVE, Via.SWEEP, Via.TOO_LONG, Via.AUDIT])
async def test_a_replay_tells_nothing_more(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk, via: Via
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    steps = (batch(post(1, SAID)), edited("Білогорівка знову наша"), gone(clock, 1))
    for step in steps:
        await ingest.apply(step)
    assert await desk.kinds() == [(ANNA, "alert"), (ANNA, "changed"), (ANNA, "gone")]
    for step in steps * 2:
        await ingest.apply(replace(step, via=via))
    assert await desk.kinds() == []


@pytest.mark.parametrize("via", [Via.BACKFILL, Via.IMPORT])
async def test_history_is_not_followed(
    archive: Archive, ingest: Ingest, desk: Desk, via: Via
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    await ingest.apply(replace(edited("Білогорівка знову наша"), via=via))
    assert await desk.kinds() == [(ANNA, "alert")]


async def test_only_those_who_were_alerted_are_told(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await subscribe(archive, BORYS, "референдум")
    await ingest.apply(batch(post(1, SAID), post(2, "Тихо")))
    await ingest.apply(edited("Білогорівка знову наша"))
    await ingest.apply(edited("Дуже тихо", 2))
    await ingest.apply(gone(clock, 1, 2))
    assert await desk.kinds() == [(ANNA, "alert"), (ANNA, "changed"), (ANNA, "gone")]


async def test_an_edit_that_makes_a_rule_hit_is_an_alert_and_no_more(
    archive: Archive, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка", "референдум")
    await subscribe(archive, BORYS, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    await desk.tells()
    await ingest.apply(edited("Білогорівка наша, референдум"))
    told = await desk.tells()
    assert [(due.subscriber.chat_id, due.kind) for due, _ in told] == [
        (ANNA, "edit"),
        (BORYS, "changed"),
    ]
    await ingest.apply(edited("Білогорівка наша, референдуму не буде", times=2))
    later = await desk.tells()
    assert next(due.target_id for due, _ in later) == told[0][0].id, "the newest of its alerts"
    assert [message.html.count("<u>референдуму не буде</u>") for _, message in later] == [1, 1]
    assert [message.html.count("двоє") for _, message in later] == [0, 0]


async def test_edits_in_quick_succession_are_told_as_one(
    ingest: Ingest, desk: Desk, alert: Due
) -> None:
    await ingest.apply(edited("Білогорівка наша, загинули троє людей"))
    await ingest.apply(edited("Білогорівка наша, загинули четверо людей", times=2))
    [(_, message)] = await desk.tells()
    assert "<s>двоє</s> <u>четверо</u>" in message.html
    await ingest.apply(edited("Білогорівка наша, загинули п'ятеро людей", times=3))
    [(_, message)] = await desk.tells()
    assert "<s>четверо</s> <u>п'ятеро</u>" in message.html


async def test_two_edits_in_one_batch_are_told_as_one(
    ingest: Ingest, desk: Desk, alert: Due
) -> None:
    both = edited("Білогорівка наша!").posts + edited("Білогорівка не наша", times=2).posts
    await ingest.apply(batch(*both, via=Via.SWEEP))
    [(_, message)] = await desk.tells()
    assert "<u>не наша</u>" in message.html


async def test_an_edit_that_is_taken_back_before_it_was_told_is_nothing(
    archive: Archive, ingest: Ingest, desk: Desk, alert: Due
) -> None:
    await ingest.apply(edited("Білогорівка не наша"))
    await ingest.apply(edited(SAID, times=2))
    assert await desk.kinds() == []
    assert (await outbox.counts(archive.reader)).open == 0
    await ingest.apply(edited("Білогорівка їхня", times=3))
    [(_, message)] = await desk.tells()
    assert "їхня" in message.html


async def test_an_edit_before_the_alert_has_left_is_told_by_both(
    archive: Archive, ingest: Ingest, desk: Desk
) -> None:
    """The alert shows what matched, and says that it was edited since."""
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    await ingest.apply(edited("Тиха ніч"))
    (first, alert), (second, follow_up) = await desk.tells()
    assert (first.kind, second.kind) == ("alert", "changed")
    assert "загинули двоє" in alert.html and "Тиха ніч" not in alert.html
    assert "Edited since, on 19 Sep 2022, 19:06" in alert.html
    assert "<u>Тиха ніч</u>" in follow_up.html


async def test_a_deletion_before_the_alert_has_left_is_told_by_both(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    await ingest.apply(gone(clock, 1))
    (_, alert), (due, _) = await desk.tells()
    assert "Deleted, noticed on" in alert.html
    assert due.kind == "gone"


@pytest.mark.parametrize(
    ("absence", "lines"),
    [
        (
            Absence.NOTICE,
            ("<b>Deleted</b> · 2 hours after posting", "Deleted, noticed on 19 Sep 2022, 20:06"),
        ),
        (
            Absence.RECHECK,
            (
                "<b>Not there any more</b> · 2 hours after posting",
                "Not there any more when checked on 19 Sep 2022, 20:06",
            ),
        ),
    ],
)
async def test_a_deletion_answers_the_alert_with_the_kept_text(
    clock: ManualClock,
    ingest: Ingest,
    desk: Desk,
    alert: Due,
    absence: Absence,
    lines: tuple[str, str],
) -> None:
    clock.forward(7200)
    await ingest.apply(gone(clock, 1, absence=absence))
    [(due, message)] = await desk.tells()
    assert (due.does, due.target_id) == (Does.REPLY, alert.id)
    assert set(lines) <= set(message.html.splitlines())
    assert "<blockquote><b>Білогорівка</b> наша, загинули двоє людей</blockquote>" in message.html


async def test_a_post_that_is_there_again_before_that_was_told_is_nothing(
    clock: ManualClock, ingest: Ingest, desk: Desk, alert: Due
) -> None:
    await ingest.apply(gone(clock, 1, absence=Absence.RECHECK))
    await ingest.apply(batch(post(1, SAID, pts=20_000)))
    assert await desk.kinds() == []


@pytest.mark.parametrize("via", [Via.LIVE, Via.SWEEP, Via.TOO_LONG, Via.AUDIT, Via.BACKFILL])
async def test_a_post_that_is_there_again_after_that_was_told_is_told(
    clock: ManualClock, ingest: Ingest, desk: Desk, alert: Due, via: Via
) -> None:
    await ingest.apply(gone(clock, 1, absence=Absence.RECHECK))
    assert await desk.kinds() == [(ANNA, "gone")]
    clock.forward(7200)
    back = batch(post(1, SAID, pts=20_000), via=via)
    await ingest.apply(back)
    [(due, message)] = await desk.tells()
    assert (due.kind, due.does, due.target_id) == ("back", Does.REPLY, alert.id)
    assert message.html == (
        "<b>It is there again</b>\n"
        "Сергій Гайдай\n\n"
        "It was not found on 19 Sep 2022, 18:06, and was found again on 19 Sep 2022, 20:07 (Kyiv)\n"
        '<a href="https://t.me/luhanskaVTSA/1">t.me/luhanskaVTSA/1</a>'
    )
    await ingest.apply(back)
    assert await desk.kinds() == [], "once"


async def test_a_post_that_goes_again_is_told_as_gone_again_and_as_back_again(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    told = await desk.kinds()
    for times in (1, 2, 3):
        lost = gone(clock, 1, absence=Absence.RECHECK)
        moved = tuple(replace(each, pts=10_000 * times) for each in lost.deletions)
        await ingest.apply(replace(lost, deletions=moved))
        told += await desk.kinds()
        await ingest.apply(batch(post(1, SAID, pts=10_000 * times + 1)))
        told += await desk.kinds()
    assert [kind for _, kind in told] == ["alert", *["gone", "back"] * 3]


async def test_a_post_that_is_back_and_then_deleted_is_told_as_deleted_alone(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    await ingest.apply(gone(clock, 1, absence=Absence.RECHECK))
    await desk.tells()
    await ingest.apply(batch(post(1, SAID, pts=20_000)))
    await ingest.apply(gone(clock, 1))
    assert await desk.kinds() == [(ANNA, "gone")]
    assert (await outbox.counts(archive.reader)).open == 0


async def test_an_album_that_is_there_again_is_one_answer(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    album = [post(n, SAID * (n == 1), grouped_id=5, media="photo") for n in (1, 2, 3, 4)]
    await ingest.apply(batch(*album))
    await ingest.apply(gone(clock, 1, 2, 3, 4, absence=Absence.RECHECK))
    assert await desk.kinds() == [(ANNA, "alert"), (ANNA, "gone")]
    back = [replace(each, pts=20_000) for each in album[:3]]
    await ingest.apply(batch(*back[:2]))
    await ingest.apply(batch(back[2]))
    [(due, message)] = await desk.tells()
    assert due.kind == "back"
    assert "3 parts of an album of 4" in message.html


async def test_a_rule_that_is_muted_says_nothing_of_what_is_there_again(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    anna = await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    await ingest.apply(gone(clock, 1, absence=Absence.RECHECK))
    await desk.tells()
    [rule] = await rules.of(archive.reader, anna.id)
    async with archive.transaction() as tx:
        await rules.mute(tx, rule.id, clock.now() + 3_600_000)
    await ingest.apply(batch(post(1, SAID, pts=20_000)))
    assert await desk.kinds() == []


async def test_an_edit_and_a_deletion_in_one_batch_are_two_answers(
    clock: ManualClock, ingest: Ingest, desk: Desk, alert: Due
) -> None:
    step = edited("Білогорівка не наша")
    await ingest.apply(replace(step, deletions=gone(clock, 1).deletions, via=Via.SWEEP))
    assert await desk.kinds() == [(ANNA, "changed"), (ANNA, "gone")]


async def handle(archive: Archive, subscriber_id: int, handling: Handling) -> None:
    [rule] = await rules.of(archive.reader, subscriber_id)
    async with archive.transaction() as tx:
        await rules.handle(tx, rule.id, handling)


async def test_a_rule_that_does_not_follow_is_told_nothing_more(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    anna = await subscribe(archive, ANNA, "білогорівка")
    await handle(archive, anna.id, Handling(follows=False))
    await ingest.apply(batch(post(1, SAID)))
    await ingest.apply(edited("Білогорівка не наша"))
    await ingest.apply(gone(clock, 1))
    assert await desk.kinds() == [(ANNA, "alert")]


async def test_one_of_the_rules_that_hit_is_enough(
    archive: Archive, ingest: Ingest, desk: Desk
) -> None:
    anna = await subscribe(archive, ANNA, "білогорівка")
    await handle(archive, anna.id, Handling(follows=False))
    await subscribe(archive, ANNA, "загинули")
    await ingest.apply(batch(post(1, SAID)))
    await ingest.apply(edited("Білогорівка, загинули троє"))
    assert await desk.kinds() == [(ANNA, "alert"), (ANNA, "changed")]


@pytest.mark.parametrize("how", ["muted", "removed"])
async def test_a_rule_that_is_muted_or_removed_since_follows_nothing(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk, how: str
) -> None:
    anna = await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    await desk.tells()
    [rule] = await rules.of(archive.reader, anna.id)
    async with archive.transaction() as tx:
        if how == "muted":
            await rules.mute(tx, rule.id, clock.now() + 3_600_000)
        else:
            await rules.remove(tx, rule.id, clock.now())
    await ingest.apply(edited("Білогорівка не наша"))
    assert await desk.kinds() == []


async def test_what_follows_a_silent_alert_is_silent(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    anna = await subscribe(archive, ANNA, "білогорівка")
    await handle(archive, anna.id, Handling(Mode.SILENT))
    await ingest.apply(batch(post(1, SAID)))
    await ingest.apply(edited("Білогорівка не наша"))
    await ingest.apply(gone(clock, 1))
    assert [message.silent for _, message in await desk.tells()] == [True, True, True]


async def test_what_only_a_digest_is_to_tell_is_not_followed(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    """One rule alerts and does not follow; the other follows, and holds its hits back."""
    anna = await subscribe(archive, ANNA, "білогорівка")
    await handle(archive, anna.id, Handling(follows=False))
    await subscribe(archive, ANNA, "загинули")
    await ingest.apply(batch(post(1, SAID)))
    rule = (await rules.of(archive.reader, anna.id))[1]
    [kept] = await posts.latest(archive.reader, None, 5, None)
    async with archive.transaction() as tx:
        await tx.execute(
            "INSERT INTO held (subscriber_id, rule_id, post_id, version, reason, held_at, due_at)"
            " VALUES (?, ?, ?, 1, 'digest', 0, 0)",
            (anna.id, rule.id, kept.id),
        )
    await ingest.apply(edited("Білогорівка, загинули троє"))
    assert await desk.kinds() == [(ANNA, "alert")]


MEDIA_EDITS = [
    ({}, {"media": "photo", "content": {"media": {"id": 1}}}, "Added: Photo"),
    ({"media": "photo", "content": {"media": {"id": 1}}}, {}, "Removed: Photo"),
    (
        {"media": "photo", "content": {"media": {"id": 1}}},
        {"media": "photo", "content": {"media": {"id": 2}}},
        "Replaced by another: Photo",
    ),
    (
        {"media": "photo", "content": {"media": {"id": 1}}},
        {"media": "video", "content": {"media": {"id": 2}}},
        "Before: Photo\nNow: Video",
    ),
    (
        {"media": "poll", "content": {"media": {"question": "Так?", "closed": False}}},
        {"media": "poll", "content": {"media": {"question": "Так?", "closed": True}}},
        "Changed: Poll: Так?",
    ),
    (
        {},
        {"content": {"entities": [{"type": "bold", "offset": 0, "length": 3}]}},
        "The formatting or a link was changed; the words stay.",
    ),
    ({}, {"author": "Прес-служба"}, "Something besides the words was changed."),
]


@pytest.mark.parametrize("edit", MEDIA_EDITS)
async def test_an_edit_of_something_else_than_words_says_of_what(
    archive: Archive,
    ingest: Ingest,
    desk: Desk,
    edit: tuple[dict[str, Any], dict[str, Any], str],
) -> None:
    before, after, expected = edit
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID, **before)))
    await desk.tells()
    await ingest.apply(edited(SAID, **after))
    [(_, message)] = await desk.tells()
    assert expected in message.html
    assert "blockquote" not in message.html


ALBUM: dict[str, Any] = {"grouped_id": 5, "media": "photo"}


async def test_an_album_that_goes_is_one_answer(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID, **ALBUM), *(post(n, "", **ALBUM) for n in (2, 3, 4))))
    await desk.tells()
    await ingest.apply(gone(clock, 2, 3))
    await ingest.apply(gone(clock, 1))
    assert (await outbox.counts(archive.reader)).open == 1
    [(_, message)] = await desk.tells()
    assert "Album: 3 photos" in message.html
    assert "3 parts of an album of 4" in message.html
    await ingest.apply(gone(clock, 4))
    [(_, message)] = await desk.tells()
    assert "1 part of an album of 4" in message.html


async def test_an_edit_of_another_part_of_the_album_is_told_too(
    archive: Archive, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID, **ALBUM), post(2, "Знімок раз", **ALBUM)))
    [(alert, _)] = await desk.tells()
    for times, text in enumerate(("Знімок два", "Знімок три"), 1):
        await ingest.apply(edited(text, 2, times, **ALBUM))
        [(due, message)] = await desk.tells()
        assert due.target_id == alert.id
    assert "Знімок <s>два</s> <u>три</u>" in message.html


async def test_what_follows_a_part_answers_the_alert_that_told_this_part(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    """An edit of the second part, and a part that came late, have alerts of their own."""
    await subscribe(archive, ANNA, "білогорівка", "лиман", "рубіжне")
    await ingest.apply(batch(post(1, SAID, **ALBUM), post(2, "Знімок", **ALBUM)))
    await ingest.apply(batch(post(3, "Знімок", **ALBUM)))
    [(album, _)] = await desk.tells()
    await ingest.apply(edited("Знімок, Лиман", 2, **ALBUM))
    await ingest.apply(batch(post(4, "Рубіжне", **ALBUM)))
    (second, _), (late, _) = await desk.tells()
    assert (second.kind, late.kind) == ("edit", "part")
    for number in (1, 2, 3, 4):
        await ingest.apply(edited(f"Знімок {number}", number, 2, **ALBUM))
    await ingest.apply(gone(clock, 1))
    told = await desk.tells()
    assert [due.target_id for due, _ in told] == [
        album.id, second.id, album.id, late.id, album.id,
    ]  # fmt: skip


async def test_what_was_joined_to_an_alert_is_followed_under_it(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID), post(2, "Знімок")))
    [(alert, _)] = await desk.tells()
    kept = await posts.get(archive.reader, 77, 2)
    assert kept
    async with archive.transaction() as tx:
        await joining.join(tx, [(alert.id, kept.id)], 0)
    await ingest.apply(edited("Знімок два", 2))
    await ingest.apply(gone(clock, 2))
    told = await desk.tells()
    assert [(due.kind, due.target_id) for due, _ in told] == [
        ("changed", alert.id),
        ("gone", alert.id),
    ]


async def test_every_part_of_an_album_that_was_joined_to_an_alert_is_followed(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    album = (post(2, SAID, **ALBUM), post(3, "Знімок раз", **ALBUM))
    await ingest.apply(batch(post(1, SAID), *album, via=Via.BACKFILL))
    first, joins, _ = [await posts.get(archive.reader, 77, number) for number in (1, 2, 3)]
    assert first and joins
    [rule] = await rules.every(archive.reader)
    async with archive.transaction() as tx:
        await rules.record(tx, [Match(rule.id, each.id, 1) for each in (first, joins)], 0)
        owed = outbox.Owed("alert", rule.subscriber_id, "77/1", first.id, 1, also=(joins.id,))
        await outbox.add(tx, archive.id, [owed], 0)
    [(alert, _)] = await desk.tells()
    await ingest.apply(edited("Знімок два", 3, **ALBUM))
    await ingest.apply(gone(clock, 3))
    told = await desk.tells()
    assert [(due.kind, due.target_id) for due, _ in told] == [
        ("changed", alert.id),
        ("gone", alert.id),
    ]


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_in_whatever_order_the_last_state_is_told_once(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk, seed: int
) -> None:
    """Edits, deletions, replays and deliveries as they come: what is told of a post goes from
    state to state without a gap, and ends with the state that it is in."""
    chance = random.Random(seed)
    await subscribe(archive, ANNA, "білогорівка")
    done = [batch(*(post(n, f"Білогорівка {n} стан0") for n in (1, 2)))]
    await ingest.apply(done[0])
    states = {1: "стан0", 2: "стан0"}
    told: list[tuple[Due, Message]] = []
    for step in range(1, 30):
        match chance.choice(["edit", "edit", "replay", "tell"]):
            case "edit":
                number, state = chance.choice([1, 2]), f"стан{chance.randint(0, 2)}"
                states[number] = state
                done.append(edited(f"Білогорівка {number} {state}", number, step))
                await ingest.apply(done[-1])
            case "replay":
                await ingest.apply(chance.choice(done))
            case "tell":
                told += await desk.tells()
    await ingest.apply(gone(clock, 1))
    told += await desk.tells()
    for number, state in states.items():
        mine = [(due, message) for due, message in told if f"77/{number}" in due.subject]
        changes = [message.html for due, message in mine if due.kind == "changed"]
        assert [due.kind for due, _ in mine].count("alert") == 1
        assert [due.kind for due, _ in mine].count("gone") == (number == 1)
        last = "стан0"
        for html_told in changes:
            assert f"<s>{last}</s>" in html_told
            last = html_told.partition("<u>")[2].partition("</u>")[0]
        assert last == state


@pytest.mark.parametrize("seed", range(8))
async def test_however_often_a_post_goes_and_returns_what_was_told_last_is_so(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk, seed: int
) -> None:
    chance = random.Random(seed)
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    told = await desk.kinds()
    for step in range(1, 25):
        match chance.choice(["goes", "returns", "time passes", "told"]):
            case "goes":
                lost = Deletion(77, 1, Absence.RECHECK, pts=1_000 * step)
                await ingest.apply(Batch(Via.SWEEP, clock.now(), deletions=(lost,)))
            case "returns":
                await ingest.apply(batch(post(1, SAID, pts=1_000 * step), via=Via.SWEEP))
            case "time passes":
                clock.forward(chance.choice([1, 70]))
            case "told":
                told += await desk.kinds(chance.choice([1, 5, 100]))
        clock.forward(0.001)
    told += await desk.kinds(700)
    kept = await posts.get(archive.reader, 77, 1)
    assert kept is not None
    kinds = [kind for _, kind in told]
    assert (kinds[-1] in ("gone", "purge")) is (kept.deleted_at is not None), kinds
    for before, after in pairwise(kinds):
        assert after not in ("back", "return") or before in ("gone", "purge"), kinds
        assert after not in ("gone", "purge") or before not in ("gone", "purge"), kinds
    assert (await outbox.counts(archive.reader)).open == 0


# ---------------------------------------------------------------- many at once


async def test_many_deletions_are_one_message_with_the_list_as_a_file(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(*(post(n, f"Білогорівка, день {n}") for n in range(1, 121))))
    await desk.tells()
    await ingest.apply(gone(clock, *range(1, 101)))
    clock.forward(30)
    await ingest.apply(gone(clock, *range(101, 121)))
    assert await desk.kinds() == [], "it is not over yet"
    [(due, message)] = await desk.tells(60)
    assert (due.kind, due.subject) == ("purge", "burst/1")
    assert "120 posts of <b>Сергій Гайдай</b> you were alerted to are gone" in message.html
    assert "and 115 more posts" in message.html
    assert units(html.parse(message.html)[0]) <= CAPTION_UNITS
    assert message.document is not None
    lines = message.document.data.decode().splitlines()
    assert sum("https://t.me/luhanskaVTSA/" in line for line in lines) == 120
    assert "19 Sep 2022, 18:06  https://t.me/luhanskaVTSA/1  Білогорівка, день 1" in lines
    assert message.document.name == "deleted-luhanskaVTSA-1.txt"


async def test_single_answers_that_have_not_left_are_replaced_by_the_one(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(*(post(n, f"Білогорівка {n}") for n in range(1, 9))))
    await desk.tells()
    for number in range(1, SEVERAL + 1):
        await ingest.apply(gone(clock, number))
    assert await desk.kinds(70) == [(ANNA, "purge")]


async def test_few_deletions_are_told_one_by_one_and_so_are_those_far_apart(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(*(post(n, f"Білогорівка {n}") for n in range(1, 9))))
    await desk.tells()
    await ingest.apply(gone(clock, 1, 2))
    assert await desk.kinds() == [(ANNA, "gone"), (ANNA, "gone")]
    for number in (3, 4, 5, 6):
        clock.forward(60)
        await ingest.apply(gone(clock, number))
        assert await desk.kinds() == [(ANNA, "gone")]


async def test_slow_deletions_are_summed_up_from_the_third_on(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    """A channel is cleaned up by hand, one post every ten seconds."""
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(*(post(n, f"Білогорівка {n}") for n in range(1, 100))))
    await desk.tells()
    told: list[tuple[Due, Message]] = []
    for number in range(1, 100):
        await ingest.apply(gone(clock, number))
        told += await desk.tells(10)
    told += await desk.tells(100)
    assert len(await bursts.since(archive.reader, 0, 1)) == 1
    assert [(due.kind, due.subject) for due, _ in told[2:]] == [
        ("purge", "burst/1"),
        ("purge", "burst/1/2"),
    ]
    assert [due.kind for due, _ in told[:2]] == ["gone", "gone"]
    listed = [
        message.document.data.decode() if message.document else message.html for _, message in told
    ]
    for number in range(1, 100):
        found = re.findall(rf"https://t.me/luhanskaVTSA/{number}\b", " ".join(listed))
        assert len(found) == 1, number


async def test_a_burst_without_an_end_is_told_every_ten_minutes(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(*(post(n, f"Білогорівка {n}") for n in range(1, 31))))
    await desk.tells()
    await ingest.apply(gone(clock, 1, 2, 3))
    told: list[tuple[int, str]] = []
    for number in range(4, 31):
        told += await desk.kinds(30)
        await ingest.apply(gone(clock, number))
    told += await desk.kinds(100)
    assert len(await bursts.since(archive.reader, 0, 1)) == 1
    assert told == [(ANNA, "purge"), (ANNA, "purge")]


async def test_everybody_is_told_of_what_they_were_alerted_to(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, OWNER)
    await subscribe(archive, ANNA, "білогорівка")
    await subscribe(archive, BORYS, "лисичанськ")
    words = ["Білогорівка"] * 40 + ["Лисичанськ"] + ["Тиша"] * 20
    await ingest.apply(batch(*(post(n, word) for n, word in enumerate(words, 1))))
    await desk.tells()
    await ingest.apply(gone(clock, *range(1, 62)))
    told = await desk.tells(100)
    assert sorted((due.subscriber.chat_id, due.kind) for due, _ in told) == [
        (OWNER, "burst"),
        (ANNA, "purge"),
        (BORYS, "gone"),
    ]
    files = {due.kind: message.document for due, message in told}
    owners = files["burst"]
    assert owners is not None
    assert owners.data.decode().count("https://") == 61


async def test_posts_that_are_there_again_are_not_told_as_gone(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    said = [post(n, f"Білогорівка {n}") for n in range(1, 11)]
    await ingest.apply(batch(*said))
    await desk.tells()
    await ingest.apply(gone(clock, *range(1, 11), absence=Absence.RECHECK))
    await ingest.apply(batch(*(replace(each, pts=20_000) for each in said)))
    assert await desk.kinds(100) == []
    assert (await outbox.counts(archive.reader)).open == 0


@pytest.mark.parametrize("together", [True, False])
async def test_many_posts_that_are_there_again_are_one_line(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk, together: bool
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    said = [post(n, f"Білогорівка {n}") for n in range(1, 11)]
    await ingest.apply(batch(*said))
    await desk.tells()
    await ingest.apply(gone(clock, *range(1, 11), absence=Absence.RECHECK))
    assert await desk.kinds(100) == [(ANNA, "purge")]
    back = [replace(each, pts=20_000) for each in said[:9]]
    for part in [back] if together else [back[:4], back[4:]]:
        await ingest.apply(batch(*part))
    [(due, message)] = await desk.tells(100)
    assert (due.kind, due.does) == ("return", Does.SEND)
    assert message.html == (
        "<b>There again:</b> 9 posts of <b>Сергій Гайдай</b> that were not found when checked on "
        "19 Sep 2022, 18:06 (Kyiv)."
    )
    await ingest.apply(batch(replace(said[9], pts=20_000)))
    [(_, message)] = await desk.tells(100)
    assert "1 post of" in message.html, "what was told before is not counted again"


async def test_several_that_were_told_one_by_one_and_together_and_are_there_again_are_one_line(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    await subscribe(archive, ANNA, "білогорівка")
    said = [post(n, f"Білогорівка {n}") for n in range(1, SEVERAL + 1)]
    await ingest.apply(batch(*said))
    await desk.tells()
    for each in said[: SEVERAL - 1]:
        await ingest.apply(gone(clock, each.message_id, absence=Absence.RECHECK))
        assert await desk.kinds() == [(ANNA, "gone")]
    await ingest.apply(gone(clock, said[-1].message_id, absence=Absence.RECHECK))
    assert await desk.kinds(100) == [(ANNA, "purge")]
    for each in said:
        await ingest.apply(batch(replace(each, pts=20_000)))
    assert await desk.kinds(100) == [(ANNA, "return")]


async def test_what_was_not_told_as_gone_is_not_told_as_there_again(
    archive: Archive, clock: ManualClock, ingest: Ingest, desk: Desk
) -> None:
    """Of two absences the first was told, and taken back; the second ends before it is told."""
    await subscribe(archive, ANNA, "білогорівка")
    await ingest.apply(batch(post(1, SAID)))
    await ingest.apply(gone(clock, 1, absence=Absence.RECHECK))
    await desk.tells()
    await ingest.apply(batch(post(1, SAID, pts=20_000)))
    await desk.tells()
    clock.forward(60)
    again = Deletion(77, 1, Absence.RECHECK, pts=30_000)
    await ingest.apply(Batch(Via.SWEEP, clock.now(), deletions=(again,)))
    await ingest.apply(batch(post(1, SAID, pts=40_000)))
    assert await desk.kinds(100) == []
