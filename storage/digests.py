"""The canonical form of what is said, and its digests. Frozen: archives are verified with it."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from storage.records import Post

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: object) -> str:
    """JSON that is the same for the same value: keys sorted, no blanks, letters as they are."""
    return _ENCODER.encode(value)


def of_bytes(data: bytes) -> bytes:
    """SHA-256."""
    return sha256(data).digest()


def of_text(text: str) -> bytes:
    """SHA-256 of the UTF-8 form."""
    return of_bytes(text.encode())


def of_state(post: Post) -> bytes:
    """What makes two states of a post the same one.

    Counts, dates of edits, pts and the raw object are left out: a reaction or a view changes
    those, and is not an edit.
    """
    return of_text(
        canonical(
            {
                "author": post.author,
                "content": {**post.content},
                "forward": forward(post),
                "grouped_id": post.grouped_id,
                "media": post.media,
                "reply_to": post.reply_to,
                "service": post.service,
                "text": post.text,
            }
        )
    )


def forward(post: Post) -> Mapping[str, Any] | None:
    """The origin of a forwarded post, in plain values."""
    if (origin := post.forward) is None:
        return None
    return {
        "channel_id": origin.channel_id,
        "message_id": origin.message_id,
        "name": origin.name,
        "posted_at": origin.posted_at,
    }
