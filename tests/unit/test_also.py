"""The line that names what joined an alert."""

import pytest

from bot.alerts.also import NAMED, Also, Joined, also_line
from bot.locales import LANGUAGES, Html, bare, speaker, units
from storage.records import Channel, Post, Rule

NOW = 1_663_600_000_000  # 2022-09-19 15:06:40 UTC, 18:06 in Kyiv
HEAD = Post(77, 1, NOW)
HOUR = 3_600_000


def joined(number: int, at: int = NOW, title: str = "Труха", rules: tuple[Rule, ...] = ()) -> Also:
    return Also(Channel(number, title, f"name{number}"), Post(number, number, at), rules)


def line(*also: Also, room: int = 700, language: str = "en") -> Html:
    return also_line(Joined(also), HEAD, "Europe/Kyiv", room, speaker(language))


def test_each_is_named_with_its_time_and_the_rules_of_its_own() -> None:
    rule = Rule(5, 1, "<наступ>", 0)
    assert line(joined(1), joined(2, NOW + 12 * HOUR, "<b>", (rule,))) == (
        'Also: <a href="https://t.me/name1/1">Труха</a> 18:06, '
        '<a href="https://t.me/name2/2">&lt;b&gt;</a> 20 Sep 2022, 06:06 (&lt;наступ&gt;)'
    )


def test_there_is_no_line_for_nothing() -> None:
    assert line() == ""


@pytest.mark.parametrize("room", [0, 100, 256, 700, 10_000])
def test_what_has_no_room_is_counted_and_its_rules_are_named(room: int) -> None:
    rules = tuple(Rule(number, 1, f"rule {number}", 0) for number in range(5))
    shown = line(*(joined(n, title="Т" * 128, rules=rules) for n in range(60)), room=room)
    named = shown.count("<a ")
    assert named <= NAMED
    assert f"and {60 - named} more (rule 0, rule 1, rule 2, and 2 more rules)" in shown
    assert units(bare(shown)) <= room + 120


@pytest.mark.parametrize(
    ("language", "expected"), [("uk", "Також: Труха 18:06"), ("ru", "Также: Труха 18:06")]
)
def test_it_speaks_the_language_of_the_reader(language: str, expected: str) -> None:
    assert language in LANGUAGES
    assert bare(line(joined(1), language=language)) == expected


def test_what_nobody_read_is_counted_with_its_rules() -> None:
    rules = tuple(Rule(number, 1, f"rule {number}", 0) for number in range(3))
    also = Joined((joined(1), joined(2, rules=rules[:1])), 7, rules[:2])
    shown = also_line(also, HEAD, "Europe/Kyiv", 30, speaker("en"))
    assert "Труха</a> 18:06, and 8 more (rule 0, rule 1)" in shown
