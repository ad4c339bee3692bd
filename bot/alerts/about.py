"""What is said about a post besides its words, a line each: media, origin, deletion."""

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.alerts.passage import link
from bot.locales import Html, Say, anchor, deferred, inline, joined
from storage.records import Absence, Channel, Kept, Post

KINDS: Mapping[str, str] = {
    "photo": deferred("Photo"),
    "video": deferred("Video"),
    "round_video": deferred("Video message"),
    "animation": deferred("GIF"),
    "audio": deferred("Audio"),
    "voice": deferred("Voice message"),
    "document": deferred("File"),
    "sticker": deferred("Sticker"),
    "poll": deferred("Poll"),
    "geo": deferred("Place on the map"),
    "geo_live": deferred("Live location"),
    "venue": deferred("Place on the map"),
    "contact": deferred("Contact"),
    "story": deferred("Story"),
    "giveaway": deferred("Giveaway"),
    "paid": deferred("Paid media"),
}
OTHER = deferred("Attachment")
# Which fact of the media says most about it.
TELLING = ("question", "title", "name")


def media_line(posts: Sequence[Post], say: Say) -> Html:
    """What is attached to a post, or to the parts of an album; empty if nothing is."""
    attached = [post for post in posts if post.media]
    if not attached:
        return Html()
    return _one(attached[0], say) if len(attached) == 1 else _album(attached, say)


def _one(post: Post, say: Say) -> Html:
    kind = say(KINDS.get(post.media or "", OTHER))
    facts = post.content.get("media")
    known = facts if isinstance(facts, Mapping) else {}
    for name in TELLING:
        if isinstance(told := known.get(name), str) and told.strip():
            return joined(": ", (kind, inline(told)))
    return kind


def _album(posts: Sequence[Post], say: Say) -> Html:
    kinds = Counter(post.media for post in posts)
    counted = [_counted(kind or "", count, say) for kind, count in kinds.most_common()]
    return say("Album: {parts}", parts=joined(", ", counted))


def _counted(kind: str, count: int, say: Say) -> Html:
    if kind == "photo":
        return say.plural("{count} photo", "{count} photos", count)
    if kind in ("video", "animation"):
        return say.plural("{count} video", "{count} videos", count)
    return say.plural("{count} file", "{count} files", count)


def origin_line(post: Post, origin: Channel | None, zone: str, say: Say) -> Html:
    """Where a forwarded post was first said; empty if it is no forward.

    `origin` is the channel it came from, where we know it by name.
    """
    if post.forward is None:
        return Html()
    shown = _origin(post, origin, say)
    if post.forward.posted_at is None:
        return say("Forwarded from {origin}", origin=shown)
    moment = say.moment(post.forward.posted_at, zone)
    return say("Forwarded from {origin}, {moment}", origin=shown, moment=moment)


def _origin(post: Post, origin: Channel | None, say: Say) -> Html | str:
    forward = post.forward
    if forward is None or forward.channel_id is None:
        return (forward and forward.name) or say("a hidden author")
    source = origin or Channel(forward.channel_id, forward.name or say("another channel"))
    if forward.message_id is None:
        return source.title
    return anchor(link(source, forward.message_id), source.title)


def deletion_line(kept: Kept, zone: str, say: Say) -> Html:
    """That a post is gone, since when, and how we know; empty if it is there."""
    if kept.deleted_at is None:
        return Html()
    moment = say.moment(kept.deleted_at, zone)
    if kept.absence is Absence.RECHECK:
        return say("Not there any more when checked on {moment}", moment=moment)
    return say("Deleted, noticed on {moment}", moment=moment)
