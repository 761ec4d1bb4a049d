import GRDB

/// The tables of the file of alerts. Migrations are append-only.
enum AlertSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("alerts") { database in
      try database.execute(
        sql: """
          -- Moments are nanoseconds since 1970; severities are numbers, so that they compare.
          CREATE TABLE alert (
            id TEXT PRIMARY KEY, rule TEXT NOT NULL, actor TEXT NOT NULL, address TEXT NOT NULL, start INTEGER NOT NULL,
            end INTEGER NOT NULL, severity INTEGER NOT NULL, content BLOB NOT NULL, incident TEXT, suppression TEXT,
            mergedInto TEXT, state TEXT NOT NULL, reason TEXT, assignee TEXT, found INTEGER NOT NULL,
            updated INTEGER NOT NULL) WITHOUT ROWID;
          CREATE INDEX alertOfActor ON alert (rule, actor, address, end);
          CREATE INDEX alertByStart ON alert (start, id);
          CREATE INDEX alertByEnd ON alert (end);
          CREATE INDEX alertOfIncident ON alert (incident);
          CREATE TABLE incident (
            id TEXT PRIMARY KEY, severity INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
            title TEXT NOT NULL, alerts INTEGER NOT NULL, mergedInto TEXT, revision INTEGER NOT NULL,
            state TEXT NOT NULL, reason TEXT, assignee TEXT, found INTEGER NOT NULL, updated INTEGER NOT NULL)
            WITHOUT ROWID;
          CREATE INDEX incidentByStart ON incident (start, id);
          CREATE TABLE note (
            id INTEGER PRIMARY KEY, subject TEXT NOT NULL, time INTEGER NOT NULL, author TEXT NOT NULL,
            action TEXT NOT NULL, text TEXT NOT NULL);
          CREATE INDEX noteOfSubject ON note (subject);
          CREATE TABLE suppression (
            id TEXT PRIMARY KEY, rule TEXT, actor TEXT, address TEXT, reason TEXT NOT NULL, author TEXT NOT NULL,
            created INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
          -- How far detection has come, and where it was when.
          CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL, time INTEGER NOT NULL);
          CREATE TABLE mark (time INTEGER PRIMARY KEY, position INTEGER NOT NULL);
          -- What is to be sent. An incident stays after it was sent, so that what comes of it later is sent together.
          CREATE TABLE dispatch (
            destination TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, revision INTEGER NOT NULL,
            state TEXT NOT NULL, tries INTEGER NOT NULL, created INTEGER NOT NULL, due INTEGER NOT NULL,
            sent INTEGER, reason TEXT NOT NULL, PRIMARY KEY (destination, id)) WITHOUT ROWID;
          CREATE INDEX dispatchDue ON dispatch (destination, state, due);
          """)
    }
    migrator.registerMigration("feeds") { database in
      try database.execute(
        sql: """
          -- The last event of the store that a destination of events took.
          CREATE TABLE feed (destination TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
          """)
    }
    return migrator
  }
}
