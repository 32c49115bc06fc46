-- The second schema. Tables only: what they hold comes from the events.

-- Versions that were made elsewhere.
CREATE TABLE imported (
    version BIGINT PRIMARY KEY,
    registry TEXT NOT NULL,
    ref TEXT NOT NULL,
    registration TEXT NOT NULL,
    skipped BIGINT NOT NULL
);
CREATE INDEX imported_registration ON imported (registration);
