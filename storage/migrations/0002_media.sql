-- Files attached to posts, anchors of the journal, and bursts of deletions.

-- Of this channel's posts, which files are stored; NULL is what the settings say.
ALTER TABLE channels ADD COLUMN keep TEXT CHECK (keep IN ('none', 'photos', 'all'));

-- A file that a post carries, or carried: written with the post, fetched later.
CREATE TABLE attachments (
    id          INTEGER PRIMARY KEY,
    post_id     INTEGER NOT NULL REFERENCES posts (id),
    version     INTEGER NOT NULL,      -- whose raw object tells where it is to be fetched
    media_id    INTEGER NOT NULL,      -- Telegram's number of the photo or document
    kind        TEXT    NOT NULL,      -- as in posts.media
    state       TEXT    NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'stored', 'skipped')),
    due_at      INTEGER NOT NULL,      -- not to be tried before
    attempts    INTEGER NOT NULL DEFAULT 0,
    reason      TEXT,                  -- why it was skipped, or the last try failed
    sha256      BLOB,                  -- of the bytes: the name under which the file is stored
    size        INTEGER,
    mime        TEXT,
    name        TEXT,                  -- as its author called it
    done_at     INTEGER,               -- stored or skipped
    UNIQUE (post_id, media_id),
    CHECK ((state = 'stored') = (sha256 IS NOT NULL AND size IS NOT NULL))
) STRICT;

-- What is still to be fetched, the newest post first.
CREATE INDEX attachments_waiting ON attachments (post_id) WHERE state = 'waiting';
CREATE INDEX attachments_media ON attachments (media_id);

-- Heads of the journal that were sent to the owner, to be kept outside.
CREATE TABLE anchors (
    id   INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,
    seq  INTEGER NOT NULL,  -- number of the journal's entry
    hash BLOB    NOT NULL   -- of that entry
) STRICT;

-- Deletions in one channel that followed each other closely.
CREATE TABLE bursts (
    id         INTEGER PRIMARY KEY,
    channel_id INTEGER NOT NULL REFERENCES channels (id),
    since_at   INTEGER NOT NULL,
    until_at   INTEGER NOT NULL,
    posts      INTEGER NOT NULL  -- of the archive that went
) STRICT;

CREATE INDEX bursts_latest ON bursts (channel_id, until_at);
