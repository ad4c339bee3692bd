"""messages.html, messages2.html, ... -> messages in the words of the JSON export.

A page is cut where its messages begin and each is read for itself, so that damage in one stays
there and a page of any size takes little memory.
"""

import html
import re
from collections.abc import Iterator
from datetime import datetime

from bot.importing import htmlmedia, htmlservice, htmltext, htmltree
from bot.importing.htmltree import Element
from bot.importing.window import Window
from bot.importing.words import Chat, ExportError, Fields, Flaw, Item

_BEGINNING = re.compile(r'<div class="message (?:default|service)\b[^>]*+>')
_TITLE = re.compile(r'<div class="text bold">(.*?)</div>', re.DOTALL)
_NEXT_PAGE = re.compile(r'<a class="pagination block_link" href="(messages\d*+\.html)')
_END = "</html>"
_ID = re.compile(r"message(-?\d{1,10})")
_TIME = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d:\d\d)(?: UTC(?:([+-])(\d\d):?(\d\d))?)?")
_LONGEST_TAG = 1024


class Pages:
    """The pages of one chat, read in their order."""

    def __init__(self) -> None:
        self.next_page = ""  # that the last page read leads to
        self._begun = False
        self._last: dict[str, object] = {}  # time of the message before
        self._forward: dict[str, object] = {}  # what a continued forward repeats

    def read(self, window: Window) -> Iterator[Item]:
        """Everything of a page that can be read.

        Raises ExportError where it is no page of an export.
        """
        head = _before_the_first(window)
        if 'class="history"' not in head:
            raise ExportError(
                f"{window.name} is no page of a Telegram Desktop export. Give the folder that "
                "has messages.html in it."
            )
        if not self._begun:
            self._begun = True
            title = _TITLE.search(head)
            yield Chat(html.unescape(title[1]).strip() if title else "")
        self.next_page, tail = "", head
        for tail in _fragments(window):
            yield from self._message(tail, window)
        if not tail.rstrip().endswith(_END):
            yield Flaw(window.name, "the page ends early: it is cut off")
        yield from window.flaws
        link = _NEXT_PAGE.search(tail) if tail is not head else None
        self.next_page = link[1] if link else ""

    def _message(self, fragment: str, window: Window) -> Iterator[Item]:
        element = htmltree.parse(fragment)
        found = _ID.search(fragment[:_LONGEST_TAG])
        if element is None:
            named = f"message {found[1]}" if found else "a message"
            yield Flaw(window.place, f"{named} is damaged: its tags do not match")
            return
        body = element.child("body")
        number = int(found[1]) if found else None
        if body is None or number is None:
            yield Flaw(window.place, "a message is damaged: it has no id or nothing in it")
        elif "service" not in element.classes:
            yield {"id": number, "type": "message", **self._default(body)}
        elif number < 0:  # the day that begins
            self._last = _later(self._last, body.text)
        else:
            yield {"id": number, **htmlservice.describe(body), **self._last, "date_about": True}

    def _default(self, body: Element) -> Fields:
        told: dict[str, object] = {}
        if (date := body.child("date")) is not None:
            self._last = _time(date.attributes.get("title", ""), "date")
            told |= self._last
        inside = body.child("forwarded", "body")
        self._forward = {} if inside is None else _forward(inside) or self._forward
        told |= self._forward
        holder = inside or body
        if (reply := holder.child("reply_to")) is not None:
            told["reply_to_message_id"] = htmlservice.message_linked(reply)
        if (media := holder.child("media_wrap")) is not None:
            told |= htmlmedia.describe(media)
        text, signature = holder.child("text"), holder.child("signature")
        told["text"] = htmltext.pieces(text) if text is not None else ""
        if signature is not None:
            told["author"] = signature.text
        if (buttons := holder.child("bot_buttons_table")) is not None:
            told["inline_bot_buttons"] = [[_button(each) for each in buttons.all("bot_button")]]
        return told


def _before_the_first(window: Window) -> str:
    """The head of a page; the window is moved to its first message."""
    window.fill()
    found = _BEGINNING.search(window.text)
    window.at = found.start() if found else len(window.text)
    return window.text[: window.at]


def _fragments(window: Window) -> Iterator[str]:
    """Each message with whatever follows it up to the next one."""
    while window.at < len(window.text):
        found = _BEGINNING.search(window.text, window.at + 1)
        end = found.start() if found else len(window.text)
        yield window.text[window.at : end]
        window.at = end
        window.fill()


def _forward(inside: Element) -> dict[str, object]:
    """The origin of a forward; nothing where the message before has said it."""
    name = inside.child("from_name")
    if name is None:
        return {}
    details = name.child("details")
    written = [each for each in name.children if each is not details]
    shown = "".join(each if isinstance(each, str) else each.within for each in written)
    told: dict[str, object] = {"forwarded_from": shown.partition(" via @")[0].strip()}
    if details is not None:
        told |= _time(details.attributes.get("title") or details.text, "forwarded_date")
    return told


def _time(written: str, name: str) -> dict[str, object]:
    """A time as local time, and the offset of its zone in minutes where it is said."""
    found = _TIME.fullmatch(written.strip())
    if found is None:
        return {name: written}
    day, month, year, clock, sign, hours, minutes = found.groups()
    told: dict[str, object] = {name: f"{year}-{month}-{day}T{clock}"}
    if sign:
        told[f"{name}_offset"] = int(f"{sign}1") * (int(hours) * 60 + int(minutes))
    return told


def _later(last: dict[str, object], day: str) -> dict[str, object]:
    """The time of the last message, or the beginning of a later day. Service messages have no
    time of their own: they are given this one.
    """
    try:
        begins = datetime.strptime(day, "%d %B %Y").isoformat()  # noqa: DTZ007 -- local time
    except ValueError:
        return last
    return {**last, "date": max(begins, str(last.get("date", "")))}


def _button(shown: Element) -> dict[str, str]:
    link = shown.tagged("a")
    address = link.attributes.get("href", "") if link is not None else ""
    return {"type": "url" if address else "", "text": shown.text, "data": address}
