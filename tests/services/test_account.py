"""An account comes back from whatever cuts it off, and nobody who waits on it is left hanging."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import functions, types

from bot.clock import Clock
from bot.outcomes import Busy, Frozen, Refused, SignedOut
from bot.sandbox.people import User
from bot.sandbox.telegram import Telegram
from bot.telegram.asking import in_our_words
from bot.telegram.client import Account, AccountState, Login, Server
from tests.running import running

RATE = 500.0  # ten minutes pass in little more than a second


class States:
    """What an account said of itself."""

    def __init__(self) -> None:
        self.seen: list[AccountState] = []
        self._news = asyncio.Event()

    def __call__(self, state: AccountState, _reason: str) -> None:
        self.seen.append(state)
        self._news.set()

    async def reach(self, state: AccountState, times: int = 1) -> None:
        async with asyncio.timeout(15):
            while self.seen.count(state) < times:
                self._news.clear()
                await self._news.wait()


@pytest.fixture
def states() -> States:
    return States()


@pytest.fixture
async def account(
    telegram: Telegram, watcher: User, states: States, tmp_path: Path
) -> AsyncIterator[Account]:
    account = _account(telegram, watcher, Clock(rate=RATE), states, tmp_path)
    async with running(account.run()):
        await states.reach(AccountState.CONNECTED)
        yield account


def _account(
    telegram: Telegram, watcher: User, clock: Clock, states: States, folder: Path
) -> Account:
    session = telegram.seed_session(folder / "watcher.session", watcher)
    server = Server(telegram.host, telegram.port, telegram.dc_id, telegram.public_key)
    return Account(Login("watcher", session, 1, "x", server=server), clock, states)


GET_STATE: Any = functions.updates.GetStateRequest()


async def test_a_question_cut_off_by_our_own_disconnecting_is_busy_not_a_cancellation(
    account: Account, telegram: Telegram
) -> None:
    """Telethon cancels what waits; a service must not take that for its own end."""
    telegram.faults.delay("contacts.ResolveUsername", asyncio.Event())
    asking = asyncio.create_task(account.ask(functions.contacts.ResolveUsernameRequest("x")))
    await telegram.is_asked_for("contacts.ResolveUsername")
    await account.client.disconnect()
    with pytest.raises(Busy):
        await asking


async def test_our_own_cancellation_stays_one(account: Account, telegram: Telegram) -> None:
    telegram.faults.delay("contacts.ResolveUsername", asyncio.Event())
    asking = asyncio.create_task(account.ask(functions.contacts.ResolveUsernameRequest("x")))
    await telegram.is_asked_for("contacts.ResolveUsername")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_question_without_an_answer_is_busy(account: Account, telegram: Telegram) -> None:
    telegram.faults.delay("updates.GetState", asyncio.Event())
    with pytest.raises(Busy):
        await account.ask(GET_STATE, seconds=0.1)
    telegram.faults.delay("updates.GetState", None)


async def test_a_refusal_has_telegrams_name(account: Account) -> None:
    with pytest.raises(Refused, match="USERNAME_NOT_OCCUPIED"):
        await account.ask(functions.contacts.ResolveUsernameRequest("nobody_at_all"))


async def test_a_revoked_account_says_so_and_comes_back_when_it_is_let_in_again(
    account: Account, telegram: Telegram, watcher: User, states: States
) -> None:
    telegram.faults.revoke(watcher)
    with pytest.raises(SignedOut, match="SESSION_REVOKED"):
        await account.ask(GET_STATE)
    await states.reach(AccountState.SIGNED_OUT)
    assert not account.ready.is_set()
    telegram.faults.revoke(watcher, None)
    await states.reach(AccountState.CONNECTED, times=2)
    await account.ask(GET_STATE)


async def test_a_server_that_answers_nothing_any_more_is_connected_to_anew(
    account: Account, telegram: Telegram, states: States
) -> None:
    """Half-open connections look alive: two checks without an answer are believed instead."""
    telegram.faults.delay("updates.GetState", asyncio.Event())
    async with asyncio.timeout(1):
        with pytest.raises(Busy):
            await account.ask(GET_STATE, seconds=0.05)
    telegram.faults.delay("updates.GetState", None)
    await account.client.disconnect()
    await states.reach(AccountState.CONNECTED, times=2)
    await account.ask(GET_STATE)


async def test_a_server_that_is_away_is_waited_for(
    account: Account, telegram: Telegram, states: States
) -> None:
    await telegram.stop()
    await telegram.start()
    await account.ready.wait()
    async with asyncio.timeout(15):
        while True:
            try:
                await account.ask(GET_STATE)
            except Busy:
                continue
            break


async def test_a_connection_cut_within_the_handshake_is_tried_again(
    telegram: Telegram, states: States, tmp_path: Path
) -> None:
    """asyncio tells that as an EOFError, which is no OSError."""

    async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    listening = await asyncio.start_server(hangs_up, "127.0.0.1", 0)
    server = Server("127.0.0.1", listening.sockets[0].getsockname()[1], 2, telegram.public_key)
    login = Login("watcher", tmp_path / "new.session", 1, "x", server=server)
    async with running(Account(login, Clock(rate=RATE), states).run()):
        await states.reach(AccountState.RECONNECTING)
    listening.close()
    await listening.wait_closed()


JOIN: Any = functions.channels.JoinChannelRequest


async def test_a_frozen_account_stays_at_work_and_says_so_until_the_same_is_done(
    account: Account, telegram: Telegram, watcher: User, states: States
) -> None:
    channel = telegram.channel("luhanskaVTSA", "Haidai")
    known = telegram.world.access_hash(watcher.id, channel.marked_id)
    joining = JOIN(types.InputChannel(channel.id, known))
    telegram.faults.freeze(watcher)
    for _ in range(2):
        with pytest.raises(Frozen, match="FROZEN_METHOD_INVALID"):
            await account.ask(joining)
    await account.ask(GET_STATE)
    assert account.ready.is_set() and account.state is AccountState.FROZEN
    telegram.faults.freeze(watcher, frozen=False)
    await account.ask(GET_STATE)
    assert account.state is AccountState.FROZEN, "that was never refused"
    await account.ask(joining)
    assert states.seen == [AccountState.CONNECTED, AccountState.FROZEN, AccountState.CONNECTED]


async def test_a_frozen_account_is_frozen_still_when_it_has_reconnected(
    account: Account, telegram: Telegram, states: States
) -> None:
    telegram.faults.error("contacts.ResolveUsername", 420, "FROZEN_METHOD_INVALID")
    with pytest.raises(Frozen):
        await account.ask(functions.contacts.ResolveUsernameRequest("x"))
    telegram.faults.flood("updates.GetState", 1, times=2)
    await states.reach(AccountState.FROZEN, times=2)
    assert AccountState.RECONNECTING in states.seen
    assert states.seen.count(AccountState.CONNECTED) == 1


async def test_being_refused_the_check_itself_is_an_answer(
    account: Account, telegram: Telegram, states: States
) -> None:
    telegram.faults.error("updates.GetState", 420, "FROZEN_METHOD_INVALID", times=5)
    await states.reach(AccountState.CONNECTED, times=2)
    assert states.seen == [AccountState.CONNECTED, AccountState.FROZEN, AccountState.CONNECTED]


async def test_an_account_that_may_not_even_say_who_it_is_waits_for_better(
    account: Account, telegram: Telegram, states: States
) -> None:
    telegram.faults.error("users.GetUsers", 420, "FROZEN_METHOD_INVALID")
    telegram.faults.flood("updates.GetState", 1, times=2)
    await states.reach(AccountState.CONNECTED, times=2)
    after = [AccountState.RECONNECTING, AccountState.FROZEN, AccountState.CONNECTED]
    assert states.seen[1:] == after


FILE: Any = functions.upload.GetFileRequest(
    types.InputDocumentFileLocation(id=1, access_hash=1, file_reference=b"", thumb_size=""),
    offset=0,
    limit=4096,
)


async def test_a_data_centre_that_does_not_exist_is_a_refusal(account: Account) -> None:
    type(account.client)._config = None  # Telethon keeps it for all clients of a process
    with pytest.raises(Refused, match="DC_ID_INVALID"):
        await account.ask_centre(9, FILE, seconds=5)


async def test_another_data_centre_is_asked_like_one_s_own(
    account: Account, telegram: Telegram
) -> None:
    type(account.client)._config = None
    for centre in (telegram.dc_id, telegram.other_dc_id):
        with pytest.raises(Refused, match=r"FILE_REFERENCE_INVALID|LOCATION_INVALID"):
            await account.ask_centre(centre, FILE, seconds=5)
    assert telegram.counts["auth.ExportAuthorization"] == 1


async def test_a_borrowed_connection_that_is_gone_meanwhile_is_busy(
    account: Account, telegram: Telegram
) -> None:
    """Disconnecting makes Telethon forget what it has lent."""
    type(account.client)._config = None
    telegram.faults.delay("upload.GetFile", asyncio.Event())
    asking = asyncio.create_task(account.ask_centre(telegram.other_dc_id, FILE, seconds=5))
    await telegram.is_asked_for("upload.GetFile")
    await account.client.disconnect()
    with pytest.raises(Busy):
        await asking


async def test_one_unanswered_check_is_followed_by_another_after_five_seconds(
    telegram: Telegram, watcher: User, states: States, tmp_path: Path
) -> None:
    clock = Clock(rate=20)
    async with running(_account(telegram, watcher, clock, states, tmp_path).run()):
        await states.reach(AccountState.CONNECTED)
        telegram.faults.flood("updates.GetState", 1)
        first = await _next_check(telegram, clock)
        second = await _next_check(telegram, clock)
        third = await _next_check(telegram, clock)
    assert 4_900 < second - first < 20_000
    assert third - second > 29_000, "the second one was answered"
    assert states.seen == [AccountState.CONNECTED]


async def _next_check(telegram: Telegram, clock: Clock) -> int:
    await telegram.is_asked_for("updates.GetState", telegram.counts["updates.GetState"] + 1)
    return clock.now()


async def test_it_ends_whenever_it_is_cancelled(
    telegram: Telegram, watcher: User, states: States, tmp_path: Path
) -> None:
    """Also in the very step in which something under Telethon is done: it would go on connecting
    and be connected for ever."""
    for steps in range(150):
        account = _account(telegram, watcher, Clock(), states, tmp_path)
        task = asyncio.create_task(account.run())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        ended, _ = await asyncio.wait([task], timeout=5)
        assert ended, f"cancelled after {steps} steps"


async def test_a_cancellation_that_comes_with_an_error_is_one() -> None:
    async def fails() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise OSError from None

    task = asyncio.create_task(in_our_words(fails(), 30))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
