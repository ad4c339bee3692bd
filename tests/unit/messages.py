"""What the tests of messages share: who says something, who reads it, and how that is shown."""

from hypothesis import strategies as st
from telethon.extensions import html

from bot.locales import units
from storage.records import Channel, Message, Subscriber

NOW = 1_663_600_000_000  # 2022-09-19 15:06:40 UTC
MINUTE = 60_000
HOUR = 60 * MINUTE

CHANNEL = Channel(101, "Сергій Гайдай", "luhanskaVTSA")
READER = Subscriber(3, 700, zone="Europe/Kyiv")

ANYTHING = st.text(
    st.one_of(
        st.characters(),  # lone surrogates too
        st.sampled_from("\u202e\u2067\u0300\u200d\ufe0f<>&\"'\n\n\r\x00 аб"),
        st.sampled_from(["😀", "👨‍👩‍👧‍👦"[0], "\U000e0067"]),
    ),
    max_size=60,
)


def shown(message: Message) -> str:
    """The text as Telegram's apps show it, read by the parser that the sender uses."""
    text, _ = html.parse(message.html)
    return str(text)


def fits(message: Message, limit: int) -> None:
    """Within Telegram's limits, and nothing in it that cannot be sent."""
    text, entities = html.parse(message.html)
    assert units(text) <= limit
    assert len(entities) <= 100
    text.encode()
    for row in message.buttons:
        assert all(button.text.strip() and units(button.text) <= 64 for button in row)
        assert all(len(button.data) <= 64 for button in row)
