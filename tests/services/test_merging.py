"""Reposts join the alert that told their story, and every hit is told once whatever happens."""

import random

import pytest

from storage import held, outbox, queues, rules, subscribers
from storage.db import Archive
from storage.outbox import Owed
from storage.records import Handling, Mode, Post, Subscriber, Via, Wishes
from tests.clocks import ManualClock
from tests.services.merging import NAMES, NEWS, Desk, forward, said

ANNA, BORYS = 1001, 1002
HOUR = 3_600


@pytest.fixture
async def desk(archive: Archive, clock: ManualClock) -> Desk:
    desk = Desk(archive, clock)
    await desk.watches()
    return desk


@pytest.fixture
async def anna(desk: Desk) -> Subscriber:
    return await desk.subscribes(ANNA, "білогорівка")


async def test_a_repost_is_in_the_alert_that_has_not_left(desk: Desk, anna: Subscriber) -> None:
    await desk.hears(said(77, 1))
    await desk.hears(said(78, 2, f"Важливо!\n\n{NEWS}", at=60))
    await desk.delivers()
    [html] = desk.chats[ANNA].values()
    assert 'Also: <a href="https://t.me/truha/2">Title truha</a> 18:07\n' in html
    assert desk.told(ANNA) == {"luhanskaVTSA/1": 1, "truha/2": 1}
    assert desk.sent == 1


async def test_a_repost_of_what_was_told_edits_it(desk: Desk, anna: Subscriber) -> None:
    await desk.hears(said(77, 1))
    await desk.delivers()
    for number, channel in enumerate((78, 79, 80), 2):
        await desk.hears(said(channel, number, at=60 * number))
    await desk.delivers()
    assert desk.links(ANNA) == [["truha/2", "suspilne/3", "radio/4", "luhanskaVTSA/1"]]
    assert desk.sent == 2  # one edit for all of them
    await desk.hears(said(81, 5, at=600))
    await desk.delivers()
    assert desk.sent == 3
    assert len(desk.links(ANNA)[0]) == 5


async def test_the_edit_does_not_make_the_alert_late(desk: Desk, anna: Subscriber) -> None:
    await desk.hears(said(77, 1))
    await desk.delivers()
    desk.clock.forward(5 * HOUR)
    await desk.hears(said(78, 2, at=5 * HOUR))
    await desk.delivers()
    [html] = desk.chats[ANNA].values()
    assert "late" not in html and "truha/2" in html


async def test_posts_of_one_batch_are_merged(desk: Desk, anna: Subscriber) -> None:
    await desk.hears(*(said(channel, 5, at=channel) for channel in (79, 77, 78)), via=Via.SWEEP)
    await desk.delivers()
    assert desk.links(ANNA) == [["luhanskaVTSA/5", "truha/5", "suspilne/5"]]


async def test_other_numbers_are_other_news(desk: Desk, anna: Subscriber) -> None:
    text = "Білогорівка: за добу над областю збито {} ворожих безпілотників, наслідки уточнюються"
    await desk.hears(said(77, 1, text.format(5)))
    await desk.hears(said(78, 2, text.format(6), at=60))
    await desk.hears(said(79, 3, text.format(5), at=120))
    await desk.delivers()
    assert desk.links(ANNA) == [["suspilne/3", "luhanskaVTSA/1"], ["truha/2"]]


LOSSES = (
    "За минулу добу внаслідок російських обстрілів у {} загинули двоє людей, ще п’ятеро поранені. "
    "Пошкоджено житлові будинки, школу та лінію електропередач. Рятувальники працюють на місці. {}"
)


@pytest.mark.parametrize(
    ("channel", "second"),
    [
        (77, LOSSES.format("Лимані", "")),
        (77, LOSSES.format("Бахмуті", "Дані уточнюються, без паніки, далі буде більше")),
        (78, LOSSES.format("Лимані", "")),
        (78, "Спростування: " + LOSSES.format("Бахмуті", "")),
    ],
)
async def test_other_news_in_nearly_the_same_words_is_an_alert_of_its_own(
    desk: Desk, channel: int, second: str
) -> None:
    await desk.subscribes(ANNA, "загинули")
    await desk.hears(said(77, 1, LOSSES.format("Бахмуті", "")))
    await desk.hears(said(channel, 2, second, at=180))
    await desk.delivers()
    assert [len(links) for links in desk.links(ANNA)] == [1, 1]


async def test_what_a_channel_forwards_joins_what_it_said_itself(
    desk: Desk, anna: Subscriber
) -> None:
    away = said(500, 9)
    await desk.hears(said(77, 1))
    await desk.hears(said(77, 2, f"{NEWS} Далі буде.", at=60, forward=forward(away)))
    await desk.delivers()
    assert desk.links(ANNA)[0][0] == "luhanskaVTSA/2"


async def test_a_repost_of_what_is_said_every_hour_joins_the_last_one(
    desk: Desk, anna: Subscriber
) -> None:
    text = "Білогорівка: повітряна тривога"
    for number in range(1, 26):
        desk.clock.forward(HOUR)
        await desk.hears(said(77, number, text, at=HOUR * number))
    await desk.hears(said(78, 1, text, at=HOUR * 25 + 60))
    await desk.delivers()
    assert desk.links(ANNA)[-1] == ["truha/1", "luhanskaVTSA/25"]


async def test_whoever_does_not_want_it_is_told_of_each(desk: Desk, anna: Subscriber) -> None:
    await desk.subscribes(BORYS, "білогорівка")
    async with desk.archive.transaction() as tx:
        await subscribers.wish(tx, anna.id, Wishes(merging=False))
    await desk.hears(said(77, 1), said(79, 1))
    await desk.hears(said(78, 2, at=60))
    await desk.delivers()
    assert desk.links(ANNA) == [["luhanskaVTSA/1"], ["suspilne/1"], ["truha/2"]]
    assert len(desk.links(BORYS)) == 1


async def test_who_was_not_told_of_the_first_is_told_of_the_repost(desk: Desk) -> None:
    await desk.subscribes(ANNA, "from:@truha")
    await desk.hears(said(77, 1))
    await desk.hears(said(78, 2, at=60))
    await desk.delivers()
    assert desk.links(ANNA) == [["truha/2"]]


async def test_after_a_day_it_is_told_anew(desk: Desk, anna: Subscriber) -> None:
    await desk.hears(said(77, 1))
    await desk.delivers()
    desk.clock.forward(25 * HOUR)
    await desk.hears(said(78, 2, at=25 * HOUR))
    await desk.delivers()
    assert desk.links(ANNA) == [["luhanskaVTSA/1"], ["truha/2"]]


async def test_a_forward_joins_whatever_its_words(desk: Desk, anna: Subscriber) -> None:
    first = said(77, 1, "Білогорівка")
    repost = said(78, 2, "Білогорівка!", at=HOUR, forward=forward(first))
    again = said(79, 3, "білогорівка?", at=2 * HOUR, forward=forward(repost))
    for post in (first, repost, again):
        await desk.hears(post)
        await desk.delivers()
    assert desk.told(ANNA) == {"luhanskaVTSA/1": 1, "truha/2": 1, "suspilne/3": 1}
    assert len(desk.links(ANNA)) == 1


async def test_forwards_of_a_channel_that_is_not_watched_are_one_story(
    desk: Desk, anna: Subscriber
) -> None:
    origin = said(500, 9, "Білогорівка")
    await desk.hears(said(78, 2, "Білогорівка", forward=forward(origin)))
    await desk.hears(said(79, 3, "Білогорівка", at=2 * HOUR, forward=forward(origin)))
    await desk.delivers()
    assert len(desk.links(ANNA)) == 1


@pytest.mark.parametrize("told", [True, False])
async def test_the_origin_of_a_forward_takes_the_headline(
    desk: Desk, anna: Subscriber, told: bool
) -> None:
    origin = said(77, 1)
    await desk.hears(said(78, 2, at=60, forward=forward(origin)))
    if told:
        await desk.delivers()
    await desk.hears(origin)
    await desk.delivers()
    [html] = desk.chats[ANNA].values()
    assert "\nTitle luhanskaVTSA\n" in html and "Forwarded" not in html
    assert 'Also: <a href="https://t.me/truha/2">Title truha</a> 18:07\n' in html
    assert desk.links(ANNA)[0][-1] == "luhanskaVTSA/1"


async def test_rules_that_only_the_repost_hits_are_named_with_it(
    desk: Desk, anna: Subscriber
) -> None:
    await desk.subscribes(ANNA, "важливо")
    await desk.hears(said(77, 1))
    await desk.hears(said(78, 2, f"Важливо! {NEWS}", at=60))
    await desk.delivers()
    [html] = desk.chats[ANNA].values()
    assert html.startswith("<b>білогорівка</b>\n")
    assert "Title truha</a> 18:07 (важливо)" in html


@pytest.mark.parametrize("told", [True, False])
async def test_a_cooldown_holds_nothing_back_that_joins_an_alert(desk: Desk, told: bool) -> None:
    here = await desk.subscribes(ANNA, "контролем")
    [rule] = await rules.of(desk.archive.reader, here.id)
    async with desk.archive.transaction() as tx:
        await rules.handle(tx, rule.id, Handling(cooldown=HOUR * 1000))
    await desk.hears(said(77, 1), said(79, 1))
    if told:
        await desk.delivers()
    await desk.hears(said(78, 2, at=60, forward=forward(said(77, 1))))
    await desk.hears(said(80, 3, "Усе під контролем, каже міністр", at=70))
    desk.clock.forward(HOUR - 100)
    await desk.hears(said(81, 4, at=80))
    desk.clock.forward(200)
    await desk.hears(said(80, 5, "Склад під контролем, каже голова", at=HOUR + 90))
    await desk.delivers()
    assert sorted(desk.links(ANNA)[0]) == [
        "donbas/4", "luhanskaVTSA/1", "suspilne/1", "truha/2",
    ]  # fmt: skip
    assert desk.links(ANNA)[1:] == [["radio/5"]], "what joined did not begin a cooldown"
    assert (await held.waiting(desk.archive.reader, here.id)).hits == 1


async def silence(desk: Desk, query: str) -> None:
    """Have a rule alert without a sound."""
    [rule] = [each for each in await rules.every(desk.archive.reader) if each.query == query]
    async with desk.archive.transaction() as tx:
        await rules.handle(tx, rule.id, Handling(Mode.SILENT))


@pytest.mark.parametrize("batches", [1, 2])
async def test_a_loud_hit_makes_the_alert_loud_that_has_not_left(desk: Desk, batches: int) -> None:
    await desk.subscribes(ANNA, "контролем", "терміново")
    await silence(desk, "контролем")
    posts = [said(77, 1), said(78, 2, f"{NEWS} Терміново", forward=forward(said(77, 1)))]
    for start in range(0, 2, 3 - batches):
        await desk.hears(*posts[start : start + 3 - batches])
    await desk.delivers()
    assert [silent for _, silent in desk.sounds] == [False]
    assert desk.links(ANNA) == [["truha/2", "luhanskaVTSA/1"]]


async def test_a_loud_hit_does_not_join_what_nobody_heard(desk: Desk) -> None:
    await desk.subscribes(ANNA, "контролем", "терміново")
    await silence(desk, "контролем")
    first = said(77, 1)
    await desk.hears(first)
    await desk.delivers()
    loud = [said(n, 2, f"{NEWS} Терміново", forward=forward(first)) for n in (78, 79)]
    await desk.hears(*loud, said(80, 2, forward=forward(first)))
    await desk.delivers()
    assert desk.links(ANNA)[0] == ["radio/2", "luhanskaVTSA/1"]
    assert desk.links(ANNA)[1] == ["luhanskaVTSA/1", "suspilne/2", "truha/2"]  # the first as origin
    assert desk.sounds == [("alert", True), ("alert", False), ("joined", True)]
    await desk.hears(said(81, 3, f"{NEWS} Терміново", forward=forward(first)))
    await desk.delivers()
    assert desk.links(ANNA)[1][1:] == ["suspilne/2", "donbas/3", "truha/2"]


async def test_an_album_is_one_thing(desk: Desk, anna: Subscriber) -> None:
    album = [said(78, n, NEWS if n == 2 else "Білогорівка", at=60, grouped_id=5) for n in (2, 3)]
    await desk.hears(said(77, 1))
    await desk.delivers()
    for part in album:
        await desk.hears(part)
        await desk.delivers()
    assert desk.links(ANNA) == [["truha/2", "luhanskaVTSA/1"]]
    assert desk.sent == 2


async def test_a_part_that_comes_after_its_album_joined_is_told_where_another_rule_hits_it(
    desk: Desk, anna: Subscriber
) -> None:
    await desk.subscribes(ANNA, "наступ")
    await desk.hears(said(77, 1))
    await desk.hears(said(78, 2, at=60, grouped_id=5))
    await desk.delivers()
    await desk.hears(said(78, 3, "Білогорівка", at=60, grouped_id=5))
    await desk.delivers()
    assert desk.sent == 1
    await desk.hears(said(78, 4, "Білогорівка, наступ", at=60, grouped_id=5))
    await desk.delivers()
    assert desk.links(ANNA) == [["truha/2", "luhanskaVTSA/1"], ["truha/4"]]


async def test_a_repost_joins_an_album(desk: Desk, anna: Subscriber) -> None:
    album = [said(78, n, NEWS if n == 2 else "Білогорівка", at=60, grouped_id=5) for n in (2, 3)]
    await desk.hears(*album)
    await desk.hears(said(77, 1, at=65))
    await desk.delivers()
    assert desk.links(ANNA) == [["luhanskaVTSA/1", "truha/2"]]


async def test_the_same_alarm_of_one_channel_hours_later_is_news(
    desk: Desk, anna: Subscriber
) -> None:
    text = "Увага! Повітряна тривога: Білогорівка та вся область, пройдіть в укриття, бережіть себе"
    for number, at in enumerate((0, 120, 3 * HOUR)):
        await desk.hears(said(77, number, text, at=at))
    await desk.delivers()
    assert desk.links(ANNA) == [["luhanskaVTSA/1", "luhanskaVTSA/0"], ["luhanskaVTSA/2"]]


async def test_few_words_are_merged_within_minutes_only(desk: Desk, anna: Subscriber) -> None:
    for number, at in enumerate((0, 120, 3 * HOUR)):
        await desk.hears(said(77 + number, 1, "Білогорівка наша", at=at))
    await desk.delivers()
    assert [len(links) for links in desk.links(ANNA)] == [2, 1]


async def test_footers_are_learned_and_do_not_matter(desk: Desk, anna: Subscriber) -> None:
    footer = "\nНаш канал про все важливе для мешканців Донбасу і не тільки, долучайтеся до нас"
    for number in range(10):
        old = said(78, number, f"Новина номер {'а' * number} {footer}")
        await desk.hears(old, via=Via.BACKFILL)
    short = "Білогорівка повністю під контролем наших захисників цього ранку"
    await desk.hears(said(77, 1, short))
    await desk.hears(said(78, 20, short + footer, at=60))
    await desk.delivers()
    assert len(desk.links(ANNA)) == 1


async def test_a_replay_joins_nothing_twice(desk: Desk, anna: Subscriber) -> None:
    for via in (Via.LIVE, Via.SWEEP, Via.LIVE):
        await desk.hears(said(77, 1), said(78, 2, at=60), via=via)
        await desk.hears(said(79, 3, at=90), via=via)
        await desk.delivers()
    assert desk.sent == 1
    assert desk.told(ANNA) == {"luhanskaVTSA/1": 1, "truha/2": 1, "suspilne/3": 1}


async def test_what_an_edit_could_not_tell_becomes_an_alert(desk: Desk, anna: Subscriber) -> None:
    await desk.hears(said(77, 1))
    await desk.delivers()
    await desk.hears(said(78, 2, at=60))
    await desk.hears(said(79, 3, at=61))
    await desk.delivers(fails=lambda due: due.kind == "joined")
    assert desk.links(ANNA) == [["luhanskaVTSA/1"], ["suspilne/3", "truha/2"]]
    await desk.hears(said(80, 4, at=62))  # joins what can be edited
    await desk.delivers()
    assert desk.links(ANNA) == [["luhanskaVTSA/1"], ["suspilne/3", "radio/4", "truha/2"]]


async def test_what_joined_an_alert_that_failed_becomes_an_alert(
    desk: Desk, anna: Subscriber
) -> None:
    await desk.hears(said(77, 1))
    await desk.hears(said(78, 2, at=60))
    await desk.delivers(fails=lambda due: due.subject == "77/1")
    assert desk.links(ANNA) == [["truha/2"]]


@pytest.mark.parametrize("failing", ["alert", "joined"])
@pytest.mark.parametrize("mode", [Mode.SILENT, Mode.INSTANT])
async def test_what_was_to_make_no_sound_makes_none_in_an_alert_of_its_own(
    desk: Desk, anna: Subscriber, failing: str, mode: Mode
) -> None:
    [rule] = await rules.of(desk.archive.reader, anna.id)
    async with desk.archive.transaction() as tx:
        await rules.handle(tx, rule.id, Handling(mode))
    await desk.hears(said(77, 1))
    if failing == "joined":
        await desk.delivers()
    await desk.hears(said(78, 2, at=60))
    await desk.delivers(lambda due: due.kind == failing and due.subject != "78/2")
    rows = await desk.archive.reader.execute_fetchall(
        "SELECT subject, silent FROM outbox WHERE kind = 'alert' ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        ("77/1", mode is Mode.SILENT),
        ("78/2", mode is Mode.SILENT),
    ]


async def test_a_muted_rule_is_named_in_no_alert(desk: Desk) -> None:
    borys = await desk.subscribes(BORYS, "білогорівка", "боротьба", "терміново")
    for rule in (await rules.of(desk.archive.reader, borys.id))[1:]:
        async with desk.archive.transaction() as tx:
            await rules.mute(tx, rule.id, desk.clock.now() + HOUR * 1000)
    await desk.hears(said(77, 1))
    await desk.hears(said(78, 2, f"Терміново!\n\n{NEWS}", at=60))
    await desk.delivers()
    [html] = desk.chats[BORYS].values()
    assert html.startswith("<b>білогорівка</b>\n")
    assert 'Also: <a href="https://t.me/truha/2">Title truha</a> 18:07\n' in html


async def test_a_rule_muted_after_it_alerted_stays_named_where_the_alert_is_edited(
    desk: Desk,
) -> None:
    borys = await desk.subscribes(BORYS, "білогорівка", "боротьба")
    await desk.hears(said(77, 1))
    await desk.delivers()
    for rule in await rules.of(desk.archive.reader, borys.id):
        async with desk.archive.transaction() as tx:
            await rules.mute(tx, rule.id, desk.clock.now() + HOUR * 1000)
    await desk.subscribes(BORYS, "контролем")
    await desk.hears(said(78, 2, at=60))
    await desk.delivers()
    [html] = desk.chats[BORYS].values()
    assert html.startswith("<b>білогорівка</b>, <b>боротьба</b>\n")
    assert 'Also: <a href="https://t.me/truha/2">Title truha</a> 18:07 (контролем)\n' in html


async def test_a_list_too_long_is_counted(desk: Desk, anna: Subscriber) -> None:
    for number in range(1, 60):
        await desk.hears(said(77 + number % 5, number, at=number))
    await desk.delivers()
    [html] = desk.chats[ANNA].values()
    shown = len(desk.links(ANNA)[0])
    assert f", and {59 - shown} more\n" in html
    assert shown == 21


@pytest.mark.parametrize("told", [True, False])
async def test_what_is_only_counted_is_not_read(desk: Desk, anna: Subscriber, told: bool) -> None:
    """Since nothing can be written while an alert is composed."""
    await desk.hears(said(77, 1))
    if told:
        await desk.delivers()
    asked: list[str] = []
    await desk.archive.outbox_reader.set_trace_callback(asked.append)
    took = []
    for first in (2, 40, 78):
        for number in range(first, first + 38):
            await desk.hears(said(78 + number % 4, number, at=number))
        asked.clear()
        [due] = await queues.due(desk.archive.reader, desk.clock.now(), 9)
        message = await desk.composer.compose(due)
        assert message is not None and f", and {first + 16} more" in message.html
        took.append(len(asked))
    assert took[0] == took[1] == took[2] < 30


async def test_what_joins_is_told_after_newer_alerts_and_before_digests(
    desk: Desk, anna: Subscriber
) -> None:
    await desk.hears(said(77, 1))
    await desk.delivers()
    digest = Owed("digest", anna.id, "digest/0", rank=outbox.DIGESTS)
    async with desk.archive.transaction() as tx:
        await outbox.add(tx, desk.archive.id, [digest], desk.clock.now())
    await desk.hears(said(78, 2, at=60))
    await desk.hears(said(79, 3, "Білогорівка: інше", at=61))
    kinds = []
    while rows := await queues.due(desk.archive.reader, desk.clock.now(), 9):
        kinds += [due.kind for due in rows]
        async with desk.archive.transaction() as tx:
            await outbox.sent(tx, rows[0].id, len(kinds), desk.clock.now())
    assert kinds == ["alert", "joined", "digest"]


def play(rng: random.Random) -> list[Post]:
    """Forwards, reposts, albums and other news, in any order of arrival."""
    posts = [said(77, 1)]
    for number in range(2, 14):
        other = f"Білогорівка: збито {number} дронів над містом цієї ночі, наступ триває далі"
        more: dict[str, object] = {}
        kind = rng.randrange(5)
        if kind == 0:
            more["forward"] = forward(rng.choice(posts))
        if kind == 1:
            more["grouped_id"] = rng.choice((5, 6))
        text = rng.choice((NEWS, f"Наступ! {NEWS}", other))
        posts.append(said(rng.choice(tuple(NAMES)), number, text, at=number * 30, **more))
    rng.shuffle(posts)
    return posts


@pytest.mark.parametrize("seed", range(60))
async def test_every_hit_is_told_once_in_any_order(desk: Desk, anna: Subscriber, seed: int) -> None:
    """In any batches, each repeated, with edits and alerts that fail in between."""
    rng = random.Random(seed)
    await desk.subscribes(BORYS, "наступ", "from:@truha")
    coming = play(rng)
    while coming:
        taken = [coming.pop() for _ in range(min(len(coming), rng.randint(1, 4)))]
        for via in (Via.LIVE, Via.SWEEP)[: rng.randint(1, 2)]:
            await desk.hears(*taken, via=via)
        if rng.random() < 0.5:
            odds = {"joined": 0.3, "alert": rng.choice((0, 0.15))}
            await desk.delivers(fails=lambda due: rng.random() < odds.get(due.kind, 0))  # noqa: B023 -- used at once
    await desk.delivers()
    for chat in (ANNA, BORYS):
        told, lost = (
            await desk.told_stories(chat),
            {each for who, each in desk.failed if who == chat},
        )
        assert told == dict.fromkeys(await desk.matched(chat) - lost, 1)
