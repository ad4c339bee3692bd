"""What is said about a post besides its words, a line each: media, origin, deletion."""

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.alerts.passage import link
from bot.locales import INLINE_UNITS, Html, Say, anchor, deferred, inline, joined
from storage.records import Absence, Channel, Forward, Kept, Post

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


def media_line(posts: Sequence[Post], say: Say, width: int = INLINE_UNITS) -> Html:
    """What is attached to a post, or to the parts of an album; empty if nothing is.

    Of anything others wrote `width` UTF-16 units are told.
    """
    attached = [post for post in posts if post.media]
    if not attached:
        return Html()
    return _one(attached[0], say, width) if len(attached) == 1 else _album(attached, say)


def kind_of(posts: Sequence[Post], say: Say) -> Html:
    """What a post is, in a word: an album, a photo, a poll...; empty for a text."""
    if len(posts) > 1:
        return say("Album")
    media = posts[0].media
    return say(KINDS.get(media, OTHER)) if media else Html()


def _one(post: Post, say: Say, width: int) -> Html:
    kind = say(KINDS.get(post.media or "", OTHER))
    facts = post.content.get("media")
    known = facts if isinstance(facts, Mapping) else {}
    for name in TELLING:
        if isinstance(told := known.get(name), str) and told.strip():
            return joined(": ", (kind, inline(told, width)))
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


def origin_line(
    post: Post, origin: Channel | None, zone: str, say: Say, width: int = INLINE_UNITS
) -> Html:
    """Where a forwarded post was first said; empty if it is no forward.

    `origin` is the channel it came from, where we know it by name.
    """
    if post.forward is None:
        return Html()
    shown = _origin(post.forward, origin, width, say)
    if post.forward.posted_at is None:
        return say("Forwarded from {origin}", origin=shown)
    moment = say.moment(post.forward.posted_at, zone)
    return say("Forwarded from {origin}, {moment}", origin=shown, moment=moment)


def _origin(forward: Forward, origin: Channel | None, width: int, say: Say) -> Html:
    if forward.channel_id is None:
        return inline(forward.name, width) if forward.name else say("a hidden author")
    title = origin.title if origin else forward.name
    shown = inline(title, width) if title else say("another channel")
    if forward.message_id is None:
        return shown
    source = origin or Channel(forward.channel_id, "")
    return anchor(link(source, forward.message_id), shown)


def deletion_line(kept: Kept, zone: str, say: Say) -> Html:
    """That a post is gone, since when, and how we know; empty if it is there."""
    if kept.deleted_at is None:
        return Html()
    moment = say.moment(kept.deleted_at, zone)
    if kept.absence is Absence.RECHECK:
        return say("Not there any more when checked on {moment}", moment=moment)
    return say("Deleted, noticed on {moment}", moment=moment)
