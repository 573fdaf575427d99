/// What launches need that is not a machine, and who needs it.
let scaffoldTables = """
    CREATE TABLE scaffold (
        id       TEXT   NOT NULL,
        account  TEXT   NOT NULL,
        kind     TEXT   NOT NULL,
        api      TEXT   NOT NULL,
        state    TEXT   NOT NULL CHECK (state IN ('making', 'ready', 'removing')),
        since    BIGINT NOT NULL,
        remover  TEXT,
        name     TEXT,
        target   BIGINT,
        upkeep   TEXT   CHECK (upkeep IN ('fill', 'maintain')),
        PRIMARY KEY (id, account)
    );

    CREATE TABLE scaffold_use (
        scaffold  TEXT NOT NULL,
        account   TEXT NOT NULL,
        request   TEXT NOT NULL,
        PRIMARY KEY (scaffold, account, request)
    );
    CREATE INDEX scaffold_of_request ON scaffold_use (request);

    ALTER TABLE machine ADD COLUMN scaffold TEXT;
    ALTER TABLE machine ADD COLUMN weight BIGINT NOT NULL DEFAULT 1;
    CREATE INDEX machine_of_scaffold ON machine (scaffold) WHERE scaffold IS NOT NULL;

    ALTER TABLE intent ADD COLUMN scaffold TEXT;
    """
