"""Alerts with the photo of the post: fetched by the watcher, uploaded by the bot, never waited
for too long."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telethon.tl import functions, types

from bot.clock import Clock
from bot.operator.verifying import examine
from bot.sandbox.channels import Channel
from bot.sandbox.drafts import picture
from bot.sandbox.errors import RpcError
from bot.sandbox.inbox import Received
from bot.sandbox.reader import Reader
from tests.e2e.conftest import MORNING, Cast, watch
from tests.program import Program

FILM = bytes(range(256)) * 4096  # a megabyte: eight parts


@pytest.fixture
def clock() -> Clock:
    """As fast as time: an upload must not be late because the day runs."""
    return Clock(MORNING)


@pytest.fixture
async def illustrated(program: Program, anna: Reader) -> AsyncIterator[Program]:
    """Anna wants to see the photos of what she watches for."""
    await watch(anna, "Білогорівка")
    await program.stops()
    program.archive.change("UPDATE subscribers SET pictures = 1")
    await program.starts()
    await anna.says("/rules")
    await anna.receives("Білогорівка", within=15)  # the bot hears again
    yield program


async def alert(anna: Reader, text: str) -> Received:
    return await anna.receives(text, within=15)


async def test_an_alert_shows_the_photo_though_no_files_are_kept_otherwise(
    illustrated: Program, anna: Reader, haidai: Channel
) -> None:
    await haidai.posts("Білогорівка раз", photo=picture(1))
    received = await alert(anna, "раз")
    assert received.photo == picture(1) and received.labels
    await haidai.posts("Білогорівка два")
    assert (await alert(anna, "два")).photo is None
    await haidai.posts("Білогорівка три", document=("a.pdf", b"%PDF"))
    assert (await alert(anna, "три")).photo is None
    assert illustrated.archive.rows("SELECT kind, state FROM attachments") == [("photo", "stored")]
    settings = illustrated.settings
    assert await examine(settings.archive, settings.media_folder, (), as_json=False) == 0


async def test_the_photo_of_an_album_is_its_first(
    illustrated: Program, anna: Reader, haidai: Channel
) -> None:
    await haidai.posts_album([("", picture(1)), ("Білогорівка", picture(2))])
    assert (await alert(anna, "Білогорівка")).photo == picture(1)


async def test_neither_reference_nor_forward_would_do_and_the_bytes_do(
    illustrated: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    """The bot may not see the channel, a reference is its account's own, forwards are forbidden;
    the sandbox enforces all three."""
    await haidai.changes(noforwards=True)
    post = await haidai.posts("Білогорівка раз", photo=picture(1))
    assert (await alert(anna, "раз")).photo == picture(1)
    asked = {type(request) for _, request in cast.telegram.requests}
    assert functions.upload.SaveFilePartRequest in asked
    assert functions.messages.ForwardMessagesRequest not in asked
    files, number = cast.telegram.world.files, post.message.media.photo.id
    theirs = types.InputPhoto(
        number,
        files.access_hash(cast.watcher.id, number),
        files.reference(cast.watcher.id, number),
    )
    with pytest.raises(RpcError):
        files.check(cast.bot.id, theirs)


async def test_a_photo_that_is_late_is_not_waited_for(
    illustrated: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    released = asyncio.Event()
    cast.telegram.faults.delay("upload.GetFile", released)
    await haidai.posts("Білогорівка раз", photo=picture(1))
    await haidai.posts("Білогорівка два")
    first, second = await alert(anna, "Білогорівка"), await alert(anna, "Білогорівка")
    assert "раз" in first.text and first.photo is None, "and in its turn"
    assert "два" in second.text
    released.set()
    await illustrated.archive.until("SELECT 1 FROM attachments WHERE state = 'stored'")
    await anna.receives_nothing_more()


async def test_a_photo_that_is_waited_for_outruns_a_long_film(
    illustrated: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    await anna.says("/media @luhanskaVTSA all")
    await anna.receives("")
    asked = cast.telegram.counts["upload.GetFile"]
    cast.telegram.faults.delay("upload.GetFile", 0.3)
    await haidai.posts("Тихо", video=FILM)
    await cast.telegram.is_asked_for("upload.GetFile", asked + 2)
    await haidai.posts("Білогорівка раз", photo=picture(1))
    assert (await alert(anna, "раз")).photo == picture(1)
    assert illustrated.archive.rows("SELECT 1 FROM attachments WHERE state = 'waiting'")
    cast.telegram.faults.heal()
    await illustrated.archive.until(
        "SELECT 1 FROM attachments WHERE kind = 'video' AND state = 'stored'"
    )


async def test_two_who_wait_for_one_photo_are_both_shown_it(
    illustrated: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    group = cast.telegram.group("Desk", members=[anna, cast.bot])
    await anna.says("/watch@postwatch_bot Білогорівка", to=group)
    await anna.presses("Keep", on=await anna.receives("Білогорівка"))
    await illustrated.archive.until("SELECT 1 FROM rules WHERE kept_at IS NOT NULL AND id > 1")
    await illustrated.stops()
    illustrated.archive.change("UPDATE subscribers SET pictures = 1")
    await illustrated.starts()
    anna.reads_everything()
    await haidai.posts("Білогорівка раз", photo=picture(1))
    both = [await alert(anna, "раз") for _ in range(2)]
    assert {one.place for one in both} == {cast.bot.id, group.id}
    assert [one.photo for one in both] == [picture(1)] * 2
    assert cast.telegram.counts["upload.GetFile"] == 1


async def test_a_lost_answer_doubles_no_picture(
    illustrated: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    cast.telegram.faults.lose_response("messages.SendMedia", times=2)
    await haidai.posts("Білогорівка раз", photo=picture(1))
    assert (await alert(anna, "раз")).photo == picture(1)
    await illustrated.archive.until("SELECT 1 FROM outbox WHERE sent_at NOT NULL", within=20)
    await anna.receives_nothing_more()
