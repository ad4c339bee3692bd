"""An archive of an older program, and commands of this one: who may bring it up to date."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import tell_missing
from bot.cli import main
from bot.lock import only_one
from bot.query.lexicon import Lexicon
from bot.query.words import norm
from storage.migrate import migrate, packaged
from tests.importing.desktop import chat, message, write_json, written

SETTINGS = """
data = "data"
[telegram]
api_id = 1
api_hash = "0123456789abcdef0123456789abcdef"
bot_token = "1000:an-invented-token"
owner = 42
"""
NEWEST = len(packaged())
Shown = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With settings, an export, and an archive that lacks the last migration."""
    (tmp_path / "postwatch.toml").write_text(SETTINGS)
    (tmp_path / "postwatch.toml").chmod(0o600)
    (tmp_path / "export").mkdir()
    write_json(tmp_path / "export", written(chat([message(1)])))
    migrate(tmp_path / "data" / "postwatch.sqlite3", norm, packaged()[:-1])
    return tmp_path


def schema(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "data" / "postwatch.sqlite3")) as conn:
        return int(conn.execute("PRAGMA user_version").fetchone()[0])


def command(folder: Path, *words: str) -> int:
    return main([*words, "--settings", str(folder / "postwatch.toml")])


COMMANDS = {
    "backfill": ["backfill", "@nobody", "--days", "3"],
    "import": ["import", "EXPORT"],
    "doctor": ["doctor"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_migrates_under_a_running_program(
    folder: Path, capsys: Shown, name: str
) -> None:
    words = [word.replace("EXPORT", str(folder / "export")) for word in COMMANDS[name]]
    with only_one(folder / "data"):
        status = command(folder, *words)
    printed = "".join(capsys.readouterr())
    assert status == (1 if name == "doctor" else 2)
    assert "older postwatch" in printed and "is running" in printed and "Stop it" in printed
    assert schema(folder) == NEWEST - 1
    assert [file.name for file in (folder / "data").glob("*.before-*")] == []


def test_alone_an_import_migrates(folder: Path) -> None:
    assert command(folder, "import", str(folder / "export")) == 0
    assert schema(folder) == NEWEST


def test_alone_a_backfill_migrates_and_goes_on_to_its_own_complaint(
    folder: Path, capsys: Shown
) -> None:
    assert command(folder, *COMMANDS["backfill"]) == 2
    assert "has no channel @nobody" in capsys.readouterr().err
    assert schema(folder) == NEWEST


def test_an_archive_that_is_up_to_date_is_opened_beside_a_running_program(folder: Path) -> None:
    migrate(folder / "data" / "postwatch.sqlite3", norm)
    with only_one(folder / "data"):
        assert command(folder, "import", str(folder / "export")) == 0


def test_no_archive_is_made_beside_a_program_that_is_about_to(folder: Path) -> None:
    (folder / "data" / "postwatch.sqlite3").unlink()
    with only_one(folder / "data"):
        assert command(folder, "import", str(folder / "export")) == 2
    assert not (folder / "data" / "postwatch.sqlite3").exists()
    assert command(folder, "import", str(folder / "export")) == 0


def test_doctor_tells_the_dictionaries_and_what_was_left_out(folder: Path, capsys: Shown) -> None:
    with only_one(folder / "data"):
        command(folder, "doctor")
        assert "dictionaries of Ukrainian, Russian, English\n" in capsys.readouterr().out
        (folder / "postwatch.toml").write_text(SETTINGS + '[query]\ndictionaries = ["ru"]\n')
        command(folder, "doctor")
    assert "dictionaries of Russian; left out: Ukrainian, English\n" in capsys.readouterr().out


def test_the_start_logs_which_dictionaries_are_missing(caplog: pytest.LogCaptureFixture) -> None:
    tell_missing(Lexicon(languages=("uk", "en")))
    assert caplog.messages == [
        "no dictionary of Russian (package pymorphy3-dicts-ru): its words are not known in all "
        "forms"
    ]


@pytest.mark.parametrize(
    "words", [["search", "слово"], ["coverage"], ["verify"], ["import", "EXPORT"]]
)
def test_what_only_concerns_the_archive_needs_no_credentials(
    folder: Path, capsys: Shown, words: list[str]
) -> None:
    assert command(folder, "import", str(folder / "export")) == 0
    (folder / "postwatch.toml").write_text('[telegram]\nbot_token = "no token"\n')
    status = command(folder, *(word.replace("EXPORT", str(folder / "export")) for word in words))
    assert status == (1 if words[0] == "search" else 0), capsys.readouterr().err


def test_a_wish_for_history_needs_no_credentials(folder: Path, capsys: Shown) -> None:
    """It is written into the archive; who fetches is the running program."""
    assert command(folder, "import", str(folder / "export")) == 0
    with closing(sqlite3.connect(folder / "data" / "postwatch.sqlite3")) as conn, conn:
        conn.execute("INSERT INTO histories (channel_id, first_id) SELECT id, 1 FROM channels")
        [number] = conn.execute("SELECT channel_id FROM histories").fetchone()
    (folder / "postwatch.toml").write_text('data = "data"')
    assert command(folder, "backfill", str(number), "--all") == 0, capsys.readouterr().err
    assert "noted. The history is fetched while" in capsys.readouterr().out


def test_what_goes_to_telegram_still_asks_for_them(folder: Path, capsys: Shown) -> None:
    (folder / "postwatch.toml").write_text('data = "data"')
    assert command(folder, "run") == 2
    assert "telegram.api_id: is missing" in capsys.readouterr().err
