"""Media and service messages of pages, told by their boxes and their words."""

import pytest

from tests.importing.desktop import Fields, announced, boxed, day, div, page, posted, text
from tests.importing.reading import one, posts

NOT_INCLUDED = "Not included, change data exporting settings to download."


@pytest.mark.parametrize(
    ("inside", "kind", "facts"),
    [
        (boxed("media_photo", "Photo", NOT_INCLUDED, "700×467, 71.9 KB"), "photo", {}),
        (boxed("media_photo", "Sticker", NOT_INCLUDED, "🙂, 10.0 KB"), "sticker", {}),
        (
            boxed("media_video", "Video file", NOT_INCLUDED, "24:55, 207.7 MB"),
            "video",
            {"seconds": 1495, "size": 217_789_235},
        ),
        (boxed("media_video", "Video message", "", "00:08, 32 B"), "round_video",
         {"seconds": 8, "size": 32}),
        (boxed("media_video", "Animation", "", "1.5 GB"), "animation", {"size": 1_610_612_736}),
        (boxed("media_voice_message", "Voice message", "", "1:00:01"), "voice", {"seconds": 3601}),
        (boxed("media_audio_file", "Вірш.mp3", "", "02:11"), "audio",
         {"name": "Вірш.mp3", "seconds": 131}),
        (boxed("media_audio_file", "Audio file", "", "02:11"), "audio", {"seconds": 131}),
        (boxed("media_file", "Звіт.pdf", "", "345 B"), "document",
         {"name": "Звіт.pdf", "size": 345}),
        (boxed("media_contact", "Ганна Лі", "", "+380"), "contact", {"name": "Ганна Лі"}),
        (boxed("media_location", "Location", "", "48.9, 38.4"), "geo",
         {"latitude": 48.9, "longitude": 38.4}),
        (boxed("media_live_location", "Live location", "", ""), "geo_live", {}),
        (boxed("media_venue", "Площа", "Центр"), "venue", {"title": "Площа", "address": "Центр"}),
        (boxed("media_game", "Гра"), "game", {}),
        (boxed("media_invoice", "Рахунок"), "invoice", {}),
        (div("media_wrap clearfix", div("media_giveaway", "...")), "giveaway", {}),
        (
            div("media_wrap clearfix",
                '<a class="photo_wrap clearfix pull_left" href="photos/photo_1.jpg">'
                '<img class="photo" src="a.jpg"/></a>'),
            "photo",
            {},
        ),
        (
            div("media_wrap clearfix",
                '<a class="video_file_wrap clearfix pull_left" href="video_files/a.mp4">'
                + div("video_duration", "01:02") + "</a>"),
            "video",
            {"name": "a.mp4", "seconds": 62},
        ),
        (
            div("media_wrap clearfix", div("media_poll",
                div("question bold", "Готові?") + div("details", "Final results")
                + div("answer", '- так <span class="details">9 votes, chosen vote</span>')
                + div("answer", "- ні") + div("total details&#x09;", "9 votes"))),
            "poll",
            {"question": "Готові?", "answers": ["так", "ні"], "closed": True, "quiz": False},
        ),
    ],
)  # fmt: skip
def test_media_is_named_and_described(inside: str, kind: str, facts: Fields) -> None:
    post = one(inside + text("Підпис"))
    assert (post.media, post.text) == (kind, "Підпис")
    assert post.content.get("media", {}) == facts


@pytest.mark.parametrize(
    ("words", "name", "facts", "target"),
    [
        ("Channel &laquo;A &amp; B&raquo; created", "channel_create", {"title": "A & B"}, None),
        ("Channel title changed to &laquo;Нова&raquo;", "chat_edit_title", {"title": "Нова"}, None),
        ("Channel photo changed", "chat_edit_photo", {}, None),
        ("Channel photo removed", "chat_delete_photo", {}, None),
        ('Радіо pinned <a href="#go_to_message3">this message</a>', "pin_message", {}, 3),
        ("Voice chat (60 seconds)", "group_call", {"duration": 60}, None),
        ("Voice chat scheduled for 19.09.2022 10:00:00", "group_call_scheduled", {}, None),
        ("History cleared", "history_clear", {}, None),
        ("Щось інше", "custom_action", {"message": "Щось інше"}, None),
    ],
)  # fmt: skip
def test_service_messages_are_told_by_their_words(
    words: str, name: str, facts: Fields, target: int | None
) -> None:
    [_, post] = posts(page(day("19 September 2022"), posted(4), announced(5, words)))
    assert (post.service, post.reply_to) == (name, target)
    assert post.content.get("action", {}) == facts
