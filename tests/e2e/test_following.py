"""What becomes of an alerted post reaches whoever was alerted, and the buttons under it work."""

import pytest

from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, watch
from tests.program import Program


@pytest.mark.parametrize("withhold", [False, True], ids=["pushed", "swept"])
async def test_an_edit_and_a_deletion_follow_the_alert(
    program: Program, anna: Reader, haidai: Channel, cast: Cast, withhold: bool
) -> None:
    await watch(anna, "Білогорівка")
    post = await haidai.posts("Білогорівка наша, двоє поранених.")
    alert = await anna.receives("двоє поранених")

    await post.edits("Білогорівка наша, троє поранених.", withhold=withhold)
    cast.telegram.faults.too_long(haidai)  # asks for a look at the channel, at once
    told = await anna.receives("Edited ·")
    assert "<del>двоє</del> <u>троє</u>" in told.html
    assert post.link.removeprefix("https://") in told.text
    assert told.reply_to == alert.id

    await post.deletes(withhold=withhold)
    cast.telegram.faults.too_long(haidai)
    told = await anna.receives("Deleted ·")
    assert "троє поранених" in told.text
    assert told.reply_to == alert.id
    await anna.receives_nothing_more()


async def test_many_deletions_are_told_as_one(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Білогорівка")
    made = [await haidai.posts(f"Білогорівка, день {number}.") for number in range(4)]
    for post in made:
        await anna.receives(post.link.removeprefix("https://"))
    await haidai.deletes(made)
    told = await anna.receives("4 posts of Сергій Гайдай you were alerted to are gone", 15)
    assert "день 3" in told.text
    assert told.document is not None
    assert told.document.data.decode().count("https://t.me/luhanskaVTSA/") == 4
    await anna.receives_nothing_more()


async def test_the_buttons_under_an_alert_show_more_and_leave_it_as_it_is(
    program: Program, anna: Reader, haidai: Channel
) -> None:
    await watch(anna, "Білогорівка")
    await haidai.posts("Ранок у Лисичанську.")
    await haidai.posts("Білогорівка наша.")
    alert = await anna.receives("Білогорівка наша.")

    await anna.presses("Before and after", on=alert)
    told = await anna.receives("before and after")
    assert "Ранок у Лисичанську." in told.text
    assert told.reply_to == alert.id
    await anna.presses("Versions", on=alert)
    told = await anna.receives("1 version of this post")
    assert "Version 1" in told.text
    assert told.reply_to == alert.id
    answer = await anna.presses("Not relevant", on=alert)
    assert answer.text == "Not relevant: counted in /rules. Press again to undo."
    await anna.says("/rules")
    await anna.receives("1 hit, 1 not relevant")
