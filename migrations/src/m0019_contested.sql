-- Whether the sides disagree in an open case, or something that was asked for in it is not answered
ALTER TABLE cases ADD COLUMN is_contested boolean NOT NULL DEFAULT FALSE;
UPDATE cases SET is_contested = TRUE WHERE status <> 'merged' AND (
    id IN (SELECT case_id FROM requests WHERE answered_at IS NULL)
    OR status = 'open' AND id IN (
        SELECT c.case_id FROM attestations c JOIN attestations o ON o.case_id = c.case_id
        WHERE c.party = 'consumer' AND o.party = 'company' AND c.solved <> o.solved
        AND NOT EXISTS (SELECT 1 FROM attestations l WHERE l.case_id = c.case_id AND l.party = 'consumer' AND l.at > c.at)
        AND NOT EXISTS (SELECT 1 FROM attestations l WHERE l.case_id = o.case_id AND l.party = 'company' AND l.at > o.at)
    )
);
CREATE INDEX cases_contested ON cases (organization_id, status, due_sort, id) WHERE is_contested
