"""What follows an alert, as its subscriber reads it, whatever the posts hold."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telethon.extensions import html

from bot.alerts.burst import SHOWN, Lost, mass_deletion, purge
from bot.alerts.followups import Changed, Gone, changed, gone
from bot.locales import LANGUAGES, Say, speaker
from storage.bursts import Burst
from storage.records import (
    CAPTION_UNITS,
    TEXT_UNITS,
    Absence,
    Kept,
    Message,
    Post,
    Version,
    Via,
)
from tests.unit.messages import ANYTHING, CHANNEL, HOUR, MINUTE, NOW, READER, fits, shown

POST = Post(101, 5876, NOW, "Білогорівка наша")
BURST = Burst(4, 101, NOW, NOW + 12 * MINUTE, 37)


def kept(post: Post, number: int = 1, absence: Absence = Absence.NOTICE) -> Kept:
    return Kept(number, post, 1, Via.LIVE, NOW, NOW + HOUR, absence)


@given(ANYTHING, ANYTHING, st.integers(1, 70), ANYTHING, st.sampled_from(LANGUAGES))
def test_an_edit_fits_and_is_well_formed_whatever_comes(
    old: str, new: str, repeat: int, name: str, language: str
) -> None:
    before = replace(POST, text=old * repeat, media="poll",
                     content={"media": {"question": old * repeat}})  # fmt: skip
    after = replace(POST, text=new * repeat, media="document",
                    content={"media": {"name": name * repeat}})  # fmt: skip
    states = (Version(1, before, Via.LIVE, NOW), Version(2, after, Via.LIVE, NOW + HOUR))
    channel = replace(CHANNEL, title=name * repeat or "x")
    fits(changed(Changed(READER, channel, 2**36, *states, True), speaker(language)), TEXT_UNITS)


@given(ANYTHING, st.integers(1, 70), ANYTHING, st.integers(1, 10), st.sampled_from(LANGUAGES))
def test_a_deletion_fits_and_is_well_formed_whatever_comes(
    text: str, repeat: int, name: str, count: int, language: str
) -> None:
    parts = tuple(kept(replace(POST, message_id=n, text=text * repeat, media="photo"))
                  for n in range(1, count + 1))  # fmt: skip
    channel = replace(CHANNEL, title=name * repeat or "x")
    fits(gone(Gone(READER, channel, parts, 10, (), True), speaker(language)), TEXT_UNITS)


@given(ANYTHING, st.integers(1, 70), ANYTHING, st.integers(1, 60), st.sampled_from(LANGUAGES))
def test_many_deletions_fit_a_caption_and_their_file_has_a_line_each(
    text: str, repeat: int, name: str, count: int, language: str
) -> None:
    posts = [kept(replace(POST, message_id=n, text=text * repeat)) for n in range(1, count + 1)]
    lost = Lost(BURST, replace(CHANNEL, title=name * repeat or "x"), posts, READER.zone)
    for compose in (purge, mass_deletion):
        message = compose(lost, speaker(language))
        fits(message, CAPTION_UNITS)
        assert message.document is not None
        listed = message.document.data.decode().splitlines()
        assert sum("  https://t.me/luhanskaVTSA/" in line for line in listed) == count


@given(ANYTHING, st.integers(1, 70), ANYTHING, st.integers(1, 200), st.sampled_from(LANGUAGES))
@settings(deadline=None)
def test_many_deletions_without_their_file_name_as_many_as_a_message_holds(
    text: str, repeat: int, name: str, count: int, language: str
) -> None:
    posts = [kept(replace(POST, message_id=n, text=text * repeat)) for n in range(1, count + 1)]
    lost = Lost(BURST, replace(CHANNEL, title=name * repeat or "x"), posts, READER.zone)
    for compose in (purge, mass_deletion):
        alone = Message(compose(lost, speaker(language)).without_document)
        fits(alone, TEXT_UNITS)
        links = [each for each in html.parse(alone.html)[1] if hasattr(each, "url")]
        assert min(count, 25) <= len(links) <= count


@pytest.mark.parametrize("compose", [purge, mass_deletion])
def test_many_deletions_without_their_file_say_so(compose: Callable[[Lost, Say], Message]) -> None:
    posts = [kept(replace(POST, message_id=n), n) for n in range(300)]
    message = compose(Lost(BURST, CHANNEL, posts, READER.zone), speaker("en"))
    alone = Message(message.without_document)
    listed = shown(alone).count("Білогорівка наша")
    assert listed > 50 and f"and {300 - listed} more posts" in shown(alone)
    assert "The list could not be sent here as a file." in shown(alone)
    assert "in the file" not in shown(alone)
    assert shown(alone).splitlines()[0] == shown(message).splitlines()[0]


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 1, "Mass deletion: 1 post of Сергій Гайдай you were alerted to is gone."),
        ("en", 37, "Mass deletion: 37 posts of Сергій Гайдай you were alerted to are gone."),
        ("uk", 21, "Масове видалення: зник 21 допис каналу Сергій Гайдай, про який ви отримали "
                   "сповіщення."),
        ("uk", 3, "Масове видалення: зникли 3 дописи каналу Сергій Гайдай, про які ви отримали "
                  "сповіщення."),
        ("ru", 37, "Массовое удаление: исчезло 37 постов канала Сергій Гайдай, о которых вы "
                   "получили уведомления."),
    ],
)  # fmt: skip
def test_many_deletions_are_counted_as_people_count(
    language: str, count: int, expected: str
) -> None:
    posts = [kept(replace(POST, message_id=n), n) for n in range(count)]
    message = purge(Lost(BURST, CHANNEL, posts, READER.zone), speaker(language))
    assert shown(message).splitlines()[0] == expected
    assert shown(message).count("Білогорівка наша") == min(count, SHOWN)


def test_an_album_among_many_deletions_counts_once_by_its_caption() -> None:
    parts = [kept(replace(POST, message_id=n, text="Знімки" * (n == 2), grouped_id=9))
             for n in (1, 2, 3)]  # fmt: skip
    other = kept(replace(POST, message_id=8, text="", media="photo"))
    message = purge(Lost(BURST, CHANNEL, [*parts, other], READER.zone), speaker("en"))
    assert "2 posts of" in shown(message)
    assert "Знімки" in shown(message) and "Photo" in shown(message)


def test_posts_that_were_only_found_missing_are_not_called_deleted() -> None:
    posts = [kept(replace(POST, message_id=n), n, Absence.RECHECK) for n in (1, 2, 3)]
    message = purge(Lost(BURST, CHANNEL, posts, READER.zone), speaker("en"))
    assert shown(message).startswith("Not there any more: 3 posts of Сергій Гайдай")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (0, "Deleted · less than a minute after posting"),
        (MINUTE, "Deleted · 1 minute after posting"),
        (26 * HOUR, "Deleted · 1 day 2 hours after posting"),
    ],
)
def test_how_long_a_post_stood_is_told(after: int, expected: str) -> None:
    post = replace(kept(POST), deleted_at=NOW + after)
    message = gone(Gone(READER, CHANNEL, (post,), 1, ()), speaker("en"))
    assert shown(message).splitlines()[0] == expected
