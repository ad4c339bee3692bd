"""`postwatch import` as it is typed: what it prints, and its exit status."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli import main
from bot.clock import Clock
from bot.importing import command, progress, sources
from bot.importing.words import ExportError
from storage import channels
from storage.db import Archive
from storage.records import Channel, ChannelState
from tests.importing.desktop import (
    CHANNEL,
    TITLE,
    chat,
    message,
    page,
    posted,
    write_json,
    write_pages,
    written,
)

SETTINGS = """
data = "data"
[telegram]
api_id = 1
api_hash = "0123456789abcdef0123456789abcdef"
bot_token = "1000:an-invented-token"
owner = 42
[reading]
zone = "Europe/Kyiv"
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "ChatExport_2022-09-20"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> str:
    path = tmp_path / "postwatch.toml"
    path.write_text(SETTINGS)
    path.chmod(0o600)
    (tmp_path / "data").mkdir()
    return str(path)


def test_a_whole_export_ends_well(
    settings: str, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_json(export, written(chat([message(1), message(2)])))
    assert main(["import", "--settings", settings, str(export)]) == 0
    printed, told = capsys.readouterr()
    assert f"{TITLE} (id {CHANNEL}): 2 messages read\n  2 new\n" in printed
    assert "Importing: 100 % read" in told
    assert main(["import", "--settings", settings, str(export / "result.json")]) == 0
    assert "0 new\n  2 known already" in capsys.readouterr().out


def test_what_is_left_out_is_an_exit_status(
    settings: str, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_json(export, written(chat([message(1), message(2, text=5)])))
    assert main(["import", "--settings", settings, "--json", str(export)]) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["complete"] is False


def test_local_times_are_those_of_the_settings_unless_another_zone_is_said(
    settings: str, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local = message(1)
    del local["date_unixtime"]
    write_json(export, written(chat([local])))
    for more, zone in (([], "Europe/Kyiv"), (["--zone", "Asia/Tokyo"], "Asia/Tokyo")):
        assert main(["import", "--settings", settings, "--json", *more, str(export)]) == 0
        assert json.loads(capsys.readouterr().out)["local_times"] == {zone: 1}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "There is nothing at nowhere"),
        (["."], "has neither a result.json nor a messages.html"),
        (["postwatch.toml"], "is no export of Telegram Desktop"),
        (["ChatExport_2022-09-20", "--zone", "Kyiv"], "Kyiv is no name of a time zone"),
        (["ChatExport_2022-09-20", "--zone", "localtime"], "localtime is no name of a time zone"),
        (["ChatExport_2022-09-20"], "does not say which channel it is of"),
        (["ChatExport_2022-09-20", "--channel", "@none"], "There is no channel @none"),
        (["ChatExport_2022-09-20", "--channel", "0"], "There is no channel 0"),
    ],
)
def test_what_cannot_be_done_says_what_to_write(
    settings: str,
    export: Path,
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_pages(export, page(posted(1)))
    monkeypatch.chdir(export.parent)
    assert main(["import", "--settings", settings, *arguments]) == 2
    printed, told = capsys.readouterr()
    assert said in told
    assert printed == ""
    assert "Traceback" not in told


@pytest.mark.parametrize("named", [str(CHANNEL), f"-100{CHANNEL}", "@pryklad", "pryklad"])
async def test_a_channel_can_be_named_by_its_id_or_its_name(
    archive: Archive, clock: Clock, export: Path, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with archive.transaction() as tx:
        await channels.save(tx, Channel(CHANNEL, "Приклад", "pryklad", ChannelState.JOINED))
    write_pages(export, page(posted(1)))
    [(path,)] = await archive.reader.execute_fetchall(
        "SELECT file FROM pragma_database_list WHERE name = 'main'"
    )
    order = command.Order(export, named, "UTC", as_json=True)
    assert await command.run(Path(path), order, clock) == 0
    [one] = json.loads(capsys.readouterr().out)["channels"]
    assert (one["id"], one["new"]) == (CHANNEL, 1)


def test_a_whole_account_as_pages_is_told_how_to_import(tmp_path: Path) -> None:
    one = tmp_path / "chats" / "chat_001"
    one.mkdir(parents=True)
    write_pages(one, page(posted(1)))
    advice = r"chat_001 --channel ID\. Or export it as JSON"
    with pytest.raises(ExportError, match=advice), sources.opened(tmp_path):
        pass


def test_a_page_stands_for_its_folder(export: Path) -> None:
    write_pages(export, page(posted(1)), page(posted(2)))
    write_json(export, written(chat([])))
    with sources.opened(export / "messages.html") as source:
        assert source.form == "html"
        assert len([item for item in source.items if isinstance(item, dict)]) == 2
    with sources.opened(export) as source:
        assert source.form == "json"  # which says more


def test_a_terminal_has_a_bar_and_a_file_has_lines(export: Path) -> None:
    write_json(export, written(chat([message(number) for number in range(3000)])))
    for terminal, shown in ((True, "Importing ━"), (False, "Importing: 100 % read\n")):
        console = Console(record=True, force_terminal=terminal, width=80, file=io.StringIO())
        with sources.opened(export) as source, progress.shown(source, console) as tell:
            for _ in source.items:
                pass
            tell()
        assert shown in console.export_text()
