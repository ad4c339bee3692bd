"""What lies at a path -> everything that can be read of it."""

import re
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path

from bot.importing import jsonfile
from bot.importing.folder import Folder
from bot.importing.htmlpages import Pages
from bot.importing.window import Window
from bot.importing.words import ExportError, Flaw, Item

_PAGE = re.compile(r"messages(\d*)\.html")
RESULT = "result.json"
NOT_THERE = "not in the folder"


class Source:
    """An export: the file of the JSON, or the pages of the HTML."""

    def __init__(self, form: str, folder: Path, files: dict[int, Path]) -> None:
        self.form = form  # "json" or "html"
        self.name = str(files[1] if form == "json" else folder)
        self.folder = Folder(folder)
        self.size = sum(file.stat().st_size for file in files.values())
        self._files = files  # by the number of the page
        self._read = 0
        self._window: Window | None = None
        self._reading = self._of_json() if form == "json" else self._of_html()
        # Everything that can be read, in order; may raise ExportError on the way. The first of
        # it is read now, so that what is no export is told at once.
        self.items: Iterator[Item] = chain(list(islice(self._reading, 1)), self._reading)

    @property
    def read(self) -> int:
        """How many bytes were read so far."""
        return self._read + (self._window.bytes_read if self._window is not None else 0)

    def close(self) -> None:
        """Let go of the file that is read."""
        self._reading.close()

    def _of_json(self) -> Generator[Item, None, None]:
        with self._opened(self._files[1]) as window:
            yield from jsonfile.read(window)

    def _of_html(self) -> Generator[Item, None, None]:
        pages = Pages()
        expected = 1
        for number in sorted(self._files):
            if number > expected:
                missing = _page(expected), _page(number - 1)
                yield Flaw(" to ".join(dict.fromkeys(missing)), NOT_THERE)
            expected = number + 1
            with self._opened(self._files[number]) as window:
                try:
                    yield from pages.read(window)
                except ExportError as error:
                    if len(self._files) == 1:
                        raise
                    yield Flaw(window.name, str(error))
        if pages.next_page:
            yield Flaw(pages.next_page, NOT_THERE)

    @contextmanager
    def _opened(self, path: Path) -> Iterator[Window]:
        try:
            with path.open("rb") as file:
                self._window = Window(file, path.name)
                yield self._window
        except OSError as error:
            raise _unreadable(path, error) from error
        self._read, self._window = self.read, None


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The export at `path`. Raises ExportError that says what to give instead."""
    with closing(_found(path)) as source:
        yield source


def _found(path: Path) -> Source:
    try:
        if path.is_dir():
            return _in_folder(path)
        if _PAGE.fullmatch(path.name) and path.is_file():
            return _in_folder(path.parent, html=True)
        if path.is_file():
            return Source("json", path.parent, {1: path})
    except OSError as error:
        raise _unreadable(path, error) from error
    raise ExportError(
        f"There is nothing at {path}. Give the folder of a Telegram Desktop export, or its "
        "result.json."
    )


def _in_folder(folder: Path, *, html: bool = False) -> Source:
    if not html and (folder / RESULT).is_file():
        return Source("json", folder, {1: folder / RESULT})
    found = ((_PAGE.fullmatch(each.name), each) for each in folder.iterdir())
    pages = {int(name[1] or 1): each for name, each in found if name is not None}
    if pages:
        return Source("html", folder, pages)
    chats = sorted(page.parent for page in folder.glob("chats/*/messages.html"))
    if chats:
        raise ExportError(
            f"{folder} is the HTML export of a whole account. Import its channels one by one, "
            f"each with --channel: postwatch import {chats[0]} --channel ID. Or export it as "
            "JSON: that says which channel is which."
        )
    raise ExportError(
        f"{folder} has neither a result.json nor a messages.html in it. Give the folder that "
        "Telegram Desktop exported to (often ChatExport_ and a date)."
    )


def _unreadable(path: Path, error: OSError) -> ExportError:
    return ExportError(f"{path} cannot be read: {error.strerror or error}.")


def _page(number: int) -> str:
    return f"messages{number if number > 1 else ''}.html"
