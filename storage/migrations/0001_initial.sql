-- The archive: what channels said, who wants to be told, and what is still to be told.
--
-- Times are integer milliseconds since 1970, UTC, in columns named *_at.
-- Channel ids are Telegram's bare positive ones; chat ids are the Bot API's marked ones.

-- One row: which archive this is.
CREATE TABLE archive (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    id             BLOB    NOT NULL,  -- random; part of every random_id: no two archives share one
    created_at     INTEGER NOT NULL,
    rules_revision INTEGER NOT NULL DEFAULT 0  -- raised by every change of a rule: read them again
) STRICT;

-- ---------------------------------------------------------------- channels

CREATE TABLE channels (
    id              INTEGER PRIMARY KEY,
    username        TEXT COLLATE NOCASE,  -- as last seen: usernames change hands
    title           TEXT    NOT NULL,
    about           TEXT    NOT NULL DEFAULT '',
    verified        INTEGER NOT NULL DEFAULT 0,
    subscribers     INTEGER,
    state           TEXT    NOT NULL,
    added_at        INTEGER NOT NULL,
    archive_from_at INTEGER,               -- history before this was not asked for
    profile_id      INTEGER REFERENCES profiles (id)
) STRICT;

CREATE INDEX channels_username ON channels (username);

-- Access hashes belong to an account and a channel together.
CREATE TABLE access (
    account_id  INTEGER NOT NULL,
    channel_id  INTEGER NOT NULL REFERENCES channels (id),
    access_hash INTEGER NOT NULL,
    PRIMARY KEY (account_id, channel_id)
) STRICT, WITHOUT ROWID;

-- Our own place in each channel's event log. Moved only by the sweep and the backfill.
CREATE TABLE cursors (
    channel_id INTEGER PRIMARY KEY REFERENCES channels (id),
    pts        INTEGER NOT NULL,
    top_id     INTEGER NOT NULL,  -- every id up to here was seen or asked for
    moved_at   INTEGER NOT NULL
) STRICT;

-- What the seeds know of a channel: facts a non-programmer can edit in seeds/.
CREATE TABLE profiles (
    id        INTEGER PRIMARY KEY,
    username  TEXT COLLATE NOCASE NOT NULL UNIQUE,
    pinned_id INTEGER,            -- the numeric id the pack vouches for, where it does
    office    TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    country   TEXT    NOT NULL,
    region    TEXT,
    language  TEXT    NOT NULL,
    as_of     TEXT    NOT NULL    -- the date for which the facts were checked
) STRICT;

-- Who held the office when; dates are inclusive, NULL is open.
-- A person may hold an office more than once.
CREATE TABLE holders (
    id         INTEGER PRIMARY KEY,
    profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    since      TEXT,
    until      TEXT
) STRICT;

CREATE INDEX holders_profile ON holders (profile_id);

-- Packs and labels: what in:label means.
CREATE TABLE labels (
    profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    label      TEXT    NOT NULL,
    PRIMARY KEY (profile_id, label)
) STRICT, WITHOUT ROWID;

-- Channels to join, one at a time and slowly; survives restarts.
CREATE TABLE joins (
    id         INTEGER PRIMARY KEY,
    target     TEXT COLLATE NOCASE NOT NULL UNIQUE,  -- username or invite link
    asked_by   INTEGER NOT NULL,         -- the person, to be told how it went; 0 for a pack
    asked_at   INTEGER NOT NULL,
    state      TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'joined', 'failed')),
    channel_id INTEGER REFERENCES channels (id),
    done_at    INTEGER,
    adopted    INTEGER NOT NULL DEFAULT 0,  -- followed already: nothing that Telegram counts
    error      TEXT
) STRICT;

-- ---------------------------------------------------------------- posts

CREATE TABLE posts (
    -- (second of posting - 1400000000) * 64 + slot, spilling into later seconds; never changed.
    -- So ids ascend with time whatever the order of arrival, and newest-first needs no sort.
    id            INTEGER PRIMARY KEY,
    channel_id    INTEGER NOT NULL REFERENCES channels (id),
    message_id    INTEGER NOT NULL,
    posted_at     INTEGER NOT NULL,
    edited_at     INTEGER,
    text          TEXT    NOT NULL,
    language      TEXT,
    grouped_id    INTEGER,
    reply_to      INTEGER,
    author        TEXT,
    media         TEXT,
    service       TEXT,
    forward       TEXT,              -- JSON of records.Forward
    content       TEXT    NOT NULL,  -- JSON, keys sorted
    meta          TEXT    NOT NULL,  -- filters: c<channel> l<language> has<kind> fwd edited deleted
    views         INTEGER,
    forwards      INTEGER,
    counted_at    INTEGER,           -- when views and forwards were read
    pts           INTEGER NOT NULL,  -- place in the event log of the state held; 0 unknown
    digest        BLOB    NOT NULL,  -- SHA-256 of the state held, counts left out
    version       INTEGER NOT NULL,  -- the number, in versions, of the state held
    via           TEXT    NOT NULL,  -- the road by which the state held came
    first_seen_at INTEGER NOT NULL,
    deleted_at    INTEGER,
    absence       TEXT CHECK (absence IN ('notice', 'recheck')),
    UNIQUE (channel_id, message_id)
) STRICT;

CREATE INDEX posts_album ON posts (channel_id, grouped_id) WHERE grouped_id IS NOT NULL;
CREATE INDEX posts_deleted ON posts (deleted_at) WHERE deleted_at IS NOT NULL;  -- how many are gone

-- Every state seen, whole, so that its digest can be computed again from the row.
-- Append-only, but for a lawful erasure of text and content.
CREATE TABLE versions (
    id         INTEGER PRIMARY KEY,
    post_id    INTEGER NOT NULL REFERENCES posts (id),
    number     INTEGER NOT NULL,  -- in the order of arrival; the newest need not be the last
    seen_at    INTEGER NOT NULL,
    via        TEXT    NOT NULL,
    pts        INTEGER NOT NULL,
    edited_at  INTEGER,
    text       TEXT    NOT NULL,
    grouped_id INTEGER,
    reply_to   INTEGER,
    author     TEXT,
    media      TEXT,
    service    TEXT,
    forward    TEXT,
    content    TEXT    NOT NULL,
    has        TEXT    NOT NULL,  -- kinds to filter by, separated by blanks
    digest     BLOB    NOT NULL,
    UNIQUE (post_id, number)
) STRICT;

-- The TL object as received, zlib-compressed.
CREATE TABLE raw_objects (
    version_id INTEGER PRIMARY KEY REFERENCES versions (id),
    layer      INTEGER NOT NULL,
    bytes      BLOB    NOT NULL
) STRICT;

-- A notice and an absence at recheck are different facts: both are kept.
-- A notice comes once. A post that came back after a recheck may be found absent again.
CREATE TABLE deletions (
    id         INTEGER PRIMARY KEY,
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    absence    TEXT    NOT NULL CHECK (absence IN ('notice', 'recheck')),
    seen_at    INTEGER NOT NULL,
    via        TEXT    NOT NULL,
    pts        INTEGER NOT NULL  -- the furthest place in the event log at which it was gone
) STRICT;

CREATE INDEX deletions_message ON deletions (channel_id, message_id);
CREATE UNIQUE INDEX deletions_notice ON deletions (channel_id, message_id) WHERE absence = 'notice';

-- The hash chain: one entry for every version, deletion, stored media file and erasure.
-- hash = SHA-256 over the sorted-key JSON of the entry with the hash of the one before.
CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    subject INTEGER NOT NULL,  -- row id in the table of that kind
    digests TEXT    NOT NULL,  -- JSON, keys sorted: what the entry vouches for
    hash    BLOB    NOT NULL
) STRICT;

-- The index over the current texts. External content through a view: folded text is never stored.
CREATE VIEW posts_norm (id, body, meta) AS
SELECT id, norm(text), meta
FROM posts;

CREATE VIRTUAL TABLE posts_index USING fts5 (
    body, meta, content = 'posts_norm', content_rowid = 'id', tokenize = 'ascii'
);

CREATE TRIGGER posts_index_insert AFTER INSERT ON posts
BEGIN
    INSERT INTO posts_index (rowid, body, meta) VALUES (new.id, norm(new.text), new.meta);
END;

CREATE TRIGGER posts_index_delete AFTER DELETE ON posts
BEGIN
    INSERT INTO posts_index (posts_index, rowid, body, meta)
    VALUES ('delete', old.id, norm(old.text), old.meta);
END;

-- Only on a real change: views and counts must not touch the index.
CREATE TRIGGER posts_index_update AFTER UPDATE OF text, meta ON posts
WHEN old.text IS NOT new.text OR old.meta IS NOT new.meta
BEGIN
    INSERT INTO posts_index (posts_index, rowid, body, meta)
    VALUES ('delete', old.id, norm(old.text), old.meta);
    INSERT INTO posts_index (rowid, body, meta) VALUES (new.id, norm(new.text), new.meta);
END;

-- ---------------------------------------------------------------- people and what they want

-- Who may use the bot. The owner is named in the settings and needs no row.
CREATE TABLE people (
    user_id    INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    invited_by INTEGER NOT NULL,
    since_at   INTEGER NOT NULL
) STRICT;

-- One-time invitations; the token itself is never stored.
CREATE TABLE invitations (
    token_hash BLOB PRIMARY KEY,  -- SHA-256
    made_by    INTEGER NOT NULL,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_by    INTEGER,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

-- Strangers who had their one refusal.
CREATE TABLE strangers (
    user_id    INTEGER PRIMARY KEY,
    refused_at INTEGER NOT NULL
) STRICT;

CREATE TABLE subscribers (
    id          INTEGER PRIMARY KEY,
    chat_id     INTEGER NOT NULL,
    topic_id    INTEGER NOT NULL DEFAULT 0,
    title       TEXT    NOT NULL DEFAULT '',
    access_hash INTEGER NOT NULL DEFAULT 0,
    language    TEXT    NOT NULL DEFAULT 'en',
    zone        TEXT    NOT NULL,
    since_at    INTEGER NOT NULL,
    gone_at     INTEGER,  -- blocked us, or was deleted: its rules sleep
    UNIQUE (chat_id, topic_id)
) STRICT;

CREATE TABLE rules (
    id             INTEGER PRIMARY KEY,
    subscriber_id  INTEGER NOT NULL REFERENCES subscribers (id),
    query          TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    muted_until_at INTEGER,
    removed_at     INTEGER
) STRICT;

CREATE UNIQUE INDEX rules_once ON rules (subscriber_id, query) WHERE removed_at IS NULL;

-- Whatever changes the rules that are awake, by whichever program, raises the revision.
CREATE TRIGGER rules_added AFTER INSERT ON rules
BEGIN
    UPDATE archive SET rules_revision = rules_revision + 1;
END;

CREATE TRIGGER rules_changed AFTER UPDATE ON rules
BEGIN
    UPDATE archive SET rules_revision = rules_revision + 1;
END;

CREATE TRIGGER rules_slept AFTER UPDATE OF gone_at ON subscribers
WHEN (old.gone_at IS NULL) <> (new.gone_at IS NULL)
BEGIN
    UPDATE archive SET rules_revision = rules_revision + 1;
END;

-- What a rule caught. Unique, so that a rule is told of a post once, whatever is replayed.
CREATE TABLE matches (
    rule_id    INTEGER NOT NULL REFERENCES rules (id),
    post_id    INTEGER NOT NULL REFERENCES posts (id),
    version    INTEGER NOT NULL,
    matched_at INTEGER NOT NULL,
    PRIMARY KEY (rule_id, post_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX matches_post ON matches (post_id);  -- which rules did this post hit

-- What we owe to subscribers: a row until Telegram has it.
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY,
    kind          TEXT    NOT NULL,
    subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
    subject       TEXT    NOT NULL,  -- the post or album, the version, the digest's due time
    post_id       INTEGER REFERENCES posts (id),
    version       INTEGER,
    random_id     INTEGER NOT NULL,  -- derived: Telegram drops a second send with the same one
    created_at    INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    message       TEXT,              -- JSON of records.Message, frozen at the first attempt
    sent_at       INTEGER,
    message_id    INTEGER,           -- Telegram's id of what was sent
    failed_at     INTEGER,
    error         TEXT,
    UNIQUE (subscriber_id, kind, subject)
) STRICT;

-- What is still to be sent, in order.
CREATE INDEX outbox_open ON outbox (subscriber_id, id) WHERE sent_at IS NULL AND failed_at IS NULL;

-- Questions with more answers than fit one message: a button's 64 bytes name the row.
CREATE TABLE questions (
    id         INTEGER PRIMARY KEY,
    chat_id    INTEGER NOT NULL,
    query      TEXT    NOT NULL,
    asked_at   INTEGER NOT NULL
) STRICT;
