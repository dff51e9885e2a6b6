-- How well each article is kept is counted over what came to an end of late
CREATE INDEX obligations_kept ON obligations (organization_id, settled_at, article) WHERE state = 'met';
CREATE INDEX obligations_broken ON obligations (organization_id, due_at, article) WHERE state = 'breached'
