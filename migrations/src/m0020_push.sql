-- What is to be told to whom by which way: mail, as until now, and web push
CREATE TABLE notices_by_way (
    user_id uuid NOT NULL,
    way text NOT NULL,
    run_id uuid NOT NULL,
    number bigint NOT NULL,
    organization_id uuid NOT NULL,
    send_at bigint NOT NULL,
    attempts bigint NOT NULL,
    PRIMARY KEY (user_id, way, run_id, number)
) WITHOUT ROWID;
INSERT INTO notices_by_way SELECT user_id, 'mail', run_id, number, organization_id, send_at, attempts FROM notices;
DROP TABLE notices;
ALTER TABLE notices_by_way RENAME TO notices;
CREATE INDEX notices_due ON notices (organization_id, send_at);

-- When something was last pushed to somebody
ALTER TABLE users ADD COLUMN pushed_at bigint;

-- Browsers in which somebody wants to be told (RFC 8030)
CREATE TABLE push_subscriptions (
    id uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    endpoint text NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    auth bytea NOT NULL,
    browser text NOT NULL,
    made_at bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX push_subscriptions_user ON push_subscriptions (user_id, made_at)
