"""Messages of real channels, as Telegram sent them: nothing of them is lost on the way.

They belong to their channels and are no part of the project: the folder is POSTWATCH_TEST_DATA,
or ../shared/data beside it; without it there is nothing to test here.
"""

import json
import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from telethon.extensions import BinaryReader

from bot.query.words import norm
from bot.telegram import convert
from storage import posts, verify
from storage.channels import save
from storage.db import Archive
from storage.records import Batch, Channel, ChannelState, Post, Via
from tests.benchmarks.dumps import build
from tests.fresh import fresh
from tests.program import ROOT

FOLDER = Path(os.environ.get("POSTWATCH_TEST_DATA") or ROOT.parent / "shared" / "data")
DUMPS = sorted((FOLDER / "telethon_messages").glob("*.json"))
NOW = 1_700_000_000_000
MEDIA: dict[str, set[str | None]] = {
    "none": {None},
    "MessageMediaDocument": {"video", "animation", "document", "audio", "voice"},
    "MessageMediaPhoto": {"photo"},
    "MessageMediaPoll": {"poll"},
    "MessageMediaWebPage": {None},
}

pytestmark = [
    pytest.mark.skipif(not DUMPS, reason="no messages of real channels here"),
    pytest.mark.parametrize("path", DUMPS or [Path("none")], ids=lambda path: path.stem),
]


def dumped(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]  # JSON


def converted(one: dict[str, Any]) -> Post:
    found = convert.post(build(one), pts=1)
    assert found is not None
    return found


def millis(moment: str | None) -> int | None:
    return None if moment is None else int(datetime.fromisoformat(moment).timestamp() * 1000)


def test_what_is_said_and_when_is_kept(path: Path) -> None:
    for one in dumped(path):
        post = converted(one)
        assert (post.message_id, post.posted_at) == (one["id"], millis(one["date"]))
        assert post.text == (one.get("message") or "")
        assert (post.views, post.author) == (one.get("views"), one.get("post_author"))
        assert post.grouped_id == one.get("grouped_id")
        hidden = one.get("edit_hide")
        assert post.edited_at == (None if hidden else millis(one.get("edit_date")))
        assert (post.service is not None) == (one["_"] == "MessageService")


def test_replies_lead_to_the_message_that_is_answered(path: Path) -> None:
    for one in dumped(path):
        header = one.get("reply_to") or {"reply_to_msg_id": one.get("reply_to_msg_id")}
        assert converted(one).reply_to == header["reply_to_msg_id"]


def test_entities_stand_where_they_stood_and_keep_their_links(path: Path) -> None:
    for one in dumped(path):
        kept = converted(one).content.get("entities", [])
        assert isinstance(kept, list)
        said = one.get("entities") or []
        assert [(each["offset"], each["length"], each.get("url")) for each in kept] == [
            (each["offset"], each["length"], each.get("url")) for each in said
        ]


def test_media_are_told_by_their_kind_and_their_facts(path: Path) -> None:
    for one in dumped(path):
        post = converted(one)
        shown = one.get("media") or {"_": "none"}
        facts: Any = post.content.get("media")
        assert post.media in MEDIA[shown["_"]]
        for kind in ("photo", "document"):
            if shown.get(kind):
                assert facts["id"] == shown[kind]["id"]
        if shown["_"] == "MessageMediaPoll":
            question = shown["poll"]["question"]
            assert facts["question"] == getattr(question, "text", question)
            assert len(facts["answers"]) == len(shown["poll"]["answers"])


def test_the_object_as_received_can_be_read_again(path: Path) -> None:
    for one in dumped(path):
        with BinaryReader(converted(one).raw) as reader:
            assert convert.post(reader.tgread_object(), pts=1) == converted(one)


@pytest.fixture
async def archive(path: Path, tmp_path: Path) -> AsyncIterator[Archive]:
    async with fresh(tmp_path / "archive.sqlite3", norm, NOW) as archive:
        async with archive.transaction() as tx:
            number = converted(dumped(path)[0]).channel_id
            await save(tx, Channel(number, path.stem, state=ChannelState.JOINED))
        yield archive


async def test_they_are_kept_as_they_are_and_only_once(path: Path, archive: Archive) -> None:
    batch = Batch(Via.LIVE, NOW, tuple(converted(one) for one in dumped(path)))
    for expected in (len(batch.posts), 0):
        async with archive.transaction() as tx:
            assert len(await posts.apply(tx, batch)) == expected
    for post in batch.posts:
        kept = await posts.get(archive.reader, post.channel_id, post.message_id)
        assert kept is not None and kept.version == 1
        assert (kept.post.text, kept.post.content) == (post.text, post.content)
    async with archive.heavy() as conn:
        assert [problem async for problem in verify.verify(conn)] == []


def test_an_album_is_one_story(path: Path) -> None:
    made = [converted(one) for one in dumped(path)]
    albums = {post.grouped_id for post in made if post.grouped_id is not None}
    assert len({post.story for post in made if post.grouped_id is not None}) == len(albums)
