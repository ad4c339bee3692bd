"""Messages as tests and the demo write them."""

import re
import struct
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from bot.sandbox.services.content import utf16_length
from bot.sandbox.tl import T
from bot.sandbox.world.world import World

# What Telegram marks up by itself where nothing else was said.
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+|(?<![\w@/.])(?:t\.me|www\.\w[\w-]*(?:\.\w+)+)/?[^\s<>\"]*)"
    r"|(?P<mention>(?<![\w@/])@[a-zA-Z]\w{2,31})"
    r"|(?P<hashtag>(?<![\w#])#\w*[^\W\d]\w*)"
    r"|(?P<command>(?:(?<=\s)|^)/[a-z0-9_]{1,32}(?:@\w+)?)"
)
_ENTITIES = {
    "url": T.MessageEntityUrl,
    "mention": T.MessageEntityMention,
    "hashtag": T.MessageEntityHashtag,
    "command": T.MessageEntityBotCommand,
}


class Content(TypedDict, total=False):
    """What else a message may carry beside its text."""

    entities: Sequence[T.TypeMessageEntity]  # none: links, mentions and the like are found
    photo: bytes
    video: bytes
    document: tuple[str, bytes]  # its name and what is in it
    poll: tuple[str, Sequence[str]]  # a question and its answers
    geo: tuple[float, float]  # latitude, longitude
    media: T.TypeMessageMedia  # any other kind
    grouped_id: int
    signature: str
    at: datetime
    views: int
    silent: bool


def draft(world: World, text: str, content: Content) -> T.Message:
    """A message without id and place."""
    entities = content.get("entities")
    found = found_entities(text) if entities is None else list(entities)
    return T.Message(
        id=0,
        peer_id=None,
        message=text,
        date=content.get("at"),
        entities=found or None,
        media=_media(world, content),
        grouped_id=content.get("grouped_id"),
        post_author=content.get("signature"),
        views=content.get("views"),
        forwards=0 if "views" in content else None,
        silent=content.get("silent"),
    )


def found_entities(text: str) -> list[T.TypeMessageEntity]:
    """The links, mentions, hashtags and commands in a text."""
    found = []
    for match in _FOUND.finditer(text):
        offset = utf16_length(text[: match.start()])
        kind = _ENTITIES[match.lastgroup or "url"]
        found.append(kind(offset, utf16_length(match.group())))
    return found


def _media(world: World, content: Content) -> T.TypeMessageMedia | None:
    match content:
        case {"media": media}:
            return media
        case {"photo": data}:
            photo = world.files.photo(data, content.get("at") or world.now())
            return T.MessageMediaPhoto(photo=photo)
        case {"video": data}:
            shape = T.DocumentAttributeVideo(duration=10.0, w=640, h=360)
            return _file(world, content, data, ("video/mp4", shape))
        case {"document": (name, data)}:
            named = T.DocumentAttributeFilename(name)
            return _file(world, content, data, ("application/octet-stream", named))
    return _said_otherwise(world, content)


def _file(
    world: World, content: Content, data: bytes, described: tuple[str, object]
) -> T.MessageMediaDocument:
    mime_type, attribute = described
    now = content.get("at") or world.now()
    file = world.files.document(data, now, mime_type, [attribute])
    return T.MessageMediaDocument(document=file, video="video" in content)


def _said_otherwise(world: World, content: Content) -> T.TypeMessageMedia | None:
    match content:
        case {"poll": (question, answers)}:
            return _poll(world, question, answers)
        case {"geo": (latitude, longitude)}:
            return T.MessageMediaGeo(geo=T.GeoPoint(longitude, latitude, access_hash=0))
    return None


def _poll(world: World, question: str, answers: Sequence[str]) -> T.MessageMediaPoll:
    options = [
        T.PollAnswer(T.TextWithEntities(answer, []), bytes([number]))
        for number, answer in enumerate(answers)
    ]
    poll = T.Poll(
        id=world.rnd.getrandbits(62),
        question=T.TextWithEntities(question, []),
        answers=options,
        hash=0,
    )
    return T.MessageMediaPoll(poll=poll, results=T.PollResults())


def picture(number: int = 1) -> bytes:
    """A small PNG, different for every number."""
    width, height = 64, 48
    shade = bytes([number * 37 % 256, number * 91 % 256, number * 151 % 256])
    rows = (b"\0" + shade * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
