"""Who may use the bot: the owner, those the owner invites, and nobody else."""

from bot.sandbox.channels import Channel
from bot.sandbox.reader import Reader
from tests.e2e.conftest import Cast, ask, invitation, invited, watch
from tests.program import Program


async def test_a_stranger_gets_one_polite_refusal(program: Program, cast: Cast) -> None:
    stranger = cast.telegram.reader("Ivan", language="uk")
    refusal = await ask(stranger, "/search Крим")
    assert refusal.text and "Крим" not in refusal.text
    await stranger.says("/start")
    await stranger.says("hello?")
    await stranger.receives_nothing_more()


async def test_an_invitation_lets_one_person_in_once(
    program: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    token = await invitation(cast)
    borys = cast.telegram.reader("Borys", language="en")
    oleh = cast.telegram.reader("Oleh", language="en")
    assert "/watch" in (await ask(borys, f"/start {token}")).text
    assert "/watch" not in (await ask(oleh, f"/start {token}")).text
    await watch(borys, "Білогорівка")
    await haidai.posts("Білогорівка наша")
    await borys.receives("Білогорівка наша")
    await anna.receives_nothing_more()
    stored = program.archive.rows("SELECT token_hash FROM invitations")
    assert token.encode() not in stored[0][0]


async def test_an_expired_invitation_is_refused(program: Program, anna: Reader, cast: Cast) -> None:
    token = await invitation(cast)
    borys = cast.telegram.reader("Borys", language="en")
    another = "x" if token[-1] != "x" else "y"
    wrong = await ask(borys, f"/start {token[:-1]}{another}")
    assert "/watch" not in wrong.text


async def test_a_stranger_who_tries_tokens_is_answered_once(program: Program, cast: Cast) -> None:
    stranger = cast.telegram.reader("Ivan", language="en")
    assert (await ask(stranger, "/start x1")).text
    for number in range(2, 5):
        await stranger.says(f"/start x{number}")
    await stranger.receives_nothing_more()


async def test_only_the_owner_adds_removes_and_invites(
    program: Program, anna: Reader, cast: Cast
) -> None:
    borys = await invited(cast, "Borys")
    for command in ("/add @luhanskaVTSA", "/remove @luhanskaVTSA", "/invite"):
        assert "owner" in (await ask(borys, command)).text


async def test_made_up_and_borrowed_buttons_do_nothing(
    program: Program, anna: Reader, cast: Cast
) -> None:
    """Callback data is not trusted, wherever it comes from."""
    await watch(anna, "Білогорівка")
    hers = await ask(anna, "/rules 1")
    removing = next(b.data for row in hers.buttons for b in row if b.text == "Remove")
    assert removing is not None
    token = await invitation(cast)
    borys = cast.telegram.reader("Borys", language="en")
    his = await ask(borys, f"/start {token}")
    for data in (removing, b"drop:1:1", b"\xff\xfe", b"", b"mute:" + b"9" * 50, b"x" * 64):
        answer = await borys.sends_data(data, on=his)
        assert answer.text, "every press gets an answer"
    assert program.archive.rows("SELECT 1 FROM rules WHERE removed_at IS NULL")


async def test_one_who_blocked_the_bot_is_left_alone_and_comes_back(
    program: Program, anna: Reader, haidai: Channel, cast: Cast
) -> None:
    await watch(anna, "Білогорівка")
    anna.blocks(cast.bot)
    await haidai.posts("Білогорівка раз")
    await program.archive.until("SELECT 1 FROM subscribers WHERE gone_at IS NOT NULL")
    await haidai.posts("Білогорівка два")
    await program.archive.until("SELECT 1 FROM posts WHERE message_id = 2")
    assert program.archive.rows("SELECT count(*) FROM outbox WHERE post_id IS NOT NULL") == [(1,)]
    anna.unblocks(cast.bot)
    await ask(anna, "/start")
    await haidai.posts("Білогорівка три")
    await anna.receives("три")
