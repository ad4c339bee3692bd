"""Deletions of hundreds at once, through the whole program."""

import pytest

from bot.sandbox.channels import Channel
from tests.e2e.conftest import Cast
from tests.program import Program

COUNT = 240


@pytest.mark.parametrize("withhold", [False, True], ids=["pushed", "swept"])
async def test_a_mass_deletion_is_written_whole_and_in_one_transaction(
    program: Program, haidai: Channel, cast: Cast, withhold: bool
) -> None:
    made = [await haidai.posts(f"Допис {number}") for number in range(COUNT)]
    await program.archive.until("SELECT 1 FROM posts GROUP BY 1 HAVING count(*) = ?", COUNT)
    await haidai.deletes(made, withhold=withhold)
    cast.telegram.faults.too_long(haidai)  # asks for a look at the channel, at once
    [(gone, times)] = await program.archive.until(
        "SELECT count(*), count(DISTINCT deleted_at) FROM posts WHERE deleted_at IS NOT NULL"
        " HAVING count(*) > 0"
    )
    assert (gone, times) == (COUNT, 1), "no reader ever sees a part of it"
    assert program.archive.rows("SELECT count(*) FROM posts WHERE text LIKE 'Допис%'") == [(COUNT,)]
    assert program.archive.rows("SELECT posts FROM bursts") == [(COUNT,)]
    [(subject,)] = await program.archive.until("SELECT subject FROM outbox WHERE kind = 'burst'")
    assert subject == "burst/1"
