-- The alert desk: how each rule and each subscriber wants to be told, and what follows an alert.

-- ---------------------------------------------------------------- wishes

ALTER TABLE subscribers ADD COLUMN quiet_from INTEGER;   -- minute of the day in its zone
ALTER TABLE subscribers ADD COLUMN quiet_until INTEGER;  -- the first minute that is not quiet
ALTER TABLE subscribers ADD COLUMN digest TEXT NOT NULL DEFAULT '08:00';  -- see alerts/schedule.py
ALTER TABLE subscribers ADD COLUMN pictures INTEGER NOT NULL DEFAULT 0;   -- alerts show photos
ALTER TABLE subscribers ADD COLUMN merging INTEGER NOT NULL DEFAULT 1;    -- reposts join an alert

-- Why it cannot be told anything, in Telegram's words. TOPIC_... concerns one topic, and
-- everything else its whole chat.
ALTER TABLE subscribers ADD COLUMN gone_why TEXT;

ALTER TABLE rules ADD COLUMN mode TEXT NOT NULL DEFAULT 'instant'
    CHECK (mode IN ('instant', 'silent', 'digest'));
ALTER TABLE rules ADD COLUMN follows INTEGER NOT NULL DEFAULT 1;  -- edits and deletions are told
ALTER TABLE rules ADD COLUMN cooldown INTEGER NOT NULL DEFAULT 0;           -- ms
ALTER TABLE rules ADD COLUMN late_after INTEGER NOT NULL DEFAULT 21600000;  -- ms: six hours
ALTER TABLE rules ADD COLUMN alerted_at INTEGER;  -- when an alert last named it

DROP TRIGGER rules_changed;

CREATE TRIGGER rules_changed
AFTER UPDATE OF query, title, edition, muted_until_at, removed_at, kept_at, mode, follows,
    cooldown, late_after ON rules
WHEN new.kept_at IS NOT NULL AND (
    old.query <> new.query OR old.title IS NOT new.title OR old.edition <> new.edition
    OR old.muted_until_at IS NOT new.muted_until_at OR old.removed_at IS NOT new.removed_at
    OR old.kept_at IS NOT new.kept_at OR old.mode <> new.mode OR old.follows <> new.follows
    OR old.cooldown <> new.cooldown OR old.late_after <> new.late_after
)
BEGIN
    UPDATE archive SET rules_revision = rules_revision + 1;
END;

-- Hits that somebody called not relevant: counted, and nothing else comes of it.
CREATE TABLE verdicts (
    rule_id  INTEGER NOT NULL REFERENCES rules (id),
    post_id  INTEGER NOT NULL REFERENCES posts (id),
    given_by INTEGER NOT NULL,  -- a user id; 0 for an anonymous admin
    given_at INTEGER NOT NULL,
    PRIMARY KEY (rule_id, post_id)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- pictures

-- Until when an alert waits for this file: it is fetched before all others.
ALTER TABLE attachments ADD COLUMN awaited_until INTEGER;

CREATE INDEX attachments_awaited ON attachments (post_id)
WHERE state = 'waiting' AND awaited_until IS NOT NULL;

-- ---------------------------------------------------------------- deletions

-- Which posts went in a burst of deletions.
CREATE TABLE burst_posts (
    burst_id INTEGER NOT NULL REFERENCES bursts (id),
    post_id  INTEGER NOT NULL REFERENCES posts (id),
    PRIMARY KEY (burst_id, post_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX burst_posts_post ON burst_posts (post_id);

-- ---------------------------------------------------------------- digests

-- Hits that were not told at once, until a digest tells them.
CREATE TABLE held (
    id            INTEGER PRIMARY KEY,
    subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
    rule_id       INTEGER NOT NULL REFERENCES rules (id),
    post_id       INTEGER NOT NULL REFERENCES posts (id),
    version       INTEGER NOT NULL,
    reason        TEXT    NOT NULL CHECK (reason IN ('digest', 'quiet', 'cooldown', 'late')),
    held_at       INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,  -- of the digest that is to tell it
    told_in       INTEGER REFERENCES outbox (id),  -- the digest that did
    UNIQUE (rule_id, post_id)
) STRICT;

CREATE INDEX held_open ON held (due_at, subscriber_id) WHERE told_in IS NULL;
CREATE INDEX held_for ON held (subscriber_id) WHERE told_in IS NULL;
CREATE INDEX held_told ON held (told_in) WHERE told_in IS NOT NULL;

-- ---------------------------------------------------------------- what is done with a row

ALTER TABLE outbox ADD COLUMN does TEXT NOT NULL DEFAULT 'send'
    CHECK (does IN ('send', 'reply', 'edit'));
-- The row whose message is answered, or replaced: not before it is sent.
ALTER TABLE outbox ADD COLUMN target_id INTEGER REFERENCES outbox (id);
-- 1: alerts, and what follows them; 2: digests. A lower rank goes first within a chat.
ALTER TABLE outbox ADD COLUMN rank INTEGER NOT NULL DEFAULT 1;
ALTER TABLE outbox ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;  -- to be told without a sound

DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (subscriber_id, rank, id)
WHERE sent_at IS NULL AND failed_at IS NULL;

CREATE INDEX outbox_post ON outbox (post_id) WHERE post_id IS NOT NULL;

-- Further posts that were joined to an alert: reposts and near-duplicates of what it tells.
CREATE TABLE joined (
    outbox_id INTEGER NOT NULL REFERENCES outbox (id),
    post_id   INTEGER NOT NULL REFERENCES posts (id),
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (outbox_id, post_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX joined_post ON joined (post_id);
