-- Why a row is owed no longer: there is nothing to tell, another row tells it, or its rules are
-- asleep. Its failed_at is set, its subject is free for another row, and it is never removed: its
-- number would be given again, while delivery may still hold it.
ALTER TABLE outbox ADD COLUMN withdrawn TEXT
    CHECK (withdrawn IN ('nothing', 'elsewhere', 'muted', 'removed'));
