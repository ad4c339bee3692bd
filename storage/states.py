"""Between rows and records: how the state of a post is written down and read again."""

import json
from sqlite3 import Row

from storage import digests
from storage.records import Absence, Forward, Kept, Post, Version, Via

# The columns of `kept`, to be continued with a WHERE clause.
KEPT = """
    SELECT posts.id, posts.channel_id, posts.message_id, posts.posted_at, posts.edited_at,
        posts.text, posts.language, posts.grouped_id, posts.reply_to, posts.author, posts.media,
        posts.service, posts.forward, posts.content, posts.meta, posts.views, posts.forwards,
        posts.counted_at, posts.pts, posts.digest, posts.version, posts.via,
        posts.first_seen_at, posts.deleted_at, posts.absence
    FROM posts
    """

# The columns of `version`, of versions joined with posts. What changes without making a
# version is not among them.
VERSION_COLUMNS = """
    versions.number, versions.seen_at, versions.via, versions.pts, versions.edited_at,
    versions.text, versions.grouped_id, versions.reply_to, versions.author, versions.media,
    versions.service, versions.forward, versions.content, versions.has, versions.digest,
    posts.channel_id, posts.message_id, posts.posted_at,
    NULL AS language, NULL AS views, NULL AS forwards
    """


def kept(row: Row) -> Kept:
    """A row of KEPT. The raw object is not read with it."""
    return Kept(
        id=row["id"],
        post=post(row, _kinds_in(row["meta"])),
        version=row["version"],
        via=Via(row["via"]),
        first_seen_at=row["first_seen_at"],
        deleted_at=row["deleted_at"],
        absence=None if row["absence"] is None else Absence(row["absence"]),
    )


def version(row: Row) -> Version:
    """A row with VERSION_COLUMNS. The raw object is not read with it."""
    return Version(
        number=row["number"],
        post=post(row, frozenset(row["has"].split())),
        via=Via(row["via"]),
        seen_at=row["seen_at"],
    )


def post(row: Row, has: frozenset[str]) -> Post:
    """The post in a row of KEPT or with VERSION_COLUMNS."""
    forward = row["forward"]
    return Post(
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        posted_at=row["posted_at"],
        text=row["text"],
        edited_at=row["edited_at"],
        grouped_id=row["grouped_id"],
        reply_to=row["reply_to"],
        author=row["author"],
        forward=None if forward is None else Forward(**json.loads(forward)),
        media=row["media"],
        service=row["service"],
        content=json.loads(row["content"]),
        has=has,
        language=row["language"],
        views=row["views"],
        forwards=row["forwards"],
        pts=row["pts"],
    )


def columns(post: Post) -> dict[str, object]:
    """What posts and versions say of a state alike."""
    forward = digests.forward(post)
    return {
        "edited_at": post.edited_at,
        "text": post.text,
        "grouped_id": post.grouped_id,
        "reply_to": post.reply_to,
        "author": post.author,
        "media": post.media,
        "service": post.service,
        "forward": None if forward is None else digests.canonical(forward),
        "content": digests.canonical({**post.content}),
        "pts": post.pts,
    }


def meta(post: Post, version: int, deleted: bool) -> str:
    """The filters that hold for a post, as words for the index."""
    words = [f"c{post.channel_id}", *(f"has{kind}" for kind in sorted(post.has))]
    if post.language is not None:
        words.append(f"l{post.language}")
    if post.forward is not None:
        words.append("fwd")
    if post.edited_at is not None or version > 1:
        words.append("edited")
    if deleted:
        words.append("deleted")
    return " ".join(words)


def _kinds_in(meta: str) -> frozenset[str]:
    return frozenset(word[3:] for word in meta.split() if word.startswith("has"))
