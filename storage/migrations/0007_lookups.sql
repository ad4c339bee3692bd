-- What was sent lately, from which a restarted program knows how fast it may go on.
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;

-- The posts that do not each count as one: parts of albums, and announcements of Telegram. Of ten
-- thousand hits most are in no album, and none of them has to be looked at to be counted.
CREATE INDEX posts_odd ON posts (id, channel_id, grouped_id, service)
    WHERE grouped_id IS NOT NULL OR service IS NOT NULL;
