/// Ordinary rowid tables on purpose: rows are appended and updated in place, which measured three times as
/// fast as tables ordered by their text key.
let firstTables = """
    CREATE TABLE request (
        id            TEXT   NOT NULL PRIMARY KEY,
        key           TEXT   UNIQUE,
        kind          TEXT   NOT NULL CHECK (kind IN ('launch', 'return')),
        ordered       TEXT,
        template      TEXT,
        template_id   TEXT,
        account       TEXT,
        count         BIGINT NOT NULL,
        state         TEXT   NOT NULL CHECK (state IN ('open', 'fulfilled', 'partial', 'failed', 'cancelled')),
        created_at    BIGINT NOT NULL,
        deadline      BIGINT NOT NULL,
        cancelled_at  BIGINT,
        settled_at    BIGINT,
        wake_at       BIGINT,
        lease_owner   TEXT,
        lease_until   BIGINT,
        version       BIGINT NOT NULL
    );
    CREATE INDEX request_open ON request (wake_at) WHERE state = 'open';
    CREATE INDEX request_of_template ON request (template_id);

    CREATE TABLE machine (
        id             TEXT   NOT NULL PRIMARY KEY,
        request        TEXT   NOT NULL,
        account        TEXT   NOT NULL,
        state          TEXT   NOT NULL CHECK (state IN
            ('planned', 'launching', 'pending', 'running', 'terminating', 'terminated', 'failed', 'lost')),
        since          BIGINT NOT NULL,
        instance       TEXT,
        type           TEXT,
        zone           TEXT,
        subnet         TEXT,
        market         TEXT   CHECK (market IN ('on-demand', 'spot')),
        private_ip     TEXT,
        public_ip      TEXT,
        launched_at    BIGINT,
        attempt        BIGINT NOT NULL,
        failure        TEXT,
        ran_at         BIGINT,
        expires_at     BIGINT,
        missing_since  BIGINT,
        version        BIGINT NOT NULL
    );
    CREATE INDEX machine_of_request ON machine (request);
    CREATE UNIQUE INDEX machine_of_instance ON machine (instance, account) WHERE instance IS NOT NULL;
    CREATE INDEX machine_expiring ON machine (expires_at) WHERE state = 'running' AND expires_at IS NOT NULL;

    CREATE TABLE account (
        name   TEXT NOT NULL PRIMARY KEY,
        place  TEXT NOT NULL
    );

    CREATE TABLE return_machine (
        request  TEXT NOT NULL,
        machine  TEXT NOT NULL,
        PRIMARY KEY (request, machine)
    );
    CREATE INDEX return_of_machine ON return_machine (machine);

    CREATE TABLE intent (
        token         TEXT   NOT NULL PRIMARY KEY,
        request       TEXT   NOT NULL,
        verb          TEXT   NOT NULL CHECK (verb IN ('launch', 'terminate')),
        account       TEXT   NOT NULL,
        api           TEXT   NOT NULL,
        ordered       TEXT,
        machines      TEXT   NOT NULL,
        opened_at     BIGINT NOT NULL,
        attempts      BIGINT NOT NULL,
        answers       BIGINT NOT NULL,
        attempted_at  BIGINT,
        retry_at      BIGINT,
        refusal       TEXT,
        closed_at     BIGINT,
        outcome       TEXT   CHECK (outcome IN ('done', 'refused'))
    );
    CREATE INDEX intent_open ON intent (request) WHERE closed_at IS NULL;

    CREATE TABLE blocked (
        account  TEXT   NOT NULL,
        scope    TEXT   NOT NULL,
        since    BIGINT NOT NULL,
        until    BIGINT NOT NULL,
        refusal  TEXT   NOT NULL,
        PRIMARY KEY (account, scope)
    );

    CREATE TABLE history (
        number   INTEGER PRIMARY KEY,
        at       BIGINT NOT NULL,
        request  TEXT   NOT NULL,
        subject  TEXT   NOT NULL,
        was      TEXT,
        became   TEXT   NOT NULL,
        cause    TEXT   NOT NULL
    );
    CREATE INDEX history_of_request ON history (request);
    """
