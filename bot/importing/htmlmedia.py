"""What is attached to a message of an HTML page, in the words of the JSON export."""

import re
from collections.abc import Callable, Mapping

from bot.importing.htmltree import Element

Told = dict[str, object]

_DURATION = re.compile(r"(?:(\d+):)?(\d+):(\d\d)\b")
_SIZE = re.compile(r"(\d+(?:\.\d)?) ([KMG]?B)\b")
_POINT = re.compile(r"(-?\d+(?:\.\d+)?), ?(-?\d+(?:\.\d+)?)")
UNITS: Mapping[str, int] = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}

# Titles of what is shown as a plain box; a file that has a name is titled with it.
VIDEOS: Mapping[str, str] = {"Video message": "video_message", "Animation": "animation"}
NO_NAMES = frozenset({"File", "Audio file"})


def describe(wrap: Element) -> Told:
    """The fields of the JSON export for what is in a `media_wrap`; none where it is unknown."""
    shown = next(wrap.elements, None)
    for name, told in KINDS.items():
        if shown is not None and name in shown.classes:
            return told(shown)
    return {}


def _photo(shown: Element) -> Told:
    if _part(shown, "title") == "Sticker":
        return {"media_type": "sticker", "file": _file(shown)}
    return {"photo": _file(shown)}


def _video(shown: Element) -> Told:
    kind = VIDEOS.get(_part(shown, "title"), "video_file")
    return {"media_type": kind, "file": _file(shown), **_status(shown)}


def _kind(media_type: str) -> Callable[[Element], Told]:
    def told(shown: Element) -> Told:
        return {"media_type": media_type, "file": _file(shown), **_status(shown)}

    return told


def _named(shown: Element) -> Told:
    title = _part(shown, "title")
    name = {} if title in NO_NAMES else {"file_name": title}
    return {"file": _file(shown), **name, **_status(shown)}


def _audio(shown: Element) -> Told:
    return {"media_type": "audio_file", **_named(shown)}


def _poll(shown: Element) -> Told:
    details = shown.child("details")
    items: list[object] = [{"text": _answer(each)} for each in shown.all("answer")]
    if details is not None and details.text == "To-do List":
        return {"todo_list": {"title": _part(shown, "question"), "answers": items}}
    closed = details is not None and details.text == "Final results"
    return {"poll": {"question": _part(shown, "question"), "closed": closed, "answers": items}}


def _answer(shown: Element) -> str:
    """Its votes are beside it."""
    words = [
        child if isinstance(child, str) else child.text
        for child in shown.children
        if isinstance(child, str) or "details" not in child.classes
    ]
    return "".join(words).strip().removeprefix("- ").strip()


def _contact(shown: Element) -> Told:
    return {"contact_information": {"first_name": _part(shown, "title")}}


def _location(shown: Element) -> Told:
    return {"location_information": _point(_part(shown, "status"))}


def _live_location(shown: Element) -> Told:
    return {**_location(shown), "live_location_period_seconds": None}


def _venue(shown: Element) -> Told:
    return {
        "place_name": _part(shown, "title"),
        "address": _part(shown, "description"),
        "location_information": _point(shown.attributes.get("href", "")),
    }


def _only(field: str) -> Callable[[Element], Told]:
    return lambda _shown: {field: ""}


KINDS: Mapping[str, Callable[[Element], Told]] = {
    "media_photo": _photo,
    "photo_wrap": lambda shown: {"photo": _file(shown)},
    "media_video": _video,
    "video_file_wrap": _kind("video_file"),
    "animated_wrap": _kind("animation"),
    "sticker_wrap": _kind("sticker"),
    "media_voice_message": _kind("voice_message"),
    "media_audio_file": _audio,
    "media_file": _named,
    "media_poll": _poll,
    "media_contact": _contact,
    "media_location": _location,
    "media_live_location": _live_location,
    "media_venue": _venue,
    "media_game": _only("game_title"),
    "media_invoice": _only("invoice_information"),
    "media_giveaway": _only("giveaway_information"),
}


def _part(shown: Element, name: str) -> str:
    found = shown.first(name)
    return "" if found is None else found.text


def _file(shown: Element) -> str:
    return shown.attributes.get("href", "")


def _status(shown: Element) -> Told:
    """Duration and size, as far as they are written under it. Sizes are rounded."""
    told: Told = {}
    written = " ".join((_part(shown, "status"), _part(shown, "video_duration")))
    if found := _DURATION.search(written):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        told["duration_seconds"] = hours * 3600 + minutes * 60 + seconds
    if found := _SIZE.search(written):
        told["file_size"] = round(float(found[1]) * UNITS[found[2]])
    return told


def _point(written: str) -> Told | None:
    found = _POINT.search(written)
    return {"latitude": float(found[1]), "longitude": float(found[2])} if found else None
