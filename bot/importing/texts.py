"""The text of a message: a string, or a list of strings and marked pieces -> text and entities.

Entities are as the watcher keeps them: kinds named as in Telegram's schema, offsets in UTF-16
units. The export has left out entities inside of others.
"""

from collections.abc import Iterable, Mapping

from bot.importing.words import UnusableError

Entity = dict[str, object]

# As the export calls them, where that is not what the schema does.
KINDS: Mapping[str, str] = {
    "link": "url",
    "text_link": "text_url",
    "strikethrough": "strike",
}
LINKS = frozenset({"url", "text_url"})
NO_TEXT = "its text is neither a text nor a list of texts"


def read(written: object) -> tuple[str, list[Entity]]:
    """A text and its entities. Raises UnusableError where it is something else."""
    if isinstance(written, str):
        return written, []
    if not isinstance(written, list):
        raise UnusableError(NO_TEXT)
    return _joined(written)


def plain(written: object) -> str:
    """A text of less importance (an answer of a poll); empty where it is something else."""
    try:
        return read(written)[0]
    except UnusableError:
        return ""


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _joined(pieces: Iterable[object]) -> tuple[str, list[Entity]]:
    texts: list[str] = []
    entities: list[Entity] = []
    offset = 0
    for piece in pieces:
        marked: Mapping[str, object] = piece if isinstance(piece, dict) else {"text": piece}
        text = marked.get("text")
        if not isinstance(text, str):
            raise UnusableError(NO_TEXT)
        length = units(text)
        kind = marked.get("type", "plain")
        if length and isinstance(kind, str) and kind != "plain":
            entities.append(_entity(kind, offset, length, marked))
        texts.append(text)
        offset += length
    return "".join(texts), entities


def _entity(kind: str, offset: int, length: int, marked: Mapping[str, object]) -> Entity:
    entity: Entity = {"type": KINDS.get(kind, kind), "offset": offset, "length": length}
    match kind, marked:
        case "text_link", {"href": str(url)}:
            entity["url"] = url
        case "pre", _:
            language = marked.get("language")
            entity["language"] = language if isinstance(language, str) else ""
        case "mention_name", {"user_id": int(user)}:
            entity["user_id"] = user
        case "custom_emoji", {"document_id": str(number)} if number.isdecimal():
            entity["document_id"] = int(number)
    return entity
