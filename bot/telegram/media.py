"""What is attached to a message: its kind, and the facts about it worth keeping.

Only what the author chose is described. File references, link previews, vote counts and the
like change by themselves, and what changes by itself must not look like an edit.
"""

from collections.abc import Callable, Mapping
from typing import Any

from telethon.tl import types

Facts = dict[str, object]
Described = tuple[str, Facts]


def describe(media: Any) -> tuple[str | None, Facts]:
    """The kind of a message's media and its facts; (None, {}) where there is none.

    A kind that this version does not know is kept as "other" with its TL name.
    """
    if media is None or isinstance(media, (types.MessageMediaEmpty, types.MessageMediaWebPage)):
        return None, {}
    known = KINDS.get(type(media))
    if known is None:
        return "other", {"type": type(media).__name__}
    return known(media)


def _photo(media: Any) -> Described:
    photo = media.photo
    return "photo", {"id": photo.id} if isinstance(photo, types.Photo) else {}


def _document(media: Any) -> Described:
    document = media.document
    if not isinstance(document, types.Document):
        return "document", {}
    facts: Facts = {"id": document.id, "size": document.size, "mime": document.mime_type}
    kind = "document"
    for attribute in document.attributes:
        if isinstance(attribute, types.DocumentAttributeFilename):
            facts["name"] = attribute.file_name
        elif isinstance(attribute, types.DocumentAttributeVideo):
            kind = "round_video" if attribute.round_message else "video"
            facts["seconds"] = round(attribute.duration)
        elif isinstance(attribute, types.DocumentAttributeAudio):
            kind = "voice" if attribute.voice else "audio"
            facts["seconds"] = attribute.duration
    special = [SPECIAL[type(a)] for a in document.attributes if type(a) in SPECIAL]
    return (special[0] if special else kind), facts


def _poll(media: Any) -> Described:
    poll = media.poll
    return "poll", {
        "question": _plain(poll.question),
        "answers": [_plain(answer.text) for answer in poll.answers],
        "closed": bool(poll.closed),
        "quiz": bool(poll.quiz),
    }


def _geo(media: Any) -> Described:
    return "geo", _place(media.geo)


def _live_geo(media: Any) -> Described:
    # A moving point is not an edit: where it began is in the raw object.
    return "geo_live", {"period": media.period}


def _venue(media: Any) -> Described:
    return "venue", {**_place(media.geo), "title": media.title, "address": media.address}


def _contact(media: Any) -> Described:
    return "contact", {"name": f"{media.first_name} {media.last_name}".strip()}


def _named(kind: str) -> Callable[[Any], Described]:
    return lambda _media: (kind, {})


def _place(geo: Any) -> Facts:
    if not isinstance(geo, types.GeoPoint):
        return {}
    return {"latitude": round(geo.lat, 6), "longitude": round(geo.long, 6)}


def _plain(text: Any) -> str:
    return str(getattr(text, "text", text))


SPECIAL: Mapping[type, str] = {
    types.DocumentAttributeSticker: "sticker",
    types.DocumentAttributeAnimated: "animation",
}

KINDS: Mapping[type, Callable[[Any], Described]] = {
    types.MessageMediaPhoto: _photo,
    types.MessageMediaDocument: _document,
    types.MessageMediaPoll: _poll,
    types.MessageMediaGeo: _geo,
    types.MessageMediaGeoLive: _live_geo,
    types.MessageMediaVenue: _venue,
    types.MessageMediaContact: _contact,
    types.MessageMediaDice: _named("dice"),
    types.MessageMediaGame: _named("game"),
    types.MessageMediaStory: _named("story"),
    types.MessageMediaGiveaway: _named("giveaway"),
    types.MessageMediaGiveawayResults: _named("giveaway"),
    types.MessageMediaInvoice: _named("invoice"),
    types.MessageMediaPaidMedia: _named("paid"),
    types.MessageMediaUnsupported: _named("unsupported"),
}
