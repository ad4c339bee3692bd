"""What people are told about a query that cannot be read."""

import pytest

from bot.commands.context import UserError
from bot.commands.problems import PROBLEMS, UNREADABLE
from bot.commands.queries import explained, read_query
from bot.locales import LANGUAGES, deferred, speaker
from bot.query.dates import window
from bot.query.errors import QueryError
from bot.query.parse import parse
from tests.unit.query.test_parse import CODES, REFUSED

NOW = 1_663_677_000_000
IF_EMPTY = deferred("Write what to look for after the command: /search Білогорівка")


def told(error: UserError, language: str = "en") -> str:
    return str(speaker(language)(error.text, **error.values))


def refusal(text: str, *, rule: bool = False) -> UserError:
    with pytest.raises(UserError) as caught:
        read_query(text, IF_EMPTY, rule=rule)
    return caught.value


def test_every_refusal_has_a_text_of_its_own() -> None:
    variants = {"sign_alone", "unknown_channel_like", "unknown_label_like"}
    assert PROBLEMS.keys() == CODES - {"empty"} | variants
    assert len(set(PROBLEMS.values())) == len(PROBLEMS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("text", "code", "part"), REFUSED)
def test_a_refusal_shows_the_place_and_says_what_to_write(
    text: str, code: str, part: str, language: str
) -> None:
    error = refusal(text)
    if code == "empty":
        assert error.text == IF_EMPTY
    elif "{place}" in error.text:
        assert f"→{part}←".replace("<", "&lt;") in told(error, language)
        assert len(told(error, language).splitlines()) == 3
    assert error.text != UNREADABLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "обстріл OR",
            "In capitals OR is an operator, and there is nothing to join on one side of it.\n"
            "обстріл →OR←\n"
            "Write a word on that side. If you mean the word itself, write it in small letters or "
            "in quotation marks.",
        ),
        (
            "обстріл |",
            "There is nothing to look for on one side of this sign.\nобстріл →|←\n"
            "Write a word on that side, or leave the sign out. Links, @names and emoji do not "
            "count.",
        ),
        (
            "from: @luhanskaVTSA",
            "There is nothing directly behind the colon or the comma.\n→from:← @luhanskaVTSA\n"
            "Write without a space, for example: from:@luhanskaVTSA. If you mean the word, write "
            "it without the colon.",
        ),
        (
            "Київ has:foto",
            "has: does not know “foto”.\nКиїв →has:foto←\nWrite one of these: photo, video, link, "
            "file, audio, voice, gif, poll, place, sticker, story, contact.",
        ),
    ],
)
def test_how_it_reads(text: str, expected: str) -> None:
    assert told(refusal(text)) == expected


def test_the_place_is_bounded_and_harmless() -> None:
    long = told(refusal("а" * 300 + " <b>" + '<i>"x ' * 40))
    assert "<b>" not in long
    assert len(long) < 500


def test_a_date_is_explained_in_the_language_of_the_reader() -> None:
    with pytest.raises(QueryError) as caught:
        window(parse("Київ since:9999"), NOW, "UTC")
    assert told(explained(caught.value), "uk") == (
        "«9999» — задалеко: дати можливі від 1971 до 2100 року.\nКиїв →since:9999←\n"
        "Напишіть дату між ними, наприклад 2022-09-19."
    )


@pytest.mark.parametrize("code", ["unknown_channel", "unknown_label"])
def test_a_name_that_is_like_another_is_proposed(code: str) -> None:
    error = QueryError(code, text="from:@luhanskVTSA", at=0, value="luhanskvtsa", close="")
    assert "Did you mean" not in told(explained(error))
    error.values["close"] = "@luhanskaVTSA"
    assert "Did you mean @luhanskaVTSA?" in told(explained(error))


@pytest.mark.parametrize(
    "example",
    [
        *("обстріл -навчання", "удар /С-?[34]00/", "from:@name /С-?[34]00/"),
        *("референдум has:photo", "from:@name has:photo", "обстріл -(навчання OR тренування)"),
        *("обстріл -(навчання АБО тренування)", "обстрел -(учения ИЛИ тренировка)"),
        *("обстріл ~5 Херсон", "обстріл ~5 Херсон Херсон ~5 міст", "референдум*", "=Крим"),
        *("командн* пункт", "in:ua-oblasts", "from:@luhanskaVTSA"),
    ],
)
def test_what_is_proposed_can_be_written(example: str) -> None:
    assert any(example in text for text in _all_texts()), example
    read_query(example, IF_EMPTY, rule=True)


def _all_texts() -> list[str]:
    return [
        speaker(language).catalogue.gettext(text)
        for text in PROBLEMS.values()
        for language in LANGUAGES
    ]


@pytest.mark.parametrize(
    ("day", "since"),
    [
        ("since:2022-09-19", "2022-09-19"),
        ("since:19.09.2022", "19.09.2022"),
        ("since:7d", "7d"),
        ("since:7д", "7д"),
        ("since:yesterday", "yesterday"),
        ("since:вчора", "вчора"),
        ("since:вчера", "вчера"),
        ('since:"last monday"', "last monday"),
        ('since:"19 вересня"', "19 вересня"),
        ('since:"19 сентября"', "19 сентября"),
    ],
)
def test_the_dates_that_are_proposed_are_understood(day: str, since: str) -> None:
    query = read_query(day, IF_EMPTY)
    assert query.since is not None
    assert query.since.text == since
    assert window(query, NOW, "Europe/Kyiv")[0] is not None
