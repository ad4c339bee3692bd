"""What Telegram says of a message becomes a Post that says no less, and never more."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telethon.extensions import BinaryReader
from telethon.tl import types as t

from bot.telegram import convert
from bot.telegram.media import describe
from storage.records import Absence, ChannelState, Deletion, Forward

AT = datetime(2022, 9, 19, 18, 30, tzinfo=UTC)
MILLIS = 1_663_612_200_000
CHANNEL = t.PeerChannel(77)


def message(**parts: Any) -> t.Message:
    return t.Message(**{"id": 5, "peer_id": CHANNEL, "date": AT, "message": "", **parts})


def document(*attributes: Any) -> t.MessageMediaDocument:
    return t.MessageMediaDocument(
        document=t.Document(
            id=9, access_hash=1, file_reference=b"r", date=AT, mime_type="x/y", size=3,
            dc_id=2, attributes=list(attributes),
        )
    )  # fmt: skip


def poll(closed: bool = False) -> t.MessageMediaPoll:
    def said(text: str) -> t.TextWithEntities:
        return t.TextWithEntities(text, [])

    answers = [t.PollAnswer(said("yes"), b"0"), t.PollAnswer(said("no"), b"1")]
    return t.MessageMediaPoll(
        t.Poll(id=1, question=said("Ready?"), answers=answers, hash=0, closed=closed),
        t.PollResults(total_voters=7),
    )


def test_a_plain_message_keeps_all_that_is_said_of_it() -> None:
    post = convert.post(
        message(
            message="Білогорівка", edit_date=AT, grouped_id=3, post_author="С. Г.", views=10,
            forwards=2, reply_to=t.MessageReplyHeader(reply_to_msg_id=4),
        ),
        pts=12,
    )  # fmt: skip
    assert post is not None
    assert (post.channel_id, post.message_id, post.pts) == (77, 5, 12)
    assert (post.posted_at, post.edited_at) == (MILLIS, MILLIS)
    assert (post.text, post.grouped_id, post.reply_to) == ("Білогорівка", 3, 4)
    assert (post.author, post.views, post.forwards) == ("С. Г.", 10, 2)
    assert (post.media, post.service, post.content, post.has) == (None, None, {}, frozenset())


def test_the_raw_object_can_be_read_back() -> None:
    post = convert.post(message(message="as it came"))
    assert post is not None and post.layer > 0
    with BinaryReader(post.raw) as reader:
        assert reader.tgread_object().message == "as it came"


@pytest.mark.parametrize(
    ("media", "kind", "facts"),
    [
        (t.MessageMediaPhoto(photo=t.Photo(8, 1, b"r", AT, [], 2)), "photo", {"id": 8}),
        (document(), "document", {"id": 9, "size": 3, "mime": "x/y"}),
        (document(t.DocumentAttributeFilename("a.pdf")), "document", {"name": "a.pdf"}),
        (document(t.DocumentAttributeVideo(4.6, 1, 1)), "video", {"seconds": 5}),
        (document(t.DocumentAttributeVideo(4, 1, 1, round_message=True)), "round_video", {}),
        (document(t.DocumentAttributeAudio(3, voice=True)), "voice", {"seconds": 3}),
        (document(t.DocumentAttributeAudio(3)), "audio", {"seconds": 3}),
        (
            document(t.DocumentAttributeVideo(4, 1, 1), t.DocumentAttributeAnimated()),
            "animation",
            {},
        ),
        (poll(), "poll", {"question": "Ready?", "answers": ["yes", "no"], "closed": False}),
        (t.MessageMediaGeo(t.GeoPoint(38.5, 48.9, 1)), "geo", {"latitude": 48.9}),
        (t.MessageMediaGeo(t.GeoPointEmpty()), "geo", {}),
        (t.MessageMediaContact("1", "Ann", "Lee", "", 2), "contact", {"name": "Ann Lee"}),
        (t.MessageMediaUnsupported(), "unsupported", {}),
        (t.MessageMediaToDo(t.TodoList(t.TextWithEntities("x", []), [])), "other", {}),
    ],
)
def test_media_is_named_and_described(media: Any, kind: str, facts: dict[str, object]) -> None:
    post = convert.post(message(media=media))
    assert post is not None
    assert post.media == kind and kind.replace("_", "") in post.has
    described = post.content.get("media", {})
    assert isinstance(described, dict) and facts.items() <= described.items()


def test_what_changes_by_itself_is_not_content() -> None:
    """A link preview, a vote, a reaction: no edit of the author's."""
    page = t.MessageMediaWebPage(t.WebPageEmpty(1, url="https://example.org"))
    reactions = t.MessageReactions(
        [t.ReactionCount(t.ReactionEmoji("x"), 3)], recent_reactions=None
    )
    plain = convert.post(message(message="a"))
    previewed = convert.post(message(message="a", media=page, reactions=reactions))
    assert plain is not None and previewed is not None
    assert (previewed.media, previewed.content) == (plain.media, plain.content)
    assert previewed.has == {"link"}
    fewer, more = poll(), poll()
    more.results.total_voters = 1_000
    assert describe(fewer) == describe(more)
    assert describe(poll(closed=True)) != describe(poll())


def test_a_hidden_edit_is_none() -> None:
    """Telegram sets the date of an edit for a reaction, too, and hides it."""
    post = convert.post(message(message="a", edit_date=AT, edit_hide=True))
    assert post is not None and post.edited_at is None


def test_the_origin_of_a_forward_is_kept() -> None:
    header = t.MessageFwdHeader(date=AT, from_id=t.PeerChannel(6), channel_post=4)
    post = convert.post(message(fwd_from=header))
    assert post is not None and post.forward == Forward(MILLIS, 6, 4, None)
    hidden = convert.post(message(fwd_from=t.MessageFwdHeader(date=AT, from_name="Someone")))
    assert hidden is not None and hidden.forward == Forward(MILLIS, name="Someone")


def test_links_and_buttons_are_kept() -> None:
    entities = [t.MessageEntityTextUrl(0, 4, "https://example.org"), t.MessageEntityBold(0, 4)]
    row = t.KeyboardInlineButtonRow(
        [
            t.KeyboardInlineButton("Open", t.InlineButtonTypeUrl("https://example.org")),
            t.KeyboardInlineButton("More", t.InlineButtonTypeCallback(b"x")),
        ]
    )
    post = convert.post(
        message(message="read", entities=entities, reply_markup=t.ReplyInlineMarkup([row]))
    )
    assert post is not None and post.has == {"link"}
    assert post.content == {
        "entities": [
            {"type": "text_url", "offset": 0, "length": 4, "url": "https://example.org"},
            {"type": "bold", "offset": 0, "length": 4},
        ],
        "buttons": [{"text": "Open", "url": "https://example.org"}, {"text": "More"}],
    }


def test_a_service_message_is_a_post_without_text() -> None:
    service = t.MessageService(
        id=6, peer_id=CHANNEL, date=AT, action=t.MessageActionChatEditTitle("New name")
    )
    post = convert.post(service)
    assert post is not None
    assert (post.service, post.text) == ("chat_edit_title", "")
    assert post.content == {"action": {"title": "New name"}}


def test_an_empty_message_is_no_post() -> None:
    assert convert.post(t.MessageEmpty(5, CHANNEL)) is None
    assert convert.posts([t.MessageEmpty(5, CHANNEL), message()], 3)[0].pts == 3


def test_deletions_say_how_we_know() -> None:
    assert convert.deletions(77, [1, 2], Absence.NOTICE, 9) == (
        Deletion(77, 1, Absence.NOTICE, 9),
        Deletion(77, 2, Absence.NOTICE, 9),
    )


def test_a_channel_with_several_names_goes_by_the_active_one() -> None:
    chat = t.Channel(
        id=77, title="T", photo=t.ChatPhotoEmpty(), date=AT, verified=True,
        usernames=[t.Username("old"), t.Username("new", active=True)], participants_count=4,
    )  # fmt: skip
    channel = convert.channel(chat, ChannelState.JOINED, "about")
    assert (channel.username, channel.verified, channel.subscribers) == ("new", True, 4)


entities = st.builds(
    lambda kind, offset, length: kind(offset, length),
    st.sampled_from([t.MessageEntityBold, t.MessageEntityUrl, t.MessageEntityHashtag]),
    st.integers(0, 4096),
    st.integers(1, 4096),
)


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    found=st.lists(entities, max_size=5),
    views=st.none() | st.integers(0, 2**31 - 1),
)
@settings(max_examples=150, deadline=None)
def test_any_message_converts_and_its_content_is_json(
    text: str, found: list[Any], views: int | None
) -> None:
    forwards = None if views is None else 0
    post = convert.post(message(message=text, entities=found, views=views, forwards=forwards))
    assert post is not None and post.text == text
    assert json.loads(json.dumps(post.content)) == post.content


def test_an_answer_to_another_chat_is_not_taken_for_one_to_a_post_of_its_own() -> None:
    elsewhere = t.MessageReplyHeader(
        reply_to_msg_id=4, reply_to_peer_id=t.PeerChannel(99), quote=True, quote_text="a part"
    )
    post = convert.post(message(message="Here", reply_to=elsewhere))
    assert post is not None and post.reply_to is None
    assert post.content["reply"] == {
        "chat_id": -1000000000099,
        "message_id": 4,
        "quote": "a part",
    }


def test_a_signature_that_is_a_profile_is_kept_by_its_number() -> None:
    post = convert.post(message(message="Signed", from_id=t.PeerUser(12)))
    assert post is not None and post.content == {"signed_by": 12}
