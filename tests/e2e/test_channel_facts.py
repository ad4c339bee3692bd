"""What happens to a channel itself is kept, and told to the owner once."""

import pytest

from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, ask
from tests.program import Program


def events(program: Program, fact: str) -> list[tuple[object, ...]]:
    return program.archive.rows(
        "SELECT before, after FROM channel_events WHERE fact = ? ORDER BY id", fact
    )


async def test_a_rename_is_told_once(
    program: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    await haidai.changes(title="Луганська ОВА")
    told = await anna.receives("another title")
    assert "Сергій Гайдай is now Луганська ОВА" in told.text
    await program.restarts()
    await haidai.posts("Після")
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Після'")
    await anna.receives_nothing_more()
    assert events(program, "title") == [("Сергій Гайдай", "Луганська ОВА")]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"username": "luhansk_ova"}, "@luhanskaVTSA is now @luhansk_ova"),
        ({"verified": False}, "no longer verified"),
        ({"restricted": "terms"}, "restricts"),
    ],
)
async def test_names_marks_and_blocks_are_told(
    program: Program, anna: Reader, haidai: Channel, facts: dict[str, str], told: str
) -> None:
    await haidai.changes(**facts)
    await anna.receives(told)
    await haidai.posts("Далі")
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Далі'")
    await anna.receives_nothing_more()


async def test_lost_access_is_told_once_and_so_is_its_return(
    program: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    await haidai.bans(cast.watcher)
    await anna.receives("is closed to the watcher")
    await program.restarts()
    await anna.receives_nothing_more()
    assert "cannot be read any more" in (await ask(anna, "/latest")).text

    haidai.unbans(cast.watcher)
    haidai.admits(cast.watcher)
    await haidai.posts("Поки нас не було")
    await program.stops()
    _a_night_passes(program)
    await program.starts()
    await anna.receives("can be read again")
    await program.archive.until("SELECT 1 FROM posts WHERE text = 'Поки нас не було'")


def _a_night_passes(program: Program) -> None:
    """As if nothing had been read in full since yesterday."""
    program.archive.change("UPDATE channels SET read_at = 1")


async def test_descriptions_and_subscribers_are_read_in_full(
    program: Program, haidai: Channel
) -> None:
    await program.restarts()
    await program.archive.until("SELECT 1 FROM channels WHERE read_at IS NOT NULL")
    await haidai.changes(about="Голова адміністрації", subscribers=150_000)
    await program.stops()
    _a_night_passes(program)
    await program.starts()
    await program.archive.until("SELECT 1 FROM channels WHERE about <> ''")
    assert events(program, "about") == [("", "Голова адміністрації")]
    assert events(program, "subscribers")[-1] == ("1", "150000")


async def test_a_name_that_leads_elsewhere_is_told(
    program: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    await haidai.changes(username="luhansk_ova")
    await anna.receives("is now @luhansk_ova")
    impostor = cast.telegram.channel("luhanskaVTSA", "Зовсім інший")
    await program.stops()
    _a_night_passes(program)
    await program.starts()
    told = await anna.receives("leads to another account", within=20)
    assert str(impostor.id) in told.text
