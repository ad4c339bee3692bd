"""Which channel the messages are of: several in an export, one that does not say, pages."""

from pathlib import Path
from typing import Any

import pytest

from bot.clock import Clock
from bot.importing import sources
from bot.importing.words import ExportError
from storage import channels, posts
from storage.db import Archive
from storage.records import Channel
from tests.importing.bringing import POST, bring, bring_in, counts, kept
from tests.importing.desktop import (
    AT,
    CHANNEL,
    TITLE,
    Fields,
    account,
    chat,
    day,
    message,
    page,
    posted,
    text,
    write_json,
    write_pages,
    written,
)


async def test_an_account_gives_its_channels_and_tells_the_rest(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    whole = account(
        chat([message(1)], name="Друзі", type="private_group", id=5),
        chat([message(2)]),
        chat([message(3)], name="Закритий", type="private_channel", id=777),
        chat([message(4)], name=None, type="saved_messages", id=6),
    )
    report = await bring_in(archive, clock, write_json(tmp_path, written(whole)))
    assert [(one.id, one.title, one.new) for one in report.channels] == [
        (CHANNEL, TITLE, 1),
        (777, "Закритий", 1),
    ]
    assert report.other_chats == [
        "“Друзі”: it is no channel (private group)",
        "a chat without a name: it is no channel (saved messages)",
    ]
    assert report.complete


async def test_one_channel_of_an_account_can_be_asked_for(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    whole = account(chat([message(2)]), chat([message(3)], name="Інший", id=777))
    path = write_json(tmp_path, written(whole))
    report = await bring_in(archive, clock, path, wanted=Channel(777, ""))
    assert [one.id for one in report.channels] == [777]
    assert report.other_chats == [f"“{TITLE}”: its id is {CHANNEL}, which is not the one asked for"]


async def test_a_channel_that_an_account_does_not_name_is_told(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    """Nor is it taken for the one asked for."""
    whole = account(chat([message(2)]), chat([message(3)], name="Інший", id=None))
    path = write_json(tmp_path, written(whole))
    for wanted in (None, Channel(CHANNEL, "")):
        report = await bring_in(archive, clock, path, wanted)
        assert [(flaw.where, flaw.why) for flaw in report.flaws] == [
            ("“Інший”", "the export does not say which channel it is")
        ]
        assert not report.complete
    assert (await posts.counts(archive.reader)).posts == 1


async def test_a_group_alone_imports_nothing_and_says_so(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    path = write_json(tmp_path, written(chat([message(1)], type="public_supergroup")))
    report = await bring_in(archive, clock, path)
    assert not report.complete
    assert "no channel in this export" in "\n".join(report.lines())
    assert (await posts.counts(archive.reader)).posts == 0


@pytest.mark.parametrize("head", [{"id": None}, {"id": ..., "type": ...}])
async def test_a_json_that_does_not_say_its_channel_has_to_be_told(
    archive: Archive, clock: Clock, tmp_path: Path, head: Fields
) -> None:
    path = write_json(tmp_path, written(chat([message(1)], **head)))
    with pytest.raises(ExportError, match="--channel ID"):
        await bring_in(archive, clock, path)
    report = await bring_in(archive, clock, path, wanted=Channel(777, ""))
    assert [(one.id, one.new) for one in report.channels] == [(777, 1)]


async def test_pages_have_to_be_told_their_channel(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    write_pages(tmp_path, page(day("19 September 2022"), posted(5, inside=text("Слово"))))
    with pytest.raises(ExportError, match=f"“{TITLE}”.*--channel @name"):
        await bring_in(archive, clock, tmp_path)
    report = await bring_in(archive, clock, tmp_path, wanted=Channel(CHANNEL, ""))
    assert counts(report) == (1, 1, 0, 0, 0)
    assert (await kept(archive)).post == POST
    [channel] = await channels.watched(archive.reader)
    assert channel.title == TITLE


async def test_pages_are_read_in_their_order(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    """2 before 10: a forward that goes on has the origin of the page before."""
    write_pages(tmp_path, *(page(posted(number)) for number in range(1, 12)))
    with sources.opened(tmp_path) as source:
        items: list[Any] = [item for item in source.items if isinstance(item, dict)]
        assert [item["id"] for item in items] == list(range(1, 12))
        assert source.read == source.size


async def test_pages_that_are_not_there_are_told(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    write_pages(tmp_path, *(page(posted(number), next_page="messages7.html")
                            for number in range(1, 7)))  # fmt: skip
    for missing in ("messages.html", "messages3.html", "messages4.html"):
        (tmp_path / missing).unlink()
    report = await bring_in(archive, clock, tmp_path, wanted=Channel(CHANNEL, ""))
    assert counts(report)[:2] == (3, 3)
    assert [flaw.where for flaw in report.flaws] == [
        "messages.html",
        "messages3.html to messages4.html",
        "messages7.html",
    ]


async def test_json_and_pages_of_the_same_posts_are_the_same_posts(
    archive: Archive, clock: Clock, tmp_path: Path
) -> None:
    listed = ["Слово ", {"type": "text_link", "text": "тут", "href": "https://example.org/"}]
    await bring(archive, clock, tmp_path / "json", message(5, text=listed))
    write_pages(tmp_path / "html", page(posted(5, inside=text(listed))))
    report = await bring_in(archive, clock, tmp_path / "html", wanted=Channel(CHANNEL, ""))
    assert counts(report) == (1, 0, 1, 0, 0)
    assert (await kept(archive)).version == 1


@pytest.mark.parametrize(
    ("zone", "offset", "said"),
    [
        ("Europe/Kyiv", "", "read as Europe/Kyiv"),
        ("UTC", " UTC+03:00", "summer unless --zone"),
    ],
)
async def test_how_local_times_were_read_is_told(
    archive: Archive, clock: Clock, tmp_path: Path, zone: str, offset: str, said: str
) -> None:
    write_pages(tmp_path, page(posted(5, time=f"19.09.2022 21:30:00{offset}")))
    report = await bring_in(archive, clock, tmp_path, Channel(CHANNEL, ""), zone)
    assert (await kept(archive)).post.posted_at == AT * 1000
    assert said in "\n".join(report.lines())
    assert sum(report.local_times.values()) == 1
