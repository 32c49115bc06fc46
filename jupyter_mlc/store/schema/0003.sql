-- The third schema. Tables only: what they hold comes from the events.

-- Notebooks that are executed again and again.
CREATE TABLE schedule (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    model TEXT,
    every TEXT NOT NULL,
    timezone TEXT NOT NULL,
    ask TEXT NOT NULL,
    author TEXT NOT NULL,
    created BIGINT NOT NULL,
    removed BIGINT,
    due BIGINT,
    ran BIGINT
);
CREATE UNIQUE INDEX schedule_number ON schedule (number);
CREATE INDEX schedule_removed ON schedule (removed, id);
