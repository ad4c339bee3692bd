"""An alert as its subscriber reads it, whatever the post holds."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.extensions import html
from telethon.tl import types

from bot.alerts.compose import Facts, alert
from bot.alerts.passage import link, passage
from bot.alerts.presses import UNTIL_WOKEN, Press, Verb, decode, encode
from bot.locales import LANGUAGES, speaker, units
from bot.query.match import spans
from bot.query.tree import AnyOf, InRow, Tree
from bot.query.words import words
from storage.records import (
    CAPTION_UNITS,
    TEXT_UNITS,
    Absence,
    Channel,
    Forward,
    Handling,
    Kept,
    Message,
    Mode,
    Office,
    Post,
    Rule,
    Via,
)
from tests.unit.messages import ANYTHING, CHANNEL, HOUR, MINUTE, NOW, READER, fits, shown

RULE = Rule(5, READER.id, "Білогорівка", 0)
TREE = AnyOf(frozenset({"білогорівка", "білогорівки", "bilohorivka"}))
POST = Post(101, 5876, NOW, "Білогорівка повністю під нашим контролем.\n\nВорог готує оборону.")


def kept(post: Post) -> Kept:
    return Kept(1, post, 1, Via.LIVE, NOW)


def facts(post: Post = POST, **changed: Any) -> Facts:
    given = Facts(
        READER, CHANNEL, None, (kept(post),), (RULE,), (TREE,), by_edit=False, now=NOW + 1000
    )
    return replace(given, **changed)


def told(given: Facts, language: str = "en") -> list[str]:
    return shown(alert(given, speaker(language))).splitlines()


def bold(message: Message) -> list[str]:
    text, entities = html.parse(message.html)
    raw = text.encode("utf-16-le")
    return [
        raw[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")
        for entity in entities
        if isinstance(entity, types.MessageEntityBold)
    ]


def test_an_alert_says_what_hit_who_said_it_what_when_and_where() -> None:
    office = Office("Луганська ОВА", "Сергій Гайдай")
    message = alert(facts(replace(POST, media="photo"), office=office), speaker("en"))
    assert message.html == (
        "<b>Білогорівка</b> · Photo\n"
        "Сергій Гайдай\n"
        "Луганська ОВА\n"
        "\n"
        "<blockquote><b>Білогорівка</b> повністю під нашим контролем.\n"
        "\n"
        "Ворог готує оборону.</blockquote>\n"
        "\n"
        "19 Sep 2022, 18:06 Kyiv · 15:06 UTC\n"
        '<a href="https://t.me/luhanskaVTSA/5876">t.me/luhanskaVTSA/5876</a>'
    )


def test_a_part_that_came_after_the_alert_of_its_album_is_marked() -> None:
    assert told(facts(later_part=True))[0] == "Білогорівка · a further part of an album"


def test_the_same_alert_in_ukrainian() -> None:
    assert told(facts(replace(POST, media="photo"), now=NOW + 125 * MINUTE), "uk") == [
        "Білогорівка · Фото · запізнення: 2 години 5 хвилин",
        "Сергій Гайдай",
        "",
        "Білогорівка повністю під нашим контролем.",
        "",
        "Ворог готує оборону.",
        "",
        "19 вер. 2022, 18:06 Київ · 15:06 UTC",
        "t.me/luhanskaVTSA/5876",
    ]


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (0, "Білогорівка"),
        (MINUTE, "Білогорівка"),
        (MINUTE + 1, "Білогорівка · 1 minute late"),
        (3 * HOUR, "Білогорівка · 3 hours late"),
        (-HOUR, "Білогорівка"),
    ],
)
def test_lateness_is_told_when_over_a_minute(late: int, expected: str) -> None:
    assert told(facts(now=NOW + late))[0] == expected


def test_an_edit_is_marked_and_its_lateness_counts_from_the_edit() -> None:
    lines = told(facts(replace(POST, edited_at=NOW + HOUR), by_edit=True, now=NOW + HOUR + 5000))
    assert lines[0] == "Білогорівка · after an edit"
    assert lines[-2] == "Edited on 19 Sep 2022, 19:06"


@pytest.mark.parametrize(
    ("title", "office", "expected"),
    [
        ("Гайдай", None, ["Гайдай"]),
        ("Гайдай", Office("Луганська ОВА"), ["Гайдай", "Луганська ОВА"]),
        ("Канал", Office("ОВА", "С. Гайдай"), ["Канал", "ОВА, С. Гайдай"]),
        ("С. Гайдай / ОВА", Office("ова", "С. Гайдай"), ["С. Гайдай / ОВА"]),
    ],
)
def test_office_and_holder_are_told_unless_the_title_says_so(
    title: str, office: Office | None, expected: list[str]
) -> None:
    lines = told(facts(channel=replace(CHANNEL, title=title), office=office))
    assert lines[1 : lines.index("")] == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Kyiv", "19 Sep 2022, 18:06 Kyiv · 15:06 UTC"),
        ("Asia/Tokyo", "20 Sep 2022, 00:06 Tokyo · 19 Sep 2022, 15:06 UTC"),
        ("UTC", "19 Sep 2022, 15:06 UTC"),
        ("Mars/Olympus", "19 Sep 2022, 15:06 UTC"),
    ],
)
def test_the_time_is_told_in_the_readers_zone_and_in_utc(zone: str, expected: str) -> None:
    """With both days where they differ, and once where the zone is UTC or does not exist."""
    assert expected in told(facts(subscriber=replace(READER, zone=zone)))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "Білогорівка"),
        ({"media": "photo"}, "Білогорівка · Photo"),
        ({"media": "video"}, "Білогорівка · Video"),
        ({"media": "poll"}, "Білогорівка · Poll"),
        ({"media": "document", "content": {"media": ["odd"]}}, "Білогорівка · File"),
        ({"media": "hologram"}, "Білогорівка · Attachment"),
        ({"forward": Forward(NOW)}, "Білогорівка · forwarded"),
        ({"media": "photo", "forward": Forward(NOW)}, "Білогорівка · Photo · forwarded"),
    ],
)
def test_the_title_says_what_kind_of_post_it_is(changed: dict[str, Any], expected: str) -> None:
    assert told(facts(replace(POST, **changed)))[0] == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"media": "poll", "content": {"media": {"question": "За <чи> проти?"}}},
         "Poll: За <чи> проти?"),
        ({"media": "document", "content": {"media": {"name": "наказ.pdf"}}}, "File: наказ.pdf"),
        ({"forward": Forward(NOW - HOUR, name="Прес-служба")},
         "Forwarded from Прес-служба, 19 Sep 2022, 17:06"),
        ({"forward": Forward(NOW - HOUR, 55, 9)},
         "Forwarded from another channel, 19 Sep 2022, 17:06"),
        ({"forward": Forward(NOW - HOUR)}, "Forwarded from a hidden author, 19 Sep 2022, 17:06"),
    ],
)  # fmt: skip
def test_what_else_is_known_of_media_and_origin_has_a_line_each(
    changed: dict[str, Any], expected: str
) -> None:
    assert expected in told(facts(replace(POST, **changed)))


def test_the_origin_of_a_forward_is_named_and_linked_where_its_channel_is_known() -> None:
    post = replace(POST, forward=Forward(NOW - HOUR, 55, 9))
    origin = Channel(55, "Офіс <президента>", "V_Zelenskiy_official")
    message = alert(facts(post, origin=origin), speaker("en"))
    assert "Forwarded from Офіс <президента>, 19 Sep 2022, 17:06" in shown(message)
    assert '"https://t.me/V_Zelenskiy_official/9"' in message.html


def test_an_album_is_one_thing_with_its_parts_counted() -> None:
    """Its caption may stand in any part; its link is that of the first."""
    parts = tuple(
        kept(Post(101, 40 + part, NOW, "Білогорівка" if part == 1 else "",
                  media="video" if part == 3 else "photo", grouped_id=77))
        for part in range(4)
    )  # fmt: skip
    lines = told(facts(posts=parts))
    assert "Album: 3 photos, 1 video" in lines
    assert lines[0] == "Білогорівка · Album"
    assert lines.count("Білогорівка") == 1
    assert lines[-1] == "t.me/luhanskaVTSA/40"


def test_a_post_without_text_has_no_empty_quotation() -> None:
    message = alert(facts(replace(POST, text="", media="photo")), speaker("en"))
    assert "blockquote" not in message.html
    assert "\n\n\n" not in message.html
    assert "Photo" in message.html


@pytest.mark.parametrize(
    ("absence", "expected"),
    [
        (Absence.NOTICE, "Deleted, noticed on 19 Sep 2022, 18:06"),
        (Absence.RECHECK, "Not there any more when checked on 19 Sep 2022, 18:06"),
    ],
)
def test_a_post_that_is_gone_by_now_says_so_and_how_it_is_known(
    absence: Absence, expected: str
) -> None:
    gone = replace(kept(POST), deleted_at=NOW, absence=absence)
    assert expected in told(facts(posts=(gone,)))
    assert expected not in told(facts(posts=(gone, kept(replace(POST, message_id=2)))))


def test_several_rules_are_named_and_the_first_three_can_be_muted() -> None:
    rules = tuple(Rule(each, READER.id, f"слово{each}", 0) for each in range(1, 9))
    message = alert(facts(rules=rules), speaker("en"))
    assert told(facts(rules=rules))[0] == (
        "слово1, слово2, слово3, слово4, слово5, and 3 more rules"
    )
    assert [[button.text for button in row] for row in message.buttons] == [
        ["Open the post", "Not relevant"],
        ["Before and after", "Versions"],
        ["Mute “слово1” 1 h", "24 h", "Until woken"],
        ["Mute “слово2” 1 h", "24 h", "Until woken"],
        ["Mute “слово3” 1 h", "24 h", "Until woken"],
    ]


def test_a_rule_with_a_name_of_its_own_is_called_by_it() -> None:
    named = replace(RULE, title="Луганщина")
    other = Rule(6, READER.id, "слово", 0)
    message = alert(facts(rules=(named, other)), speaker("en"))
    assert shown(message).startswith("Луганщина, слово\n")
    assert message.buttons[2][0].text == "Mute “Луганщина” 1 h"


def test_hits_of_every_form_and_every_rule_are_marked() -> None:
    post = replace(POST, text="Bilohorivka: бої біля Білогорівки, командний пункт і пункт")
    row = InRow((frozenset({"командний"}), frozenset({"пункт"})))
    message = alert(facts(post, trees=(TREE, row)), speaker("en"))
    assert bold(message)[1:] == ["Bilohorivka", "Білогорівки", "командний пункт"]


def test_an_alert_of_a_rule_without_words_marks_nothing() -> None:
    assert bold(alert(facts(trees=()), speaker("en"))) == ["Білогорівка"]


def test_a_rule_removed_before_its_alert_left_does_not_break_it() -> None:
    message = alert(facts(rules=()), speaker("en"))
    assert shown(message).startswith("a rule that was removed since")
    assert [len(row) for row in message.buttons] == [1, 2]


def test_the_buttons_open_look_around_mute_and_judge() -> None:
    buttons = [button for row in alert(facts(), speaker("en")).buttons for button in row]
    assert buttons[0].url == "https://t.me/luhanskaVTSA/5876"
    assert [decode(button.data) for button in buttons[1:]] == [
        Press(Verb.NOT_RELEVANT, READER.id, (1,)),
        Press(Verb.AROUND, READER.id, (1,)),
        Press(Verb.VERSIONS, READER.id, (1,)),
        Press(Verb.MUTE, READER.id, (RULE.id, 1)),
        Press(Verb.MUTE, READER.id, (RULE.id, 24)),
        Press(Verb.MUTE, READER.id, (RULE.id, UNTIL_WOKEN)),
    ]


def test_an_alert_says_that_the_post_was_edited_after_it_matched() -> None:
    lines = told(facts(changed_at=NOW + HOUR))
    assert "Edited since, on 19 Sep 2022, 19:06: this is what it said before." in lines


@pytest.mark.parametrize(
    ("modes", "silent"),
    [
        ([Mode.INSTANT], False),
        ([Mode.SILENT], True),
        ([Mode.SILENT, Mode.INSTANT], False),
        ([], False),
    ],
)
def test_an_alert_of_silent_rules_makes_no_sound(modes: list[Mode], silent: bool) -> None:
    rules = tuple(replace(RULE, id=number, handling=Handling(mode))
                  for number, mode in enumerate(modes, 1))  # fmt: skip
    assert alert(facts(rules=rules), speaker("en")).silent is silent


def test_a_channel_without_a_name_is_linked_by_its_id() -> None:
    assert link(replace(CHANNEL, username=None), 9) == "https://t.me/c/101/9"


def test_only_hits_and_rules_are_bold_and_markup_of_the_post_stays_text() -> None:
    text = '<b>Білогорівка</b> & <a href="tg://user?id=1"> білогорівка </a> <script>'
    message = alert(facts(replace(POST, text=text)), speaker("en"))
    assert text in shown(message)
    assert bold(message) == ["Білогорівка", "Білогорівка", "білогорівка"]


def test_a_direction_opened_in_a_post_or_title_ends_there() -> None:
    channel = replace(CHANNEL, title="Канал\u202e\u2067 gnorw\nBreaking: fake line")
    message = alert(facts(replace(POST, text="a\u202eb\u2066c"), channel=channel), speaker("en"))
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067") & set(message.html)
    assert "Канал gnorw Breaking: fake line" in shown(message).splitlines()


@given(
    ANYTHING,
    st.integers(1, 80),
    st.tuples(ANYTHING, ANYTHING),
    st.sampled_from(LANGUAGES),
    st.sampled_from([CAPTION_UNITS, TEXT_UNITS]),
)
def test_an_alert_fits_and_is_well_formed_whatever_comes(
    text: str, repeat: int, named: tuple[str, str], language: str, limit: int
) -> None:
    """In a message as in a caption; a hundred entities, nothing that cannot be encoded."""
    name, query = named
    post = replace(
        POST,
        text=(text * repeat + " білогорівка ") * 3,
        media="poll",
        content={"media": {"question": name * repeat}},
        forward=Forward(NOW, 5, 6, name * repeat),
    )
    rules = tuple(Rule(each, READER.id, query * repeat or "x", 0) for each in range(1, 8))
    given = facts(
        post,
        rules=(RULE, *rules),
        channel=replace(CHANNEL, title=name * repeat),
        office=Office(query * repeat, name * repeat),
        by_edit=True,
        later_part=True,
        now=NOW + 1000 * HOUR,
        changed_at=NOW,
        limit=limit,
    )
    fits(alert(given, speaker(language)), limit)


@pytest.mark.parametrize(
    "text",
    ["<" * 4096, "&" * 4096, "\u0300" * 4096, "😀" * 2048, "\n" * 4096, "a\n" * 2048, "а" * 4096],
)
@pytest.mark.parametrize("limit", [CAPTION_UNITS, TEXT_UNITS])
def test_four_thousand_characters_of_anything_fit(text: str, limit: int) -> None:
    message = alert(facts(replace(POST, text=text), limit=limit), speaker("uk"))
    assert units(shown(message)) <= min(1200, limit)
    assert shown(message).count("\n") < 30


# --------------------------------------------------------------- the passage


def around(text: str, *rows: str, size: int = 40) -> str:
    return str(passage(text, spans(text, map(tree, rows)), size))


def tree(row: str) -> Tree:
    """These words, behind each other."""
    places = tuple(frozenset({word}) for word in words(row))
    return AnyOf(places[0]) if len(places) == 1 else InRow(places)


FILLER = "один два три чотири п’ять шість сім вісім дев’ять десять "


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("коротко", (), "коротко"),
        ("  коротко \n", (), "коротко"),
        ("", (), ""),
        (FILLER, (), "один два три чотири п’ять шість сім…"),
        (FILLER, ("десять",), "…п’ять шість сім вісім дев’ять <b>десять</b>"),
        (FILLER, ("один",), "<b>один</b> два три чотири п’ять шість сім…"),
        (FILLER, ("шість",), "…п’ять <b>шість</b> сім вісім дев’ять…"),
        (FILLER * 3 + "ціль і ціль", ("ціль", "два"),
         "…сім вісім дев’ять десять <b>ціль</b> і <b>ціль</b>"),
    ],
)  # fmt: skip
def test_a_passage_is_cut_at_words_around_the_densest_hits(
    text: str, words: tuple[str, ...], expected: str
) -> None:
    assert around(text, *words) == expected


def test_hits_with_only_a_blank_between_them_are_marked_as_one() -> None:
    assert around("рідна Білогорівка наша", "білогорівка наша") == "рідна <b>Білогорівка наша</b>"


def test_overlapping_hits_of_several_rules_are_marked_once() -> None:
    assert around("Білогорівка", "білогорівка", "Білогорівка") == "<b>Білогорівка</b>"


def test_a_cut_leaves_no_comma_before_the_dots() -> None:
    assert around("перше слово, друге слово, третє слово, і так далі", size=26) == (
        "перше слово, друге слово…"
    )


def test_blank_lines_are_reduced_and_a_tower_of_lines_is_laid_flat() -> None:
    assert around("a \t\n\n\n\n b\nc") == "a\n\n b\nc"
    assert "\n" not in around("a\n" * 18)


def test_a_text_without_blanks_is_cut_between_characters() -> None:
    """A mark or a joined emoji stays with what it belongs to."""
    assert around("e\u0301" * 30, size=7) == "e\u0301" * 3 + "…"
    assert around("a" * 50, size=10) == "a" * 10 + "…"


@given(ANYTHING, st.integers(1, 40), st.integers(1, 90))
def test_a_passage_has_the_size_asked_for_and_comes_from_the_text(
    text: str, repeat: int, size: int
) -> None:
    whole = text * repeat
    seen, _ = html.parse(passage(whole, spans(whole, [tree("а б"), tree("x")]), size))
    assert units(seen) <= size + 2  # … on either side


# --------------------------------------------------------------- the buttons' data


@given(st.text() | st.from_regex(r"[a-z]{1,8}(:-?[0-9]{1,25}){0,5}"))
def test_made_up_data_is_read_or_refused_and_never_raises(data: str) -> None:
    press = decode(data)
    if press is not None:
        assert decode(encode(press.verb, press.subscriber_id, *press.numbers)) == press


@pytest.mark.parametrize(
    "data",
    ["", "mute", "mute:", "mute:1", "mute:1:2", "mute:1:2:3:4", "mute:1:2:x", "mute:1:2:٣",
     "MUTE:1:2:3", "nothing:1", "mute:1:2:9223372036854775808", "mute:1:2:3 ", "mute:1:2:+3",
     "cancel:1:2", "mute:1:2:3\n"],
)  # fmt: skip
def test_data_of_any_other_shape_is_refused(data: str) -> None:
    assert decode(data) is None


@pytest.mark.parametrize("numbers", [(0, 0, 0, 0), (2**40, 2**40, 2**40, 2**40)])
def test_the_longest_data_fits_the_64_bytes_of_a_button(numbers: tuple[int, ...]) -> None:
    """Row ids and Telegram's channel ids stay below 2**40 for a long time."""
    subscriber, *rest = numbers
    assert len(encode(Verb.SWITCH, subscriber, *rest).encode()) <= 64
