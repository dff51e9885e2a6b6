-- What was promised, and the time since then that does not count
ALTER TABLE obligations ADD COLUMN promised_at bigint NOT NULL DEFAULT 0;
UPDATE obligations SET promised_at = due_at;
ALTER TABLE obligations ADD COLUMN pauses text
