-- The first schema. `head`, `event` and `words` are the truth; every table after them is a projection of the events.
-- Written in the words that SQLite and PostgreSQL share; a dialect replaces BIGINT and TEXT where it must.

CREATE TABLE head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    uuid TEXT NOT NULL,
    major BIGINT NOT NULL,
    minor BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    recorded BIGINT NOT NULL
);
CREATE TABLE event (
    seq BIGINT PRIMARY KEY,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    model TEXT,
    recorded BIGINT NOT NULL,
    hash TEXT NOT NULL,
    stored TEXT NOT NULL
);
CREATE INDEX event_model ON event (model, seq);
CREATE INDEX event_actor ON event (actor, seq);
CREATE INDEX event_recorded ON event (recorded);
CREATE TABLE words (
    id TEXT PRIMARY KEY,
    salt TEXT NOT NULL,
    words TEXT
);
CREATE TABLE checkpoint (
    seq BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,
    root TEXT NOT NULL,
    peaks TEXT NOT NULL,
    verified BIGINT NOT NULL,
    key TEXT NOT NULL,
    signature TEXT NOT NULL
);
CREATE TABLE activity (
    kind TEXT NOT NULL,
    subject BIGINT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    key TEXT NOT NULL DEFAULT '',
    step BIGINT NOT NULL DEFAULT 0,
    value DOUBLE PRECISION
);
CREATE INDEX activity_subject ON activity (kind, subject, at);

CREATE TABLE person (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    added BIGINT NOT NULL
);
CREATE TABLE actor_key (
    public TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    added BIGINT NOT NULL,
    ended BIGINT
);
CREATE TABLE model (
    folded TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    id BIGINT NOT NULL,
    owner TEXT NOT NULL,
    tier TEXT NOT NULL,
    description TEXT NOT NULL,
    created BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    versions BIGINT NOT NULL
);
CREATE TABLE version (
    id BIGINT PRIMARY KEY,
    model TEXT NOT NULL,
    number BIGINT NOT NULL,
    stage TEXT NOT NULL,
    successor TEXT,
    sunset BIGINT,
    reason TEXT NOT NULL,
    since BIGINT NOT NULL,
    promoted BIGINT NOT NULL,
    run BIGINT NOT NULL,
    parent BIGINT,
    job BIGINT,
    format TEXT NOT NULL,
    artifact TEXT NOT NULL,
    size BIGINT NOT NULL,
    class_name TEXT NOT NULL,
    library TEXT NOT NULL,
    author TEXT NOT NULL,
    created BIGINT NOT NULL,
    note TEXT NOT NULL,
    metrics TEXT NOT NULL,
    params TEXT NOT NULL
);
CREATE UNIQUE INDEX version_number ON version (model, number);
CREATE INDEX version_stage ON version (stage, id);
CREATE INDEX version_model_stage ON version (model, stage, number);
CREATE INDEX version_run ON version (run);
CREATE INDEX version_artifact ON version (artifact, id);
CREATE INDEX version_parent ON version (parent);
CREATE INDEX version_job ON version (job);
CREATE INDEX version_created ON version (created);
CREATE TABLE version_event (
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (version, seq)
);
CREATE TABLE alias (
    model TEXT NOT NULL,
    alias TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (model, alias)
);
CREATE INDEX alias_version ON alias (version);
CREATE INDEX alias_alias ON alias (alias, version);
CREATE TABLE alias_move (
    model TEXT NOT NULL,
    alias TEXT NOT NULL,
    seq BIGINT NOT NULL,
    version BIGINT,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (model, alias, seq)
);
CREATE TABLE former (
    model TEXT NOT NULL,
    position BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (model, position)
);
CREATE INDEX former_version ON former (version);
CREATE TABLE model_tag (
    model TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
);
CREATE TABLE tag (
    version BIGINT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (version, key)
);
CREATE INDEX tag_value ON tag (key, value, version);
CREATE TABLE metric (
    version BIGINT NOT NULL,
    key TEXT NOT NULL,
    value DOUBLE PRECISION,
    spelled TEXT,
    standing TEXT NOT NULL,
    stage TEXT NOT NULL,
    PRIMARY KEY (version, key)
);
CREATE INDEX metric_value ON metric (key, value, version);
CREATE INDEX metric_stage_value ON metric (key, stage, value, version);
CREATE TABLE param (
    version BIGINT NOT NULL,
    key TEXT NOT NULL,
    number DOUBLE PRECISION,
    value TEXT NOT NULL,
    word BIGINT NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (version, key)
);
CREATE INDEX param_number ON param (key, number, version);
CREATE INDEX param_value ON param (key, value, version);
CREATE TABLE run (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    status TEXT NOT NULL,
    author TEXT NOT NULL,
    started BIGINT NOT NULL,
    duration BIGINT,
    note TEXT NOT NULL,
    snapshot TEXT NOT NULL
);
CREATE UNIQUE INDEX run_number ON run (number);
CREATE INDEX run_name ON run (folded, id);
CREATE TABLE run_metric (
    run BIGINT NOT NULL,
    key TEXT NOT NULL,
    value DOUBLE PRECISION,
    spelled TEXT,
    standing TEXT NOT NULL,
    PRIMARY KEY (run, key)
);
CREATE TABLE run_param (
    run BIGINT NOT NULL,
    key TEXT NOT NULL,
    number DOUBLE PRECISION,
    value TEXT NOT NULL,
    word BIGINT NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (run, key)
);
CREATE TABLE run_tag (
    run BIGINT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, key)
);
CREATE TABLE run_file (
    run BIGINT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (run, name)
);
CREATE TABLE run_dataset (
    run BIGINT NOT NULL,
    dataset BIGINT NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (run, dataset)
);
CREATE TABLE version_dataset (
    version BIGINT NOT NULL,
    dataset BIGINT NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (version, dataset)
);
CREATE INDEX version_dataset_dataset ON version_dataset (dataset, version);
CREATE TABLE dataset (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    rows BIGINT NOT NULL,
    author TEXT NOT NULL,
    created BIGINT NOT NULL,
    source TEXT NOT NULL,
    description TEXT NOT NULL,
    sealed BIGINT NOT NULL
);
CREATE UNIQUE INDEX dataset_revision ON dataset (folded, revision);
CREATE INDEX dataset_digest ON dataset (digest);
CREATE TABLE evaluation (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    version BIGINT NOT NULL,
    dataset BIGINT NOT NULL,
    digest TEXT NOT NULL,
    target TEXT NOT NULL,
    task TEXT NOT NULL,
    rows BIGINT NOT NULL,
    stage TEXT NOT NULL,
    author TEXT NOT NULL,
    created BIGINT NOT NULL,
    estimates TEXT NOT NULL,
    evidence TEXT NOT NULL,
    predictions TEXT NOT NULL
);
CREATE UNIQUE INDEX evaluation_number ON evaluation (number);
CREATE INDEX evaluation_version ON evaluation (version, id);
CREATE INDEX evaluation_digest ON evaluation (digest, version, author);
CREATE TABLE job_definition (
    folded TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    id BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    notebook TEXT NOT NULL,
    parameters TEXT NOT NULL,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE TABLE job (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT,
    definition BIGINT,
    notebook TEXT NOT NULL,
    key TEXT NOT NULL,
    params TEXT NOT NULL,
    sweep BIGINT NOT NULL,
    author TEXT NOT NULL,
    started BIGINT NOT NULL,
    status TEXT NOT NULL,
    ended BIGINT,
    duration BIGINT,
    output TEXT
);
CREATE UNIQUE INDEX job_number ON job (number);
CREATE INDEX job_key ON job (key, status, id);
CREATE INDEX job_sweep ON job (sweep, id);
CREATE INDEX job_status ON job (status, id);
CREATE INDEX job_version ON job (version, id);
CREATE TABLE blob_use (
    holder BIGINT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (holder, digest)
);
CREATE INDEX blob_use_digest ON blob_use (digest);
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);
