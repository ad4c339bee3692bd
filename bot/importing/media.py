"""What is attached to a message: its kind and facts, as the watcher describes them.

The export has no ids of photos and documents, so these states are never the watcher's own.
"""

from collections.abc import Callable, Mapping

from bot.importing import texts
from bot.importing.folder import Folder, original_name
from bot.importing.words import Fields

Facts = dict[str, object]
Described = tuple[str, Facts]

FILE_KINDS: Mapping[str, str] = {
    "sticker": "sticker",
    "video_message": "round_video",
    "voice_message": "voice",
    "animation": "animation",
    "video_file": "video",
    "audio_file": "audio",
}


def describe(fields: Fields, folder: Folder) -> tuple[str | None, Facts]:
    """The kind of a message's media and its facts; (None, {}) where there is none."""
    for name, described in KINDS.items():
        if name in fields:
            return described(fields)
    if "file" in fields or "media_type" in fields:
        return _document(fields, folder)
    return None, {}


def _document(fields: Fields, folder: Folder) -> Described:
    facts: Facts = {
        "size": _whole(fields.get("file_size")) or folder.size(fields.get("file")),
        "mime": _text(fields.get("mime_type")),
        "name": _text(fields.get("file_name")) or original_name(fields.get("file")),
        "seconds": _whole(fields.get("duration_seconds")),
    }
    kind = FILE_KINDS.get(_text(fields.get("media_type")) or "", "document")
    return kind, {name: value for name, value in facts.items() if value is not None}


def _poll(fields: Fields) -> Described:
    poll = _object(fields.get("poll"))
    answers = poll.get("answers")
    return "poll", {
        "question": texts.plain(poll.get("question")),
        "answers": [
            texts.plain(_object(answer).get("text"))
            for answer in (answers if isinstance(answers, list) else [])
        ],
        "closed": poll.get("closed") is True,
        "quiz": False,  # not told
    }


def _place(fields: Fields) -> Described:
    point = _point(fields.get("location_information"))
    if "place_name" in fields:
        title, address = _text(fields["place_name"]), _text(fields.get("address"))
        return "venue", {**point, "title": title or "", "address": address or ""}
    if "live_location_period_seconds" in fields:
        period = _whole(fields["live_location_period_seconds"])
        return "geo_live", {} if period is None else {"period": period}
    return "geo", point


def _contact(fields: Fields) -> Described:
    person = _object(fields.get("contact_information"))
    names = [_text(person.get(name)) or "" for name in ("first_name", "last_name")]
    return "contact", {"name": " ".join(names).strip()}


def _todo(fields: Fields) -> Described:
    todo = _object(fields.get("todo_list"))
    items = todo.get("answers")
    return "other", {
        "type": "MessageMediaToDo",
        "title": texts.plain(todo.get("title")),
        "items": [
            texts.plain(_object(item).get("text"))
            for item in (items if isinstance(items, list) else [])
        ],
    }


def _named(kind: str) -> Callable[[Fields], Described]:
    return lambda _fields: (kind, {})


# The first field that a message has tells the kind.
KINDS: Mapping[str, Callable[[Fields], Described]] = {
    "poll": _poll,
    "todo_list": _todo,
    "giveaway_information": _named("giveaway"),
    "giveaway_results": _named("giveaway"),
    "paid_stars_amount": _named("paid"),
    "invoice_information": _named("invoice"),
    "game_title": _named("game"),
    "contact_information": _contact,
    "place_name": _place,
    "location_information": _place,
    "live_location_period_seconds": _place,
    "photo": _named("photo"),
}


def _point(written: object) -> Facts:
    point = _object(written)
    latitude, longitude = point.get("latitude"), point.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return {}
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return {}
    return {"latitude": round(float(latitude), 6), "longitude": round(float(longitude), 6)}


def _object(written: object) -> Mapping[str, object]:
    return written if isinstance(written, dict) else {}


def _text(written: object) -> str | None:
    return written if isinstance(written, str) and written else None


def _whole(written: object) -> int | None:
    """A count or a size; None where it is none that could be true."""
    if not isinstance(written, int) or isinstance(written, bool):
        return None
    return written if 0 <= written < 1 << 53 else None
