"""One message of an HTML page as a small tree, and the questions that are asked of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})  # have no end tag
Attributes = list[tuple[str, str | None]]


@dataclass(slots=True)
class Element:
    """A tag with what is in it. A tag belongs to as many classes as its attribute names."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def elements(self) -> Iterator["Element"]:
        return (child for child in self.children if isinstance(child, Element))

    def child(self, *classes: str) -> "Element | None":
        """The first child that belongs to all of these classes."""
        return next((each for each in self.elements if set(classes) <= set(each.classes)), None)

    def all(self, *classes: str) -> list["Element"]:
        """Every element below that belongs to all of these classes, in order."""
        found = []
        for each in self.elements:
            if set(classes) <= set(each.classes):
                found.append(each)
            found += each.all(*classes)
        return found

    def first(self, *classes: str) -> "Element | None":
        """The first element below that belongs to all of these classes."""
        return next(iter(self.all(*classes)), None)

    def tagged(self, tag: str) -> "Element | None":
        """The first element below with this tag."""
        for each in self.elements:
            if each.tag == tag:
                return each
            if (inside := each.tagged(tag)) is not None:
                return inside
        return None

    @property
    def text(self) -> str:
        """The words in it, with line breaks, without the blanks around."""
        return self.within.strip()

    @property
    def within(self) -> str:
        """The words in it, with line breaks and blanks."""
        return "".join(self._texts())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag == "br":
                yield "\n"
            else:
                yield from child._texts()


def parse(html: str) -> Element | None:
    """The element `html` begins with; None if it is not closed, or closed in another order."""
    builder = _Builder()
    try:
        builder.feed(html)
        builder.close()
    except AssertionError:  # how the parser says that a declaration makes no sense
        return None
    return builder.root if builder.root is not None and not builder.open else None


class _Builder(HTMLParser):
    """Reads up to the end of the first element; what follows is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: Element | None = None
        self.open: list[Element] = []
        self._done = False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._done:
            return
        element = Element(tag, {name: value or "" for name, value in attrs})
        if self.open:
            self.open[-1].children.append(element)
        self.root = self.root or element
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._done or tag in VOID:
            return
        if self.open and self.open[-1].tag == tag:
            self.open.pop()
            self._done = not self.open
        else:  # the tree is broken: never closed again
            self._done = True

    def handle_data(self, data: str) -> None:
        if self.open and not self._done:
            self.open[-1].children.append(data)
