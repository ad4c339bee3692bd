"""What the owner is told of a channel that changed."""

import pytest

from bot.locales import LANGUAGES, speaker
from bot.owner.changes import told
from storage.records import Channel, ChannelEvent, ChannelState, Fact

CHANNEL = Channel(7, "Луганська <ОВА>", "luhanskaVTSA", ChannelState.JOINED)


def said(fact: Fact, before: str | None, after: str | None, language: str = "en") -> str | None:
    return told(ChannelEvent(1, 7, 0, fact, before, after), CHANNEL, speaker(language))


@pytest.mark.parametrize(
    ("fact", "before", "after", "expected"),
    [
        (Fact.TITLE, "Old <b>", "New", "<b>Old &lt;b&gt;</b> is now <b>New</b>"),
        (Fact.USERNAME, "old", "new", "@old is now @new"),
        (Fact.USERNAME, None, "new", "has a public name now: @new"),
        (Fact.USERNAME, "old", None, "has given up its name @old"),
        (Fact.HANDLE, "old", "99", "leads to another account now (id 99)"),
        (Fact.VERIFIED, "0", "1", "is verified by Telegram now"),
        (Fact.VERIFIED, "1", "0", "is no longer verified"),
        (Fact.STATE, "joined", "private", "is closed to the watcher"),
        (Fact.STATE, "joined", "banned", "was banned from"),
        (Fact.STATE, "joined", "gone", "does not exist any more"),
        (Fact.STATE, "joined", "restricted", "restricts"),
        (Fact.STATE, "joined", "polled", "is not a member of"),
        (Fact.STATE, "private", "joined", "can be read again"),
        (Fact.STATE, "private", "polled", "can be read again"),
    ],
)
def test_each_change_is_told_in_its_own_words(
    fact: Fact, before: str | None, after: str | None, expected: str
) -> None:
    text = said(fact, before, after)
    assert text is not None and expected in text
    assert fact is Fact.TITLE or "Луганська &lt;ОВА&gt;" in text
    assert len({said(fact, before, after, language) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("fact", [Fact.ABOUT, Fact.PHOTO_ID, Fact.SUBSCRIBERS])
def test_what_is_kept_only_is_not_told(fact: Fact) -> None:
    assert said(fact, "1", "2") is None
