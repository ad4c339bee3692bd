"""`postwatch search`, beside the program that fills the archive."""

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.clock import Clock
from bot.operator import searching
from bot.query.lexicon import Lexicon
from bot.sandbox.channels import Channel
from tests.e2e.conftest import Cast
from tests.e2e.test_operators import postwatch
from tests.program import Program

BAD = {  # and what of it the answer names
    '"Білогорівка': "→",
    "OR": "OR",
    "-Білогорівка": "Білогорівка",
    "from:@nobody_at_all x": "nobody_at_all",
    "x since:colour": "colour",
    "x /(/": "(",
}


@pytest.fixture
def variables(cast: Cast, tmp_path: Path) -> dict[str, str]:
    """Of the running program."""
    return cast.environment(tmp_path)


async def test_a_running_archive_is_searched_for_people_and_for_programs(
    program: Program, haidai: Channel, variables: dict[str, str]
) -> None:
    for number in range(3):
        await haidai.posts(f"Бої за Білогорівку, день {number}")
    await haidai.posts("Про інше")
    await program.archive.until("SELECT 1 WHERE (SELECT count(*) FROM posts) = 4")

    status, printed = await postwatch("search", "bilohorivka", variables=variables)
    assert status == 0
    assert printed.count("t.me/luhanskaVTSA/") == 3
    assert "Сергій Гайдай" in printed and "Про інше" not in printed

    query = ("search", "Белогоровка", "from:@luhanskavtsa", "--json", "--limit", "2")
    status, printed = await postwatch(*query, variables=variables)
    found = json.loads(printed)
    assert status == 0
    assert [each["text"][-1] for each in found] == ["2", "1"], "newest first"
    assert found[0]["channel"] == "luhanskaVTSA"
    assert found[0]["link"] == f"https://t.me/luhanskaVTSA/{found[0]['message_id']}"
    assert found[0]["deleted_at"] is None

    status, printed = await postwatch("search", "--json", "Маріуполь", variables=variables)
    assert (status, json.loads(printed)) == (1, [])


async def test_a_bad_query_is_told_clearly(
    program: Program, variables: dict[str, str], clock: Clock
) -> None:
    # In this process but for one, since half a second of each process would go by for imports.
    lexicon = Lexicon()
    for query, told in BAD.items():
        asked = searching.Asked(query, 20, "UTC", as_json=False)
        with pytest.raises(searching.BadQueryError) as refused:
            await searching.run(program.settings.archive, lexicon, asked, clock)
        assert told in str(refused.value), query
        assert "<b>" not in str(refused.value)
    status, printed = await postwatch("search", "--", "-Білогорівка", variables=variables)
    assert status == 2 and "Білогорівка" in printed and "usage" not in printed


@pytest.mark.parametrize("limit", ["0", "many", "10001"])
def test_a_limit_that_is_none_is_refused(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["search", "x", "--limit", limit])
    assert ended.value.code == 2 and "number of posts" in capsys.readouterr().err


async def test_without_an_archive_there_is_nothing_to_search(variables: dict[str, str]) -> None:
    status, printed = await postwatch("search", "x", variables=variables)
    assert status == 2 and "archive" in printed
