"""An archive from before hits knew their alert, and places their absences, goes on as it was."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.migrate import migrate, packaged
from tests.storage.archives import norm

BEFORE = """
INSERT INTO channels (id, title, state, added_at) VALUES (77, 'x', 'joined', 0);
INSERT INTO subscribers (id, chat_id, zone, since_at, gone_at) VALUES
    (1, 1, 'UTC', 0, NULL), (2, 2, 'UTC', 0, 5);
INSERT INTO rules (id, subscriber_id, query, created_at, kept_at, alerted_at) VALUES
    (1, 1, 'a', 0, 0, 60), (2, 1, 'b', 0, 0, NULL), (3, 2, 'a', 0, 0, 60), (4, 1, 'c', 0, 0, 60);
INSERT INTO outbox (
    id, kind, subscriber_id, subject, post_id, random_id, created_at, due_at, failed_at
) VALUES
    (1, 'alert', 1, '1', 1, 1, 10, 0, NULL), (2, 'alert', 1, 'g5', 2, 2, 20, 0, NULL),
    (3, 'edit', 1, '4', 4, 3, 30, 0, 40), (4, 'changed', 1, '1/v2', 1, 4, 50, 0, NULL),
    (5, 'alert', 2, '1', 1, 5, 50, 0, NULL);
INSERT INTO bursts (id, channel_id, since_at, until_at, posts) VALUES (1, 77, 0, 9, 2);
INSERT INTO burst_posts (burst_id, post_id) VALUES (1, 3), (1, 4);
INSERT INTO summed (subscriber_id, subject, post_id) VALUES (1, 'burst/1', 3), (1, 'burst/1', 4);
INSERT INTO outbox (
    id, kind, subscriber_id, subject, post_id, random_id, created_at, due_at, message, sent_at
) VALUES
    (6, 'gone', 1, '77/1/1/9', 1, 6, 10, 0, '{"html": "x"}', 10),
    (7, 'back', 1, '77/g5/2/9', 2, 7, 20, 0, '{"html": "x"}', 20),
    (8, 'purge', 1, 'burst/1', NULL, 8, 30, 0, '{"html": "x"}', 30),
    (9, 'return', 1, 'burst/1/99', 3, 9, 40, 0, NULL, NULL),
    (10, 'gone', 1, '77/4/4/9', 4, 10, 50, 0, NULL, NULL);
INSERT INTO matches (rule_id, post_id, version, matched_at) VALUES
    (1, 1, 1, 10), (1, 3, 1, 20), (1, 4, 1, 30), (2, 1, 1, 10), (3, 1, 1, 50), (4, 1, 1, 10);
INSERT INTO held (subscriber_id, rule_id, post_id, version, reason, held_at, due_at) VALUES
    (1, 4, 1, 1, 'digest', 10, 90);
"""
POST = """
INSERT INTO posts (
    id, channel_id, message_id, posted_at, grouped_id, text, content, meta, pts, digest, version,
    via, first_seen_at
) VALUES (?, 77, ?, 0, ?, '', '{}', '', 0, x'00', 1, 'live', 0)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "archive.sqlite3"
    migrate(path, norm, packaged()[:8])
    with closing(sqlite3.connect(path)) as conn:
        conn.create_function("norm", 1, norm, deterministic=True)
        conn.create_function("norm_version", 0, lambda: None)  # nothing is indexed yet
        for number, album in ((1, None), (2, 5), (3, 5), (4, None)):
            conn.execute(POST, (number, number, album))
        conn.executescript(BEFORE)
    migrate(path, norm)
    return path


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(query).fetchall()


def test_hits_find_their_alerts(path: Path) -> None:
    """The newest that stands, also an album's; not where a digest told them or nothing did."""
    found = rows(path, "SELECT rule_id, post_id, alerted_in FROM matches ORDER BY 1, 2")
    assert found == [(1, 1, 1), (1, 3, 2), (1, 4, None), (2, 1, None), (3, 1, 5), (4, 1, None)]


def test_who_sleeps_is_known_to_sleep(path: Path) -> None:
    assert rows(path, "SELECT * FROM sleeps") == [(2, 0, None)]


def test_it_is_known_what_was_told_to_be_gone_and_to_be_back(path: Path) -> None:
    told = rows(
        path,
        "SELECT outbox.id, told.value FROM outbox, json_each(message, '$.tells') AS told "
        "ORDER BY 1, 2",
    )
    assert told == [(6, 1), (7, 2), (7, 3), (8, 3), (8, 4)]
    line = rows(path, "SELECT post_id FROM summed WHERE subject = 'burst/1/99' ORDER BY 1")
    assert line == [(3,), (4,)]
    assert rows(path, "SELECT message FROM outbox WHERE id = 10") == [(None,)]
