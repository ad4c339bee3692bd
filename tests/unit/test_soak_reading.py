"""The soak reads in a chat what was told there: by the messages as they look in the end."""

from collections.abc import Mapping
from dataclasses import replace

from telethon.extensions import html

from bot.alerts.also import Also as Named
from bot.alerts.also import Joined
from bot.alerts.burst import Lost, purge
from bot.alerts.compose import Facts, alert
from bot.alerts.followups import Changed, Gone, changed, gone
from bot.locales import speaker
from bot.sandbox.inbox import File, Received
from storage.bursts import Burst
from storage.records import (
    Absence,
    Channel,
    ChannelState,
    Kept,
    Message,
    Post,
    Rule,
    Subscriber,
    Version,
    Via,
)
from tests.benchmarks.soak.receiving import (
    CHANGED,
    GONE,
    PURGED,
    Also,
    Following,
    as_alert,
    as_following,
    titled,
)
from tests.unit.test_soak_chats import message

NUMBERS: Mapping[str, int] = {"soak001": 11, "soak002": 12}
FIRST = Channel(11, "Канал 1", "soak001", ChannelState.JOINED)
SECOND = Channel(12, "Канал 2", "soak002", ChannelState.JOINED)
READER = Subscriber(1, 1001)
SAY = speaker("en")
POST = Post(11, 5, 1_663_600_000_000, "Запис 7: варта ніч")
EDITED = replace(POST, text="Запис 31: варта ранок", edited_at=1_663_600_001_000)
KEPT = Kept(1, POST, 1, Via.LIVE, 0)
LOST = replace(KEPT, deleted_at=1_663_600_002_000, absence=Absence.NOTICE)
WATCH, PHRASE = Rule(1, 1, "варта", 0), Rule(2, 1, '"північ міст" in:soak', 0)


def read(sent: Message, reply_to: int | None = None) -> Received:
    """A message as it comes out at the other end."""
    text, entities = html.parse(sent.html)
    came = replace(
        message(10, text, reply_to), html=html.unparse(text, entities), entities=tuple(entities)
    )
    if sent.document is None:
        return came
    return replace(came, document=File(sent.document.name, "text/plain", sent.document.data))


def test_an_alert_names_its_post_its_rules_and_what_joined_it() -> None:
    joined = (
        Named(SECOND, replace(POST, channel_id=12, message_id=6), (PHRASE,)),
        Named(SECOND, replace(POST, channel_id=12, message_id=8)),
    )
    facts = Facts(READER, FIRST, None, (KEPT,), (WATCH, PHRASE), (), False, 0, also=Joined(joined))
    came = read(alert(facts, SAY))
    found = as_alert(came, NUMBERS)
    assert as_following(came, NUMBERS) is None
    assert found is not None and found.key == (11, 5)
    assert titled(found) == {"варта", '"північ міст" in:soak'}
    assert found.also == (Also((12, 6), '"північ міст" in:soak'), Also((12, 8), ""))
    assert not found.by_edit and not found.further


def test_of_an_edit_the_text_is_known_that_it_brought() -> None:
    facts = Changed(
        READER, FIRST, 1, Version(1, POST, Via.LIVE, 0), Version(2, EDITED, Via.LIVE, 0)
    )
    found = as_following(read(changed(facts, SAY), 9), NUMBERS)
    assert found == Following(CHANGED, ((11, 5),), 9, "31")


def test_a_deletion_and_a_burst_of_them_name_their_posts() -> None:
    one = as_following(read(gone(Gone(READER, FIRST, (LOST,), 1, ()), SAY), 9), NUMBERS)
    assert one == Following(GONE, ((11, 5),), 9)
    other = replace(LOST, id=2, post=replace(POST, message_id=6))
    burst = Lost(Burst(1, 11, 0, 0, 2), FIRST, (LOST, other), "UTC")
    many = as_following(read(purge(burst, SAY)), NUMBERS)
    assert many == Following(PURGED, ((11, 5), (11, 6)), None)


def test_what_says_nothing_of_a_post_is_neither() -> None:
    came = read(Message("Welcome"))
    assert as_following(came, NUMBERS) is None
    assert as_alert(came, NUMBERS) is None
