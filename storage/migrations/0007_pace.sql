-- What was sent lately, from which a restarted program knows how fast it may go on.
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
