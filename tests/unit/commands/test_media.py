"""/media: what is stored of posts, for all channels or one."""

import pytest

from storage import media
from storage.records import Keep
from tests.unit.commands.talk import HAIDAI, PUSHILIN, Bot


async def test_a_channel_can_go_its_own_way_and_back(bot: Bot) -> None:
    await bot.watches(HAIDAI, PUSHILIN)
    owner = bot.chat()
    name = f"@{HAIDAI.username}"
    assert await owner.sees(f"/media {name} ALL") == (
        f"Stored with new posts of <b>{HAIDAI.title}</b>: photos and all other files."
    )
    assert await media.choices(bot.archive.reader) == {HAIDAI.id: Keep.ALL}
    assert await owner.sees("/media") == (
        "Stored with new posts: no files.\n\n"
        f"{HAIDAI.title}: photos and all other files\n\n"
        "0 files stored, 0 MB\n\n"
        "For one channel: <code>/media @name photos</code>, all, none or default."
    )
    assert "no files" in await owner.sees(f"/media {name} default")
    assert await media.choices(bot.archive.reader) == {}


@pytest.mark.parametrize("choice", ["", " some", " photos all"])
async def test_what_is_no_choice_is_told_what_to_write(bot: Bot, choice: str) -> None:
    await bot.watches(HAIDAI)
    told = await bot.chat().sees(f"/media @{HAIDAI.username}{choice}")
    assert "none, photos, all, or default" in told
    assert await media.choices(bot.archive.reader) == {}
