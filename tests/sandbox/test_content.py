"""What Telegram refuses in a message."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon import TelegramClient, errors
from telethon.extensions import html

from bot.sandbox.drafts import found_entities, picture
from bot.sandbox.reader import Reader
from bot.sandbox.services.content import utf16_length
from bot.sandbox.tl import F, T


def inline(*buttons: T.KeyboardInlineButton) -> T.ReplyInlineMarkup:
    return T.ReplyInlineMarkup([T.KeyboardButtonRow(list(buttons))])


def callback(data: bytes, text: str = "Go") -> T.KeyboardInlineButton:
    return T.KeyboardInlineButton(text, T.InlineButtonTypeCallback(data))


def link(url: str) -> T.KeyboardInlineButton:
    return T.KeyboardInlineButton("Open", T.InlineButtonTypeUrl(url))


REFUSED: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "nothing": ({"message": ""}, errors.MessageEmptyError),
    "spaces": ({"message": " \n"}, errors.MessageEmptyError),
    "4097 units": ({"message": "x" * 4097}, errors.MessageTooLongError),
    "4098 units in 2049 characters": ({"message": "🔥" * 2049}, errors.MessageTooLongError),
    "an entity beyond the end": (
        {"message": "abc", "entities": [T.MessageEntityBold(1, 3)]},
        errors.EntityBoundsInvalidError,
    ),
    "an entity before the start": (
        {"message": "abc", "entities": [T.MessageEntityBold(-1, 1)]},
        errors.EntityBoundsInvalidError,
    ),
    "65 bytes of data": (
        {"reply_markup": inline(callback(b"x" * 65))},
        errors.ButtonDataInvalidError,
    ),
    "no data": ({"reply_markup": inline(callback(b""))}, errors.ButtonDataInvalidError),
    "no label": ({"reply_markup": inline(callback(b"x", " "))}, errors.ButtonTextInvalidError),
    "no link": ({"reply_markup": inline(link("javascript:0"))}, errors.ButtonUrlInvalidError),
    "no host": ({"reply_markup": inline(link("https://"))}, errors.ButtonUrlInvalidError),
    "nine in a row": (
        {"reply_markup": inline(*[callback(b"x")] * 9)},
        errors.ReplyMarkupInvalidError,
    ),
    "an empty row": ({"reply_markup": inline()}, errors.ReplyMarkupInvalidError),
    "101 buttons": (
        {"reply_markup": T.ReplyInlineMarkup([T.KeyboardButtonRow([callback(b"x")])] * 101)},
        errors.ReplyMarkupTooLongError,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_message_is_refused_with(client: TelegramClient, anna: Reader, case: str) -> None:
    asked, error = REFUSED[case]
    peer = await client.get_input_entity(anna.id)
    with pytest.raises(error):
        await client(F.messages.SendMessageRequest(peer, **{"message": "text", **asked}))
    assert anna.unread == []


ALLOWED: dict[str, dict[str, Any]] = {
    "4096 units": {"message": "x" * 4096},
    "an entity to the end": {"message": "🔥ab", "entities": [T.MessageEntityBold(2, 2)]},
    "64 bytes of data": {"reply_markup": inline(callback(b"x" * 64))},
    "a t.me link": {"reply_markup": inline(link("https://t.me/luhanskaVTSA/1"))},
    "a tg link": {"reply_markup": inline(link("tg://resolve?domain=x"))},
}


@pytest.mark.parametrize("case", ALLOWED)
async def test_a_message_is_sent_with(client: TelegramClient, anna: Reader, case: str) -> None:
    asked = {"message": "text", **ALLOWED[case]}
    peer = await client.get_input_entity(anna.id)
    await client(F.messages.SendMessageRequest(peer, **asked))
    assert (await anna.receives("")).text == asked["message"]


async def test_a_caption_is_shorter_than_a_text(client: TelegramClient, anna: Reader) -> None:
    with pytest.raises(errors.MediaCaptionTooLongError):
        await client.send_file(anna.id, picture(), caption="x" * 1025)
    await client.send_file(anna.id, picture(), caption="x" * 1024)
    sent = await anna.receives("x")
    with pytest.raises(errors.MediaCaptionTooLongError):
        await client.edit_message(anna.id, sent.id, "y" * 1025)


async def test_more_than_a_hundred_entities_are_dropped_without_a_word(
    client: TelegramClient, anna: Reader
) -> None:
    bold = [T.MessageEntityBold(number * 2, 1) for number in range(150)]
    peer = await client.get_input_entity(anna.id)
    await client(F.messages.SendMessageRequest(peer, "x " * 150, entities=bold))
    assert len((await anna.receives("x")).entities) == 100


@given(st.text(alphabet=st.sampled_from("ab @#/.:🔥їhtps1\n")))
def test_found_entities_lie_inside_the_text_and_apart_from_each_other(text: str) -> None:
    end = 0
    for entity in found_entities(text):
        assert entity.offset >= end
        assert entity.length > 0
        end = entity.offset + entity.length
    assert end <= utf16_length(text)
    html.unparse(text, found_entities(text))
