"""Telegram on loopback: an MTProto server for the demo and the tests.

An unmodified Telethon client talks to it over TCP on 127.0.0.1, with real key exchange,
encryption, sessions, updates and errors. It is built from Telethon's own schema and
cryptography, run in the opposite direction, so that the two cannot disagree about the
protocol. What it knows of Telegram's behaviour comes from Telegram's documentation and
from what users of it report; it is not Telegram.

    async with Telegram.running() as telegram:
        haidai = telegram.channel("luhanskaVTSA", "Haidai")
        bot = telegram.bot("postwatch_bot")
        anna = telegram.reader("Anna")
        session = telegram.seed_session(path, bot)   # signed in, no login needed
        ...                                          # start the program on telegram.host, .port
        post = await haidai.posts("Bilohorivka is ours")
        await anna.says("/search bilohorivka")
        answer = await anna.receives("is ours")
        await anna.presses("Next", on=answer)
        await anna.receives_nothing_more()

A process that has entered `Telegram.running` can not reach real Telegram any more: it
trusts this server's key alone, and every connection that would leave the machine is
refused (see `keys`). Nothing here imports anything else of the program.

The layers, from the wire up:

    transport    packets out of a stream: full, abridged, intermediate
    handshake    the key exchange
    session      encryption, message ids and sequence numbers of one connection
    connection   one client: salts, clocks, pings, acknowledgements, containers
    server       all of them: requests in, results and pushes out, faults applied
    dispatch     request class -> handler, and who may ask
    services/    the handlers, one module a subject
    world/       what is true: accounts, places, messages with their event logs, files.
                 No sockets and no asyncio; it says what changed through one callback
    faults, limits   what goes wrong on demand, and the sending limits of the bot FAQ

and the faces that tests and the demo use, each a handle on a piece of the world:

    telegram     the whole: starting, stopping, making accounts and places
    channels     Channel, Post        groups    Group, Topic
    people       User, Bot            reader    Reader, a person for whom the test speaks
    switches     every fault by one switch: `telegram.faults`
    settling     when everything that has happened has had its effect

To add a request, write its handler where it belongs in `services/`:

    @table.answers(F.help.GetNearestDcRequest, rights=Rights.ANYBODY)
    def get_nearest_dc(call: Call, request: F.help.GetNearestDcRequest) -> T.NearestDc:
        return T.NearestDc("", call.server.dc_id, call.server.dc_id)

The result is an object of the schema, a list of them, or a truth value; a coroutine gives
it later. What Telegram would refuse is `raise RpcError("CHANNEL_INVALID")`. Peers are
looked up by `services.peers`, which checks access hashes; messages are sent by
`world.sending`, which tells everybody concerned; what is answered goes through
`world.viewing`, which shows things as the asking account sees them. Messages in the world
are never changed in place, only replaced. A request nobody answers is refused, recorded,
and makes leaving `Telegram.running` raise.
"""
