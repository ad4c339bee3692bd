"""The command line, for the person who sets the program up: each wrong turn says what to do."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.configured import login_of
from bot.lock import AlreadyRunningError
from bot.query.words import norm
from bot.telegram.login import LoginError, sign_in
from storage import channels, posts
from storage.db import open_archive
from storage.records import Batch, Channel, Post, Via
from tests.e2e.conftest import Cast
from tests.program import ROOT, Program


async def postwatch(*arguments: str, variables: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a command as a process; its exit status and all that it printed."""
    known = {name: value for name, value in os.environ.items() if "POSTWATCH" not in name}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        env={**known, **(variables or {})}, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(40):
        printed, _ = await process.communicate()
    assert process.returncode is not None
    assert b"Traceback" not in printed, printed.decode()
    return process.returncode, printed.decode()


async def make_archive(cast: Cast, folder: Path) -> None:
    """Run the program for a moment."""
    program = Program(cast.settings(folder), Clock())
    await program.starts()
    await program.archive.until("SELECT 1 FROM archive")
    await program.stops()


@pytest.fixture
def variables(cast: Cast, tmp_path: Path) -> dict[str, str]:
    return cast.environment(tmp_path / "data")


async def test_every_missing_and_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    written = tmp_path / "postwatch.toml"
    written.write_text("[telegram]\napi_id = 'seven'\nbot_tokn = ''\n")
    written.chmod(0o600)
    status, printed = await postwatch("run", "--settings", str(written))
    assert status == 2
    for name in ("telegram.api_id", "bot_tokn", "telegram.api_hash", "telegram.owner"):
        assert name in printed


async def test_a_data_folder_that_cannot_be_made_is_named(
    variables: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    variables["POSTWATCH_DATA"] = str(tmp_path / "file" / "data")
    status, printed = await postwatch("login", variables=variables)
    assert status == 2 and "cannot be used" in printed


@pytest.mark.parametrize("name", ["99999999999999999999", "nobody_at_all"])
async def test_coverage_of_an_unknown_channel_says_so(
    variables: dict[str, str], signed_in_before: None, cast: Cast, tmp_path: Path, name: str
) -> None:
    status, printed = await postwatch("coverage", variables=variables)
    assert status == 2, "a look makes no archive"
    assert not (tmp_path / "data" / "postwatch.sqlite3").exists()
    await make_archive(cast, tmp_path / "data")
    status, printed = await postwatch("coverage", name, variables=variables)
    assert status == 2 and "has no channel" in printed


async def test_init_writes_a_file_that_says_what_to_fill_in(tmp_path: Path) -> None:
    path = tmp_path / "postwatch.toml"
    assert (await postwatch("init", "--settings", str(path)))[0] == 0
    assert path.stat().st_mode & 0o077 == 0
    status, printed = await postwatch("init", "--settings", str(path))
    assert status == 2 and "is there already" in printed, "a file with secrets is not overwritten"
    status, printed = await postwatch("doctor", "--settings", str(path))
    assert status == 2 and "telegram.api_id" in printed


async def test_doctor_finds_everything_well(
    cast: Cast, variables: dict[str, str], tmp_path: Path
) -> None:
    cast.signed_in(tmp_path / "data")
    status, printed = await postwatch("doctor", variables=variables)
    assert "signed in as @postwatch_bot" in printed and "signed in as Watcher" in printed
    assert "press Start" in printed and status == 1, "the owner has not pressed Start yet"
    assert cast.bot.token not in printed


async def test_doctor_checks_the_index_and_has_a_damaged_one_built_anew(
    cast: Cast, variables: dict[str, str], tmp_path: Path
) -> None:
    settings = cast.signed_in(tmp_path / "data")
    async with open_archive(settings.archive, norm, 1) as archive, archive.transaction() as tx:
        await channels.save(tx, Channel(5, "Канал"))
        await posts.apply(tx, Batch(Via.LIVE, 1, (Post(5, 1, 1, "Білогорівка"),)))
    _, printed = await postwatch("doctor", variables=variables)
    assert "holds the words of 1 posts" in printed
    async with open_archive(settings.archive, norm, 1) as archive, archive.transaction() as tx:
        await tx.execute("INSERT INTO posts_index (rowid, body, meta) VALUES (1, 'x', '')")
    status, printed = await postwatch("doctor", variables=variables)
    assert status == 1 and "posts_index" in printed and "postwatch run" in printed
    _, printed = await postwatch("doctor", variables=variables)
    assert "0 of 1 posts are in it" in printed
    program = Program(settings, Clock())
    await program.starts()
    await program.archive.until("SELECT 1 FROM indexing WHERE below_id IS NULL")
    _, printed = await postwatch("doctor", variables=variables)
    assert "not checked while the program runs" in printed
    await program.stops()
    _, printed = await postwatch("doctor", variables=variables)
    assert "holds the words of 1 posts" in printed


async def test_doctor_keeps_its_hands_off_the_sessions_of_a_running_program(
    cast: Cast, variables: dict[str, str], tmp_path: Path
) -> None:
    settings = cast.signed_in(tmp_path / "data")
    program = Program(settings, Clock())
    await program.starts()
    await cast.telegram.is_asked_for("bots.SetBotCommands", times=3)
    signed_in_before = cast.telegram.counts["help.GetConfig"]
    _, printed = await postwatch("doctor", variables=variables)
    assert "is running" in printed
    assert cast.telegram.counts["help.GetConfig"] == signed_in_before
    status, printed = await postwatch("login", variables=variables)
    assert status == 2 and "Another postwatch is running" in printed
    await program.stops()


async def test_doctor_says_what_is_ill(
    cast: Cast, variables: dict[str, str], tmp_path: Path
) -> None:
    variables["POSTWATCH_BOT_TOKEN"] = "1000:another-token-altogether"
    status, printed = await postwatch("doctor", variables=variables)
    assert status == 1
    assert "not signed in" in printed and "postwatch login" in printed
    assert "refuses the token" in printed and "@BotFather" in printed


async def test_doctor_says_when_telegram_cannot_be_reached(
    cast: Cast, variables: dict[str, str]
) -> None:
    variables["POSTWATCH_SERVER_ADDRESS"] = "127.0.0.1:1"
    status, printed = await postwatch("doctor", variables=variables)
    assert status == 1 and "cannot be reached" in printed


async def test_run_before_login_says_so(variables: dict[str, str]) -> None:
    status, printed = await postwatch("run", variables=variables)
    assert status == 2 and "postwatch login" in printed


@pytest.fixture
def signed_in_before(cast: Cast, tmp_path: Path) -> None:
    settings = cast.settings(tmp_path / "data")
    settings.data.mkdir()
    cast.telegram.seed_session(settings.watcher_session, cast.watcher)


async def test_a_bad_token_ends_the_program_with_advice(
    cast: Cast, variables: dict[str, str], signed_in_before: None
) -> None:
    variables["POSTWATCH_BOT_TOKEN"] = "1000:another-token-altogether"
    status, printed = await postwatch("run", variables=variables)
    assert status == 2 and "@BotFather" in printed
    assert "another-token" not in printed


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"this is no database", "not"), (None, "newer")],
    ids=["garbage", "newer"],
)
async def test_a_broken_or_newer_archive_is_left_alone(
    cast: Cast,
    variables: dict[str, str],
    signed_in_before: None,
    tmp_path: Path,
    content: bytes | None,
    says: str,
) -> None:
    archive = tmp_path / "data" / "postwatch.sqlite3"
    if content is None:
        await make_archive(cast, tmp_path / "data")
        with closing(sqlite3.connect(archive)) as conn:
            conn.execute("PRAGMA user_version = 999")
    else:
        archive.write_bytes(content)
    before = archive.read_bytes()
    status, printed = await postwatch("run", variables=variables)
    assert status == 2 and says in printed and str(archive) in printed
    assert archive.read_bytes() == before


async def test_two_programs_on_one_folder_are_refused(cast: Cast, tmp_path: Path) -> None:
    settings = cast.signed_in(tmp_path)
    first, second = Program(settings, Clock()), Program(settings, Clock())
    await first.starts()
    await cast.telegram.is_asked_for("bots.SetBotCommands")
    await second.starts()
    with pytest.raises(AlreadyRunningError, match="Another postwatch is running"):
        await second.ends()
    await first.stops()


async def test_login_by_code(cast: Cast, tmp_path: Path) -> None:
    settings = cast.settings(tmp_path)
    login = login_of(settings, "watcher")
    codes = iter(["00000", None])

    def ask(_prompt: str) -> str:
        return next(codes) or cast.watcher.code

    assert await sign_in(login, f"+{cast.watcher.phone}", ask, ask) == "Watcher"
    assert settings.watcher_session.stat().st_mode & 0o077 == 0
    assert await sign_in(login, "", ask, ask) == "Watcher", "signed in already: nothing is asked"


async def test_login_with_a_password(cast: Cast, tmp_path: Path) -> None:
    careful = cast.telegram.user("Careful", phone="380990000009", password="correct horse")
    login = login_of(cast.settings(tmp_path), "watcher")
    passwords = iter(["wrong", "correct horse"])
    name = await sign_in(login, "+380990000009", lambda _: careful.code, lambda _: next(passwords))
    assert name == "Careful"


@pytest.mark.parametrize(
    ("phone", "code", "says"),
    [
        ("+10000000000", "1", "does not know this phone number"),
        ("+380990000001", "00000", "The code was wrong"),
    ],
)
async def test_login_that_fails_says_why(
    cast: Cast, tmp_path: Path, phone: str, code: str, says: str
) -> None:
    login = login_of(cast.settings(tmp_path), "watcher")
    with pytest.raises(LoginError, match=says):
        await sign_in(login, phone, lambda _: code, lambda _: "")


async def test_a_wrong_password_is_told_apart_from_a_wrong_code(cast: Cast, tmp_path: Path) -> None:
    careful = cast.telegram.user("Careful", phone="380990000009", password="correct horse")
    login = login_of(cast.settings(tmp_path), "watcher")
    with pytest.raises(LoginError, match="The password was wrong"):
        await sign_in(login, "+380990000009", lambda _: careful.code, lambda _: "guess")


async def test_login_at_the_terminal(cast: Cast, variables: dict[str, str], tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "login",
        env={**os.environ, **variables, "POSTWATCH_PHONE": f"+{cast.watcher.phone}"}, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    await cast.telegram.is_asked_for("auth.SendCode", within=20)
    async with asyncio.timeout(20):
        printed, _ = await process.communicate(f"{cast.watcher.code}\n".encode())
    assert process.returncode == 0
    assert "Signed in as Watcher" in printed.decode()
    assert (tmp_path / "data" / "watcher.session").exists()
