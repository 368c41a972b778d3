-- The names that a series copies are refreshed as those of tasks are: the revision counts it, which is no change of the
-- record. Until now nothing refreshed them; an old one is mended by the next activity of its series.
ALTER TABLE tasks.series
    ADD COLUMN label_revision bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT ck_series_labels CHECK (label_revision >= 0);

GRANT UPDATE (label_revision) ON tasks.series TO tasks;

-- Whose series they are, for the refresh, and for a person's calendar. Series are few: each is made in a moment.
CREATE INDEX ix_series_subject ON tasks.series (workspace_id, subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX ix_series_assignee ON tasks.series (workspace_id, assignee_id, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX ix_series_team ON tasks.series (workspace_id, team_id) WHERE team_id IS NOT NULL;
