import FoundationEssentials
import GRDB

/// The tables of the file that holds the events received on one day. Migrations are append-only.
enum EventDaySchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("events") { database in
      try database.execute(
        sql: """
          -- What was received and is not packed yet: a row for each write.
          CREATE TABLE pending (
            id INTEGER PRIMARY KEY, events INTEGER NOT NULL, rawBytes INTEGER NOT NULL, least INTEGER NOT NULL,
            greatest INTEGER NOT NULL, firstPosition INTEGER NOT NULL, lastPosition INTEGER NOT NULL,
            receivedAt INTEGER NOT NULL, checksum BLOB NOT NULL, content BLOB NOT NULL);
          -- Some thousand events of one source and hour. Moments are nanoseconds since 1970.
          CREATE TABLE block (
            id INTEGER PRIMARY KEY, dataset TEXT NOT NULL, hour INTEGER NOT NULL, events INTEGER NOT NULL,
            rawBytes INTEGER NOT NULL, least INTEGER NOT NULL, greatest INTEGER NOT NULL,
            firstPosition INTEGER NOT NULL, lastPosition INTEGER NOT NULL, hasTimeless INTEGER NOT NULL,
            receivedLast INTEGER NOT NULL, checksum BLOB NOT NULL);
          -- Its parts, with the id of the block times eight and the number of the part.
          CREATE TABLE part (id INTEGER PRIMARY KEY, content BLOB NOT NULL);
          """)
    }
    return migrator
  }

  /// Pages as small as the parts of blocks want, of which each leaves half a page empty, and files that shrink again.
  static func prepare(_ database: Database, isReadOnly: Bool) throws {
    try database.execute(sql: "PRAGMA cache_size = -8192")
    guard !isReadOnly else { return }
    try database.execute(sql: "PRAGMA page_size = 8192")
    try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
    try database.execute(sql: "PRAGMA journal_mode = WAL")
    // Every commit is on the disk when it returns.
    try database.execute(sql: "PRAGMA synchronous = FULL")
    try database.execute(sql: "PRAGMA journal_size_limit = 16777216")
    try database.execute(sql: "PRAGMA wal_autocheckpoint = 2000")
  }
}
