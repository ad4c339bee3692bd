"""How a message is kept on the row that owes it, so that every attempt sends the same."""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict
from functools import lru_cache

from storage.records import Button, Document, Message


def frozen(message: Message) -> str:
    """A message as it is kept on a row."""
    return json.dumps(asdict(message), default=_written)


@lru_cache(maxsize=512)  # the head of every queue is looked at again and again
def thawed(written: str) -> Message:
    """The message that was frozen so."""
    values = json.loads(written)
    picture, document = values.get("picture"), values.get("document")
    return Message(
        html=values["html"],
        buttons=tuple(tuple(Button(**button) for button in row) for row in values["buttons"]),
        silent=values["silent"],
        picture=None if picture is None else b64decode(picture),
        document=None
        if document is None
        else Document(document["name"], b64decode(document["data"]), document["mime"]),
        without_document=values.get("without_document", ""),
        tells=tuple(values.get("tells", ())),
    )


def _written(data: object) -> str:
    assert isinstance(data, bytes), "nothing else in a message is foreign to JSON"
    return b64encode(data).decode()
