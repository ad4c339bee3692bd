-- Which alert told a hit, when places were out of reach, and what messages told to be gone.

-- The alert that names the rule for this post, or is to when it leaves. The rule pauses after the
-- last one that was neither withdrawn nor failed. NULL: no alert does.
ALTER TABLE matches ADD COLUMN alerted_in INTEGER REFERENCES outbox (id);

UPDATE matches
SET alerted_in = told.row_id
FROM (
    SELECT coalesce(parts.id, posts.id) AS post_id, outbox.subscriber_id, max(outbox.id) AS row_id
    FROM outbox JOIN posts ON posts.id = outbox.post_id
        LEFT JOIN posts AS parts ON outbox.kind = 'alert'
            AND parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
    WHERE outbox.kind IN ('alert', 'edit', 'part') AND outbox.failed_at IS NULL
    GROUP BY 1, 2
) AS told, rules
WHERE matches.post_id = told.post_id AND rules.id = matches.rule_id
    AND rules.subscriber_id = told.subscriber_id AND rules.alerted_at IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM held
        WHERE held.rule_id = matches.rule_id AND held.post_id = matches.post_id
    );

CREATE INDEX matches_alerted ON matches (rule_id, alerted_in) WHERE alerted_in IS NOT NULL;

ALTER TABLE rules DROP COLUMN alerted_at;

CREATE INDEX held_post ON held (post_id);

-- Which states of posts came while a place was out of reach and its rules caught nothing: those
-- with a row id in versions above the first number, up to the other one.
CREATE TABLE sleeps (
    subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
    after_id      INTEGER NOT NULL,
    until_id      INTEGER,  -- NULL: it sleeps
    PRIMARY KEY (subscriber_id, after_id)
) STRICT, WITHOUT ROWID;

INSERT INTO sleeps (subscriber_id, after_id)
SELECT id, coalesce((SELECT max(id) FROM versions), 0) FROM subscribers WHERE gone_at IS NOT NULL;

CREATE TRIGGER subscribers_slept AFTER UPDATE OF gone_at ON subscribers
WHEN old.gone_at IS NULL AND new.gone_at IS NOT NULL
BEGIN
    INSERT INTO sleeps (subscriber_id, after_id)
    VALUES (new.id, coalesce((SELECT max(id) FROM versions), 0))
    ON CONFLICT (subscriber_id, after_id) DO UPDATE SET until_id = NULL;
END;

CREATE TRIGGER subscribers_woke AFTER UPDATE OF gone_at ON subscribers
WHEN old.gone_at IS NOT NULL AND new.gone_at IS NULL
BEGIN
    UPDATE sleeps
    SET until_id = coalesce((SELECT max(id) FROM versions), 0)
    WHERE subscriber_id = new.id AND until_id IS NULL;
    DELETE FROM sleeps WHERE subscriber_id = new.id AND until_id <= after_id;  -- nothing came
END;

-- What a line told to be there again, was told by its burst alone.
INSERT OR IGNORE INTO summed (subscriber_id, subject, post_id)
SELECT outbox.subscriber_id, outbox.subject, burst_posts.post_id
FROM outbox JOIN burst_posts
    ON burst_posts.burst_id = CAST(substr(outbox.subject, length('burst/') + 1) AS INTEGER)
WHERE outbox.kind = 'return' AND outbox.failed_at IS NULL;

-- Which posts a message tells to be gone, or there again, stands in it: so it is known who believes
-- what. Of those that were composed before, it is what is known of their rows.
UPDATE outbox
SET message = json_set(message, '$.tells', (
    SELECT json_group_array(parts.id)
    FROM posts CROSS JOIN posts AS parts ON parts.id = posts.id OR (
        parts.channel_id = posts.channel_id AND parts.grouped_id = posts.grouped_id
    )
    WHERE posts.id = outbox.post_id AND (
        parts.id = posts.id OR outbox.kind = 'back'
        OR parts.deleted_at <= coalesce(outbox.sent_at, parts.deleted_at)
    )
))
WHERE kind IN ('gone', 'back') AND message IS NOT NULL AND failed_at IS NULL
    AND json_type(message, '$.tells') IS NULL;

UPDATE outbox
SET message = json_set(message, '$.tells', (
    SELECT json_group_array(summed.post_id)
    FROM summed JOIN posts ON posts.id = summed.post_id
    WHERE summed.subscriber_id = outbox.subscriber_id AND summed.subject = outbox.subject
        AND (outbox.kind = 'purge' OR coalesce(posts.deleted_at > outbox.sent_at, true))
))
WHERE kind IN ('purge', 'return') AND message IS NOT NULL AND failed_at IS NULL
    AND json_type(message, '$.tells') IS NULL;
