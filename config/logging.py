"""Logging: for people or as JSON lines, and never with a secret in it."""

import json
import logging
import logging.config
import re
import time
from collections.abc import Iterable

from config.problems import Problem, SettingsError
from config.settings import Log

HIDDEN = "[hidden]"
FILE_BYTES = 10_000_000
OLD_FILES = 5
QUIET = ("telethon", "apscheduler", "aiosqlite")  # at most their warnings are of interest


def configure(log: Log, secrets: Iterable[str]) -> None:
    """Set the process's logging up; `secrets` are hidden wherever they would appear.

    Raises SettingsError if the file cannot be written.
    """
    level = log.level.upper()
    quiet = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"redact": {"()": Redacting, "secrets": tuple(secrets)}},
            "formatters": {"lines": {"()": JsonLines if log.format == "json" else HumanLines}},
            "handlers": {"out": _handler(log) | {"filters": ["redact"], "formatter": "lines"}},
            "root": {"level": level, "handlers": ["out"]},
            "loggers": {name: {"level": quiet} for name in QUIET},
        }
    )


def _handler(log: Log) -> dict[str, object]:
    if log.file is None:
        return {"class": "logging.StreamHandler"}
    try:
        log.file.open("a").close()
    except OSError as error:
        advice = "Choose a folder that exists and that the program may write to."
        raise SettingsError(
            [Problem("log.file", f"{log.file} cannot be written: {error.strerror}", advice)]
        ) from None
    return {
        "class": "logging.handlers.RotatingFileHandler",
        "filename": str(log.file),
        "maxBytes": FILE_BYTES,
        "backupCount": OLD_FILES,
        "encoding": "utf-8",
        "errors": "backslashreplace",
    }


class Redacting(logging.Filter):
    """Puts [hidden] in place of secrets, by value, in messages, tracebacks and stacks.

    It is a handler's, so that it sees the records of every logger. It renders the message, since
    a secret may be among the arguments or be made of several.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        longest_first = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redacted(_rendered(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._redacted(record.exc_text)
        if record.stack_info:
            record.stack_info = self._redacted(record.stack_info)
        return True

    def _redacted(self, text: str) -> str:
        return self._secret.sub(HIDDEN, text)


def _rendered(record: logging.LogRecord) -> str:
    """The message; a call with the wrong arguments must not fail, nor print them."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} (logged with arguments that do not fit)"


class HumanLines(logging.Formatter):
    """``2022-09-19 14:03:05.120Z warning bot.ingest: what happened``, a traceback below."""

    converter = staticmethod(time.gmtime)  # of the record's own time
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("{asctime} {level} {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.level = record.levelname.lower()
        return super().format(record)


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and error with the traceback."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["error"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)
