"""What the demo shows: posts as they come in, alerts and answers as their readers see them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from telethon.helpers import add_surrogate, del_surrogate

from bot.clock import Clock
from bot.demo.tally import Tally
from bot.sandbox.channels import Channel
from bot.sandbox.inbox import Received
from seeds import DemoDay, DemoEdit, DemoPost, DemoSubscriber

COLOURS = ("cyan", "yellow", "magenta", "green")
STYLES = {
    "MessageEntityBold": "bold",
    "MessageEntityItalic": "italic",
    "MessageEntityStrike": "strike",
    "MessageEntityUnderline": "underline",
}
SIGNS = {"bold": "*", "strike": "~", "underline": "_"}  # where there is no other way to show it
INDENT = (0, 0, 0, 4)


class Screen:
    """Colours and frames in a terminal; plain lines where the output goes elsewhere."""

    def __init__(self, console: Console, clock: Clock, day: DemoDay) -> None:
        self._console = console
        self._clock = clock
        self._colours = {
            subscriber.name: COLOURS[number % len(COLOURS)]
            for number, subscriber in enumerate(day.subscribers)
        }

    def opens(self, day: DemoDay) -> None:
        self._console.rule("postwatch demo: 19 and 20 September 2022")
        self._console.print(Text(day.notice, style="italic"))
        names = ", ".join(f"@{channel.username}" for channel in day.channels)
        self._console.print(f"Channels: {names}", highlight=False, markup=False)

    def watches(self, subscriber: DemoSubscriber) -> None:
        rules = ", ".join(subscriber.rules)
        line = Text.assemble((subscriber.name, self._style(subscriber)), f" watches for: {rules}")
        self._console.print(line)

    def posts(self, channel: Channel, parts: list[DemoPost]) -> None:
        text = " ".join(part.text for part in parts if part.text)
        kind = "forwards: " if parts[0].forward_of else ""
        kind = f"album of {len(parts)}: " if len(parts) > 1 else kind
        self._happens(channel, kind + text)

    def edits(self, channel: Channel, edit: DemoEdit) -> None:
        self._happens(channel, f"edits: {edit.text}")

    def deletes(self, channel: Channel, post: DemoPost) -> None:
        self._happens(channel, f"deletes: {post.text}")

    def asks(self, subscriber: DemoSubscriber, text: str) -> None:
        self.says(subscriber.name, text)

    def says(self, name: str, text: str) -> None:
        self._line(Text.assemble((name, f"bold {self._colours[name]}"), f": {text}"))

    def receives(self, subscriber: DemoSubscriber, message: Received) -> None:
        self.shows(subscriber.name, message)

    def shows(self, name: str, message: Received) -> None:
        """A message as its receiver sees it, with its buttons; an edit is named as one."""
        title = f"{name}, edited" if message.edited else name
        buttons = ["  ".join(f"[{button.text}]" for button in row) for row in message.buttons]
        if not self._console.is_terminal:
            lines = [f"-> {title}", *_marked(message).splitlines(), *buttons]
            self._console.print("\n".join(f"    {line}".rstrip() for line in lines), markup=False)
            return
        body = _styled(message)
        body.append("".join(f"\n{row}" for row in buttons), style="dim")
        panel = Panel(body, title=title, title_align="left", border_style=self._colours[name])
        self._console.print(Padding(panel, INDENT))

    def counts(self, tally: Tally) -> None:
        """The summary, and what is wrong, if anything is."""
        self._console.rule("what came of it")
        table = Table(box=None, show_header=False, padding=(0, 2))
        for name, count, said in tally.rows():
            table.add_row(name, str(count), said)
        self._console.print(table)
        for wrong in tally.wrongs:
            self._console.print(Text(f"wrong: {wrong}", style="bold red"))

    def _happens(self, channel: Channel, text: str) -> None:
        self._line(Text.assemble((f"@{channel.username}", "bold"), f"  {text}"))

    def _line(self, text: Text) -> None:
        moment = datetime.fromtimestamp(self._clock.now() / 1000, UTC)
        self._console.print(Text.assemble((f"{moment:%d %b %H:%M} UTC  ", "dim"), text))

    def _style(self, subscriber: DemoSubscriber) -> str:
        return f"bold {self._colours[subscriber.name]}"


def _styled(message: Received) -> Text:
    """The text with what is bold in it."""
    text = Text(message.text)
    for start, end, style in _spans(message):
        text.stylize(style, start, end)
    return text


def _marked(message: Received) -> str:
    """The text with *asterisks* around what is bold, ~these~ around what was struck through."""
    text = message.text
    for start, end, style in sorted(_spans(message), reverse=True):
        sign = SIGNS.get(style, "")
        text = f"{text[:start]}{sign}{text[start:end]}{sign}{text[end:]}"
    return text


def _spans(message: Received) -> Iterator[tuple[int, int, str]]:
    """What is set off in the text, in characters; Telegram counts in UTF-16 units."""
    units = add_surrogate(message.text)
    for entity in message.entities:
        if style := STYLES.get(type(entity).__name__):
            start = len(del_surrogate(units[: entity.offset]))
            end = len(del_surrogate(units[: entity.offset + entity.length]))
            yield start, end, style
