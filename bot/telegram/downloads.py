"""Files that posts carry, fetched in the background, one at a time, a part at a time.

Text goes first: nothing here is waited for by anybody, and a part is small, since it shares
its connection with the posts. What was begun goes on after a restart where it ended.
"""

import logging
from dataclasses import dataclass
from typing import Any, Protocol

from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import functions, types

from bot.bell import Bell
from bot.clock import Clock
from bot.outcomes import Busy, Gone, Refused, SignedOut
from bot.telegram.client import Account
from storage.records import Wanted

logger = logging.getLogger(__name__)

PART = 128 * 1024  # bytes
PART_SECONDS = 60.0
LOOK_SECONDS = 5.0  # looking whether there is something costs a question to an index
TROUBLE_SECONDS = 60.0  # then the disk is looked at again, or the account
BUSY_SECONDS = 10.0  # at least, so that a file that never comes lets the others pass
AGAIN_SECONDS = (60.0, 600.0, 3_600.0, 21_600.0)  # after the first, second... failure
# Telegram's names for: what you know of this file is too old, ask for its message again.
STALE = ("FILE_REFERENCE_", "FILEREF_", "LOCATION_INVALID")


@dataclass(frozen=True, slots=True)
class File:
    """A file as Telegram describes it."""

    location: Any
    dc_id: int
    size: int
    mime: str | None
    name: str | None


class Shelf(Protocol):
    """Where files are put. What it has to write can fail with OSError."""

    async def next(self, account_id: int) -> Wanted | None:
        """What to fetch now; None if there is nothing."""

    def too_large(self, size: int) -> str | None:
        """Why a file of so many bytes is not wanted; None if it is."""

    async def has_room(self, size: int) -> bool:
        """Whether a file of so many bytes may be stored now."""

    async def is_outrun(self, wanted: Wanted) -> bool:
        """Whether somebody waits for another file, so that this one is put aside."""

    async def begun(self, wanted: Wanted, unit: int) -> int:
        """How many bytes of it are there, a multiple of `unit`."""

    async def append(self, wanted: Wanted, data: bytes) -> None:
        """Keep the next bytes."""

    async def finish(self, wanted: Wanted, mime: str | None, name: str | None) -> None:
        """All bytes are there."""

    async def postpone(
        self, wanted: Wanted, seconds: float, reason: str, *, counted: bool, anew: bool = False
    ) -> None:
        """Not now. Counted if it was the file's fault; `anew` forgets what is there of it."""

    async def skip(self, wanted: Wanted, reason: str) -> None:
        """Not at all."""

    def trouble(self, reason: str) -> None:
        """Nothing can be written for now."""


class Downloads:
    """Fetches what the shelf wants; at once, where somebody waits for it and rings."""

    def __init__(self, account: Account, shelf: Shelf, clock: Clock) -> None:
        self._account = account
        self._shelf = shelf
        self.bell = Bell(clock)

    async def run(self) -> None:
        """Fetch until cancelled."""
        while True:
            await self._account.ready.wait()
            await self.bell.heard(await self._next())

    async def _next(self) -> float:
        """Fetch one file, if one is wanted; seconds to wait before the next."""
        wanted = await self._shelf.next(self._account.id)
        if wanted is None:
            return LOOK_SECONDS
        try:
            return await self._fetch(wanted)
        except Busy as busy:
            seconds = max(busy.seconds, BUSY_SECONDS)
            await self._shelf.postpone(wanted, seconds, str(busy), counted=False)
            return busy.seconds
        except SignedOut:
            return TROUBLE_SECONDS
        except (Gone, Refused) as refused:
            await self._failed(wanted, str(refused))
        except OSError as error:  # of the disk: the connection's are outcomes
            self._shelf.trouble(error.strerror or type(error).__name__)
            return TROUBLE_SECONDS
        return 0.0

    async def _fetch(self, wanted: Wanted) -> float:
        """By what is known of the file; once more by what Telegram says now, if that is stale."""
        file = _of_raw(wanted)
        if file is not None:
            try:
                return await self._take(wanted, file)
            except Refused as refused:
                if not refused.reason.startswith(STALE):
                    raise
        message = await self._look_again(wanted)
        if not isinstance(message, types.Message):
            await self._shelf.skip(wanted, "gone from Telegram before it was fetched")
        elif (file := _of_message(message, wanted.media_id)) is None:
            await self._shelf.skip(wanted, "replaced before it was fetched")
        else:
            return await self._take(wanted, file)
        return 0.0

    async def _take(self, wanted: Wanted, file: File) -> float:
        if (reason := self._shelf.too_large(file.size)) is not None:
            await self._shelf.skip(wanted, reason)
            return 0.0
        if not await self._shelf.has_room(file.size):
            return TROUBLE_SECONDS
        offset = await self._shelf.begun(wanted, PART)
        while offset < file.size:
            part = await self._part(file, offset)
            offset += len(part)
            if len(part) < PART and offset != file.size:
                raise Refused("FILE_SIZE_DIFFERS")
            await self._shelf.append(wanted, part)
            if offset < file.size and await self._shelf.is_outrun(wanted):
                return 0.0
        await self._shelf.finish(wanted, file.mime, file.name)
        return 0.0

    async def _part(self, file: File, offset: int) -> bytes:
        request = functions.upload.GetFileRequest(file.location, offset, PART)
        answer = await self._account.ask_centre(file.dc_id, request, PART_SECONDS)
        if not isinstance(answer, types.upload.File):
            raise Refused("FILE_CDN_REDIRECT")  # which we do not say we could follow
        return bytes(answer.bytes)

    async def _look_again(self, wanted: Wanted) -> Any:
        """The message as Telegram has it now."""
        if wanted.access_hash is None:
            raise Refused("CHANNEL_UNKNOWN")
        channel = types.InputChannel(wanted.channel_id, wanted.access_hash)
        ids = [types.InputMessageID(wanted.message_id)]
        answer = await self._account.ask(functions.channels.GetMessagesRequest(channel, ids))
        return answer.messages[0] if answer.messages else None

    async def _failed(self, wanted: Wanted, reason: str) -> None:
        logger.info("file %d of channel %d: %s", wanted.media_id, wanted.channel_id, reason)
        if wanted.attempts < len(AGAIN_SECONDS):
            seconds = AGAIN_SECONDS[wanted.attempts]
            await self._shelf.postpone(wanted, seconds, reason, counted=True, anew=True)
        else:
            await self._shelf.skip(wanted, f"refused by Telegram: {reason}")


def _of_raw(wanted: Wanted) -> File | None:
    """The file by the message as it was received; None where that cannot be told from it."""
    if not wanted.raw:
        return None
    try:
        with BinaryReader(wanted.raw) as reader:
            message = reader.tgread_object()
    except (TypeNotFoundError, BufferError, ValueError):  # of another layer, or damaged
        return None
    return _of_message(message, wanted.media_id)


def _of_message(message: Any, media_id: int) -> File | None:
    """The photo or document with this number, if the message carries it."""
    media = getattr(message, "media", None)
    photo, document = getattr(media, "photo", None), getattr(media, "document", None)
    if isinstance(photo, types.Photo) and photo.id == media_id:
        return _photo(photo)
    if isinstance(document, types.Document) and document.id == media_id:
        return _document(document)
    return None


def _photo(photo: types.Photo) -> File | None:
    """The photo in its largest size."""
    sizes = {
        size.type: size.size if isinstance(size, types.PhotoSize) else max(size.sizes)
        for size in photo.sizes
        if isinstance(size, (types.PhotoSize, types.PhotoSizeProgressive))
    }
    if not sizes:
        return None
    largest = max(sizes, key=lambda kind: sizes[kind])
    location = types.InputPhotoFileLocation(
        photo.id, photo.access_hash, photo.file_reference, largest
    )
    return File(location, photo.dc_id, sizes[largest], "image/jpeg", None)


def _document(document: types.Document) -> File:
    location = types.InputDocumentFileLocation(
        document.id, document.access_hash, document.file_reference, ""
    )
    names = [
        attribute.file_name
        for attribute in document.attributes
        if isinstance(attribute, types.DocumentAttributeFilename)
    ]
    name = names[0] if names else None
    return File(location, document.dc_id, document.size, document.mime_type, name)
