"""A text of an HTML page -> the list of pieces that the JSON export would have."""

import re
from collections.abc import Iterator, Mapping

from bot.importing.htmltree import Element

Piece = dict[str, object]

MARKS: Mapping[str, str] = {
    "strong": "bold",
    "b": "bold",
    "em": "italic",
    "i": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
# What a link without an address does when it is clicked.
CLICKS: Mapping[str, str] = {
    "ShowHashtag": "hashtag",
    "ShowBotCommand": "bot_command",
    "ShowCashtag": "cashtag",
    "ShowMentionName": "mention_name",
    "ShowNotLoadedEmoji": "custom_emoji",
    "ShowNotAvailableEmoji": "custom_emoji",
}
# What the address is, where the text is the rest of it.
PREFIXES: Mapping[str, str] = {"": "link", "mailto:": "email", "tel:": "phone"}
_MARGIN = re.compile(r"\n *\Z")


def pieces(element: Element) -> list[Piece]:
    """The pieces of a text. A mark inside of another is left out, as in the JSON."""
    found = list(_pieces(element))
    # The page is laid out with a line break and blanks around each text; those within are tags.
    if found and found[0]["type"] == "plain":
        found[0]["text"] = str(found[0]["text"]).removeprefix("\n")
    if found and found[-1]["type"] == "plain":
        found[-1]["text"] = _MARGIN.sub("", str(found[-1]["text"]))
    return [piece for piece in found if piece["text"]]


def _pieces(element: Element) -> Iterator[Piece]:
    plain: list[str] = []
    for child in element.children:
        if isinstance(child, str) or child.tag == "br":
            plain.append(child if isinstance(child, str) else "\n")
            continue
        if plain:
            yield {"type": "plain", "text": "".join(plain)}
            plain = []
        yield _marked(child)
    if plain:
        yield {"type": "plain", "text": "".join(plain)}


def _marked(element: Element) -> Piece:
    text = element.within
    if element.tag == "a":
        return {"text": text, **_link(element, text)}
    if "spoiler" in element.classes:
        return {"type": "spoiler", "text": text}
    return {"type": MARKS.get(element.tag, "plain"), "text": text}


def _link(element: Element, text: str) -> Piece:
    address, click = element.attributes.get("href", ""), element.attributes.get("onclick", "")
    kinds = [kind for function, kind in CLICKS.items() if function in click]
    if text.startswith("@") and address.rpartition("/")[2] == text[1:]:
        kinds.append("mention")
    kinds += [kind for prefix, kind in PREFIXES.items() if address == prefix + text]
    if not kinds and ":" not in address:  # a picture among the exported files
        kinds.append("custom_emoji")
    return {"type": kinds[0]} if kinds else {"type": "text_link", "href": address}
