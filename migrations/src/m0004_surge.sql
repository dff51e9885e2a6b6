-- How many posts by consumers came in each slot of five minutes (counted from 1970), in all under the topic '' and by topic
CREATE TABLE post_counts (
    organization_id uuid NOT NULL,
    slot bigint NOT NULL,
    topic text NOT NULL,
    posts bigint NOT NULL,
    PRIMARY KEY (organization_id, slot, topic)
) WITHOUT ROWID;

-- The slot since which each topic is counted
CREATE TABLE counted_topics (
    organization_id uuid NOT NULL,
    topic text NOT NULL,
    since bigint NOT NULL,
    PRIMARY KEY (organization_id, topic)
) WITHOUT ROWID;

-- How many posts that have the same in common came in each slot; kept for a day, and by day, so that they go together.
-- A likeness is derived from the organization, too
CREATE TABLE similar_posts (
    day bigint NOT NULL,
    likeness bigint NOT NULL,
    slot bigint NOT NULL,
    posts bigint NOT NULL,
    PRIMARY KEY (day, likeness, slot)
) WITHOUT ROWID
