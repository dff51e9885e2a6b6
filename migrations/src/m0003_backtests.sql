-- The newest decisions, for evidence and for the page of a rule
CREATE INDEX decisions_newest ON decisions (organization_id, decided_at, id);
-- Case by case, so that a backtest counts each case once and goes on where it was left
DROP INDEX decisions_case;
CREATE INDEX decisions_by_case ON decisions (case_id, id);

CREATE TABLE backtests (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    -- The version tried; without one, its content is only known by its hash and its files
    version_id uuid,
    hash text NOT NULL,
    -- Emptied when it is over
    files text NOT NULL,
    against_id uuid NOT NULL,
    from_at bigint,
    until_at bigint,
    state text NOT NULL,
    started_by uuid NOT NULL,
    started_at bigint NOT NULL,
    finished_at bigint,
    total bigint NOT NULL,
    done bigint NOT NULL,
    -- Differing events kept in backtest_events
    listed bigint NOT NULL,
    -- Where it was left, and the sums until there
    checkpoint text,
    summary text,
    error text,
    -- Who works on it, and until when nobody else may
    worker text,
    leased_until bigint NOT NULL
);
CREATE INDEX backtests_newest ON backtests (organization_id, started_at, id);
CREATE INDEX backtests_hash ON backtests (organization_id, hash, started_at);
-- One at a time
CREATE UNIQUE INDEX backtests_running ON backtests (organization_id) WHERE state = 'running';

CREATE TABLE backtest_events (
    backtest_id uuid NOT NULL REFERENCES backtests (id),
    number bigint NOT NULL,
    case_id uuid NOT NULL,
    event_id uuid NOT NULL,
    data text NOT NULL,
    PRIMARY KEY (backtest_id, number)
) WITHOUT ROWID;

-- What events are looked for by: rule:…, effect:… and outcome:…
CREATE TABLE backtest_marks (
    backtest_id uuid NOT NULL REFERENCES backtests (id),
    mark text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (backtest_id, mark, number)
) WITHOUT ROWID
