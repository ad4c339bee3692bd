"""Exports that Telegram Desktop itself has made, where they are at hand."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.importing import sources
from bot.importing.calendar import Calendar
from bot.importing.convert import Converter
from bot.importing.importer import Importer
from storage import posts
from storage.db import Archive
from storage.records import Channel, Post
from tests.importing.desktop import CHANNEL, NOW

DATA = Path(__file__).parents[3] / "shared" / "data"
PAGES, JSON = DATA / "tdesktop_export_html", DATA / "tdesktop_export_json"


@pytest.mark.skipif(not PAGES.exists(), reason="the export is not part of the project")
async def test_two_pages_of_a_channel_come_in_whole(archive: Archive, clock: Clock) -> None:
    for new in (2000, 0):
        with sources.opened(PAGES) as source:
            importer = Importer(archive, clock, source, "Europe/Moscow")
            report = await importer.run(Channel(CHANNEL, ""), lambda: None)
        [one] = report.channels
        assert (one.read, one.new, one.left_out) == (2000, new, 0)
        assert [flaw.why for flaw in report.flaws] == ["not in the folder"] * 2
    assert (await posts.counts(archive.reader)).posts == 2000


@pytest.mark.skipif(not JSON.exists(), reason="the export is not part of the project")
def test_a_chat_says_the_same_as_json_and_as_a_page() -> None:
    """A group, so it is not imported; but its messages are made like a channel's."""

    def converted(form: str) -> dict[int, Post]:
        name = "result.json" if form == "json" else "messages.html"
        with sources.opened(JSON / name) as source:
            converter = Converter(CHANNEL, Calendar("Europe/Moscow", NOW), source.folder)
            found = [converter.post(item) for item in source.items if isinstance(item, dict)]
        return {post.message_id: post for post in found}

    of_json, of_html = converted("json"), converted("html")
    assert of_json.keys() == of_html.keys()
    assert len(of_json) == len(json.loads((JSON / "result.json").read_text())["messages"])
    for number, post in of_json.items():
        if post.service is None:
            other = of_html[number]
            assert replace(post, content={}) == replace(other, content={})
            assert post.content.get("entities") == other.content.get("entities")
