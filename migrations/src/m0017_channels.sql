-- Where the channels of the policy are: a connection, and a room or an address there
CREATE TABLE channels (
    organization_id uuid NOT NULL,
    name text NOT NULL,
    connection_id uuid NOT NULL,
    address text NOT NULL,
    sent_at bigint,
    PRIMARY KEY (organization_id, name)
) WITHOUT ROWID;

-- Why a flow could not tell a channel
ALTER TABLE flow_told ADD COLUMN missed text;

-- What channels are still to be told: one row for each time that a flow told one
CREATE TABLE channel_notices (
    organization_id uuid NOT NULL,
    channel text NOT NULL,
    run_id uuid NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (organization_id, channel, run_id, number)
) WITHOUT ROWID;

-- Messages to channels, kept so that what comes back of them is known; open ones have a next attempt, one for each channel
CREATE TABLE channel_messages (
    id uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    channel text NOT NULL,
    connection_id uuid NOT NULL,
    address text NOT NULL,
    text text NOT NULL,
    echo bytea,
    notices text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    next_at bigint,
    post_id text,
    error text
) WITHOUT ROWID;
CREATE UNIQUE INDEX channel_messages_open ON channel_messages (organization_id, channel) WHERE next_at IS NOT NULL;
CREATE INDEX channel_messages_echo ON channel_messages (connection_id, echo);
CREATE INDEX channel_messages_post ON channel_messages (connection_id, post_id)
