#pragma once
#include <sqlite3.h>

/* SQLITE_TRANSIENT is a cast, which Swift cannot import. */
static inline sqlite3_destructor_type muster_sqlite_transient(void) { return SQLITE_TRANSIENT; }

/* SQLite would count every allocation under a lock, for figures that nobody asks it for. To be called before anything else.
   Swift cannot call a variadic function. */
static inline void muster_sqlite_count_no_memory(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/* The last connection to close leaves the write-ahead log as it is. */
static inline void muster_sqlite_leave_log(sqlite3 *handle) {
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
