"""A query as it is kept and shown, and as it is read: the signs that people's phones write."""

import re
import unicodedata

# Not to be shown to a person: control characters and lone surrogates would also be refused by
# SQLite and Telegram, directions turn the text around, the rest cannot be seen and parts signs
# from words.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+"
)

# Letters and signs that are drawn as nothing: of Hangul and of Braille.
_FILLERS = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0"), " ")

_QUOTATION_MARKS = "“”„‟″〝〞〟＂❝❞"
_DASHES = "‐‑‒–—―−﹘﹣－"
_PLAIN = str.maketrans(
    {
        **dict.fromkeys(_QUOTATION_MARKS, '"'),
        **dict.fromkeys(_DASHES, "-"),
        "‹": "«",
        "›": "»",
        "＊": "*",
        "～": "~",
        "∼": "~",
        "｜": "|",
        "（": "(",
        "）": ")",
        "：": ":",
        "＝": "=",
        "！": "!",
    }
)


def clean(text: str) -> str:
    """What can be stored and shown, with single spaces; idempotent."""
    visible = _INVISIBLE.sub("", _UNPRINTABLE.sub(" ", text))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def is_blank(text: str) -> bool:
    """Whether nothing of it would be seen: blanks, marks that stand on nothing, fillers."""
    seen = text.translate(_FILLERS)
    return not any(unicodedata.category(character)[0] in "LNPS" for character in seen)


def whole(text: str) -> str:
    """`text` as UTF-8 can hold it: half a UTF-16 pair is U+FFFD, which is as long."""
    if _SURROGATES.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def plain(text: str) -> str:
    """`text` with the signs of a keyboard for those of a typesetter; every place stays."""
    return text.translate(_PLAIN)
