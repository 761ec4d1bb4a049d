import Bytes
package import Findings
import GRDB
import Images

/// An image ledger in an SQLite file.
///
/// Each package is stored once, in however many images. A run compares the content hashes of package names with those
/// of the advisory store, matches the packages whose hash differs, and looks up the images that contain them in an
/// inverted index.
package struct SQLiteImageLedger: ImageLedger {
  private let queue: DatabaseQueue
  private let path: String

  /// - Throws: `BartizanError` when the file does not exist and cannot be created, or is not a ledger.
  package init(path: String) throws(BartizanError) {
    self.path = path
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA cache_size = -65536")
    }
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try LedgerSchema.migrator.migrate(queue)
    } catch {
      throw Self.error(error, path)
    }
  }

  private static func error(_ error: any Error, _ path: String) -> BartizanError {
    switch error {
    case let error as BartizanError: error
    case let error as DocumentError: BartizanError(.input, error.message)
    case let error as DatabaseError where error.resultCode == .SQLITE_NOTADB:
      BartizanError(.input, "\(path): not a ledger of images; name another file with --ledger")
    case let error as DatabaseError where error.resultCode == .SQLITE_BUSY:
      BartizanError(.remote, "\(path): another process is writing it; try again when it has ended")
    case let error as DatabaseError:
      BartizanError(.remote, "\(path): \(error.message ?? "SQLite error \(error.resultCode.rawValue)")")
    default: BartizanError(.remote, "\(path): \(error)")
    }
  }

  private func write<T: Sendable>(_ work: @Sendable (Database) throws -> T) async throws(BartizanError) -> T {
    do { return try await queue.write(work) } catch { throw Self.error(error, path) }
  }

  private func read<T: Sendable>(_ work: @Sendable (Database) throws -> T) async throws(BartizanError) -> T {
    do { return try await queue.read(work) } catch { throw Self.error(error, path) }
  }

  // MARK: Running

  package func run(
    _ state: AdvisoryState, adding images: [LedgerImage]
  ) async throws(BartizanError) -> LedgerRunReport {
    try await write { database in
      let tables = LedgerTables(database)
      var matcher = AdvisoryMatcher(state.store, state.risks)
      let before = try tables.lastRun()
      let run = try tables.begin(state)
      var report = LedgerRunReport(run: run, before: before?.time)
      // A new risk index can change the priority of every match.
      let isSame = before?.store == state.storeDigest && before?.risks == state.riskDigest
      if !isSame {
        try tables.rematch(&matcher, run, isAll: before?.risks != state.riskDigest, &report)
      }
      for image in images { try tables.add(image, &matcher, run, &report) }
      try tables.finish(&report, &matcher)
      return report
    }
  }

  // MARK: Reading

  package func images() async throws(BartizanError) -> [LedgerEntry] {
    try await read { try LedgerTables($0).entries(nil) }
  }

  package func entry(of name: String) async throws(BartizanError) -> LedgerEntry {
    try await read { database in
      let tables = LedgerTables(database)
      let found = try tables.images(called: name)
      guard found.count < 2 else {
        throw BartizanError(.usage, "\(name): \(found.count) images are called so; name more of the digest")
      }
      guard let entry = try tables.entries(Set(found)).first else {
        throw BartizanError(.usage, "\(name): no such image in the ledger; `bartizan image watch \(name)` adds it")
      }
      return entry
    }
  }

  package func history(of entry: LedgerEntry) async throws(BartizanError) -> ImageHistory {
    try await read { try LedgerTables($0).history(of: entry) }
  }

  package func forget(_ entry: LedgerEntry) async throws(BartizanError) {
    try await write { database in
      let tables = LedgerTables(database)
      try tables.forget(entry)
    }
  }
}
