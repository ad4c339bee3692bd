-- Words: texts that were edited away are found too, rules keep how they were understood, and an
-- index can be built anew while the program runs.

-- ---------------------------------------------------------------- which norm() wrote the indexes

-- One row. A normaliser of another version must never touch them: FTS5 takes words out of an
-- index by being told them again, and told others it spoils the index without a word.
CREATE TABLE indexing (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    norm_version TEXT,    -- of what posts_index and past_index are written with; NULL: not known
    below_id     INTEGER  -- posts with ids below are not all in them yet; NULL: every post is
) STRICT;

INSERT INTO indexing (one) VALUES (1);

-- Where the indexes stay meanwhile that another normaliser wrote: read, and never written.
CREATE VIRTUAL TABLE posts_index_before USING fts5 (
    body, meta, content = 'posts_norm', content_rowid = 'id', tokenize = 'ascii'
);

-- While an index is built anew, a post may be changed before its turn has come: what is not in
-- the index (its own table of sizes tells) is not to be taken out of it.
DROP TRIGGER posts_index_insert;
DROP TRIGGER posts_index_delete;
DROP TRIGGER posts_index_update;

CREATE TRIGGER posts_index_insert AFTER INSERT ON posts
BEGIN
    SELECT RAISE(ABORT, 'the archive is indexed by another version of postwatch')
    FROM indexing WHERE norm_version IS NOT norm_version();
    INSERT INTO posts_index (rowid, body, meta) VALUES (new.id, norm(new.text), new.meta);
END;

CREATE TRIGGER posts_index_delete AFTER DELETE ON posts
BEGIN
    SELECT RAISE(ABORT, 'the archive is indexed by another version of postwatch')
    FROM indexing WHERE norm_version IS NOT norm_version();
    INSERT INTO posts_index (posts_index, rowid, body, meta)
    SELECT 'delete', old.id, norm(old.text), old.meta
    WHERE EXISTS (SELECT 1 FROM posts_index_docsize WHERE id = old.id);
END;

-- Only on a real change: views and counts must not touch the index.
CREATE TRIGGER posts_index_update AFTER UPDATE OF text, meta ON posts
WHEN old.text IS NOT new.text OR old.meta IS NOT new.meta
BEGIN
    SELECT RAISE(ABORT, 'the archive is indexed by another version of postwatch')
    FROM indexing WHERE norm_version IS NOT norm_version();
    INSERT INTO posts_index (posts_index, rowid, body, meta)
    SELECT 'delete', old.id, norm(old.text), old.meta
    WHERE EXISTS (SELECT 1 FROM posts_index_docsize WHERE id = old.id);
    INSERT INTO posts_index (rowid, body, meta) VALUES (new.id, norm(new.text), new.meta);
END;

-- ---------------------------------------------------------------- texts that were edited away

-- Each text that a post once had and has no more, once, under the first version that had it.
CREATE TABLE past_texts (
    id   INTEGER PRIMARY KEY,  -- row id of the post * 65536 + number of the version
    text TEXT    NOT NULL,
    meta TEXT    NOT NULL      -- of the post as it is now
) STRICT;

-- What past_texts has to hold. The triggers keep it so; for posts older than this table the
-- program does, in the background.
CREATE VIEW past_wanted (post_id, id, text, meta) AS
SELECT posts.id, posts.id * 65536 + min(versions.number), versions.text, posts.meta
FROM posts JOIN versions ON versions.post_id = posts.id
WHERE versions.text <> '' AND versions.text <> posts.text AND versions.number < 65536
GROUP BY posts.id, versions.text;

CREATE VIEW past_norm (id, body, meta) AS
SELECT id, norm(text), meta
FROM past_texts;

CREATE VIRTUAL TABLE past_index USING fts5 (
    body, meta, content = 'past_norm', content_rowid = 'id', tokenize = 'ascii'
);

CREATE VIRTUAL TABLE past_index_before USING fts5 (
    body, meta, content = 'past_norm', content_rowid = 'id', tokenize = 'ascii'
);

CREATE TRIGGER past_index_insert AFTER INSERT ON past_texts
BEGIN
    SELECT RAISE(ABORT, 'the archive is indexed by another version of postwatch')
    FROM indexing WHERE norm_version IS NOT norm_version();
    INSERT INTO past_index (rowid, body, meta) VALUES (new.id, norm(new.text), new.meta);
END;

CREATE TRIGGER past_index_delete AFTER DELETE ON past_texts
BEGIN
    SELECT RAISE(ABORT, 'the archive is indexed by another version of postwatch')
    FROM indexing WHERE norm_version IS NOT norm_version();
    INSERT INTO past_index (past_index, rowid, body, meta)
    SELECT 'delete', old.id, norm(old.text), old.meta
    WHERE EXISTS (SELECT 1 FROM past_index_docsize WHERE id = old.id);
END;

CREATE TRIGGER past_index_update AFTER UPDATE OF text, meta ON past_texts
WHEN old.text IS NOT new.text OR old.meta IS NOT new.meta
BEGIN
    SELECT RAISE(ABORT, 'the archive is indexed by another version of postwatch')
    FROM indexing WHERE norm_version IS NOT norm_version();
    INSERT INTO past_index (past_index, rowid, body, meta)
    SELECT 'delete', old.id, norm(old.text), old.meta
    WHERE EXISTS (SELECT 1 FROM past_index_docsize WHERE id = old.id);
    INSERT INTO past_index (rowid, body, meta) VALUES (new.id, norm(new.text), new.meta);
END;

-- A post says something else now: what it says is no longer past, and what it said is.
CREATE TRIGGER past_texts_change AFTER UPDATE OF text, meta ON posts
WHEN old.text IS NOT new.text OR old.meta IS NOT new.meta
BEGIN
    DELETE FROM past_texts
    WHERE id >= new.id * 65536 AND id < (new.id + 1) * 65536 AND text = new.text;
    UPDATE past_texts
    SET meta = new.meta
    WHERE id >= new.id * 65536 AND id < (new.id + 1) * 65536 AND meta <> new.meta;
    INSERT OR IGNORE INTO past_texts (id, text, meta)
    SELECT new.id * 65536 + min(number), old.text, new.meta
    FROM versions
    WHERE post_id = new.id AND text = old.text AND number < 65536
        AND old.text <> '' AND old.text <> new.text
    HAVING count(*) > 0;
END;

-- A state that was known to be an earlier one when it arrived, or that several others followed.
CREATE TRIGGER past_texts_version AFTER INSERT ON versions
WHEN new.text <> '' AND new.number < 65536
BEGIN
    INSERT OR IGNORE INTO past_texts (id, text, meta)
    SELECT posts.id * 65536 + new.number, new.text, posts.meta
    FROM posts
    WHERE posts.id = new.post_id AND posts.text <> new.text
        AND NOT EXISTS (
            SELECT 1
            FROM versions AS earlier
            WHERE earlier.post_id = new.post_id AND earlier.number < new.number
                AND earlier.text = new.text
        );
END;

-- Versions change by a lawful erasure only.
CREATE TRIGGER past_texts_erased AFTER UPDATE OF text ON versions
WHEN old.text <> new.text
BEGIN
    DELETE FROM past_texts WHERE id >= new.post_id * 65536 AND id < (new.post_id + 1) * 65536;
    INSERT INTO past_texts (id, text, meta)
    SELECT id, text, meta FROM past_wanted WHERE post_id = new.post_id;
END;

CREATE TRIGGER past_texts_removed AFTER DELETE ON versions
BEGIN
    DELETE FROM past_texts WHERE id >= old.post_id * 65536 AND id < (old.post_id + 1) * 65536;
    INSERT INTO past_texts (id, text, meta)
    SELECT id, text, meta FROM past_wanted WHERE post_id = old.post_id;
END;

-- ---------------------------------------------------------------- rules

ALTER TABLE rules ADD COLUMN title TEXT;    -- its own name; NULL: its query is its name
ALTER TABLE rules ADD COLUMN tree TEXT;     -- JSON: what the query was understood as, all forms
ALTER TABLE rules ADD COLUMN choices TEXT;  -- JSON: what its subscriber changed about that
ALTER TABLE rules ADD COLUMN lexicon TEXT;  -- version of the dictionaries the tree was made with
ALTER TABLE rules ADD COLUMN sense TEXT;    -- equal for rules that mean the same
ALTER TABLE rules ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;  -- raised with every new tree
ALTER TABLE rules ADD COLUMN changed_at INTEGER;  -- edited to mean something else; NULL: never
ALTER TABLE rules ADD COLUMN kept_at INTEGER;  -- NULL: only shown, and waiting for a yes

-- A rule with another query catches anew what it caught before, where a later version says it.
ALTER TABLE rules ADD COLUMN query_edition INTEGER NOT NULL DEFAULT 0;  -- raised with every query
ALTER TABLE matches ADD COLUMN query_edition INTEGER NOT NULL DEFAULT 0;  -- of the rule, then

DROP TRIGGER rules_added;
DROP TRIGGER rules_changed;

UPDATE rules SET kept_at = created_at;

DROP INDEX rules_once;
CREATE UNIQUE INDEX rules_once ON rules (subscriber_id, query)
WHERE removed_at IS NULL AND kept_at IS NOT NULL;

-- What only waits for a yes is nothing to those who read the rules.
CREATE TRIGGER rules_added AFTER INSERT ON rules WHEN new.kept_at IS NOT NULL
BEGIN
    UPDATE archive SET rules_revision = rules_revision + 1;
END;

CREATE TRIGGER rules_changed
AFTER UPDATE OF query, title, edition, muted_until_at, removed_at, kept_at ON rules
WHEN new.kept_at IS NOT NULL AND (
    old.query <> new.query OR old.title IS NOT new.title OR old.edition <> new.edition
    OR old.muted_until_at IS NOT new.muted_until_at OR old.removed_at IS NOT new.removed_at
    OR old.kept_at IS NOT new.kept_at
)
BEGIN
    UPDATE archive SET rules_revision = rules_revision + 1;
END;
