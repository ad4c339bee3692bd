"""A person who talks to the bot, with no client behind them: the test speaks for them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.channels import Channel
from bot.sandbox.drafts import draft, found_entities
from bot.sandbox.errors import NotReceived, SandboxMisused
from bot.sandbox.groups import Group, Topic
from bot.sandbox.inbox import Button, Inbox, Received
from bot.sandbox.people import Actor, Bot
from bot.sandbox.settling import settled
from bot.sandbox.stage import Idle, Stage
from bot.sandbox.tl import F, T
from bot.sandbox.world import places
from bot.sandbox.world.accounts import Account
from bot.sandbox.world.letters import delete_letters
from bot.sandbox.world.pressing import press
from bot.sandbox.world.sending import edit_anywhere, send
from bot.sandbox.world.standing import tell_stopped
from bot.sandbox.world.world import Place

Target = Bot | Group | Topic | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a person wrote, by the number under which they know it."""

    id: int
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered to a pressed button."""

    text: str = ""
    alert: bool = False
    url: str | None = None


class Reader(Actor):
    def __init__(self, stage: Stage, account: Account) -> None:
        super().__init__(stage, account)
        self._inbox = stage.inboxes[account.id] = Inbox(stage.world.files)
        self.sent: list[Said] = []

    @property
    def inbox(self) -> list[Received]:
        """Everything received and not deleted, oldest first, as it reads now."""
        return self._inbox.now

    @property
    def unread(self) -> list[Received]:
        """What came and was not yet asked for by `receives`, edits included."""
        return list(self._inbox.unread)

    async def says(
        self,
        text: str,
        to: Target = None,
        *,
        topic: Topic | None = None,
        reply_to: Received | Said | int | None = None,
        anonymous: bool = False,
    ) -> Said:
        """Write to the bot (the only one, where none is named), to a group or into a topic.

        `anonymous` writes in the name of the group, as its admins may.
        """
        to = topic or to
        place = self._writable(to)
        message = draft(self._stage.world, text, {})
        message.reply_to = _reply(to, reply_to)
        if anonymous:
            message.from_id = _anonymous(place)
        sent = send(self._stage.world, self.account, place, message)
        said = Said(sent.message.id, sent.place, text)
        self.sent.append(said)
        await self._stage.told()
        return said

    async def edits(self, said: Said, text: str) -> None:
        """Change what was said."""
        place = self._stage.world.place(said.place)
        assert place is not None
        changes: dict[str, object] = {
            "message": text,
            "entities": found_entities(text) or None,
            "edit_date": self._stage.world.now(),
        }
        edit_anywhere(self._stage.world, self.account, place, said.id, changes)
        await self._stage.told()

    async def receives(
        self, text: str = "", within: float = 5, from_: Actor | Group | Channel | None = None
    ) -> Received:
        """The next unread message, or edit, that has `text` in it; others stay unread.

        Raises NotReceived after `within` seconds.
        """
        who = from_.marked_id if from_ is not None else None

        def wanted(message: Received) -> bool:
            return text in message.text and who in (None, message.sender, message.place)

        return await self.hears(wanted, within, repr(text))

    async def hears(self, wanted: Callable[[Received], bool], within: float, what: str) -> Received:
        """The next unread message, or edit, that is wanted; others stay unread.

        Raises NotReceived after `within` seconds; `what` names in it what was wanted.
        """
        return await self._inbox.next(wanted, within, what)

    async def receives_nothing_more(self, idle: Idle | None = None) -> None:
        """Nothing is unread, and nothing more comes of what has happened so far.

        This is a barrier and not a sleep; see `settling.settled` for what it waits for.
        """
        await settled(self._stage, idle)
        if self._inbox.unread:
            raise NotReceived(f"nothing more was to come, but {self._inbox.told()}")

    def reads_everything(self) -> list[Received]:
        """Take all that is unread."""
        unread = self.unread
        self._inbox.unread.clear()
        return unread

    async def presses(self, button: str, on: Received | None = None, within: float = 5) -> Answer:
        """Press a button, on the newest message that has it where none is named.

        Returns the bot's answer; raises NotReceived if there is none within `within` seconds.
        """
        message, pressed = self._having(button, on)
        if pressed.url is not None:
            return Answer(url=pressed.url)
        return await self.sends_data(pressed.data or b"", message, within)

    async def sends_data(self, data: bytes, on: Received, within: float = 5) -> Answer:
        """Send callback data with no regard to the buttons there are, as anybody can."""
        world = self._stage.world
        place = world.place(on.place)
        assert place is not None
        answered: asyncio.Future[F.messages.SetBotCallbackAnswerRequest] = (
            asyncio.get_running_loop().create_future()
        )
        query_id = press(world, self.account, place, (on.id, data), answered.set_result)
        try:
            async with asyncio.timeout(within):
                answer = await answered
        except TimeoutError:
            world.queries.forget(query_id)
            raise NotReceived(f"no answer to {data!r} within {within} s") from None
        return Answer(answer.message or "", bool(answer.alert), answer.url)

    async def deletes(self, message: Received | Said) -> None:
        """Delete a message of a private chat, for both sides."""
        self._inbox.forget(message.place, [message.id])
        delete_letters(self._stage.world, self.account, [message.id], revoke=True)
        await self._stage.told()

    def blocks(self, bot: Bot) -> None:
        """Stop a bot, which is told so."""
        self.account.blocked.add(bot.id)
        tell_stopped(self._stage.world, bot.account, self.account, stopped=True)

    def unblocks(self, bot: Bot) -> None:
        """Let a bot write again, which is told so."""
        self.account.blocked.discard(bot.id)
        tell_stopped(self._stage.world, bot.account, self.account, stopped=False)

    def leaves_telegram(self) -> None:
        """Delete the account."""
        self.account.deleted = True

    def _writable(self, to: Target) -> Place:
        place = self._place(to)
        if isinstance(place, Account):
            if place.id in self.account.blocked:
                raise SandboxMisused(f"{self.name} has blocked the bot and cannot write to it")
        elif self.id not in place.members:
            raise SandboxMisused(f"{self.name} is not in {place.title!r}")
        return place

    def _place(self, to: Target) -> Place:
        match to:
            case None:
                return self._stage.only_bot()
            case Bot():
                return to.account
            case Topic():
                return to.group.state
        return to.state

    def _having(self, label: str, on: Received | None) -> tuple[Received, Button]:
        # A message may have been edited since: what counts are the buttons it has now.
        there = self._inbox.now if on is None else [self._inbox.present(on)]
        for message in reversed(there):
            button = _labelled(label, message)
            if button is not None:
                return message, button
        labels = [one for message in there for one in message.labels]
        raise NotReceived(f"there is no button {label!r} among {labels}")


def _labelled(label: str, message: Received) -> Button | None:
    """The button with this label, or else the first that has it in its text."""
    buttons = [button for row in message.buttons for button in row]
    exact = (button for button in buttons if button.text == label)
    return next(exact, next((button for button in buttons if label in button.text), None))


def _reply(to: Target, reply_to: Received | Said | int | None) -> T.MessageReplyHeader | None:
    topic = to.id if isinstance(to, Topic) else None
    number = reply_to if isinstance(reply_to, int) or reply_to is None else reply_to.id
    if topic is None:
        return T.MessageReplyHeader(reply_to_msg_id=number) if number else None
    if number is None:
        return T.MessageReplyHeader(forum_topic=True, reply_to_msg_id=topic)
    return T.MessageReplyHeader(forum_topic=True, reply_to_msg_id=number, reply_to_top_id=topic)


def _anonymous(place: Place) -> T.PeerChannel:
    if not isinstance(place, places.Channel):
        raise SandboxMisused("only in a supergroup can its admins be anonymous")
    return place.peer
