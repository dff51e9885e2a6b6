-- When many timers are due at once, those of the most pressing cases fire first
ALTER TABLE timers ADD COLUMN priority bigint NOT NULL DEFAULT 1;
UPDATE timers SET priority = CASE (SELECT cases.priority FROM cases WHERE cases.id = timers.case_id)
    WHEN 'low' THEN 0 WHEN 'high' THEN 2 WHEN 'urgent' THEN 3 ELSE 1 END
WHERE fired_at IS NULL;
CREATE INDEX timers_by_priority ON timers (organization_id, priority, fire_at) WHERE fired_at IS NULL
