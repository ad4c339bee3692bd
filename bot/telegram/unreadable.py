"""What a newer Telegram says and this version cannot read: it must cost nothing beside itself.

Telethon reads an answer whole or not at all, so a single message with something unknown in it
takes its page along. Then less is asked for, until it stands alone; what cannot be read is
passed over and stays unaccounted for, so that the audit asks for it again after an update.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telethon.tl import functions, types

from bot.outcomes import Refused
from bot.telegram import convert
from bot.telegram.client import Account
from storage.records import Place, Post

logger = logging.getLogger(__name__)

UNREADABLE = "UNKNOWN_CONSTRUCTOR"
PAGES = (100, 10, 1)  # events asked for at once, the fewer the worse it goes
STEPS = 100  # unreadable events in a row; then it is no message that we cannot read


@dataclass(frozen=True, slots=True)
class ByIds:
    """What became of messages that were asked for by their ids."""

    posts: tuple[Post, ...]
    absent: dict[int, int]  # ids where there is nothing, and the pts at which that was so


async def by_ids(account: Account, place: Place, ids: Sequence[int]) -> ByIds:
    """Messages of a channel, a hundred at most; those that cannot be read are in neither part."""
    request = functions.channels.GetMessagesRequest(
        types.InputChannel(place.channel_id, place.access_hash),
        [types.InputMessageID(each) for each in ids],
    )
    try:
        answer = await account.ask(request)
    except Refused as refused:
        if refused.reason != UNREADABLE:
            raise
        return await _by_halves(account, place, ids)
    posts = convert.posts(answer.messages, answer.pts)
    absent = sorted(set(ids) - {post.message_id for post in posts})
    return ByIds(posts, dict.fromkeys(absent, answer.pts))


async def _by_halves(account: Account, place: Place, ids: Sequence[int]) -> ByIds:
    if len(ids) == 1:
        logger.error("message %d of channel %d cannot be read", ids[0], place.channel_id)
        return ByIds((), {})
    half = len(ids) // 2
    first = await by_ids(account, place, ids[:half])
    second = await by_ids(account, place, ids[half:])
    return ByIds(first.posts + second.posts, first.absent | second.absent)


async def difference(account: Account, place: Place, pts: int) -> Any:
    """The next page of a channel's event log after `pts`, as large as it can be read."""
    for limit in PAGES:
        try:
            return await account.ask(_difference(place, pts, limit))
        except Refused as refused:
            if refused.reason != UNREADABLE:
                raise
    for beyond in range(pts + 1, pts + STEPS):
        logger.error("event %d of channel %d cannot be read", beyond, place.channel_id)
        try:
            return await account.ask(_difference(place, beyond, 1))
        except Refused as refused:
            if refused.reason != UNREADABLE:
                raise
    raise Refused(UNREADABLE)


def _difference(place: Place, pts: int, limit: int) -> Any:
    return functions.updates.GetChannelDifferenceRequest(
        channel=types.InputChannel(place.channel_id, place.access_hash),
        filter=types.ChannelMessagesFilterEmpty(),
        pts=pts,
        limit=limit,
        force=False,
    )
