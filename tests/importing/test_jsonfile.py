"""result.json: whole, damaged in every way, and never taken for another channel's."""

import io
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.importing import jsonfile, window
from bot.importing.window import Window
from bot.importing.words import Chat, ExportError, Item
from tests.importing.desktop import CHANNEL, TITLE, Fields, account, chat, message, written
from tests.importing.reading import flaws

HERE = Chat(TITLE, "public_channel", CHANNEL)


def read(text: str | bytes) -> list[Item]:
    data = text.encode() if isinstance(text, str) else text
    return list(jsonfile.read(Window(io.BytesIO(data), "result.json")))


def ids(items: list[Item]) -> list[object]:
    return [item.get("id") for item in items if isinstance(item, dict)]


def export(count: int = 3, **parts: object) -> str:
    return written(chat([message(number, **parts) for number in range(1, count + 1)]))


def test_one_chat() -> None:
    items = read(export())
    assert items[0] == HERE
    assert items[1:] == [message(number) for number in (1, 2, 3)]


@pytest.mark.parametrize("layout", [None, 1, 4])
def test_the_layout_makes_no_difference(layout: int | None) -> None:
    compact = json.dumps(json.loads(export()), indent=layout)
    assert read(compact) == read(export())


def test_a_byte_order_mark_is_no_part_of_it() -> None:
    assert read(b"\xef\xbb\xbf" + export().encode()) == read(export())


def test_a_whole_account_has_several_chats() -> None:
    group = chat([message(9)], name="Друзі", type="private_group", id=55)
    items = read(written(account(chat([message(1)]), group, chat([], name=None, id=77))))
    assert [item for item in items if isinstance(item, Chat)] == [
        Chat(TITLE, "public_channel", CHANNEL, alone=False),
        Chat("Друзі", "private_group", 55, alone=False),
        Chat("", "public_channel", 77, alone=False),
    ]
    assert ids(items) == [1, 9]
    assert flaws(items) == []


def test_chats_that_were_left_are_read_too() -> None:
    left = {"left_chats": {"about": "", "list": [chat([message(3)])]}}
    items = read(written(account(chat([message(1)])) | left))
    assert ids(items) == [1, 3]


@pytest.mark.parametrize(
    ("written_id", "bare"),
    [
        (CHANNEL, CHANNEL),
        (-1_000_000_000_000 - CHANNEL, CHANNEL),  # as the Bot API marks channels
        (1_000_000_000_000 + CHANNEL, CHANNEL),
        ((1 << 33) + CHANNEL, CHANNEL),  # with the bits of the kind, as until 2021
        (3_920_475_340, 3_920_475_340),
        (0, None),
        (True, None),
        ("12", None),
        (None, None),
        (10**30, None),
    ],
)
def test_a_channel_has_one_id_however_it_is_written(written_id: object, bare: int | None) -> None:
    assert jsonfile.bare_id(written_id) == bare
    assert read(written(chat([], id=written_id)))[0] == Chat(TITLE, "public_channel", bare)


@pytest.mark.parametrize(
    "text",
    ["", " ", "no JSON", "[1, 2]", "{}", '{"a": 1}', '{"messages": 5}', "\x00\x01", "PK\x03\x04"],
)
def test_what_is_no_export_is_refused_politely(text: str) -> None:
    with pytest.raises(ExportError, match=r"result\.json"):
        read(text)


def test_every_cut_gives_the_whole_messages_before_it_and_says_that_it_is_cut() -> None:
    text = export(4, text='Кінець речення не "тут" {,]')
    begins = text.index("[") + 1
    for length in range(begins, len(text) - 1):
        items = read(text[:length])
        found = ids(items)
        assert found == list(range(1, len(found) + 1))
        assert all(item == message(item["id"], text="Кінець речення не \"тут\" {,]")
                   for item in items if isinstance(item, dict))  # fmt: skip
        assert flaws(items), length
        assert "cut off" in flaws(items)[-1]


@pytest.mark.parametrize("damage", ['"', "{", "}", "]", "[", ",", "\\", "\x00", "@@@@", ""])
def test_damage_costs_the_message_it_is_in_and_is_told(damage: str) -> None:
    text = export(5, text="слово")
    begin = text.index('"id": 3')
    for place in range(begin + 8, begin + 60, 7):
        items = read(text[:place] + damage + text[place + max(1, len(damage)) :])
        assert {1, 2, 5} <= set(ids(items)), (place, damage)
        assert len(ids(items)) == 5 or flaws(items)


def test_where_the_damage_is_is_told() -> None:
    text = export(3).replace('"id": 2,', '"id": 2 2,')
    [flaw] = flaws(read(text))
    assert "result.json, about byte" in flaw
    assert "the last whole one is 1" in flaw


@pytest.mark.parametrize("swallowed", [60, 150, 260, 400])
def test_messages_behind_a_damaged_border_are_not_taken_for_the_chat_before(
    swallowed: int,
) -> None:
    """The damage takes the end of one chat and, the further the more, the beginning of another."""
    one = chat([message(1), message(2)])
    theirs = [message(number, from_id="channel777") for number in (3, 4)]
    other = chat(theirs, name="Інший", id=777)
    text = written(account(one, other))
    begin = text.index('"id": 2,')
    items = read(text[:begin] + "#" * swallowed + text[begin + swallowed :])
    owner: dict[object, int | None] = {}
    channel: int | None = None
    for item in items:
        if isinstance(item, Chat):
            channel = item.id
        elif isinstance(item, dict):
            owner[item["id"]] = channel
    assert owner[1] == CHANNEL
    assert owner.get(3, 777) in (777, None)
    assert owner[4] in (777, None)
    assert flaws(items)


def test_damage_within_a_chat_leaves_the_rest_to_it() -> None:
    whole = account(chat([message(number) for number in (1, 2, 3)]))
    items = read(written(whole).replace('"id": 2,', '"id": 2 2,'))
    assert ids(items) == [1, 3]
    assert [item.id for item in items if isinstance(item, Chat)] == [CHANNEL]


def test_what_follows_the_end_is_read_and_told() -> None:
    items = read(export(2) + " garbage " + written(chat([message(7)], id=777)))
    assert ids(items) == [1, 2, 7]
    assert [item.id for item in items if isinstance(item, Chat)] == [CHANNEL, 777]
    assert len(flaws(items)) == 1


def test_bytes_that_are_not_utf8_are_told_and_cost_nothing_else() -> None:
    data = export(3, text="слово").encode()
    place = data.index("слово".encode()) + 2
    items = read(data[:place] + b"\xff\xfe" + data[place + 2 :])
    assert ids(items) == [1, 2, 3]
    [flaw] = flaws(items)
    assert f"from byte {place}" in flaw
    assert "2 places are not UTF-8" in flaw


def test_a_text_may_have_the_replacement_character_itself() -> None:
    assert flaws(read(export(1, text="\ufffd"))) == []


def test_escapes_that_are_no_json_are_mended() -> None:
    """Telegram Desktop writes control characters as in C."""
    text = export(3, text="MARK").replace("MARK", r"a\x01b\x1F\\x02\"c")
    items = read(text)
    assert [item["text"] for item in items[1:] if isinstance(item, dict)] == [
        'a\x01b\x1f\\x02"c'
    ] * 3
    assert flaws(items) == []


def test_file_names_without_quotation_marks_are_mended() -> None:
    """So custom emoji were exported in August 2022."""
    emoji = {"type": "custom_emoji", "text": "🙂", "document_id": "MARK"}
    text = export(3, text=[emoji, " ok"]).replace('"MARK"', "video_files/sticker (2).webm")
    items = read(text)
    assert ids(items) == [1, 2, 3]
    assert flaws(items) == []


def test_halves_of_surrogate_pairs_become_replacement_characters() -> None:
    text = export(1, text="MARK").replace("MARK", r"a\ud83db\ud83d\ude42")
    [_, found] = read(text)
    assert isinstance(found, dict)
    assert found["text"] == "a\ufffdb🙂"


@pytest.mark.parametrize(
    "element",
    ["5", '"text"', "null", "[]", "9" * 5000, "NaN", '{"id": ' + "1" * 5000 + "}", "[" * 100_000],
    ids=lambda text: text[:9],
)
def test_what_is_no_message_is_told(element: str) -> None:
    text = export(3).replace(written(message(2)).replace("\n", "\n  "), element)
    assert element in text
    items = read(text)
    assert ids(items) == [1, 3]
    assert len(flaws(items)) == 1


def test_a_file_of_any_size_is_read_through_a_window_of_one_size() -> None:
    count = 20_000
    seen = 0
    view = Window(io.BytesIO(export(count, text="слово " * 20).encode()), "result.json")
    for item in jsonfile.read(view):
        seen += isinstance(item, dict)
        assert len(view.text) <= 2 * (window.AHEAD + window.CHUNK)
    assert seen == count


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=12),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=6), inside, max_size=4)
    ),
    max_leaves=12,
)
messages = st.lists(
    st.dictionaries(st.text(max_size=6), values, max_size=4).map(lambda parts: message(1) | parts),
    max_size=5,
)


@given(messages=messages, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
@settings(deadline=None)
def test_whatever_json_is_in_the_messages_comes_back(
    messages: list[Fields], indent: int | None, ascii_only: bool
) -> None:
    whole = account(chat(messages), chat(messages, id=777))
    items = read(json.dumps(whole, indent=indent, ensure_ascii=ascii_only))
    assert [item for item in items if isinstance(item, dict)] == messages * 2
    assert flaws(items) == []


@given(seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_no_damage_whatever_is_fatal_or_silent(seed: int) -> None:
    """Messages are lost with a word about it only. (Where the end of one and the beginning of the
    next are gone without a trace, as more than a few bytes would be, the two are one object.)
    """
    chance = random.Random(seed)
    originals = [message(number, text="слово, слово") for number in range(1, 9)]
    data = bytearray(written(chat(originals)).encode())
    begin = data.index(b"[") + 1
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(begin, len(data))
        if chance.random() < 0.5:
            data[place : place + chance.randint(1, 3)] = b""
        else:
            data[place] = chance.randrange(256)
    items = read(bytes(data))
    whole = [item for item in items if item in originals]
    lost = len(originals) - len(whole)
    altered = sum(isinstance(item, dict) for item in items) - len(whole)
    assert lost <= altered or flaws(items)
