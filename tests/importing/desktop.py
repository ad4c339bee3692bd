"""Writes exports the way Telegram Desktop does: messages in the words of the JSON -> its files."""

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from telethon.tl import types as t

CHANNEL = 1_234_567_890
TITLE = "Радіо «Приклад»"
AT = 1_663_612_200  # 19 September 2022, 18:30 UTC, in seconds
NOW = (AT + 100 * 24 * 60 * 60) * 1000
LEFT_OUT = "(File not included. Change data exporting settings to download.)"

Fields = dict[str, Any]

KINDS = {
    t.MessageEntityBold: "bold",
    t.MessageEntityItalic: "italic",
    t.MessageEntityUnderline: "underline",
    t.MessageEntityStrike: "strikethrough",
    t.MessageEntitySpoiler: "spoiler",
    t.MessageEntityCode: "code",
    t.MessageEntityBlockquote: "blockquote",
    t.MessageEntityUrl: "link",
    t.MessageEntityHashtag: "hashtag",
    t.MessageEntityMention: "mention",
    t.MessageEntityEmail: "email",
    t.MessageEntityPhone: "phone",
    t.MessageEntityCashtag: "cashtag",
    t.MessageEntityBotCommand: "bot_command",
    t.MessageEntityTextUrl: "text_link",
    t.MessageEntityPre: "pre",
    t.MessageEntityMentionName: "mention_name",
    t.MessageEntityCustomEmoji: "custom_emoji",
}


def message(number: int = 5, **parts: Any) -> Fields:
    """A message in the words of the JSON export."""
    return {
        "id": number,
        "type": "message",
        "date": "2022-09-19T21:30:00",
        "date_unixtime": str(AT),
        "from": TITLE,
        "from_id": f"channel{CHANNEL}",
        "text": "",
        **parts,
    }


def service(number: int, action: str, **parts: Any) -> Fields:
    return message(number, type="service", action=action, **parts)


def chat(messages: Sequence[object], **head: Any) -> Fields:
    """A chat of the JSON export; alone it is the export of one chat."""
    facts = {"name": TITLE, "type": "public_channel", "id": CHANNEL, **head}
    return {
        **{key: value for key, value in facts.items() if value is not ...},
        "messages": messages,
    }


def account(*chats: Fields) -> Fields:
    """The JSON export of a whole account."""
    return {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 1, "first_name": 'A "quoted" name'},
        "contacts": {"about": "", "list": [{"user_id": 2}]},
        "chats": {"about": "", "list": list(chats)},
    }


def written(value: object) -> str:
    """As Telegram Desktop lays JSON out."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def write_json(folder: Path, text: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "result.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def told(original: t.Message) -> Fields:
    """What the JSON export says of a message with text only."""
    fields = message(original.id, text=shown(original.message, original.entities or ()))
    fields["date_unixtime"] = str(int(original.date.timestamp()))
    if original.edit_date is not None:
        fields["edited_unixtime"] = str(int(original.edit_date.timestamp()))
    if original.reply_to is not None:
        fields["reply_to_message_id"] = original.reply_to.reply_to_msg_id
    if original.post_author:
        fields["author"] = original.post_author
    return fields


def shown(text: str, entities: Iterable[Any]) -> list[object] | str:
    """A text with its entities as a list of pieces; those inside of others are left out."""
    coded = text.encode("utf-16-le")
    pieces: list[object] = []
    place = 0

    def between(start: int, end: int) -> str:
        return coded[2 * start : 2 * end].decode("utf-16-le")

    for entity in entities:
        if entity.offset < place:
            continue
        if entity.offset > place:
            pieces.append(between(place, entity.offset))
        place = entity.offset + entity.length
        pieces.append(_piece(entity, between(entity.offset, place)))
    if place * 2 < len(coded) or not pieces:
        pieces.append(between(place, len(coded) // 2))
    return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], str) else pieces


def _piece(entity: Any, text: str) -> Fields:
    piece: Fields = {"type": KINDS[type(entity)], "text": text}
    if isinstance(entity, t.MessageEntityTextUrl):
        piece["href"] = entity.url
    if isinstance(entity, t.MessageEntityPre):
        piece["language"] = entity.language
    if isinstance(entity, t.MessageEntityMentionName):
        piece["user_id"] = entity.user_id
    if isinstance(entity, t.MessageEntityCustomEmoji):
        piece["document_id"] = str(entity.document_id)
    if isinstance(entity, t.MessageEntityBlockquote):
        piece["collapsed"] = False
    return piece


# ---------------------------------------------------------------- HTML

MARKS = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
CLICKS = {
    "hashtag": "ShowHashtag",
    "bot_command": "ShowBotCommand",
    "cashtag": "ShowCashtag",
    "mention_name": "ShowMentionName",
}


def page(
    *messages: str,
    title: str = TITLE,
    next_page: str = "",
    previous_page: str = "",
    end: bool = True,
) -> str:
    """A page of an HTML export."""
    return (
        '<!DOCTYPE html>\n<html>\n <head>\n  <meta charset="utf-8"/>\n'
        "  <title>Exported Data</title>\n </head>\n"
        ' <body onload="CheckLocation();">\n  <div class="page_wrap">\n'
        f'   <div class="page_header">\n    <div class="content">\n     <div class="text bold">\n'
        f"{escaped(title)} \n     </div>\n    </div>\n   </div>\n"
        '   <div class="page_body chat_page">\n    <div class="history">\n'
        + _pagination(previous_page, "Previous messages")
        + "".join(messages)
        + _pagination(next_page, "Next messages")
        + ("    </div>\n   </div>\n  </div>\n </body>\n</html>" if end else "")
    )


def _pagination(target: str, words: str) -> str:
    if not target:
        return ""
    return f'     <a class="pagination block_link" href="{target}">\n{words}\n     </a>\n'


def day(words: str) -> str:
    """Where a day begins."""
    return announced(-1, words)


def announced(number: int, words: str) -> str:
    """A service message, with tags in its words."""
    return (
        f'     <div class="message service" id="message{number}">\n'
        f'      <div class="body details">\n{words}\n      </div>\n     </div>\n'
    )


def posted(
    number: int, time: str = "19.09.2022 21:30:00 UTC+03:00", inside: str = "", joined: str = ""
) -> str:
    """A post with tags in it."""
    return (
        f'     <div class="message default clearfix{joined}" id="message{number}">\n'
        '      <div class="body">\n'
        f'       <div class="pull_right date details" title="{time}">\n{time[11:16]}\n'
        "       </div>\n"
        f'       <div class="from_name">\n{escaped(TITLE)} \n       </div>\n'
        f"{inside}      </div>\n     </div>\n"
    )


def div(classes: str, inside: str) -> str:
    return f'       <div class="{classes}">\n{inside}\n       </div>\n'


def boxed(classes: str, title: str = "", description: str = "", status: str = "") -> str:
    """Media in a plain box, as what was not exported is shown."""
    parts = {"title bold": title, "description": description, "status details": status}
    inside = "".join(div(name, escaped(words)) for name, words in parts.items() if words)
    fill = div("fill pull_left", "")
    return div(
        "media_wrap clearfix",
        div(f"media clearfix pull_left {classes}", fill + div("body", inside)),
    )


def text(pieces: object) -> str:
    """The text of a message, from its pieces in the words of the JSON."""
    listed = pieces if isinstance(pieces, list) else [pieces]
    return div("text", "".join(map(_html, listed)))


def _html(piece: str | Mapping[str, Any]) -> str:
    if isinstance(piece, str):
        return escaped(piece)
    kind, words = piece["type"], escaped(piece["text"])
    if kind in MARKS:
        return f"<{MARKS[kind]}>{words}</{MARKS[kind]}>"
    if kind == "spoiler":
        return (
            '<span class="spoiler hidden" onclick="ShowSpoiler(this)">'
            f'<span aria-hidden="true">{words}</span></span>'
        )
    if kind in CLICKS:
        return f'<a href="" onclick="return {CLICKS[kind]}(&quot;{words[1:]}&quot;)">{words}</a>'
    address = {
        "link": words,
        "email": f"mailto:{words}",
        "phone": f"tel:{words}",
        "mention": f"https://t.me/{words[1:]}",
        "custom_emoji": "stickers/AnimatedSticker.tgs",
        "text_link": escaped(piece.get("href", "")),
    }
    return f'<a href="{address[kind]}">{words}</a>'


def escaped(words: str) -> str:
    control = {chr(code): f"&#x{code:X};" for code in range(32) if code != 10}
    shown = html.escape(words).replace("\n", "<br>")
    return "".join(control.get(character, character) for character in shown)


def write_pages(folder: Path, *pages: str) -> Path:
    """messages.html, messages2.html, ..."""
    folder.mkdir(exist_ok=True)
    for number, content in enumerate(pages, start=1):
        name = f"messages{number if number > 1 else ''}.html"
        (folder / name).write_text(content, encoding="utf-8")
    return folder
