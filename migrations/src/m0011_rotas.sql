-- Who is on call for each team
CREATE TABLE rotas (
    organization_id uuid NOT NULL,
    team text NOT NULL,
    data text NOT NULL,
    version bigint NOT NULL,
    updated_at bigint NOT NULL,
    updated_by uuid NOT NULL,
    PRIMARY KEY (organization_id, team)
) WITHOUT ROWID
