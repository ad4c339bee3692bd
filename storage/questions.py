"""Questions with more answers than fit one message: the buttons under it name a row here."""

from dataclasses import dataclass

from aiosqlite import Connection

from storage import fetch

KEPT = 60 * 24 * 3_600_000  # ms: nobody turns the pages of an older answer


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, and when: "the last seven days" are those before."""

    query: str
    asked_at: int


async def ask(tx: Connection, chat_id: int, query: str, now: int) -> int:
    """Keep a question; the number by which its chat can go on with it for some weeks."""
    await tx.execute("DELETE FROM questions WHERE asked_at < ?", (now - KEPT,))
    number = await fetch.value(
        tx,
        "INSERT INTO questions (chat_id, query, asked_at) VALUES (?, ?, ?) RETURNING id",
        (chat_id, query, now),
    )
    return int(number)


async def get(conn: Connection, question_id: int, chat_id: int) -> Question | None:
    """A question, for the chat that asked it and no other."""
    row = await fetch.one(
        conn,
        "SELECT query, asked_at FROM questions WHERE id = ? AND chat_id = ?",
        (question_id, chat_id),
    )
    return None if row is None else Question(row["query"], row["asked_at"])
