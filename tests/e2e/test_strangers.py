"""Who was not invited can press the buttons under alerts where others are told of them."""

import asyncio

from bot.clock import Clock
from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, watch
from tests.program import Program

MINUTE = 60_000
TOGETHER = 8  # presses at once
ROUNDS = 4  # more presses in all than a group takes messages in a minute


async def test_presses_of_strangers_hold_up_nothing(
    program: Program, cast: Cast, anna: Reader, haidai: Channel, clock: Clock
) -> None:
    stranger = cast.telegram.reader("Stranger", language="en")
    desk = cast.telegram.group("Desk", [cast.bot, stranger], admins=[anna])
    await anna.says("/watch@postwatch_bot Білогорівка", to=desk)
    await anna.presses("Keep", on=await anna.receives("Білогорівка", from_=desk))
    await anna.receives("Alerts come to this chat", from_=desk)
    await watch(anna, "Лиман")
    await haidai.posts("Білогорівка раз")
    alert = await stranger.receives("раз", from_=desk)
    began = clock.now()
    for _ in range(ROUNDS):
        presses = [stranger.presses("Not relevant", on=alert) for _ in range(TOGETHER)]
        toasts = {answer.text for answer in await asyncio.gather(*presses)}
        assert toasts == {"This button is for people who were invited."}
    await haidai.posts("Лиман два")
    await anna.receives("два", from_=cast.bot)
    await haidai.posts("Білогорівка три")
    await anna.receives("три", from_=desk)
    await anna.says("/rules@postwatch_bot", to=desk)
    await anna.receives("Білогорівка", from_=desk)
    assert clock.now() - began < MINUTE // 2
