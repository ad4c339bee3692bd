"""`postwatch doctor --probe`: which source of remote pts is the freshest."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from bot.clock import Clock
from bot.configured import login_of
from bot.lock import only_one
from bot.outcomes import Outcome
from bot.query.words import norm
from bot.telegram.probe import Probed, connected, probe
from bot.watching.watchlist import places
from config.settings import Settings
from storage import channels
from storage.db import open_archive
from storage.records import Place

MOST = 30  # channels: one of the sources takes a request for each


async def compare(settings: Settings, clock: Clock) -> Table | str:
    """A table of what each source says of up to thirty channels, or why there is none.

    Raises AlreadyRunningError: the session belongs to the program that runs.
    """
    with only_one(settings.data):
        async with open_archive(settings.archive, norm, clock.now()) as archive:
            try:
                async with connected(login_of(settings, "watcher"), clock) as account:
                    asked = (await places(archive.reader, account.id))[:MOST]
                    found = await probe(account, asked, clock)
            except Outcome as failed:
                return f"The watcher cannot ask Telegram: {failed}"
            if not asked:
                return "No channel is watched yet, so there is nothing to compare."
            titles = {each.id: each.title for each in await channels.watched(archive.reader)}
            return _table(asked, titles, found)


def _table(asked: Sequence[Place], titles: Mapping[int, str], found: Mapping[str, Probed]) -> Table:
    table = Table("channel", "our cursor", *found, title="Where Telegram is, by source (pts)")
    for place in asked:
        newest = max(each.pts.get(place.channel_id, 0) for each in found.values())
        says = [_cell(each, place.channel_id, newest) for each in found.values()]
        table.add_row(titles[place.channel_id], str(place.cursor.pts), *says)
    behind = [str(_behind(each, asked, found)) for each in found.values()]
    table.add_section()
    table.add_row("channels behind the freshest", "", *behind)
    table.add_row("time", "", *(f"{each.millis / 1000:.1f} s" for each in found.values()))
    return table


def _cell(says: Probed, channel_id: int, newest: int) -> str:
    if says.problem:
        return says.problem
    pts = says.pts.get(channel_id)
    if pts is None:
        return says.lost.get(channel_id, "not told")
    return str(pts) if pts == newest else f"{pts} ({pts - newest})"


def _behind(says: Probed, asked: Sequence[Place], found: Mapping[str, Probed]) -> int:
    """For how many channels another source knows more."""
    return sum(
        says.pts.get(place.channel_id, 0)
        < max(each.pts.get(place.channel_id, 0) for each in found.values())
        for place in asked
    )
