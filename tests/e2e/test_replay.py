"""Dumps of real channels go through the whole program and come out as they were."""

import json
from pathlib import Path

from tests.benchmarks.replay import replay

PEER = {"_": "PeerChannel", "channel_id": 1}
# As a Telethon of 2019 wrote it, and as one of 2024 did; the words are ours.
OLD = [
    {
        "_": "MessageService", "id": 1, "to_id": PEER, "date": "2019-09-04T15:50:32+00:00",
        "action": {"_": "MessageActionChannelCreate", "title": "Зразок"}, "post": True,
        "reply_to_msg_id": None,
    },
    {
        "_": "Message", "id": 2, "to_id": PEER, "date": "2019-09-05T08:00:00+00:00", "post": True,
        "message": "Голосуємо за день зборів", "entities": [], "views": 5,
        "edit_date": "2019-09-05T08:05:00+00:00", "reply_to_msg_id": 1,
        "media": {
            "_": "MessageMediaPoll",
            "poll": {
                "_": "Poll", "id": 7, "question": "Який день?", "closed": False, "quiz": False,
                "answers": [
                    {"_": "PollAnswer", "text": "Середа", "option": [48]},
                    {"_": "PollAnswer", "text": "Субота", "option": [49]},
                ],
            },
            "results": {"_": "PollResults", "results": [], "total_voters": 3,
                        "solution": None, "solution_entities": []},
        },
        "reply_markup": {"_": "ReplyInlineMarkup", "rows": [{"_": "KeyboardButtonRow", "buttons": [
            {"_": "KeyboardButtonUrl", "text": "Правила", "url": "https://example.org/"},
        ]}]},
    },
]  # fmt: skip
PHOTO = {
    "_": "MessageMediaPhoto",
    "photo": {
        "_": "Photo", "id": 11, "access_hash": 1, "file_reference": [1, 2], "dc_id": 2,
        "date": "2024-04-13T18:00:00+00:00", "sizes": [], "has_stickers": False,
    },
}  # fmt: skip
NEW = [
    {
        "_": "Message", "id": number, "peer_id": PEER, "date": "2024-04-13T18:05:51+00:00",
        "message": caption, "post": True, "media": PHOTO, "grouped_id": 99, "views": 10,
        "forwards": 2, "edit_date": None, "post_author": "Чергова",
        "entities": [{"_": "MessageEntityBold", "offset": 0, "length": 4}] if caption else [],
        "reply_to": {"_": "MessageReplyHeader", "reply_to_msg_id": 1, "quote": False},
    }
    for number, caption in ((5, "Фото з місця"), (6, ""), (7, ""))
]  # fmt: skip


async def test_both_shapes_of_dump_come_out_as_they_went_in(tmp_path: Path) -> None:
    paths = []
    for name, dump in (("old", OLD), ("new", NEW)):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(dump), encoding="utf-8")
        paths.append(path)
    result = await replay(paths, tmp_path / "data")
    assert result["differences"] == []
    files = {report.pop("file"): report for report in result["files"]}  # type: ignore[attr-defined]  # a list
    assert files["old.json"] == {
        "messages": 2, "edited": 1, "media": 1, "polls": 1, "replies": 1, "service": 1,
    }  # fmt: skip
    assert files["new.json"]["album parts"] == 3
