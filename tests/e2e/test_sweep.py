"""What a sweep costs, by hand and by which source; and a few channels that are polled."""

import json
from pathlib import Path

import pytest
from rich.table import Table

from bot.clock import Clock
from bot.lock import AlreadyRunningError
from bot.operator import completeness
from bot.operator.history import NoSuchChannelError
from bot.operator.probing import compare
from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from bot.sandbox.tl import F
from bot.telegram.positions import SOURCES
from tests.e2e.conftest import Cast, ask
from tests.program import Archive, Program


async def test_a_sweep_by_hand_says_what_it_found(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    assert "1 channel compared. Nothing had been missed." in (await ask(anna, "/sweep")).text
    haidai.silent = True
    await haidai.posts("Непомітно")
    told = (await ask(anna, "/sweep")).text
    assert "1 had something new" in told and "1 post, edit or deletion was added" in told
    assert program.archive.rows("SELECT via FROM posts") == [("sweep",)]


async def test_coverage_is_told_of_one_channel_and_of_all(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await haidai.posts("Допис")
    await program.archive.until("SELECT 1 FROM posts")
    await ask(anna, "/sweep")
    every = (await ask(anna, "/coverage")).text
    assert "1 channel: every message number is accounted for" in every
    assert "complete from 20 August 2022 to 19 Sep 2022" in every
    one = (await ask(anna, "/coverage @luhanskaVTSA")).text
    assert "In the last 7 days (1 post) a post was here after" in one
    assert "is not watched" in (await ask(anna, "/coverage @nobody_here")).text


@pytest.mark.parametrize("source", ["peer_dialogs", "dialogs", "full_channel"])
async def test_every_source_finds_what_was_not_pushed(
    program: Program, cast: Cast, haidai: Channel, tmp_path: Path, clock: Clock, source: str
) -> None:
    await program.stops()
    haidai.silent = True
    await haidai.posts("Непомітно")
    more = {"watch.pts_source": source}
    again = Program(cast.settings(tmp_path, **more), clock)
    await again.starts()
    await again.archive.until("SELECT 1 FROM posts WHERE via = 'sweep'")
    await again.stops()


@pytest.fixture
def followed(cast: Cast) -> list[Channel]:
    """With the one of the stories five hundred channels, and the watcher in all of them."""
    made = [cast.telegram.channel(f"channel_{number}", f"№ {number}") for number in range(499)]
    for channel in made:
        channel.admits(cast.watcher)
    return made


async def test_the_sweep_of_five_hundred_quiet_channels_costs_five_requests(
    program: Program, cast: Cast, followed: list[Channel], tmp_path: Path, clock: Clock
) -> None:
    await program.stops()
    _watch(program.archive, cast, followed)
    program.archive.change("UPDATE cursors SET compared_at = NULL")
    program.archive.change("UPDATE channels SET read_at = 9999999999999")
    more = {"watch.sweep_seconds": "3600"}
    again = Program(cast.settings(tmp_path, **more), clock)
    await again.starts()
    await again.archive.until("SELECT 1 FROM cursors WHERE compared_at IS NOT NULL")
    before = cast.telegram.counts.copy()
    told = (await ask(cast.anna, "/sweep")).text
    assert "500 channels compared." in told
    asked = cast.telegram.counts - before
    of_the_watcher = {name: asked[name] for name in asked if not name.startswith("messages.Send")}
    assert of_the_watcher == {"messages.GetPeerDialogs": 5}
    await again.stops()


def _watch(archive: Archive, cast: Cast, followed: list[Channel]) -> None:
    """As if the channels had been joined long ago."""
    hashes = cast.telegram.world.access_hash
    archive.change(
        "INSERT INTO channels (id, username, title, state, added_at) VALUES (?, ?, ?, 'joined', 1)",
        *((each.id, each.username, each.title) for each in followed),
    )
    archive.change(
        "INSERT INTO access VALUES (?, ?, ?)",
        *((cast.watcher.id, each.id, hashes(cast.watcher.id, each.marked_id)) for each in followed),
    )
    archive.change(
        "INSERT INTO cursors (channel_id, pts, top_id, moved_at) VALUES (?, ?, 0, 1)",
        *((each.id, each.pts) for each in followed),
    )


@pytest.fixture
async def hot(cast: Cast, tmp_path: Path) -> Program:
    """A program with a clock that races, and a channel it polls without being a member."""
    more = {"watch.hot": "@SvitloNews", "watch.sweep_seconds": "3600"}
    return Program(cast.signed_in(tmp_path, **more), Clock(None, rate=40))


async def test_a_hot_channel_is_read_without_joining(cast: Cast, hot: Program) -> None:
    channel = cast.telegram.channel("SvitloNews", "Світло")
    await hot.starts()
    await hot.archive.until("SELECT 1 FROM channels WHERE state = 'polled'")
    channel.silent = True
    await channel.posts("Гаряче")
    await hot.archive.until("SELECT 1 FROM posts WHERE text = 'Гаряче' AND via = 'sweep'")
    assert cast.telegram.counts["contacts.ResolveUsername"] == 1
    assert cast.telegram.counts["channels.JoinChannel"] == 0
    await hot.restarts()
    await hot.archive.until("SELECT 1 FROM channels WHERE state = 'polled'")
    assert cast.telegram.counts["contacts.ResolveUsername"] == 1
    await hot.stops()


async def test_a_hot_channel_rests_as_long_as_it_is_told_and_keeps_no_other_waiting(
    cast: Cast, tmp_path: Path
) -> None:
    first = cast.telegram.channel("aaaa_first", "Перший")
    second = cast.telegram.channel("SvitloNews", "Світло")
    more = {"watch.hot": "@aaaa_first, @SvitloNews", "watch.sweep_seconds": "3600"}
    cast.telegram.faults.flood("updates.GetChannelDifference", 300, chat=first, times=10_000)
    program = Program(cast.signed_in(tmp_path, **more), Clock(None, rate=40))
    await program.starts()
    await _is_polled(cast, second, 5)  # every half a minute, as Telegram wants it
    assert _polls(cast, first) == 1
    await _is_polled(cast, second, 13)
    assert _polls(cast, first) == 2, "asked again after five minutes"
    await program.stops()


def _polls(cast: Cast, channel: Channel) -> int:
    """How often the difference of a channel was asked for."""
    asked = [request for _, request in cast.telegram.requests]
    differences = [
        each for each in asked if isinstance(each, F.updates.GetChannelDifferenceRequest)
    ]
    return [each.channel.channel_id for each in differences].count(channel.id)


async def _is_polled(cast: Cast, channel: Channel, times: int) -> None:
    name = "updates.GetChannelDifference"
    while _polls(cast, channel) < times:
        await cast.telegram.is_asked_for(name, cast.telegram.counts[name] + 1)


async def test_the_probe_compares_the_sources(program: Program, haidai: Channel) -> None:
    with pytest.raises(AlreadyRunningError):
        await compare(program.settings, Clock())
    await program.stops()
    await haidai.posts("Допис", withhold=True)
    table = await compare(program.settings, Clock())
    assert isinstance(table, Table)
    columns = {str(column.header): list(column.cells) for column in table.columns}
    assert columns["channel"][0] == "Сергій Гайдай"
    for source in SOURCES:
        assert columns[source][:2] == [str(haidai.pts), "0"]
    assert columns["our cursor"][0] == str(haidai.pts - 1)


async def test_coverage_is_printed_for_scripts_beside_the_program(
    program: Program, haidai: Channel, anna: Reader, clock: Clock
) -> None:
    await ask(anna, "/sweep")
    found = await completeness.report(program.settings.archive, clock, "@luhanskaVTSA")
    [told] = json.loads(completeness.as_json(found, clock.now()))
    assert told["title"] == "Сергій Гайдай" and told["state"] == "joined"
    assert told["complete_from"].startswith("2022-08-20")
    assert told["complete_to"].startswith("2022-09-19")
    assert (told["ids_not_accounted_for"], told["ranges_not_accounted_for"]) == (0, [])
    assert completeness.as_table(found, clock.now()).row_count == 1
    with pytest.raises(NoSuchChannelError):
        await completeness.report(program.settings.archive, clock, "nobody")


async def test_a_channel_that_must_wait_does_not_keep_the_others_waiting(
    program: Program, haidai: Channel, cast: Cast
) -> None:
    first = cast.telegram.channel("aaaa_first", "Аааа")  # swept before the other, by its title
    first.admits(cast.watcher)
    await cast.anna.says("/add @aaaa_first")
    await cast.anna.presses("Add", on=await cast.anna.receives("Watch this channel?"))
    await program.archive.until("SELECT 1 FROM channels WHERE username = 'aaaa_first'")
    cast.telegram.faults.flood("updates.GetChannelDifference", 5, chat=first, times=10_000)
    await first.posts("раз", withhold=True)
    await haidai.posts("два", withhold=True)
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'два'", within=15)
