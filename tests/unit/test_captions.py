"""A caption holds less than a message, and a picture is left out rather than words."""

import pytest

from bot.alerts.composing import limit, showing
from storage.records import CAPTION_UNITS, TEXT_UNITS, Does, Due, Message, Subscriber

PICTURE = bytes(32)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("a" * CAPTION_UNITS, True),
        ("<b>" + "a" * CAPTION_UNITS + "</b>", True),  # markup does not count
        ("😀" * (CAPTION_UNITS // 2), True),  # two units each
        ("😀" * (CAPTION_UNITS // 2) + "a", False),
        ("a" * (CAPTION_UNITS + 1), False),
    ],
)
def test_a_picture_is_shown_where_the_words_are_short_enough(html: str, shown: bool) -> None:
    assert showing(PICTURE, Message(html)).picture == (PICTURE if shown else None)


def test_what_replaces_a_caption_is_no_longer_than_one() -> None:
    def due(has_media: bool) -> Due:
        return Due(
            1, "merge", Subscriber(1, 1), 1, "x", None, None, 0, 0, None,
            does=Does.EDIT, target_id=1, target_has_media=has_media,
        )  # fmt: skip

    assert (limit(due(True)), limit(due(False))) == (CAPTION_UNITS, TEXT_UNITS)
