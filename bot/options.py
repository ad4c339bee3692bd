"""The options of the commands on the command line: one function a command."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bot.query.lexicon import LANGUAGES

_MINUS = "\u2212"


def with_minus(arguments: Sequence[str]) -> list[str]:
    """The arguments of a command line, with a real minus before words that a search is to leave
    out: argparse would take the hyphen for that of an option."""
    if arguments[:1] != ["search"]:
        return list(arguments)
    behind = arguments.index("--") if "--" in arguments else len(arguments)
    words = [f"{_MINUS}{each[1:]}" if _is_left_out(each) else each for each in arguments[:behind]]
    return [*words, *arguments[behind:]]


def _is_left_out(argument: str) -> bool:
    return argument[:1] == "-" and argument[1:2] not in ("", "-") and argument != "-h"


def demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--chat", action="store_true", help="stay, and let me type commands")


def backfill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("channel", metavar="@CHANNEL", help="a watched channel, or its id")
    how_far = parser.add_mutually_exclusive_group(required=True)
    how_far.add_argument("--days", type=_days, metavar="N", help="so many days back from now")
    how_far.add_argument("--all", action="store_const", const=0, dest="days", help="all there is")


def _days(written: str) -> int:
    if not written.isdecimal() or not 0 < int(written) <= 36_500:
        raise argparse.ArgumentTypeError(f"{written} is not a number of days (1 to 36500)")
    return int(written)


def doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--probe",
        action="store_true",
        help="compare the ways to learn how far Telegram is (watch.pts_source); stop `run` before",
    )


def coverage(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("channel", nargs="?", metavar="@CHANNEL", help="one channel only")
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "query", nargs="+", type=_word, metavar="QUERY", help="as after /search; a -word is one too"
    )
    parser.add_argument("--limit", type=_count, default=20, metavar="N", help="at most so many")
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def _word(written: str) -> str:
    return f"-{written[1:]}" if written[:1] == _MINUS else written


def _count(written: str) -> int:
    if not written.isdecimal() or not 0 < int(written) <= 10_000:
        raise argparse.ArgumentTypeError(f"{written} is not a number of posts (1 to 10000)")
    return int(written)


def verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--anchor",
        action="append",
        default=[],
        type=_anchor,
        metavar="SEQ:HASH",
        help="compare with an anchor that the bot sent and you kept; may be given again",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def bring(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="the folder of the export, or its result.json"
    )
    parser.add_argument(
        "--channel",
        metavar="ID",
        help="which channel it is, or the only one to import: a number, or a known @name",
    )
    parser.add_argument(
        "--zone",
        metavar="ZONE",
        help="the time zone of the computer that exported (default: reading.zone); only older "
        "JSON and HTML need it",
    )
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def explain(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        f"{parser.description} Without --rule and --text, reads lines of JSON (rule, text, "
        "perhaps lang) and answers each with one (match, spans, forms)."
    )
    parser.add_argument("--rule", metavar="QUERY", help="a rule as for /watch")
    parser.add_argument("--text", metavar="TEXT", help="the text of a post")
    parser.add_argument("--lang", choices=LANGUAGES, help="its language, for lang: in the rule")


def _anchor(written: str) -> object:
    from bot.operator import verifying

    try:
        return verifying.parse_anchor(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
