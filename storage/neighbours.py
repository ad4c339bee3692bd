"""Other programs at the same archive."""

from aiosqlite import Connection

from storage import fetch


async def commits(tx: Connection) -> int:
    """A number that is another one whenever another connection has committed since."""
    return int(await fetch.value(tx, "PRAGMA data_version"))
