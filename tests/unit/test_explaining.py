"""`postwatch explain`: whether a rule finds a text, for people and line by line for programs."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.operator.explaining import Explainer, ExplainError
from bot.query.lexicon import Lexicon
from tests.program import ROOT
from tests.unit.query.lexicons import lexicon

TEXT = "Ворог обстріляв Белогоровку, пункт командний знищено"


def told(rule: str, text: str = TEXT, language: str | None = None) -> str:
    return Explainer(lexicon()).answer(rule, text, language)


def answers(*lines: object) -> list[dict[str, Any]]:
    written = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return [json.loads(answer) for answer in Explainer(lexicon()).as_json(written)]


def test_a_find_is_told_with_the_words_that_made_it() -> None:
    said = told("Білогорівка ворог")
    assert said.startswith("The rule finds this text.\n")
    assert " + Білогорівка: Белогоровку\n" in said
    assert " + ворог: Ворог\n" in said
    assert "; also Белогоровка, Bilohorivka" in said


def test_a_miss_is_told_with_what_was_lacking_and_what_was_nearest() -> None:
    said = told('обстріл "командний пункт" -ворог')
    assert said.startswith("The rule does not find this text.\n")
    assert " - обстріл: not found; the nearest word is обстріляв\n" in said
    assert ' - "командний пункт": its words are there, but not together\n' in said
    assert " - not ворог: Ворог\n" in said


def test_the_language_of_the_text_can_be_said() -> None:
    assert told("lang:uk ворог", language="uk").startswith("The rule finds")
    assert told("lang:uk ворог", language="ru").startswith("The rule does not find")


def test_a_dictionary_that_is_missing_is_told_of() -> None:
    assert "No dictionary of Ukrainian" in Explainer(Lexicon(languages=("ru", "en"))).answer(
        "x", ""
    )


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("(", "not closed"),
        ("-ворог", "only what must not be"),
        ("from:nobody", "No channel named"),
        ("аб*", "At least 3 letters"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_the_reason(rule: str, reason: str) -> None:
    with pytest.raises(ExplainError, match=reason):
        told(rule)


def test_lines_are_answered_in_order_with_match_spans_and_forms() -> None:
    [found, missed] = answers(
        {"rule": "Білогорівка", "text": TEXT, "lang": "uk"},
        {"rule": "вибори", "text": TEXT},
    )
    assert found["match"] is True
    assert [TEXT[start:end] for start, end in found["spans"]] == ["Белогоровку"]
    assert {"білогорівці", "белогоровке", "bilohorivka"} <= set(found["forms"])
    assert found["forms"] == sorted(found["forms"])
    assert (missed["match"], missed["spans"]) == (False, [])


@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b"\xff",
        b"[" * 100_000,
        [],
        {},
        {"rule": "x"},
        {"rule": 1, "text": "x"},
        {"rule": "x", "text": "x", "lang": 5},
        {"rule": "", "text": "x"},
        {"rule": "from:nobody", "text": "x"},
    ],
)
def test_a_line_that_is_wrong_is_answered_with_what_is_wrong_with_it(line: object) -> None:
    [wrong, fine] = answers(line, {"rule": "x", "text": "x"})
    assert set(wrong) == {"error"}
    assert fine["match"] is True


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_rule_and_text_have_an_answer(rule: str, text: str) -> None:
    [answer] = answers({"rule": rule, "text": text})
    assert set(answer) in ({"error"}, {"match", "spans", "forms"})


def test_the_command_needs_no_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--rule", "ворог", "--text", TEXT]) == 0
    assert capsys.readouterr().out.startswith("The rule finds this text.")
    assert main(["explain", "--rule", "ворог"]) == 2
    assert "neither" in capsys.readouterr().err


def test_the_command_answers_lines() -> None:
    command = [sys.executable, "-m", "bot", "explain"]
    asked = b'{"rule": "x", "text": "x"}\n\n'
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, cwd=ROOT, check=True)  # noqa: S603 -- from above
    [line] = done.stdout.splitlines()
    assert json.loads(line) == {"match": True, "spans": [[0, 1]], "forms": ["x"]}
