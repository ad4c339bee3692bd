"""Pages of the HTML export: the same posts as from the JSON, as far as the pages say."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.importing.htmlpages import Pages
from bot.importing.window import Window
from bot.importing.words import Chat
from storage.records import Forward
from tests.importing.desktop import (
    AT,
    TITLE,
    Fields,
    announced,
    day,
    div,
    message,
    page,
    posted,
    text,
)
from tests.importing.reading import imported, one, posts, read


def test_a_page_tells_its_chat_and_its_posts() -> None:
    items = read(page(day("19 September 2022"), posted(5, inside=text("Текст"))))
    assert items[0] == Chat(TITLE)
    [post] = posts(page(day("19 September 2022"), posted(5, inside=text("Текст"))))
    assert (post.message_id, post.posted_at, post.text) == (5, AT * 1000, "Текст")


def test_the_chat_is_told_once_for_all_pages() -> None:
    items = read(page(posted(5)), page(posted(6)))
    assert [type(item) for item in items] == [Chat, dict, dict]


kinds = st.sampled_from(
    ["bold", "italic", "underline", "strikethrough", "spoiler", "code", "blockquote", "link",
     "email", "phone", "text_link"]
)  # fmt: skip
# Characters that browsers take for others are the only ones an HTML page cannot say.
shown = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00", codec="utf-8").filter(
        lambda character: character >= " " or character == "\n"
    ),
    min_size=1,
    max_size=12,
)


@st.composite
def pieces(draw: st.DrawFn) -> list[object]:
    """A text in the words of the JSON; two plain pieces in a row are one to it."""
    listed: list[object] = []
    for words in draw(st.lists(shown, min_size=1, max_size=6)):
        kind = draw(st.none() | kinds)
        if kind is None and not (listed and isinstance(listed[-1], str)):
            listed.append(words)
        elif kind == "text_link":
            listed.append({"type": kind, "text": words, "href": "https://example.org/?a&b"})
        elif kind is not None:
            in_one_line = kind in ("link", "email", "phone")  # the text is the address, too
            listed.append(
                {"type": kind, "text": words.replace("\n", "_") if in_one_line else words}
            )
    return listed


@given(pieces())
@settings(max_examples=300, deadline=None)
def test_a_text_says_the_same_on_a_page_as_in_the_json(listed: list[object]) -> None:
    assert one(text(listed)) == imported(message(text=listed))


@pytest.mark.parametrize(
    ("piece", "entity"),
    [
        ({"type": "hashtag", "text": "#слово"}, {"type": "hashtag"}),
        ({"type": "mention", "text": "@name"}, {"type": "mention"}),
        ({"type": "bot_command", "text": "/start"}, {"type": "bot_command"}),
        ({"type": "cashtag", "text": "$UAH"}, {"type": "cashtag"}),
        ({"type": "mention_name", "text": "Ім'я"}, {"type": "mention_name"}),
        ({"type": "custom_emoji", "text": "🙂"}, {"type": "custom_emoji"}),
        ({"type": "link", "text": "example.org"}, {"type": "url"}),
        (
            {"type": "text_link", "text": "тут", "href": 'https://example.org/?a="b"&c'},
            {"type": "text_url", "url": 'https://example.org/?a="b"&c'},
        ),
        ({"type": "pre", "text": "a < b"}, {"type": "pre", "language": ""}),
    ],
)
def test_marks_are_told_apart(piece: Fields, entity: Fields) -> None:
    post = one(text(["до ", piece, " після"]))
    length = len(piece["text"].encode("utf-16-le")) // 2
    assert post.text == f"до {piece['text']} після"
    assert post.content["entities"] == [{**entity, "offset": 3, "length": length}]


def test_html_in_a_post_stays_text() -> None:
    said = '<div class="message default"><b>&amp; </div></body></html><!-- <script>'
    assert one(text(said)).text == said


def test_a_reply_leads_to_its_message_also_on_another_page() -> None:
    for address in ("#go_to_message3", "messages2.html#go_to_message3"):
        inside = div("reply_to details", f'In reply to <a href="{address}">this message</a>')
        assert one(inside).reply_to == 3
    assert one(div("reply_to details", "In reply to a message in another chat")).reply_to is None


def test_a_signature_and_buttons_are_kept() -> None:
    button = '<div class="bot_button"><a href="https://example.org/"><div>Далі</div></a></div>'
    table = f'<table class="bot_buttons_table"><tbody><tr><td>{button}</td></tr></tbody></table>'
    post = one(text("Текст") + table + div("signature details", "Речник &amp; Ко"))
    assert post.author == "Речник & Ко"
    assert post.content["buttons"] == [{"text": "Далі", "url": "https://example.org/"}]


def forwarded(name: str = "", details: str = "", inside: str = "") -> str:
    head = div("from_name", f"{name}{details}") if name else ""
    return div("forwarded body", head + inside)


@pytest.mark.parametrize(
    "details",
    [
        '<span class="date details" title="18.09.2022 10:00:00 UTC+03:00"> 18.09.2022</span>',
        ' via @bot<span class="date details" title="18.09.2022 10:00:00 UTC+03:00"> ten</span>',
        '<span class="details"> 18.09.2022 07:00:00</span>',  # older pages say no zone
    ],
)
def test_the_origin_of_a_forward_is_kept(details: str) -> None:
    post = one(forwarded("Джерело ", details, text("Текст")))
    assert post.forward == Forward(1_663_484_400_000, name="Джерело")
    assert post.text == "Текст"


def test_a_forward_that_goes_on_has_the_origin_of_the_one_before() -> None:
    first = posted(5, inside=forwarded("Джерело", "", text("а")))
    more = posted(6, inside=forwarded("", "", text("б")), joined=" joined")
    own = posted(7, inside=text("в"))
    assert [post.forward for post in posts(page(first, more, own))] == [
        Forward(None, name="Джерело"),
        Forward(None, name="Джерело"),
        None,
    ]


def test_service_messages_have_the_time_of_what_is_before_them() -> None:
    """Pages do not say when they were; the post says so."""
    found = posts(
        page(
            day("19 September 2022"),
            announced(4, "Channel photo changed"),
            posted(5),
            announced(6, "Channel photo changed"),
            day("20 September 2022"),
            announced(7, "Channel photo changed"),
        )
    )
    midnight = 1_663_545_600_000
    assert [post.posted_at for post in found] == [
        midnight,
        AT * 1000,
        AT * 1000,
        midnight + (24 - 3) * 60 * 60 * 1000,  # by now the offset is known
    ]
    assert [post.content.get("time") for post in found] == ["about", None, "about", "about"]


def test_what_telegram_desktop_did_not_know_is_left_out() -> None:
    words = "This message is not supported by this version of Telegram Desktop. Please update."
    [_, item] = read(page(announced(5, words)))
    assert isinstance(item, dict)
    assert item["type"] == "unsupported"


def test_a_time_that_cannot_be_read_is_for_the_converter_to_refuse() -> None:
    [_, item] = read(page(posted(5, time="yesterday")))
    assert isinstance(item, dict)
    assert item["date"] == "yesterday"


def test_times_are_read_with_and_without_a_zone() -> None:
    times = {
        "19.09.2022 21:30:00 UTC+03:00": "UTC",
        "19.09.2022 14:30:00 UTC-04:00": "UTC",
        "19.09.2022 18:30:00 UTC": "UTC",
        "19.09.2022 21:30:00": "Europe/Kyiv",
        "19.09.2022 21:30:00 UTC+02:00": "Europe/Kyiv",  # the offset of winter
    }
    for time, zone in times.items():
        [post] = posts(page(posted(5, time=time)), zone=zone)
        assert post.posted_at == AT * 1000, time


def test_the_page_after_the_last_is_known() -> None:
    reader = Pages()
    first = page(posted(5), next_page="messages2.html")
    last = page(posted(6), previous_page="messages.html")
    for content, following in ((first, "messages2.html"), (last, "")):
        list(reader.read(Window(io.BytesIO(content.encode()), "page")))
        assert reader.next_page == following


def test_a_page_says_the_same_as_the_json_of_the_same_messages() -> None:
    listed = ["Слово ", {"type": "bold", "text": "жирне"}, " і ще"]
    html = posted(
        5, inside=div("reply_to details", '<a href="#go_to_message3">x</a>') + text(listed)
    )
    [post] = posts(page(html))
    assert post == replace(imported(message(text=listed, reply_to_message_id=3)), edited_at=None)
