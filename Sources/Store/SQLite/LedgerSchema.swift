import GRDB

/// The tables of the image ledger. Migrations are append-only.
enum LedgerSchema {
  /// Each migration upgrades a ledger from the previous version; none is ever changed.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("images") { database in
      try database.execute(
        sql: """
          CREATE TABLE look (
            id INTEGER PRIMARY KEY, time TEXT NOT NULL, store TEXT NOT NULL, risks TEXT NOT NULL, built TEXT NOT NULL);
          -- What advisories are asked by: the name of a source package of a distribution, or of a package of a language.
          CREATE TABLE question (
            id INTEGER PRIMARY KEY, ecosystem TEXT NOT NULL, name TEXT NOT NULL, mark INTEGER NOT NULL,
            UNIQUE (ecosystem, name));
          CREATE TABLE package (
            id INTEGER PRIMARY KEY, question INTEGER NOT NULL REFERENCES question, ecosystem TEXT NOT NULL,
            name TEXT NOT NULL, version TEXT NOT NULL, source TEXT NOT NULL, sourceVersion TEXT NOT NULL,
            UNIQUE (question, ecosystem, name, version, source, sourceVersion));
          CREATE TABLE image (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, system TEXT NOT NULL,
            look INTEGER NOT NULL REFERENCES look, packages BLOB NOT NULL);
          CREATE TABLE tag (
            name TEXT NOT NULL, look INTEGER NOT NULL REFERENCES look, image INTEGER NOT NULL REFERENCES image,
            PRIMARY KEY (name, look)) WITHOUT ROWID;
          CREATE INDEX tagOfImage ON tag (image);
          -- The images that hold a package, in order, in parts; each under its first.
          CREATE TABLE holder (
            package INTEGER NOT NULL, first INTEGER NOT NULL, images BLOB NOT NULL, PRIMARY KEY (package, first))
            WITHOUT ROWID;
          CREATE TABLE open (
            package INTEGER NOT NULL, advisory TEXT NOT NULL, flaws TEXT NOT NULL, fix TEXT, level INTEGER NOT NULL,
            PRIMARY KEY (package, advisory)) WITHOUT ROWID;
          CREATE TABLE event (
            id INTEGER PRIMARY KEY, look INTEGER NOT NULL REFERENCES look, package INTEGER NOT NULL, kind TEXT NOT NULL,
            isOpen INTEGER NOT NULL, advisory TEXT NOT NULL, flaws TEXT NOT NULL, fix TEXT, level INTEGER NOT NULL);
          CREATE INDEX eventOfPackage ON event (package);
          """)
    }
    // Renames what the first migration called by other terms.
    migrator.registerMigration("terms") { database in
      try database.execute(
        sql: """
          ALTER TABLE look RENAME TO run;
          ALTER TABLE holder RENAME TO imagesOfPackage;
          ALTER TABLE question RENAME COLUMN mark TO contentHash;
          ALTER TABLE image RENAME COLUMN look TO run;
          ALTER TABLE tag RENAME COLUMN look TO run;
          ALTER TABLE event RENAME COLUMN look TO run;
          ALTER TABLE event RENAME COLUMN flaws TO vulnerabilities;
          ALTER TABLE open RENAME COLUMN flaws TO vulnerabilities;
          """)
    }
    migrator.registerMigration("origins") { database in
      try database.execute(
        sql: """
          ALTER TABLE package ADD COLUMN module TEXT NOT NULL DEFAULT '';
          ALTER TABLE package ADD COLUMN vendor TEXT NOT NULL DEFAULT '';
          ALTER TABLE package ADD COLUMN holdsNoCode INTEGER NOT NULL DEFAULT 0;
          """)
    }
    // How many advisories there are of which it cannot be told whether they apply; of packages of earlier versions none, until they
    // are matched again.
    migrator.registerMigration("undecided") { database in
      try database.execute(sql: "ALTER TABLE package ADD COLUMN undecided INTEGER NOT NULL DEFAULT 0")
    }
    return migrator
  }
}
