"""What a message carries beside its text, uploaded by the account that sends it.

Nothing that another account has seen can be named here: hashes and file references belong to an
account, and some channels forbid to pass on what is in them. Bytes can always be sent.
"""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from telethon.tl import functions, types

from bot.telegram.client import Account
from storage.records import Message

PART = 512 * 1024  # bytes, the most that Telegram takes at once
PART_SECONDS = 60.0

Place = Callable[[bytes], Path]  # where the file with a SHA-256 is


class Uploads:
    """Gives an account's own copies of pictures and files to Telegram."""

    def __init__(self, account: Account, place: Place) -> None:
        self._account = account
        self._place = place

    async def media(self, message: Message, number: int) -> Any:
        """What a message carries, uploaded under a number; None if nothing, or if it is gone."""
        if message.picture is not None:
            data = await self._stored(message.picture)
            if data is None:
                return None
            return types.InputMediaUploadedPhoto(await self._upload(number, "photo.jpg", data))
        if message.document is not None:
            document = message.document
            return types.InputMediaUploadedDocument(
                await self._upload(number, document.name, document.data),
                mime_type=document.mime,
                attributes=[types.DocumentAttributeFilename(document.name)],
                force_file=True,
            )
        return None

    async def _stored(self, sha256: bytes) -> bytes | None:
        try:
            return await asyncio.to_thread(self._place(sha256).read_bytes)
        except OSError:  # moved away, or the disk fails: the words are worth sending all the same
            return None

    async def _upload(self, number: int, name: str, data: bytes) -> Any:
        parts = [data[start : start + PART] for start in range(0, len(data), PART)] or [b""]
        for index, part in enumerate(parts):
            request = functions.upload.SaveFilePartRequest(number, index, part)
            await self._account.ask(request, PART_SECONDS)
        checksum = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return types.InputFile(number, len(parts), name, checksum)
