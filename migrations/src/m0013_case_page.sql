-- Links to the private page of a case; only the hash of what stands in the link
CREATE TABLE case_links (
    id uuid NOT NULL PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    made_at bigint NOT NULL,
    made_by text NOT NULL,
    seen_at bigint,
    ended_at bigint,
    ended_by text
) WITHOUT ROWID;
CREATE INDEX case_links_case ON case_links (case_id, made_at);
CREATE INDEX case_links_contact ON case_links (contact_id);

-- What either side said of whether a case is solved, and under which version
CREATE TABLE attestations (
    case_id uuid NOT NULL,
    party text NOT NULL,
    at bigint NOT NULL,
    organization_id uuid NOT NULL,
    solved boolean NOT NULL,
    policy_version text NOT NULL,
    PRIMARY KEY (case_id, party, at)
) WITHOUT ROWID;
CREATE INDEX attestations_at ON attestations (organization_id, at);

-- What was asked for by the person concerned, under which version, and what became of it
CREATE TABLE requests (
    id uuid NOT NULL PRIMARY KEY,
    case_id uuid NOT NULL,
    at bigint NOT NULL,
    organization_id uuid NOT NULL,
    ask text NOT NULL,
    policy_version text NOT NULL,
    answered_at bigint,
    granted boolean
) WITHOUT ROWID;
CREATE INDEX requests_at ON requests (organization_id, at)
