-- What another system is told of escalations: a row until it has been heard
CREATE TABLE announcements (
    id uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    at bigint NOT NULL,
    data text NOT NULL,
    send_at bigint NOT NULL,
    attempts bigint NOT NULL
) WITHOUT ROWID;
CREATE INDEX announcements_due ON announcements (organization_id, send_at)
