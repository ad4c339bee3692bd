"""Logging: one line a record, and no secret in any of them."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.logging import HIDDEN, HumanLines, JsonLines, Redacting, configure
from config.settings import Log, SettingsError

TOKEN = "987654321:AnInventedTokenOfABot"
HASH = "0123456789abcdef0123456789abcdef"
PHONE = "+380501234567"
SECRETS = (TOKEN, HASH, PHONE, PHONE[1:])


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Logging belongs to the process: put back what a test sets up."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers, root.level = handlers, level
    for name in ("telethon", "apscheduler", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def logged(formatter: logging.Formatter, *records: logging.LogRecord) -> str:
    """What a handler set up like ours writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redacting(SECRETS))
    handler.setFormatter(formatter)
    for record in records:
        handler.handle(record)
    return stream.getvalue()


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error is not None else None
    made = logging.LogRecord("bot.ingest", logging.WARNING, "ingest.py", 1, message, args, info)
    made.created, made.msecs = 1663596185.12, 120.0
    return made


def raised(message: str) -> Exception:
    try:
        raise ValueError(message)
    except ValueError as error:
        return error


def test_a_line_for_people_has_time_level_place_and_message() -> None:
    assert logged(HumanLines(), record("channel=%d is back", 5)) == (
        "2022-09-19 14:03:05.120Z warning bot.ingest: channel=5 is back\n"
    )


def test_a_json_line_is_one_object_even_with_line_breaks_and_a_traceback() -> None:
    line = logged(JsonLines(), record("two\nlines і %s", "є", error=raised("broken")))
    assert line.count("\n") == 1
    parsed = json.loads(line)
    assert parsed["at"] == "2022-09-19T14:03:05.120Z"
    assert parsed["level"] == "warning"
    assert parsed["logger"] == "bot.ingest"
    assert parsed["message"] == "two\nlines і є"
    assert "ValueError: broken" in parsed["error"]


@pytest.mark.parametrize("formatter", [HumanLines(), JsonLines()], ids=["human", "json"])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_hidden_in_messages_arguments_and_tracebacks(
    formatter: logging.Formatter, secret: str
) -> None:
    text = logged(
        formatter,
        record(f"in the message {secret}"),
        record("among the arguments %s %r", secret, {"key": secret}),
        record("in the traceback", error=raised(f"refused: https://api/bot{secret}/getMe")),
    )
    assert secret not in text
    assert text.count(HIDDEN) >= 4


def test_a_secret_put_together_from_message_and_argument_is_hidden() -> None:
    assert TOKEN not in logged(HumanLines(), record("987654321:%s", "AnInventedTokenOfABot"))


def test_a_longer_secret_is_hidden_whole() -> None:
    assert logged(HumanLines(), record(PHONE)).endswith(f": {HIDDEN}\n")


def test_without_secrets_nothing_is_hidden() -> None:
    assert Redacting(["", ""]).filter(plain := record("as it is"))
    assert plain.getMessage() == "as it is"


def test_a_call_with_the_wrong_arguments_neither_fails_nor_prints_them() -> None:
    text = logged(HumanLines(), record("%d posts", TOKEN))
    assert "arguments that do not fit" in text
    assert TOKEN not in text


def test_a_configured_process_writes_redacted_lines_to_its_file(tmp_path: Path) -> None:
    file = tmp_path / "postwatch.log"
    configure(Log(level="info", format="json", file=file), SECRETS)
    logging.getLogger("bot.some").debug("too fine")
    logging.getLogger("bot.some").info("token %s, %s", TOKEN, "\ud800")
    logging.getLogger("telethon.network").info("of no interest")
    logging.getLogger("telethon.network").warning("of interest")
    messages = [json.loads(line)["message"] for line in file.read_text("utf-8").splitlines()]
    assert messages[0].startswith(f"token {HIDDEN}")
    assert messages[1:] == ["of interest"]


def test_a_quieter_level_holds_for_the_libraries_too(tmp_path: Path) -> None:
    file = tmp_path / "postwatch.log"
    configure(Log(level="error", format="human", file=file), ())
    logging.getLogger("telethon.network").warning("not now")
    assert file.read_text("utf-8") == ""


def test_without_a_file_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Log(level="debug", format="human", file=None), SECRETS)
    logging.getLogger("bot.some").debug("seen with %s", HASH)
    captured = capsys.readouterr()
    assert f"seen with {HIDDEN}" in captured.err
    assert captured.out == ""


def test_a_file_that_cannot_be_written_is_a_problem_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"log\.file"):
        configure(Log(level="info", format="human", file=tmp_path / "no" / "x.log"), ())
