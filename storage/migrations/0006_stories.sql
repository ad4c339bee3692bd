-- Which posts tell the same story: forwards of one post, reposts and near-duplicates.

-- Posts that share a story, and forwards, which may come to share one. A story is named by the
-- row id of the post with which it began; a post without a row is a story of its own.
CREATE TABLE stories (
    post_id        INTEGER PRIMARY KEY REFERENCES posts (id),
    story_id       INTEGER NOT NULL,
    origin_channel INTEGER,  -- where it was forwarded from
    origin_message INTEGER
) STRICT;

CREATE INDEX stories_story ON stories (story_id);
CREATE INDEX stories_origin ON stories (origin_channel, origin_message)
WHERE origin_channel IS NOT NULL;

-- What posts of the last days said first, in normalised words and without their channels'
-- footers; with the numbers by which what tells the same is found (`bot.query.sketch`).
CREATE TABLE wordings (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id),
    words   TEXT NOT NULL
) STRICT;

CREATE TABLE footprints (
    number  INTEGER NOT NULL,
    post_id INTEGER NOT NULL,
    PRIMARY KEY (number, post_id)
) STRICT, WITHOUT ROWID;

-- How many of a channel's posts end in a line, out of those that were counted: under '' stands
-- their number. Halved from time to time, so that it is about the recent ones.
CREATE TABLE endings (
    channel_id INTEGER NOT NULL REFERENCES channels (id),
    line       TEXT    NOT NULL,  -- normalised
    posts      INTEGER NOT NULL,
    PRIMARY KEY (channel_id, line)
) STRICT, WITHOUT ROWID;

-- The row that told of a joined post: its alert, or the one that edits it. NULL: not composed.
ALTER TABLE joined ADD COLUMN told_in INTEGER REFERENCES outbox (id);

CREATE INDEX joined_told ON joined (told_in) WHERE told_in IS NOT NULL;
CREATE INDEX outbox_target ON outbox (target_id) WHERE target_id IS NOT NULL;

-- What is composed has everything that was joined until then.
CREATE TRIGGER joined_composed AFTER UPDATE OF message ON outbox
WHEN old.message IS NULL AND new.message IS NOT NULL AND new.does <> 'reply'
BEGIN
    UPDATE joined
    SET told_in = new.id
    WHERE told_in IS NULL AND outbox_id = iif(new.does = 'edit', new.target_id, new.id);
END;
