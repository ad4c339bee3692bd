"""The layers under the requests: framings, keys, event logs, locks, what is not known."""

import asyncio
import socket
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon import TelegramClient, errors
from telethon.crypto import rsa
from telethon.network.connection.tcpabridged import AbridgedPacketCodec
from telethon.network.connection.tcpfull import FullPacketCodec
from telethon.network.connection.tcpintermediate import IntermediatePacketCodec

from bot.sandbox import keys
from bot.sandbox.errors import NeverSettled, RpcError, UnknownRequests
from bot.sandbox.people import User
from bot.sandbox.telegram import Telegram
from bot.sandbox.tl import F, T, written
from bot.sandbox.transport import framing_of
from bot.sandbox.world.mailbox import Kind, Mailbox
from tests.sandbox.conftest import Connect

CODECS = {
    "full": (FullPacketCodec, b""),
    "abridged": (AbridgedPacketCodec, AbridgedPacketCodec.tag),
    "intermediate": (IntermediatePacketCodec, IntermediatePacketCodec.tag),
}
PACKETS = st.lists(
    st.integers(1, 300).map(lambda words: bytes(range(4)) * words), min_size=1, max_size=5
)


@pytest.mark.parametrize("name", CODECS)
@given(packets=PACKETS)
def test_a_framing_reads_what_telethon_writes_and_writes_what_telethon_reads(
    name: str, packets: list[bytes]
) -> None:
    codec_class, opening = CODECS[name]

    async def exchange() -> None:
        codec = codec_class(None)
        sent, answered = asyncio.StreamReader(), asyncio.StreamReader()
        sent.feed_data(opening + b"".join(codec.encode_packet(packet) for packet in packets))
        framing = await framing_of(sent)
        for packet in packets:
            assert await framing.read(sent) == packet
            answered.feed_data(framing.frame(packet))
        for packet in packets:
            assert await codec.read_packet(answered) == packet

    asyncio.run(exchange())


async def test_a_damaged_packet_ends_the_connection() -> None:
    reader = asyncio.StreamReader()
    packet = bytearray(FullPacketCodec(None).encode_packet(b"12345678"))
    packet[-1] ^= 1
    reader.feed_data(bytes(packet))
    framing = await framing_of(reader)
    with pytest.raises(ConnectionError):
        await framing.read(reader)


async def test_noise_on_the_port_harms_nobody(
    telegram: Telegram, connected: Connect, watcher: User
) -> None:
    for noise in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xef\x01ABCD",
        b"\xee\xee\xee\xee\x08\0\0\0" + bytes(8),
    ):
        _, writer = await asyncio.open_connection(telegram.host, telegram.port)
        writer.write(noise)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    client = await connected(watcher)
    assert await client.is_user_authorized()


@pytest.mark.parametrize("address", [("149.154.167.51", 443), ("example.org", 80)])
def test_a_process_with_a_sandbox_can_connect_to_loopback_only(address: tuple[str, int]) -> None:
    keys.loopback_only()
    with (
        pytest.raises(PermissionError, match="sandbox"),
        socket.create_connection(address, timeout=1),
    ):
        pass


def test_only_the_sandbox_s_key_is_trusted() -> None:
    keys.only_this_server()
    assert list(rsa._server_keys) == [keys.FINGERPRINT]
    secret = b"x" * 200
    assert keys.decrypt(rsa.encrypt(keys.FINGERPRINT, secret))[20:220] == secret


async def test_a_request_the_sandbox_does_not_know_is_refused_and_fails_the_test() -> None:
    with pytest.raises(UnknownRequests, match=r"help\.GetPremiumPromo"):
        async with Telegram.running() as telegram:
            watcher = telegram.user("Watcher", phone="380990000001")
            client = TelegramClient(telegram.seed_session(None, watcher), 1, "hash")
            await client.connect()
            with pytest.raises(errors.MethodInvalidError):
                await client(F.help.GetPremiumPromoRequest())
            await client.disconnect()


async def test_another_failure_is_shown_before_an_unknown_request() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        async with Telegram.running() as telegram:
            telegram.unknown_requests.append("help.GetPremiumPromo")
            raise ZeroDivisionError
    assert "help.GetPremiumPromo" in caught.value.__notes__[0]


async def test_what_was_asked_can_be_looked_up(
    telegram: Telegram, connected: Connect, watcher: User
) -> None:
    client = await connected(watcher)
    await client(F.updates.GetStateRequest())
    account, request = telegram.requests[-1]
    assert account == watcher.id
    assert isinstance(request, F.updates.GetStateRequest)
    assert telegram.counts["updates.GetState"] == 2


async def test_a_program_that_never_rests_is_found_out(
    telegram: Telegram, connected: Connect, watcher: User
) -> None:
    client = await connected(watcher)

    async def asks_on_and_on() -> None:
        await client(F.updates.GetStateRequest())

    with pytest.raises(NeverSettled, match=r"updates\.GetState"):
        await telegram.settled(asks_on_and_on, within=0.3)


EVENTS = st.lists(
    st.one_of(
        st.just(("new",)),
        st.tuples(st.just("edit"), st.integers(1, 20)),
        st.tuples(st.just("delete"), st.lists(st.integers(1, 20), max_size=4)),
        st.tuples(st.just("burn"), st.integers(1, 3)),
    ),
    max_size=60,
)


@given(EVENTS)
def test_an_event_log_replayed_from_any_position_leads_to_the_same_messages(
    events: list[tuple[object, ...]],
) -> None:
    mailbox, now = Mailbox(), datetime(2022, 9, 19, tzinfo=UTC)
    after = {1: set[int]()}
    for event in events:
        match event:
            case ("new",):
                mailbox.add(T.Message(mailbox.next_id(), None), now)
            case ("edit", int(number)) if number in mailbox.messages:
                mailbox.replace(mailbox.messages[number], now)
            case ("delete", list(ids)):
                mailbox.remove(ids, now)
            case ("burn", int(count)):
                mailbox.burn(count, now)
        after[mailbox.pts] = set(mailbox.messages)
    for pts, there in after.items():
        position, known = pts, set(there)
        for one in mailbox.since(pts):
            position += one.count
            assert one.pts == position
            known = known | set(one.ids) if one.kind is Kind.NEW else known
            known = known - set(one.ids) if one.kind is Kind.DELETED else known
        assert (position, known) == (mailbox.pts, set(mailbox.messages))
    assert [one.id for one in mailbox.newest_first()] == sorted(mailbox.messages, reverse=True)


@pytest.mark.parametrize(
    ("name", "code"),
    [("CHANNEL_PRIVATE", 400), ("AUTH_KEY_UNREGISTERED", 401), ("CHAT_WRITE_FORBIDDEN", 403)],
)
def test_an_error_has_the_code_telethon_knows_for_it(name: str, code: int) -> None:
    assert RpcError(name).code == code


def test_results_are_written_as_the_schema_wants_them() -> None:
    assert written(True) == (0x997275B5).to_bytes(4, "little")
    assert written([]) == (0x1CB5C415).to_bytes(4, "little") + bytes(4)
    with pytest.raises(TypeError):
        written("text")


async def test_a_bug_of_the_sandbox_is_refused_at_once_and_fails_the_test() -> None:
    with pytest.raises(ExceptionGroup, match="the sandbox broke"):
        async with Telegram.running() as telegram:
            watcher = telegram.user("Watcher", phone="380990000001")
            client = TelegramClient(telegram.seed_session(None, watcher), 1, "hash")
            await client.connect()
            channel = telegram.channel("broken", "Broken")
            await channel.posts("text")
            channel.state.mailbox.messages.clear()  # what its list of ids still counts on
            with pytest.raises(errors.BadRequestError, match="SANDBOX_BROKEN"):
                await client.get_messages("broken", limit=1)
            await client.disconnect()
