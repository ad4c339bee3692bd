"""How far an import is: a bar on a terminal, else a line now and then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot.importing.sources import Source

STEPS = 10  # lines


@contextmanager
def shown(source: Source, console: Console) -> Iterator[Callable[[], None]]:
    """A function to be called whenever something was written."""
    if not console.is_terminal:
        yield _Lines(source, console).tell
        return
    columns = (TextColumn("Importing"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=source.size)
        yield lambda: progress.update(task, completed=source.read)


class _Lines:
    def __init__(self, source: Source, console: Console) -> None:
        self._source = source
        self._console = console
        self._told = 0

    def tell(self) -> None:
        """A line for every tenth of the export."""
        step = self._source.read * STEPS // max(1, self._source.size)
        if step > self._told:
            self._told = step
            self._console.print(f"Importing: {step * 100 // STEPS} % read", highlight=False)
