"""What only exports have, what they leave out, and what cannot be a post."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.importing.words import UnusableError
from storage import digests
from storage.records import Forward
from tests.importing.desktop import AT, LEFT_OUT, Fields, message
from tests.importing.reading import imported


@pytest.mark.parametrize(
    ("fields", "kind", "facts"),
    [
        (
            {"file": LEFT_OUT, "file_name": "a.pdf", "file_size": 9, "mime_type": "x/y"},
            "document",
            {"name": "a.pdf", "size": 9, "mime": "x/y"},
        ),
        ({"file": "files/Звіт.pdf"}, "document", {"name": "Звіт.pdf"}),
        ({"file": "voice_messages/audio_1@23-03-2022_02-12-39.ogg",
          "media_type": "voice_message", "duration_seconds": 4}, "voice", {"seconds": 4}),
        ({"file": LEFT_OUT, "media_type": "video_file"}, "video", {}),
        ({"file": LEFT_OUT, "media_type": "video_message"}, "round_video", {}),
        ({"file": LEFT_OUT, "media_type": "audio_file"}, "audio", {}),
        ({"file": LEFT_OUT, "media_type": "animation"}, "animation", {}),
        ({"file": "stickers/a.tgs", "media_type": "sticker"}, "sticker", {"name": "a.tgs"}),
        ({"file": LEFT_OUT, "media_type": "something_new"}, "document", {}),
        ({"media_type": "video_file", "file_size": -1}, "video", {}),
        ({"file": 5, "file_size": 10**30, "duration_seconds": "9"}, "document", {}),
        ({"game_title": "Гра"}, "game", {}),
        ({"invoice_information": "{}"}, "invoice", {}),
        ({"giveaway_information": {}}, "giveaway", {}),
        ({"paid_stars_amount": 5}, "paid", {}),
        ({"location_information": None}, "geo", {}),
        ({"location_information": {"latitude": 1e300, "longitude": "a"}}, "geo", {}),
        ({"poll": None}, "poll", {"question": "", "answers": [], "closed": False, "quiz": False}),
        (
            {"todo_list": {"title": "Справи", "answers": [{"text": "перша", "id": 1}]}},
            "other",
            {"type": "MessageMediaToDo", "title": "Справи", "items": ["перша"]},
        ),
    ],
)  # fmt: skip
def test_media_is_named_and_described(fields: Fields, kind: str, facts: dict[str, object]) -> None:
    post = imported(message(**fields))
    assert post.media == kind
    assert post.content.get("media", {}) == facts
    assert post.has == {kind.replace("_", "")}


def test_the_size_of_an_exported_file_is_looked_up(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.bin").write_bytes(b"12345")
    (tmp_path.parent / "secret").write_bytes(b"1")
    sizes = {
        "files/a.bin": 5,
        "files/none.bin": None,
        "../secret": None,
        str(tmp_path / "files" / "a.bin"): None,  # nothing outside of the export is looked at
        LEFT_OUT: None,
        "a\0b": None,
    }
    for name, size in sizes.items():
        facts = imported(message(file=name), tmp_path).content.get("media", {})
        assert isinstance(facts, dict)
        assert facts.get("size") == size, name


@pytest.mark.parametrize(
    ("fields", "forward"),
    [
        ({}, None),
        ({"forwarded_from": "Хтось"}, Forward(None, name="Хтось")),
        ({"forwarded_from": None}, Forward(None)),
        (
            {"forwarded_from": "Канал", "forwarded_from_id": "channel77"},
            Forward(None, channel_id=77, name="Канал"),
        ),
        ({"forwarded_from": "Хтось", "forwarded_from_id": "user77"}, Forward(None, name="Хтось")),
        ({"forwarded_from_id": "channel" + "9" * 40}, Forward(None)),
        (
            {"forwarded_from": "А", "forwarded_date": "2022-09-19T18:30:00"},
            Forward(AT * 1000, name="А"),
        ),
    ],
)
def test_a_forward_is_known_by_name(fields: Fields, forward: Forward | None) -> None:
    assert imported(message(**fields)).forward == forward


def test_buttons_and_bots_are_kept() -> None:
    rows = [
        [{"type": "url", "text": "Відкрити", "data": "https://example.org"}],
        [{"type": "callback", "text": "Ще", "dataBase64": "AA", "data": ""}, "nonsense"],
        None,
    ]
    assert imported(message(inline_bot_buttons=rows, via_bot="@gif")).content == {
        "buttons": [{"text": "Відкрити", "url": "https://example.org"}, {"text": "Ще"}],
        "via_bot_name": "@gif",
    }


def test_older_exports_may_have_the_entities_only() -> None:
    fields = message(text_entities=[{"type": "plain", "text": "а "}, {"type": "bold", "text": "б"}])
    del fields["text"]
    post = imported(fields)
    assert post.text == "а б"
    assert post.content == {"entities": [{"type": "bold", "offset": 2, "length": 1}]}


def test_an_announcement_without_a_name_keeps_its_words() -> None:
    fields = message(type="service", information_text="Щось сталося")
    post = imported(fields)
    assert (post.service, post.content) == (
        "custom_action",
        {"action": {"message": "Щось сталося"}},
    )


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"id": None}, "no id"),
        ({"id": 0}, "its id is none"),
        ({"id": -5}, "its id is none"),
        ({"id": 2**31}, "its id is none"),
        ({"id": 10**100}, "its id is none"),
        ({"id": "5"}, "its id is none"),
        ({"id": 5.0}, "its id is none"),
        ({"id": True}, "its id is none"),
        ({"date": None, "date_unixtime": None}, "no date"),
        ({"text": 5}, "neither a text"),
        ({"text": None}, "neither a text"),
        ({"text": {"type": "bold", "text": "a"}}, "neither a text"),
        ({"text": ["a", 5]}, "neither a text"),
        ({"text": [{"type": "bold"}]}, "neither a text"),
        ({"type": "unsupported"}, "left it out"),
        ({"type": "else"}, "neither a post"),
        ({"type": 5}, "neither a post"),
    ],
)
def test_what_cannot_be_a_post_is_refused_with_the_reason(parts: Fields, why: str) -> None:
    with pytest.raises(UnusableError, match=why):
        imported(message(**parts))


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(words, inside, max_size=3),
    max_leaves=6,
)
NAMES = [
    "id", "type", "action", "text", "text_entities", "reply_to_message_id", "author", "poll",
    "forwarded_from", "forwarded_from_id", "file", "file_name", "file_size", "media_type",
    "mime_type", "duration_seconds", "photo", "contact_information", "location_information",
    "place_name", "address", "live_location_period_seconds", "todo_list", "inline_bot_buttons",
    "via_bot", "title", "message_id", "information_text", "edited_unixtime", "edited",
]  # fmt: skip


@given(parts=st.dictionaries(st.sampled_from(NAMES), anything, max_size=6))
@settings(max_examples=400, deadline=None)
def test_whatever_is_written_it_is_a_post_or_refused(parts: Fields) -> None:
    try:
        post = imported(message(**parts))
    except UnusableError:
        return
    assert len(digests.of_state(post)) == 32
    assert 0 < post.message_id < 2**31
    assert all(kind.isalnum() for kind in post.has)
