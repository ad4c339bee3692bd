-- Why a row is owed no longer: there is nothing to tell, another row tells it, or its rules are
-- asleep. Its failed_at is set, its subject is free for another row, and it is never removed: its
-- number would be given again, while delivery may still hold it.
ALTER TABLE outbox ADD COLUMN withdrawn TEXT
    CHECK (withdrawn IN ('nothing', 'elsewhere', 'muted', 'removed'));

-- Which deletions a summary (kind purge) tells: it is named by its subscriber and its subject.
CREATE TABLE summed (
    subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
    subject       TEXT    NOT NULL,
    post_id       INTEGER NOT NULL REFERENCES posts (id),
    PRIMARY KEY (subscriber_id, subject, post_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX summed_post ON summed (post_id);  -- was it told that this post is gone

INSERT INTO summed (subscriber_id, subject, post_id)
SELECT outbox.subscriber_id, outbox.subject, burst_posts.post_id
FROM outbox JOIN burst_posts ON burst_posts.burst_id = substr(outbox.subject, length('burst/') + 1)
WHERE outbox.kind = 'purge' AND outbox.sent_at IS NULL AND outbox.failed_at IS NULL;

-- Between alerts (rank 1) and digests come edits that name what joined an alert.
UPDATE outbox SET rank = 3 WHERE kind = 'digest' AND sent_at IS NULL AND failed_at IS NULL;
UPDATE outbox SET rank = 2 WHERE kind = 'joined' AND sent_at IS NULL AND failed_at IS NULL;
