"""Photos and documents, and who may fetch them.

A file is known to each account by its own access hash and file reference; both are
checked, and references can be made to expire.
"""

import struct
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5, sha256
from random import Random

from bot.sandbox.errors import RpcError
from bot.sandbox.tl import T

DC_ID = 2  # the data centre of every account, and of every file
OTHER_DC_ID = 4  # another one, which has the same files
PNG = b"\x89PNG\r\n\x1a\n"
MAX_PARTS = 4000
PAGE = 4096  # downloads start and end on multiples of it


@dataclass(slots=True)
class Files:
    rnd: Random
    data: dict[int, bytes] = field(default_factory=dict)
    described: dict[int, T.Photo | T.Document] = field(default_factory=dict)
    age: int = 0  # moved on to make every file reference handed out so far expire
    _parts: dict[tuple[int, int], dict[int, bytes]] = field(default_factory=dict)

    def photo(self, data: bytes, date: datetime) -> T.Photo:
        width, height = _dimensions(data)
        size = T.PhotoSize("x", width, height, len(data))
        return self._keep(data, T.Photo(self._new_id(), 0, b"", date, [size], DC_ID))

    def document(
        self, data: bytes, date: datetime, mime_type: str, attributes: list[object]
    ) -> T.Document:
        number = self._new_id()
        document = T.Document(number, 0, b"", date, mime_type, len(data), DC_ID, attributes)
        return self._keep(data, document)

    def stored(self, account_id: int, named: T.InputPhoto | T.InputDocument) -> object:
        """The file a client names to send it once more."""
        self.check(account_id, named)
        if named.id not in self.described:
            raise RpcError("MEDIA_INVALID")
        return self.described[named.id]

    def access_hash(self, account_id: int, file_id: int) -> int:
        return int.from_bytes(_digest("hash", account_id, file_id)[:8], "little", signed=True)

    def reference(self, account_id: int, file_id: int) -> bytes:
        return struct.pack("<i", self.age) + _digest("reference", account_id, file_id, self.age)

    def fetch(self, account_id: int, location: T.TypeInputFileLocation) -> bytes:
        """The bytes behind a location. Raises RpcError where the account may not have them."""
        self.check(account_id, location)
        data = self.data.get(location.id)
        if data is None:
            raise RpcError("LOCATION_INVALID")
        return data

    def check(self, account_id: int, named: T.InputPhoto | T.InputDocument) -> None:
        """Whether an account names a file by its own, fresh hash and reference."""
        if named.access_hash != self.access_hash(account_id, named.id):
            raise RpcError("LOCATION_INVALID")
        if named.file_reference == self.reference(account_id, named.id):
            return
        expired = len(named.file_reference) > 4 and self._was_valid(account_id, named)
        raise RpcError("FILE_REFERENCE_EXPIRED" if expired else "FILE_REFERENCE_INVALID")

    def keep_part(self, account_id: int, file_id: int, part: int, data: bytes) -> None:
        if not 0 <= part < MAX_PARTS:
            raise RpcError("FILE_PART_INVALID")
        self._parts.setdefault((account_id, file_id), {})[part] = data

    def assemble(self, account_id: int, file: T.InputFile | T.InputFileBig) -> bytes:
        """Put the uploaded parts of a file together, once."""
        parts = self._parts.pop((account_id, file.id), {})
        if sorted(parts) != list(range(file.parts)):
            raise RpcError("FILE_PARTS_INVALID")
        data = b"".join(parts[number] for number in range(file.parts))
        digest = getattr(file, "md5_checksum", "")
        if digest and md5(data).hexdigest() != digest:  # noqa: S324 -- the protocol says MD5
            raise RpcError("MD5_CHECKSUM_INVALID")
        return data

    def _new_id(self) -> int:
        return self.rnd.getrandbits(62)

    def _keep(self, data: bytes, file: T.Photo | T.Document) -> T.Photo | T.Document:
        self.data[file.id] = data
        self.described[file.id] = file
        return file

    def _was_valid(self, account_id: int, named: T.InputPhoto | T.InputDocument) -> bool:
        (age,) = struct.unpack("<i", named.file_reference[:4])
        return bool(named.file_reference[4:] == _digest("reference", account_id, named.id, age))


def _digest(*parts: object) -> bytes:
    return sha256(repr(parts).encode()).digest()[:16]


def _dimensions(data: bytes) -> tuple[int, int]:
    if data.startswith(PNG) and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    return 640, 480
