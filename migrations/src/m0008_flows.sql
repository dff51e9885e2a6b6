-- Which teams somebody is in, and which roles of the policy they hold
ALTER TABLE users ADD COLUMN teams text NOT NULL DEFAULT '[]';
ALTER TABLE users ADD COLUMN duties text NOT NULL DEFAULT '[]';

-- Escalation flows at work, with the steps that they began with. next_at is their timer
CREATE TABLE flow_runs (
    id uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    flow text NOT NULL,
    because text NOT NULL,
    rule text NOT NULL,
    steps text NOT NULL,
    started_at bigint NOT NULL,
    round bigint NOT NULL,
    step bigint NOT NULL,
    told bigint NOT NULL,
    reached bigint NOT NULL,
    next_at bigint,
    acknowledged_at bigint,
    acknowledged_by uuid,
    ended_at bigint,
    ended_how text,
    ended_note text
);
CREATE INDEX flow_runs_next ON flow_runs (organization_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX flow_runs_case ON flow_runs (case_id);
CREATE INDEX flow_runs_open ON flow_runs (organization_id, started_at, id) WHERE ended_at IS NULL;
CREATE INDEX flow_runs_started ON flow_runs (organization_id, started_at, id);

-- Each time that a flow told somebody, or found nobody
CREATE TABLE flow_told (
    run_id uuid NOT NULL,
    number bigint NOT NULL,
    due_at bigint NOT NULL,
    at bigint NOT NULL,
    target text NOT NULL,
    people text NOT NULL,
    PRIMARY KEY (run_id, number)
) WITHOUT ROWID;

-- Whom a flow has told so far
CREATE TABLE flow_people (
    user_id uuid NOT NULL,
    run_id uuid NOT NULL,
    PRIMARY KEY (user_id, run_id)
) WITHOUT ROWID
