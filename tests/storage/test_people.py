"""Invitations are for one person and a limited time; strangers are refused once."""

import hashlib
from pathlib import Path

import pytest

from storage import people, questions
from storage.db import Archive
from storage.people import Acceptance
from storage.questions import Question
from tests.storage.archives import NOW

TOKEN = "an-invitation-in-clear"
OWNER, GUEST, OTHER = 1, 2, 3


async def invite(archive: Archive) -> None:
    async with archive.transaction() as tx:
        await people.invite(tx, TOKEN, OWNER, NOW, NOW + 1000)


async def accept(archive: Archive, user_id: int, now: int, token: str = TOKEN) -> Acceptance:
    async with archive.transaction() as tx:
        return await people.accept(tx, token, user_id, "Guest", now)


async def test_an_invitation_lets_one_person_in(archive: Archive) -> None:
    await invite(archive)
    assert not await people.known(archive.reader, GUEST)
    assert await accept(archive, GUEST, NOW) is Acceptance.ACCEPTED
    assert await people.known(archive.reader, GUEST)
    assert await accept(archive, OTHER, NOW) is Acceptance.USED
    assert await accept(archive, GUEST, NOW) is Acceptance.USED
    assert not await people.known(archive.reader, OTHER)


@pytest.mark.parametrize(
    ("late", "expected"), [(999, Acceptance.ACCEPTED), (1000, Acceptance.EXPIRED)]
)
async def test_an_invitation_expires(archive: Archive, late: int, expected: Acceptance) -> None:
    await invite(archive)
    assert await accept(archive, GUEST, NOW + late) is expected
    assert await people.known(archive.reader, GUEST) is (expected is Acceptance.ACCEPTED)


async def test_a_made_up_invitation_is_unknown(archive: Archive) -> None:
    await invite(archive)
    assert await accept(archive, GUEST, NOW, TOKEN.upper()) is Acceptance.UNKNOWN
    assert await accept(archive, GUEST, NOW, "") is Acceptance.UNKNOWN


async def test_somebody_known_may_accept_again(archive: Archive) -> None:
    for token in ("a", "b"):
        async with archive.transaction() as tx:
            await people.invite(tx, token, OWNER, NOW, NOW + 1000)
        assert await accept(archive, GUEST, NOW, token) is Acceptance.ACCEPTED


async def test_the_token_is_not_in_the_file(archive: Archive, tmp_path: Path) -> None:
    await invite(archive)
    written = (tmp_path / "archive.sqlite3-wal").read_bytes()
    assert hashlib.sha256(TOKEN.encode()).digest() in written
    assert TOKEN.encode() not in written


async def test_a_stranger_is_refused_once(archive: Archive) -> None:
    for user_id, expected in ((9, True), (9, False), (10, True), (9, False)):
        async with archive.transaction() as tx:
            assert await people.refuse_once(tx, user_id, NOW) is expected


async def test_a_question_is_answered_to_the_chat_that_asked(archive: Archive) -> None:
    async with archive.transaction() as tx:
        number = await questions.ask(tx, 5, "кава", NOW)
        other = await questions.ask(tx, 6, "чай", NOW + 1)
    assert await questions.get(archive.reader, number, 5) == Question("кава", NOW)
    assert await questions.get(archive.reader, number, 6) is None
    assert await questions.get(archive.reader, 404, 5) is None
    async with archive.transaction() as tx:
        await questions.ask(tx, 7, "сік", NOW + 1 + questions.KEPT)
    assert await questions.get(archive.reader, number, 5) is None
    assert await questions.get(archive.reader, other, 6) == Question("чай", NOW + 1)
