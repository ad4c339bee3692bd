-- History: how far back it was fetched, which ids are accounted for, and what channels were.

-- How far back a channel is in the archive, and how far back it is wanted.
CREATE TABLE histories (
    channel_id INTEGER PRIMARY KEY REFERENCES channels (id),
    first_id   INTEGER NOT NULL,            -- every message id from here on was seen or asked for
    whole      INTEGER NOT NULL DEFAULT 0,  -- nothing is before first_id
    goal_at    INTEGER,                     -- wanted back to this time, 0: all; NULL: no more
    asked_by   INTEGER,                     -- the subscriber to be told; NULL for nobody
    asked_at   INTEGER,
    fetched    INTEGER NOT NULL DEFAULT 0,  -- messages, since it was asked for
    done_at    INTEGER,                     -- when the goal was reached, or given up
    error      TEXT,                        -- why it was given up
    audited_at INTEGER NOT NULL DEFAULT 0,  -- when its ids were last accounted for
    shown      TEXT                         -- subject of the outbox row that shows how it goes
) STRICT;

CREATE INDEX histories_open ON histories (goal_at) WHERE done_at IS NULL AND goal_at IS NOT NULL;

-- What was watched before this table was: complete from its oldest post on.
INSERT INTO histories (channel_id, first_id)
SELECT cursors.channel_id, coalesce(
        (
            SELECT min(posts.message_id)
            FROM posts
            WHERE posts.channel_id = cursors.channel_id AND posts.via <> 'import'
        ),
        cursors.top_id + 1
    )
FROM cursors;

UPDATE channels
SET archive_from_at = added_at
WHERE archive_from_at IS NULL AND id IN (SELECT channel_id FROM cursors);

-- When a sweep last compared the channel with Telegram: it is complete up to there.
ALTER TABLE cursors ADD COLUMN compared_at INTEGER;

-- Stretches of message ids each of which is accounted for: a post, a deletion, or asked for and
-- absent. What is in a stretch and neither in posts nor in deletions was never ours. Stretches
-- of a channel neither overlap nor touch.
CREATE TABLE accounted (
    channel_id INTEGER NOT NULL REFERENCES channels (id),
    first_id   INTEGER NOT NULL,
    last_id    INTEGER NOT NULL CHECK (last_id >= first_id),
    PRIMARY KEY (channel_id, first_id)
) STRICT, WITHOUT ROWID;

-- What channels said of themselves, and what we could see of them, over time. Append-only.
CREATE TABLE channel_events (
    id         INTEGER PRIMARY KEY,
    channel_id INTEGER NOT NULL REFERENCES channels (id),
    seen_at    INTEGER NOT NULL,
    fact       TEXT    NOT NULL,  -- one of records.Fact
    before     TEXT,              -- NULL: there was none, or it was not known
    after      TEXT
) STRICT;

CREATE INDEX channel_events_channel ON channel_events (channel_id, seen_at);

ALTER TABLE channels ADD COLUMN photo_id INTEGER;  -- NULL: never read; 0: it has none
ALTER TABLE channels ADD COLUMN read_at INTEGER;   -- when its full facts were last read
