"""A digest as its subscriber reads it, whatever it holds."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.digest import NEWEST, RULES, Digest, Entry, Part, digest
from bot.locales import LANGUAGES, speaker, units
from storage.records import TEXT_UNITS, Channel, Kept, Post, Reason, Via
from tests.unit.messages import CHANNEL, HOUR, MINUTE, READER, fits, shown

DUE = 1_663_650_000_000  # 20 September 2022, 05:00 UTC: 08:00 in Kyiv
DAY = 24 * HOUR
KYIV = Channel(102, "КМВА")


def entry(
    number: int, text: str, channel: Channel = CHANNEL, reason: Reason = Reason.DIGEST, **more: Any
) -> Entry:
    """A post of `number` minutes before the digest."""
    post = Post(channel.id, number, DUE - number * MINUTE, text)
    return Entry(channel, Kept(number, post, 1, Via.LIVE, DUE, **more), reason)


def part(rule_id: int, query: str, *entries: Entry, **more: Any) -> Part:
    return Part(rule_id, query, query, **{"count": len(entries), "entries": entries, **more})


def facts(*parts: Part, **more: Any) -> Digest:
    count = sum(each.count for each in parts)
    given = Digest(READER, DUE - DAY, DUE, DUE + MINUTE, count, parts)
    return replace(given, **more)


def text_of(given: Digest, language: str = "en") -> str:
    return shown(digest(given, speaker(language)))


STORY = facts(
    part(
        1,
        "Білогорівка",
        entry(5, "Білогорівка\nповністю під контролем"),
        entry(7, "Тривога", KYIV, Reason.QUIET),
        entry(10 * 60, "Бої за Білогорівку", reason=Reason.LATE, deleted_at=DUE),
        count=5,
        caught=12,
        caught_before=7,
    ),
    part(2, "наступ OR атака", entry(30, "", reason=Reason.COOLDOWN), count=1),
)


def test_a_digest_is_grouped_by_rule_and_channel_newest_first() -> None:
    assert text_of(STORY).splitlines() == [
        "Digest: 6 posts, since 19 Sep 2022, 08:00 (Kyiv)",
        "",
        "Білогорівка · 5 posts · hits of this time: 12, 1 week before: 7",
        "Сергій Гайдай",
        "07:55 Білогорівка повністю під контролем",
        "19 Sep 2022, 22:00 Бої за Білогорівку · found late · deleted since",
        "КМВА",
        "07:53 Тривога · in quiet hours",
        "and 2 more posts: /search Білогорівка since:2022-09-19",
        "",
        "наступ OR атака · 1 post",
        "Сергій Гайдай",
        "07:30 no text · soon after an alert",
    ]


def test_each_post_is_linked_and_each_rule_can_be_opened() -> None:
    message = digest(STORY, speaker("en"))
    assert "https://t.me/luhanskaVTSA/5" in message.html
    assert "https://t.me/c/102/7" in message.html
    assert [[button.text for button in row] for row in message.buttons] == [
        ["Білогорівка", "наступ OR атака"]
    ]


def test_one_that_is_late_says_so() -> None:
    assert "late" not in text_of(STORY).splitlines()[0:2]
    late = text_of(replace(STORY, now=DUE + HOUR))
    assert late.splitlines()[1] == "late: it was due on 20 Sep 2022, 08:00"


def test_counts_of_a_longer_time_are_compared_with_as_many_weeks_before() -> None:
    long = replace(STORY, since_at=DUE - 8 * DAY)
    assert "2 weeks before: 7" in text_of(long)


def test_a_search_for_alternatives_keeps_them_together() -> None:
    given = facts(part(2, "наступ OR атака", count=3))
    assert "/search (наступ OR атака) since:2022-09-19" in text_of(given)


@pytest.mark.parametrize("query", ["слово " * 50, "((", "/x/"])
def test_a_search_that_cannot_be_shown_is_left_out(query: str) -> None:
    assert "/search" not in text_of(facts(part(2, query, count=3)))


def test_rules_beyond_the_first_are_counted() -> None:
    many = facts(*(part(number, f"слово{number}", entry(number, "Кава")) for number in range(9)))
    assert text_of(many).splitlines()[-1] == "and 3 more rules with 3 posts: /rules"
    assert len([button for row in digest(many, speaker("en")).buttons for button in row]) == RULES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_of_thousands_fits_and_counts_what_it_leaves_out(language: str) -> None:
    entries = [entry(number, "Довгий текст 😀 " * 20) for number in range(1, NEWEST + 1)]
    given = facts(*(part(n, f"правило {n} " * 9, *entries, count=5000) for n in range(9)))
    text = text_of(given, language)
    assert units(text) <= 4096
    listed = sum("Довгий" in line for line in text.splitlines())
    assert 10 <= listed <= NEWEST


TEXTS = st.text(max_size=300)


@st.composite
def all_parts(draw: st.DrawFn) -> list[Part]:
    """Of rules that differ, with posts of some channels that each have one title."""
    titles = draw(st.lists(TEXTS, min_size=1, max_size=9))
    channels = [Channel(number, title) for number, title in enumerate(titles, 1)]
    entries = st.builds(
        entry,
        st.integers(1, 9999),
        TEXTS,
        st.sampled_from(channels),
        st.sampled_from(Reason),
    )
    one = st.tuples(
        st.integers(1, 99), TEXTS, st.lists(entries, max_size=NEWEST), st.integers(0, 5000)
    )
    drawn = draw(st.lists(one, min_size=1, max_size=9, unique_by=lambda each: each[0]))
    return [
        part(rule_id, query.strip() or "x", *listed, count=len(listed) + more)
        for rule_id, query, listed, more in drawn
    ]


@given(all_parts(), st.sampled_from(LANGUAGES))
def test_whatever_it_holds_telegram_takes_it(parts: list[Part], language: str) -> None:
    fits(digest(facts(*parts), speaker(language)), TEXT_UNITS)
