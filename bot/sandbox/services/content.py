"""What Telegram refuses in a message: its length, its entities, its buttons."""

from urllib.parse import urlsplit

from bot.sandbox.errors import RpcError
from bot.sandbox.tl import T

MAX_TEXT = 4096  # UTF-16 units, as everything that is counted in a message
MAX_CAPTION = 1024
MAX_ENTITIES = 100  # more are dropped without a word
MAX_DATA = 64  # bytes
MAX_BUTTONS = 100
MAX_ROW = 8
LINKS = ("http", "https", "tg", "ton")


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_text(text: str) -> None:
    if not text.strip():
        raise RpcError("MESSAGE_EMPTY")
    if utf16_length(text) > MAX_TEXT:
        raise RpcError("MESSAGE_TOO_LONG")


def check_caption(text: str) -> None:
    if utf16_length(text) > MAX_CAPTION:
        raise RpcError("MEDIA_CAPTION_TOO_LONG")


def checked_entities(
    text: str, entities: list[T.TypeMessageEntity] | None
) -> list[T.TypeMessageEntity] | None:
    """The entities that are kept. Raises RpcError where one is outside the text."""
    length = utf16_length(text)
    for entity in entities or ():
        if entity.offset < 0 or entity.length < 0 or entity.offset + entity.length > length:
            raise RpcError("ENTITY_BOUNDS_INVALID")
    return entities[:MAX_ENTITIES] if entities else None


def check_markup(markup: T.TypeReplyMarkup | None) -> None:
    """Whether the buttons under a message are allowed."""
    if not isinstance(markup, T.ReplyInlineMarkup):
        return
    if sum(len(row.buttons) for row in markup.rows) > MAX_BUTTONS:
        raise RpcError("REPLY_MARKUP_TOO_LONG")
    for row in markup.rows:
        if not 0 < len(row.buttons) <= MAX_ROW:
            raise RpcError("REPLY_MARKUP_INVALID")
        for button in row.buttons:
            _check_button(button)


def _check_button(button: T.KeyboardInlineButton) -> None:
    if not button.text.strip():
        raise RpcError("BUTTON_TEXT_INVALID")
    match button.type:
        case T.InlineButtonTypeCallback(data=data) if not 0 < len(data) <= MAX_DATA:
            raise RpcError("BUTTON_DATA_INVALID")
        case T.InlineButtonTypeUrl(url=url) if not _is_link(url):
            raise RpcError("BUTTON_URL_INVALID")


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in LINKS and (parts.scheme in ("tg", "ton") or "." in host)
