-- A policy version is proposed, tried beside the live one, approved, live and retired. What was there has been live

ALTER TABLE policy_versions RENAME COLUMN published_at TO proposed_at;
ALTER TABLE policy_versions ADD COLUMN published_at bigint;
ALTER TABLE policy_versions ADD COLUMN state text NOT NULL DEFAULT 'retired';
-- The version that was live when this one was proposed
ALTER TABLE policy_versions ADD COLUMN base text;
-- Who wrote in the draft before it was proposed
ALTER TABLE policy_versions ADD COLUMN writers text NOT NULL DEFAULT '[]';
ALTER TABLE policy_versions ADD COLUMN approval text;
ALTER TABLE policy_versions ADD COLUMN break_glass text;
ALTER TABLE policy_versions ADD COLUMN canary_percent bigint;
ALTER TABLE policy_versions ADD COLUMN canary_stopped text;
UPDATE policy_versions SET published_at = proposed_at;
UPDATE policy_versions SET state = 'live' WHERE id IN (SELECT live_policy_id FROM organizations);
CREATE UNIQUE INDEX policy_versions_live ON policy_versions (organization_id) WHERE state = 'live';
CREATE UNIQUE INDEX policy_versions_beside ON policy_versions (organization_id) WHERE state IN ('shadow', 'canary');
ALTER TABLE organizations DROP COLUMN live_policy_id;

-- Who has written in the draft since it was begun, and the version that was live then
ALTER TABLE policy_drafts ADD COLUMN writers text NOT NULL DEFAULT '[]';
ALTER TABLE policy_drafts ADD COLUMN begun_on uuid;

-- What a version beside the live one would have decided
CREATE TABLE policy_beside (
    version_id uuid PRIMARY KEY REFERENCES policy_versions (id),
    organization_id uuid NOT NULL,
    since bigint NOT NULL,
    tally text NOT NULL,
    -- What it decided itself, as a canary
    trial text NOT NULL
);

-- The newest decisions that came out otherwise
CREATE TABLE policy_differences (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    version_id uuid NOT NULL REFERENCES policy_versions (id),
    case_id uuid NOT NULL,
    event_id uuid NOT NULL,
    at bigint NOT NULL,
    difference text NOT NULL
);
CREATE INDEX policy_differences_newest ON policy_differences (version_id, id);

-- What was done under a quota in one window
CREATE TABLE quota_counts (
    organization_id uuid NOT NULL,
    since bigint NOT NULL,
    subject text NOT NULL,
    per text NOT NULL,
    used bigint NOT NULL,
    PRIMARY KEY (organization_id, since, subject, per)
) WITHOUT ROWID
