"""What is read of an export before it is written down."""

import io
from collections.abc import Sequence
from pathlib import Path

from bot.importing.calendar import Calendar
from bot.importing.convert import Converter
from bot.importing.folder import Folder
from bot.importing.htmlpages import Pages
from bot.importing.window import Window
from bot.importing.words import Flaw, Item
from storage.records import Post
from tests.importing.desktop import CHANNEL, NOW, Fields, page, posted


def imported(fields: Fields, folder: Path = Path()) -> Post:
    """The post that a message becomes."""
    return Converter(CHANNEL, Calendar("UTC", NOW), Folder(folder)).post(fields)


def flaws(items: Sequence[Item]) -> list[str]:
    return [f"{item.where}: {item.why}" for item in items if isinstance(item, Flaw)]


def read(*pages: str) -> list[Item]:
    """What pages of the HTML export hold."""
    reader = Pages()
    return [
        item
        for number, content in enumerate(pages, start=1)
        for item in reader.read(Window(io.BytesIO(content.encode()), f"page {number}"))
    ]


def posts(*pages: str, zone: str = "UTC") -> list[Post]:
    """The posts of pages without a flaw."""
    converter = Converter(CHANNEL, Calendar(zone, NOW), Folder(Path()))
    items = read(*pages)
    assert flaws(items) == []
    return [converter.post(item) for item in items if isinstance(item, dict)]


def one(inside: str) -> Post:
    [post] = posts(page(posted(5, inside=inside)))
    return post
