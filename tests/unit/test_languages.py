"""The language of a text: by letters, small words, and not at all."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.query.languages import language_of

ROOT = Path(__file__).parent.parent.parent
DATA = Path(os.environ.get("POSTWATCH_TEST_DATA") or ROOT.parent / "shared" / "data")
REAL = DATA / "telethon_messages"


@pytest.mark.parametrize(
    "text",
    [
        "Білогорівка повністю під нашим контролем, ворог готує оборону.",
        "Увага! Повітряна тривога",
        "Маємо про це говорити, але не зараз",
        "ВОРОГ ОБСТРІЛЯВ МІСТО",
        "Повітря́на триво́га",  # with stress marks
        "Пушилін заявив: «Надо провести референдум как можно быстрее». Це черговий фейк, і все.",
        "Наш канал: https://t.me/example_channel_with_a_long_name @another_name\nТиша в області",
    ],
)
def test_ukrainian(text: str) -> None:
    assert language_of(text) == "uk"


@pytest.mark.parametrize(
    "text",
    [
        "Предложил главе соседней республики готовить референдум вместе.",
        "Это важно",
        "Сводка за минувшие сутки будет опубликована после полудня",
        "Глава региона и губернатор края совершают облет для оценки последствий паводка",
        "Военнослужащие 25-й отдельной бригады массово сдались в плен",
        "Жители Ізюма рассказали, что было в городе",
    ],
)
def test_russian(text: str) -> None:
    assert language_of(text) == "ru"


@pytest.mark.parametrize(
    "text",
    [
        "Bilohorivka is fully under our control.",
        "The governor of Luhansk (Луганськ) says that the enemy prepares its defence",
        "Emergency power cuts in the Kharkiv region until 10 pm",
    ],
)
def test_english(text: str) -> None:
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🔥🔥🔥",
        "12.04.2022, 10:00",
        "https://example.org/the/and/is",
        "Наступ",  # no letter of its own, and too short to tell otherwise
        "El presidente de la república estuvo en Madrid",
        "Der Minister war gestern in Berlin",
        "Прэзідэнт сказаў, што ён і яна былі там",
        "國防部發布消息",
        "HIMARS",
    ],
)
def test_what_cannot_be_told(text: str) -> None:
    assert language_of(text) is None


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert language_of(text) in ("uk", "ru", "en", None)


@pytest.mark.parametrize("name", ["finance-ru", "ria-novosti-ru", "help-ukraine-uk"])
@pytest.mark.skipif(not REAL.is_dir(), reason="real messages are not part of the project")
def test_real_posts(name: str) -> None:
    dump = json.loads((REAL / f"{name}.json").read_text(encoding="utf-8"))
    messages = dump if isinstance(dump, list) else dump["messages"]
    told = [language_of(text) for each in messages if (text := each.get("message"))]
    wrong = [code for code in told if code not in (name[-2:], None)]
    assert told
    assert not wrong
    assert told.count(None) <= 0.02 * len(told)
