import Bytes
package import Findings
import GRDB
import Images

/// Which packages images hold, and what advisories said of them over time: advisories that come later are matched with what is
/// kept here, and no image is read again.
///
/// A package stands here once, however many images hold it. A look compares the marks of package names with those of the store,
/// judges the packages of the names whose mark is another, and asks an inverted index for the images that hold them.
package struct ImageLedger: Sendable {
  private let queue: DatabaseQueue
  private let path: String

  /// - Throws: `BartizanError` when there is no such file and none can be made, or when it is something else.
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

  // MARK: Looking

  /// Brings everything up to a state of the advisories, then adds images; all of it or nothing.
  ///
  /// - Returns: what has become otherwise since the look before. For an image that was added, all that applies to it.
  package func look(
    _ state: AdvisoryState, adding images: [LedgerImage] = []
  ) async throws(BartizanError) -> LookReport {
    try await write { database in
      let tables = LedgerTables(database)
      var judge = AdvisoryMatcher(state.store, state.risks)
      let before = try tables.lastLook()
      let look = try tables.begin(state)
      var report = LookReport(look: look, before: before?.time)
      // Another catalogue of what is exploited may say something else of everything.
      let isSame = before?.store == state.storeDigest && before?.risks == state.riskDigest
      if !isSame {
        try tables.rematch(&judge, look, isAll: before?.risks != state.riskDigest, &report)
      }
      for image in images { try tables.add(image, &judge, look, &report) }
      try tables.finish(&report)
      return report
    }
  }

  // MARK: Reading

  /// Images by the names that they have now, and those whose name means another by now.
  package func images() async throws(BartizanError) -> [LedgerEntry] {
    try await read { try LedgerTables($0).entries(nil) }
  }

  /// One image.
  ///
  /// - Parameter name: a name; a digest of the manifest or of the configuration, or the beginning of one.
  /// - Throws: `BartizanError` when no image is called so, or several are.
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

  /// What became of an image.
  package func history(of entry: LedgerEntry) async throws(BartizanError) -> ImageHistory {
    try await read { try LedgerTables($0).history(of: entry) }
  }

  /// Takes an image out, with the packages that no other holds.
  package func forget(_ entry: LedgerEntry) async throws(BartizanError) {
    try await write { database in
      let tables = LedgerTables(database)
      try tables.forget(entry)
    }
  }
}
