"""postwatch verify, and the daily anchor that the owner keeps."""

import json
import re
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.operator.verifying import examine, parse_anchor
from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from storage.anchors import Anchor
from tests.e2e.conftest import MORNING, Cast
from tests.e2e.test_operators import postwatch
from tests.program import Program

HOUR = 3_600_000


async def say_some(program: Program, haidai: Channel) -> None:
    post = await haidai.posts("Білогорівка наша")
    await post.edits("Білогорівка вся наша")
    await (await haidai.posts("Тихо")).deletes()
    await program.archive.until("SELECT 1 FROM posts WHERE deleted_at IS NOT NULL")
    await program.archive.until("SELECT 1 FROM posts WHERE version = 2")


async def verified(
    program: Program, capsys: pytest.CaptureFixture[str], *given: Anchor, as_json: bool = False
) -> tuple[int, str]:
    settings = program.settings
    status = await examine(settings.archive, settings.media_folder, given, as_json=as_json)
    return status, capsys.readouterr().out


async def test_a_sound_archive_is_verified_beside_the_running_program(
    program: Program, haidai: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    await say_some(program, haidai)
    status, printed = await verified(program, capsys)
    assert status == 0 and "No problem was found" in printed
    assert re.search(r"4 entries\n.*3 versions\n.*1 deletions\n", printed)

    status, printed = await verified(program, capsys, as_json=True)
    told = json.loads(printed)
    assert (status, told["sound"], told["problems"]) == (0, True, [])
    assert told["checked"]["posts"] == 2


async def test_a_changed_byte_in_the_file_is_told_with_the_link_of_its_post(
    program: Program, haidai: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    """A byte that makes no letter at all: even then the rest is verified."""
    await say_some(program, haidai)
    await program.stops()
    path = program.settings.archive
    change_every(path, "Білогорівка вся".encode(), b"\xff")
    status, printed = await verified(program, capsys)
    assert status == 1 and "https://t.me/luhanskaVTSA/1, version (entry 2): its text" in printed
    assert "problems were found" in printed
    status, printed = await verified(program, capsys, as_json=True)
    found = json.loads(printed)["problems"]
    assert {(each["message"], each["kind"]) for each in found} == {(1, "version"), (1, "post")}


def change_every(path: Path, text: bytes, first: bytes) -> None:
    """Put another byte where a text begins, as an editor of bytes would."""
    data = path.read_bytes()
    assert text in data
    path.write_bytes(data.replace(text, first + text[1:]))


async def test_the_owner_is_sent_an_anchor_a_day_which_verify_compares(
    program: Program, anna: Reader, haidai: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    await say_some(program, haidai)
    await program.stops()
    tomorrow = Program(program.settings, Clock(MORNING + 24 * HOUR, rate=100))
    await tomorrow.starts()
    message = await anna.receives("Anchor of the archive")  # it looks every minute
    assert "4 entries" in message.text
    await tomorrow.stops()
    assert program.archive.rows("SELECT count(*) FROM outbox WHERE kind = 'anchor'") == [(1,)]

    written = re.search(r"\d+:[0-9a-f]{64}", message.text)
    assert written is not None
    status, printed = await verified(program, capsys, parse_anchor(written[0]))
    assert status == 0 and "1 sent (the last one 2022-09-20 06:0" in printed
    status, printed = await verified(program, capsys, parse_anchor("1:" + "0" * 64))
    assert status == 1 and "the journal (entry 1): it is not the entry that was anchored" in printed


async def test_verify_is_a_command(cast: Cast, tmp_path: Path) -> None:
    variables = cast.environment(tmp_path)
    status, printed = await postwatch("verify", "--anchor", "12:abc", variables=variables)
    assert status == 2 and "an anchor is the number and the 64 letters" in printed
    status, printed = await postwatch("verify", "--json", variables=variables)
    assert status == 2 and "There is no archive" in printed and "postwatch run" in printed
