"""How people name a channel."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.context import UserError
from bot.commands.targets import parse_target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("@luhanskaVTSA", "luhanskaVTSA"),
        ("luhanskaVTSA", "luhanskaVTSA"),
        ("  @luhanskaVTSA  ", "luhanskaVTSA"),
        ("t.me/luhanskaVTSA", "luhanskaVTSA"),
        ("https://t.me/luhanskaVTSA", "luhanskaVTSA"),
        ("http://www.t.me/luhanskaVTSA/", "luhanskaVTSA"),
        ("HTTPS://T.ME/luhanskaVTSA", "luhanskaVTSA"),
        ("https://t.me/luhanskaVTSA/5876", "luhanskaVTSA"),
        ("https://t.me/luhanskaVTSA/5876?single&comment=3#x", "luhanskaVTSA"),
        ("https://t.me/s/luhanskaVTSA", "luhanskaVTSA"),
        ("https://t.me/s/luhanskaVTSA?before=10", "luhanskaVTSA"),
        ("telegram.me/luhanskaVTSA", "luhanskaVTSA"),
        ("https://telegram.dog/luhanskaVTSA", "luhanskaVTSA"),
        ("https://luhanskaVTSA.t.me", "luhanskavtsa"),
        ("t.me/@luhanskaVTSA", "luhanskaVTSA"),
        ("tg://resolve?domain=luhanskaVTSA", "luhanskaVTSA"),
        ("tg://resolve?domain=luhanskaVTSA&post=5", "luhanskaVTSA"),
        ("t.me/+AbCdEf-_12345", "+AbCdEf-_12345"),
        ("https://t.me/joinchat/AbCdEf-_12345", "+AbCdEf-_12345"),
        ("tg://join?invite=AbCdEf-_12345", "+AbCdEf-_12345"),
        ("+AbCdEf-_12345", None),
        ("", None),
        ("@", None),
        ("@ab", None),
        ("@1luhansk", None),
        ("@luhansk_", None),
        ("@lu__hansk", None),
        ("@луганськ", None),
        ("@" + "a" * 33, None),
        ("two words", None),
        ("https://example.com/luhanskaVTSA", None),
        ("https://t.me", None),
        ("https://t.me/", None),
        ("https://evil.com/t.me/luhanskaVTSA", None),
        ("https://t.me.evil.com/luhanskaVTSA", None),
        ("https://t.me@evil.com/luhanskaVTSA", None),
        ("ftp://t.me/luhanskaVTSA", None),
        ("t.me/addstickers/Cats", None),
        ("t.me/share/url?url=x", None),
        ("t.me/+380441234567", None),
        ("t.me/+", None),
        ("t.me/joinchat", None),
        ("tg://resolve?phone=380441234567", None),
        ("tg://settings", None),
        ("http://[", None),
        ("-1001234567890", None),
        ("a" * 5000, None),
    ],
)
def test_a_target_is_a_username_or_an_invite_and_nothing_else(
    text: str, target: str | None
) -> None:
    if target is not None:
        assert parse_target(text) == target
        return
    with pytest.raises(UserError, match="does not name a channel"):
        parse_target(text)


@pytest.mark.parametrize("text", ["t.me/c/1234567/89", "https://t.me/c/1234567"])
def test_a_link_for_members_is_told_apart(text: str) -> None:
    with pytest.raises(UserError, match="for members only"):
        parse_target(text)


PIECES = st.sampled_from(
    ["t.me", "/", "//", "https:", "@", "+", "joinchat", "s", "tg:", "resolve", "?domain=", "[", "]",
     "name", ".", ":", "#", "%00", " ", "\ud800", "℀"]
)  # fmt: skip


@given(st.text() | st.lists(PIECES).map("".join))
def test_any_text_is_a_target_or_a_clear_error(text: str) -> None:
    try:
        target = parse_target(text)
    except UserError:
        return
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}|\+[A-Za-z0-9_-]{8,64}", target)
