-- How people want to be told, and when the last mail went to them
ALTER TABLE users ADD COLUMN notify text NOT NULL DEFAULT '{"mail":true,"quiet":null}';
ALTER TABLE users ADD COLUMN mailed_at bigint;

-- What is to be mailed to whom: one row for each time that a flow told them
CREATE TABLE notices (
    user_id uuid NOT NULL,
    run_id uuid NOT NULL,
    number bigint NOT NULL,
    organization_id uuid NOT NULL,
    send_at bigint NOT NULL,
    attempts bigint NOT NULL,
    PRIMARY KEY (user_id, run_id, number)
) WITHOUT ROWID;
CREATE INDEX notices_due ON notices (organization_id, send_at);

-- Links in mails that take an escalation up, once; only the hash of what stands in the link
CREATE TABLE flow_links (
    hash bytea NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    run_id uuid NOT NULL,
    user_id uuid NOT NULL,
    until bigint NOT NULL,
    used_at bigint
) WITHOUT ROWID
