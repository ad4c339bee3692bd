"""An export is imported beside the running program, and its channel is watched later on."""

import asyncio
from pathlib import Path

from bot.clock import Clock
from bot.importing import command
from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import MORNING, Cast, ask, watch
from tests.importing.desktop import chat, message, write_json, written
from tests.program import Program

LONG_AGO = str(MORNING // 1000 - 90 * 24 * 60 * 60)


async def import_beside(program: Program, clock: Clock, folder: Path, channel_id: int) -> int:
    posts = [
        message(number, text=f"Архівне слово {number}", date_unixtime=LONG_AGO)
        for number in range(1, 801)
    ]
    write_json(folder, written(chat(posts, name="Давній канал", id=channel_id)))
    order = command.Order(folder, None, "UTC", as_json=True)
    return await command.run(program.settings.archive, order, clock)


async def test_alerts_go_on_while_an_export_is_imported(
    program: Program, clock: Clock, anna: Reader, haidai: Channel, tmp_path: Path
) -> None:
    await watch(anna, "слово")

    importing = asyncio.create_task(import_beside(program, clock, tmp_path / "export", 777))
    for number in range(5):
        await haidai.posts(f"Нове слово номер {number}")
        assert f"номер {number}" in (await anna.receives("Нове")).text

    assert await importing == 0
    await anna.receives_nothing_more()  # nobody is alerted of what is imported
    [(count,)] = program.archive.rows("SELECT count(*) FROM posts WHERE channel_id = 777")
    assert count == 800


async def test_an_imported_channel_is_found_listed_and_can_be_watched(
    program: Program, clock: Clock, cast: Cast, anna: Reader, tmp_path: Path
) -> None:
    channel = cast.telegram.channel("davniy", "Давній канал")
    assert await import_beside(program, clock, tmp_path / "export", channel.id) == 0

    await anna.says("/search архівне 800")
    assert "слово 800" in (await anna.receives("800")).text
    await anna.says("/channels")
    assert "imported, not watched" in (await anna.receives("Давній канал")).text

    channel.admits(cast.watcher)
    await anna.says("/add @davniy")
    await anna.presses("Add", on=await anna.receives("Watch this channel?"))
    await anna.receives("Added")
    await program.archive.until(
        "SELECT 1 FROM channels WHERE id = ? AND state = 'joined'", channel.id
    )
    await watch(anna, "свіже")
    # The sandbox counts the channel's messages anew: this one has the number of an old one, and
    # with it that one's date.
    await anna.presses("Alerts…", on=await ask(anna, "/rules 1"))
    await anna.presses("Never", on=await anna.receives("How hits of"))
    await anna.receives("What is found late is told like the rest")
    await channel.posts("Свіже слово")
    assert "Свіже" in (await anna.receives("слово")).text
