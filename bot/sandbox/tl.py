"""The schema by the short names used all over the sandbox, and how a result is written.

Everything of TL itself is Telethon's own code: a client and this server can not
disagree about the schema, because they share it.
"""

import gzip
import struct
from collections.abc import Sequence

from telethon.extensions import BinaryReader
from telethon.tl import TLObject
from telethon.tl import functions as F  # noqa: N812 -- short, since the schema is everywhere
from telethon.tl import types as T  # noqa: N812 -- short, since the schema is everywhere
from telethon.tl.core import GzipPacked, MessageContainer

__all__ = ["F", "GzipPacked", "MessageContainer", "T", "TLObject", "parse", "written"]

_VECTOR = 0x1CB5C415
_TRUE, _FALSE = 0x997275B5, 0xBC799737
_GZIPPED_FROM = 4096  # bytes; real servers compress long answers, and so the path is walked


def parse(data: bytes) -> TLObject:
    """The object written in `data`. Raises TypeNotFoundError for one of another layer."""
    return BinaryReader(data).tgread_object()


def written(result: object) -> bytes:
    """The bytes of a result: an object, a list of them, a truth value, or ready bytes."""
    match result:
        case bytes():
            return result
        case bool():
            return struct.pack("<I", _TRUE if result else _FALSE)
        case list():
            return _vector(result)
        case TLObject():
            return _bytes(result)
    raise TypeError(f"{type(result).__name__} is not a result")


def compressed(body: bytes) -> bytes:
    """`body`, packed if it is long and gets shorter by it."""
    if len(body) < _GZIPPED_FROM:
        return body
    packed = TLObject.serialize_bytes(gzip.compress(body, compresslevel=1))
    shorter: bytes = struct.pack("<I", GzipPacked.CONSTRUCTOR_ID) + packed
    return min(body, shorter, key=len)


def _vector(items: Sequence[TLObject | int]) -> bytes:
    parts = [_item(item) for item in items]
    return struct.pack("<Ii", _VECTOR, len(parts)) + b"".join(parts)


def _item(item: TLObject | int) -> bytes:
    # Vectors of numbers are bare; the only ones asked for are of 64 bits.
    return struct.pack("<q", item) if isinstance(item, int) else _bytes(item)


def _bytes(item: TLObject) -> bytes:
    body: bytes = item._bytes()
    return body
