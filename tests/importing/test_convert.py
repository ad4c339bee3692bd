"""A message of an export becomes what the watcher would have made of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telethon.tl import types as t

from bot.telegram import convert
from storage import digests
from storage.records import Post
from tests.importing.desktop import AT, CHANNEL, LEFT_OUT, Fields, message, service, told
from tests.importing.reading import imported

MOMENT = datetime.fromtimestamp(AT, UTC)


def original(text: str = "", entities: list[Any] | None = None, **parts: Any) -> t.Message:
    return t.Message(
        id=5, peer_id=t.PeerChannel(CHANNEL), date=MOMENT, message=text, entities=entities, **parts
    )


def watched(message: Any) -> Post:
    post = convert.post(message)
    assert post is not None
    return post


def assert_same_state(fields: Fields, message: Any) -> None:
    mine, theirs = imported(fields), watched(message)
    assert digests.of_state(mine) == digests.of_state(theirs)
    assert (mine.posted_at, mine.edited_at) == (theirs.posted_at, theirs.edited_at)
    assert mine.has == theirs.has


# ---------------------------------------------------------------- the same state as the watcher's

BARE = [
    t.MessageEntityBold, t.MessageEntityItalic, t.MessageEntityUnderline, t.MessageEntityStrike,
    t.MessageEntitySpoiler, t.MessageEntityCode, t.MessageEntityBlockquote, t.MessageEntityUrl,
    t.MessageEntityHashtag, t.MessageEntityMention, t.MessageEntityEmail, t.MessageEntityPhone,
    t.MessageEntityCashtag, t.MessageEntityBotCommand,
]  # fmt: skip
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def marked(offset: int, length: int) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.sampled_from(BARE).map(lambda kind: kind(offset, length)),
        words.map(lambda url: t.MessageEntityTextUrl(offset, length, url)),
        words.map(lambda language: t.MessageEntityPre(offset, length, language)),
        st.just(t.MessageEntityPre(offset, length, "")),
        st.integers(1, 2**53).map(lambda user: t.MessageEntityMentionName(offset, length, user)),
        st.integers(1, 2**63 - 1).map(lambda i: t.MessageEntityCustomEmoji(offset, length, i)),
    )


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """A text with entities side by side, counted in UTF-16 units as Telegram does."""
    pieces = draw(st.lists(words, max_size=6))
    entities, offset = [], 0
    for piece in pieces:
        length = len(piece.encode("utf-16-le")) // 2
        if draw(st.booleans()):
            entities.append(draw(marked(offset, length)))
        offset += length
    return "".join(pieces), entities


@given(
    told_text=texts(),
    reply=st.none() | st.integers(1, 2**31 - 1),
    author=st.none() | words,
    edited=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_a_text_gives_the_state_that_the_watcher_saw(
    told_text: tuple[str, list[Any]], reply: int | None, author: str | None, edited: bool
) -> None:
    text, entities = told_text
    message = original(
        text,
        entities,
        reply_to=None if reply is None else t.MessageReplyHeader(reply_to_msg_id=reply),
        post_author=author,
        edit_date=MOMENT if edited else None,
    )
    assert_same_state(told(message), message)


def test_entities_inside_of_others_are_what_the_export_leaves_out() -> None:
    outer, inner = t.MessageEntityBold(0, 9), t.MessageEntityItalic(2, 3)
    assert imported(told(original("один два", [outer, inner]))).content == {
        "entities": [{"type": "bold", "offset": 0, "length": 8}]
    }


def poll(question: str, *answers: str, closed: bool) -> t.MessageMediaPoll:
    def said(text: str) -> t.TextWithEntities:
        return t.TextWithEntities(text, [])

    options = [t.PollAnswer(said(text), bytes([i])) for i, text in enumerate(answers)]
    asked = t.Poll(id=1, question=said(question), answers=options, hash=0, closed=closed)
    return t.MessageMediaPoll(asked, t.PollResults(total_voters=9))


POINT = t.GeoPoint(long=38.4, lat=48.9, access_hash=0)
PLACE = {"latitude": 48.9, "longitude": 38.4}


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        (
            {"poll": {"question": "Готові?", "closed": True, "total_voters": 9,
                      "answers": [{"text": "так", "voters": 9}, {"text": ["н", "і"]}]}},
            poll("Готові?", "так", "ні", closed=True),
        ),
        ({"location_information": PLACE}, t.MessageMediaGeo(POINT)),
        (
            {"location_information": PLACE, "live_location_period_seconds": 900},
            t.MessageMediaGeoLive(POINT, 900),
        ),
        (
            {"location_information": PLACE, "place_name": "Площа", "address": "Центр"},
            t.MessageMediaVenue(POINT, "Площа", "Центр", "", "", ""),
        ),
        (
            {"contact_information": {"first_name": "Ганна", "last_name": "", "phone_number": "1"}},
            t.MessageMediaContact("1", "Ганна", "", "", 2),
        ),
        ({"photo": LEFT_OUT, "width": 1, "height": 1}, t.MessageMediaPhoto()),
        ({"todo_list": None, "poll": {}}, poll("", closed=False)),
    ],
)  # fmt: skip
def test_media_without_ids_gives_the_state_that_the_watcher_saw(fields: Fields, media: Any) -> None:
    assert_same_state(message(**fields), original(media=media))


@pytest.mark.parametrize(
    ("peer_id", "peer"),
    [("channel77", t.PeerChannel(77)), ("chat5", t.PeerChat(5)), ("user9", t.PeerUser(9))],
)
def test_an_answer_to_another_chat_gives_the_state_that_the_watcher_saw(
    peer_id: str, peer: Any
) -> None:
    header = t.MessageReplyHeader(reply_to_msg_id=3, reply_to_peer_id=peer)
    fields = message(reply_to_message_id=3, reply_to_peer_id=peer_id)
    assert_same_state(fields, original(reply_to=header))


def test_who_signed_a_post_gives_the_state_that_the_watcher_saw() -> None:
    fields = {**message(from_id="user9"), "from": "Ганна"}
    assert_same_state(fields, original(from_id=t.PeerUser(9)))


@pytest.mark.parametrize(
    ("fields", "action", "target"),
    [
        (service(5, "create_channel", title="Т"), t.MessageActionChannelCreate("Т"), None),
        (service(5, "edit_group_title", title="Т"), t.MessageActionChatEditTitle("Т"), None),
        (
            service(5, "edit_group_photo", photo=LEFT_OUT, width=640, height=640),
            t.MessageActionChatEditPhoto(t.PhotoEmpty(1)),
            None,
        ),
        (service(5, "delete_group_photo"), t.MessageActionChatDeletePhoto(), None),
        (service(5, "pin_message", message_id=3), t.MessageActionPinMessage(), 3),
        (service(5, "set_messages_ttl", period=86400), t.MessageActionSetMessagesTTL(86400), None),
        (
            service(5, "group_call", duration=60),
            t.MessageActionGroupCall(t.InputGroupCall(1, 1), 60),
            None,
        ),
        (service(5, "clear_history"), t.MessageActionHistoryClear(), None),
        (service(5, "boost_apply", boosts=2), t.MessageActionBoostApply(2), None),
    ],
)
def test_service_messages_give_the_state_that_the_watcher_saw(
    fields: Fields, action: Any, target: int | None
) -> None:
    header = None if target is None else t.MessageReplyHeader(reply_to_msg_id=target)
    announced = t.MessageService(
        id=5, peer_id=t.PeerChannel(CHANNEL), date=MOMENT, action=action, reply_to=header
    )
    assert_same_state(fields, announced)
