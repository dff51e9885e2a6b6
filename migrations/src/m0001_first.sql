-- Times are microseconds since 1970 UTC. Lists and nested values are JSON text. Ids come from the program: those of
-- contacts, posts and events follow from what they name, so that a repeat meets its own primary key

CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    key_prefix text NOT NULL,
    is_set_up boolean NOT NULL,
    setup_token_hash bytea,
    live_policy_id uuid,
    cases bigint NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    name text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    roles text NOT NULL,
    is_active boolean NOT NULL,
    password_hash text NOT NULL,
    created_at bigint NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (organization_id, email_key);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    user_id uuid NOT NULL REFERENCES users (id),
    token_hash bytea NOT NULL,
    csrf_token text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    name text NOT NULL,
    roles text NOT NULL,
    token_hash bytea NOT NULL,
    created_by uuid NOT NULL REFERENCES users (id),
    created_at bigint NOT NULL,
    last_used_at bigint
);
CREATE UNIQUE INDEX api_tokens_token ON api_tokens (token_hash);

CREATE TABLE connections (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    connector text NOT NULL,
    name text NOT NULL,
    company text,
    config text NOT NULL,
    grants text NOT NULL,
    secret_names text NOT NULL,
    secrets bytea,
    cursor text,
    status text NOT NULL,
    health text NOT NULL,
    account text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint
);

CREATE TABLE connection_state (
    connection_id uuid NOT NULL REFERENCES connections (id),
    name text NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (connection_id, name)
) WITHOUT ROWID;

CREATE TABLE connection_log (
    id uuid PRIMARY KEY,
    connection_id uuid NOT NULL REFERENCES connections (id),
    at bigint NOT NULL,
    level bigint NOT NULL,
    message text NOT NULL
);
CREATE INDEX connection_log_newest ON connection_log (connection_id, id);

CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    external_id text NOT NULL,
    handle text NOT NULL,
    display_name text,
    followers bigint,
    is_staff boolean NOT NULL,
    is_customer boolean,
    customer_since bigint,
    seen_at bigint NOT NULL,
    erased_at bigint
);

CREATE TABLE cases (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    number bigint NOT NULL,
    connection_id uuid NOT NULL,
    contact_id uuid,
    company text,
    subject text NOT NULL,
    status text NOT NULL,
    closed_reason text,
    priority text NOT NULL,
    labels text NOT NULL,
    team text,
    assignee_id uuid,
    held_for text,
    -- escalations, draft, questions, moments
    data text NOT NULL,
    opened_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    version bigint NOT NULL,
    merged_into uuid,
    -- Worked out from the posts, for lists and figures
    excerpt text NOT NULL,
    handle text NOT NULL,
    posts bigint NOT NULL,
    asked_at bigint,
    answered_at bigint,
    -- Worked out from the ledger, for lists
    turn text,
    due_sort bigint NOT NULL,
    is_overdue boolean NOT NULL
);
CREATE UNIQUE INDEX cases_number ON cases (organization_id, number);
CREATE INDEX cases_due ON cases (organization_id, status, due_sort, id);
CREATE INDEX cases_newest ON cases (organization_id, status, updated_at, id);
CREATE INDEX cases_turn ON cases (organization_id, status, turn, due_sort, id) WHERE turn IS NOT NULL;
CREATE INDEX cases_assignee ON cases (assignee_id, status, due_sort, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX cases_team ON cases (organization_id, team, status, due_sort, id) WHERE team IS NOT NULL;
CREATE INDEX cases_held ON cases (organization_id, status, due_sort, id) WHERE held_for IS NOT NULL;
CREATE INDEX cases_overdue ON cases (organization_id, status, due_sort, id) WHERE is_overdue;
CREATE INDEX cases_contact ON cases (contact_id, opened_at);

CREATE TABLE case_labels (
    organization_id uuid NOT NULL,
    label text NOT NULL,
    case_id uuid NOT NULL,
    PRIMARY KEY (organization_id, label, case_id)
) WITHOUT ROWID;

-- Counts of open cases, kept up to date by whatever changes one
CREATE TABLE case_counts (
    organization_id uuid PRIMARY KEY,
    open bigint NOT NULL,
    ours bigint NOT NULL,
    theirs bigint NOT NULL,
    held bigint NOT NULL,
    overdue bigint NOT NULL
);

CREATE TABLE posts (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    external_id text NOT NULL,
    author_id uuid NOT NULL,
    party text NOT NULL,
    at bigint NOT NULL,
    received_at bigint NOT NULL,
    text text NOT NULL,
    -- Which of the post's texts this is
    revision text NOT NULL,
    revised_at bigint NOT NULL,
    edits bigint NOT NULL,
    asks boolean NOT NULL,
    lang text,
    url text,
    in_reply_to text,
    -- The id that the post answered has or will have
    parent_id uuid,
    root text,
    visibility text NOT NULL,
    names_us boolean,
    company text,
    deleted_at bigint
);
CREATE INDEX posts_case ON posts (case_id);
CREATE INDEX posts_author ON posts (author_id);
CREATE INDEX posts_newest ON posts (connection_id, at);

CREATE TABLE post_revisions (
    post_id uuid NOT NULL,
    revision text NOT NULL,
    is_first boolean NOT NULL,
    at bigint NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (post_id, is_first, revision)
) WITHOUT ROWID;

-- Edits, deletions and reactions that came before their post
CREATE TABLE early_changes (
    post_id uuid NOT NULL,
    change text NOT NULL,
    event text NOT NULL,
    received_at bigint NOT NULL,
    PRIMARY KEY (post_id, change)
) WITHOUT ROWID;

-- Which case a thread belongs to, by the derived id of each name the thread is known under
CREATE TABLE anchors (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL
) WITHOUT ROWID;

CREATE TABLE events (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    at bigint NOT NULL,
    received_at bigint NOT NULL,
    kind text NOT NULL,
    post_id uuid,
    pending boolean NOT NULL
);
CREATE INDEX events_pending ON events (organization_id, received_at, id) WHERE pending;
CREATE INDEX events_pending_case ON events (case_id) WHERE pending;

CREATE TABLE obligations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    article text NOT NULL,
    party text NOT NULL,
    state text NOT NULL,
    started_at bigint NOT NULL,
    started_by uuid,
    due_at bigint NOT NULL,
    settled_at bigint,
    settled_by uuid
);
CREATE INDEX obligations_case ON obligations (case_id);

CREATE TABLE timers (
    subject uuid NOT NULL,
    kind text NOT NULL,
    generation bigint NOT NULL,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    article text NOT NULL,
    party text NOT NULL,
    due_at bigint NOT NULL,
    fire_at bigint NOT NULL,
    fired_at bigint,
    PRIMARY KEY (subject, kind, generation)
) WITHOUT ROWID;
CREATE INDEX timers_armed ON timers (organization_id, fire_at) WHERE fired_at IS NULL;
CREATE INDEX timers_case ON timers (case_id);

CREATE TABLE decisions (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    event_id uuid NOT NULL,
    decided_at bigint NOT NULL,
    data text NOT NULL
);
CREATE INDEX decisions_case ON decisions (case_id);

CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    text text NOT NULL,
    in_reply_to text,
    root text,
    visibility text NOT NULL,
    idempotency_key text NOT NULL,
    author text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    fence bigint NOT NULL,
    due_at bigint NOT NULL,
    created_at bigint NOT NULL,
    external_id text,
    url text,
    last_error text,
    -- Nobody can say whether it has arrived: look before sending
    look_up boolean NOT NULL,
    worker text
);
CREATE UNIQUE INDEX deliveries_key ON deliveries (organization_id, idempotency_key);
CREATE INDEX deliveries_due ON deliveries (organization_id, state, due_at);
CREATE INDEX deliveries_case ON deliveries (case_id);

CREATE TABLE notes (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    at bigint NOT NULL,
    author_id uuid NOT NULL,
    text text NOT NULL
);
CREATE INDEX notes_case ON notes (case_id);

CREATE TABLE policy_versions (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    number bigint NOT NULL,
    hash text NOT NULL,
    files text NOT NULL,
    note text NOT NULL,
    author_id uuid,
    published_at bigint NOT NULL
);
CREATE UNIQUE INDEX policy_versions_number ON policy_versions (organization_id, number);
CREATE INDEX policy_versions_hash ON policy_versions (organization_id, hash);

CREATE TABLE policy_drafts (
    organization_id uuid PRIMARY KEY REFERENCES organizations (id),
    files text NOT NULL,
    revision bigint NOT NULL,
    updated_at bigint NOT NULL,
    updated_by uuid
);

CREATE TABLE audit (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    case_id uuid,
    detail text NOT NULL
);
CREATE INDEX audit_subject ON audit (organization_id, subject, id)
