-- Each time that a case was closed, by what version and whether it was opened again. What was closed before is written with the
-- next change of its case, at the time of its closing
CREATE TABLE closings (
    case_id uuid NOT NULL,
    at bigint NOT NULL,
    organization_id uuid NOT NULL,
    reason text NOT NULL,
    policy_version text NOT NULL,
    reopened_at bigint,
    PRIMARY KEY (case_id, at)
) WITHOUT ROWID;
CREATE INDEX closings_at ON closings (organization_id, at)
