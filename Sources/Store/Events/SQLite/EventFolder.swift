import Bytes
package import Findings
import FoundationEssentials
import GRDB
import Glibc

/// The folder of a store: a file for each day on which events were received, the list of these days, the secret and the
/// lock.
struct EventFolder: Sendable {
  let path: String

  init(_ path: String) { self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

  private static let prefix = "events-"
  private static let suffix = ".sqlite"

  func file(of day: CalendarDate) -> String { "\(path)/\(Self.prefix)\(day.text)\(Self.suffix)" }

  static func name(of day: CalendarDate) -> String { prefix + day.text + suffix }

  /// The days that have a file, in order.
  ///
  /// - Throws: where the folder cannot be read.
  func days() throws(BartizanError) -> [CalendarDate] {
    guard let stream = opendir(path) else { throw Self.failure(path) }
    defer { closedir(stream) }
    var days: [CalendarDate] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { continue }
      let text = name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)
      if let day = CalendarDate(String(text)) { days.append(day) }
    }
    return days.sorted()
  }

  static func exists(_ file: String) -> Bool { access(file, F_OK) == 0 }

  /// Bytes of the file of a day with what belongs to it.
  func size(of day: CalendarDate) -> Int {
    ["", "-wal"].reduce(0) { sum, suffix in
      var status = stat()
      return stat(file(of: day) + suffix, &status) == 0 ? sum + Int(status.st_size) : sum
    }
  }

  /// Deletes the file of a day, where there is one, as retention does.
  func delete(_ day: CalendarDate) throws(BartizanError) {
    // Before the file: whoever finds it gone must not find it in the list.
    try list(try listedDays().filter { $0 != day })
    // The journal belongs to the file: without it, it must not remain.
    for suffix in ["", "-wal", "-shm"] {
      guard unlink(file(of: day) + suffix) == 0 || errno == ENOENT else { throw Self.failure(file(of: day) + suffix) }
    }
    synchronize()
  }

  // MARK: List of days

  /// The list of the days that have a file, by which a file is missed that somebody else deleted.
  private var listFile: String { path + "/days" }

  /// The days that have a file, or should. Stores of former versions have no list until they are written to.
  private func listedDays() throws(BartizanError) -> [CalendarDate] {
    guard let bytes = try Self.bytes(listFile, atMost: 1 << 20) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { CalendarDate(String($0)) }
  }

  private func list(_ days: [CalendarDate]) throws(BartizanError) {
    let text = Set(days).sorted().map { $0.text + "\n" }.joined()
    try replace(listFile, with: Array(text.utf8))
  }

  /// Adds days to the list.
  func list(also days: [CalendarDate]) throws(BartizanError) {
    let known = try listedDays()
    if Set(days).isSubset(of: known), !known.isEmpty || days.isEmpty { return }
    try list(known + days)
  }

  /// The days in the list whose files are gone, although nothing was deleted by a rule.
  ///
  /// - Parameter present: the days that have a file.
  func missingDays(_ present: [CalendarDate]) throws(BartizanError) -> [CalendarDate] {
    let known = Set(present)
    let missing = try listedDays().filter { !known.contains($0) && !Self.exists(file(of: $0)) }
    // Retention may have deleted it since: then it has left the list before.
    if missing.isEmpty { return [] }
    return missing.filter(Set(try listedDays()).contains)
  }

  /// What is said of a day whose file is gone.
  func missing(_ day: CalendarDate) -> Problem {
    Problem(
      code: "damaged", location: Location(file: file(of: day)),
      message:
        "the file of this day is gone, with every event that was received on it; put it back, or delete the day's line in \(listFile) if that was meant"
    )
  }

  /// What is said of the file of a day without tables.
  ///
  /// - Parameter what: it is.
  static func gone(_ what: String) -> String { "damaged: \(what): the events of this day are gone" }

  /// Makes names durable.
  private func synchronize() {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    Glibc.close(descriptor)
  }

  static func failure(_ path: String) -> BartizanError {
    let number = errno
    let message = "\(path): \(String(cString: strerror(number)))"
    switch number {
    case ENOSPC, EDQUOT: return BartizanError(.storeFull, message)
    case ENOENT, EACCES, ENOTDIR, EPERM, EROFS: return BartizanError(.input, message)
    default: return BartizanError(.remote, message)
    }
  }

  // MARK: Opening

  /// Creates the folder, readable by its owner only, where it is not there.
  func create() throws(BartizanError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
      guard mkdir(made, 0o700) == 0 || errno == EEXIST || errno == EISDIR || errno == EROFS else {
        throw Self.failure(made)
      }
    }
    var status = stat()
    guard stat(path, &status) == 0 else { throw Self.failure(path) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw BartizanError(.input, "\(path): not a folder") }
  }

  /// Opens the file of a day for writing, and creates it where it is not there.
  func open(_ day: CalendarDate) throws(BartizanError) -> DatabaseQueue {
    let file = file(of: day)
    if Self.isEmpty(file) ?? true { try make(day) }
    let descriptor = Glibc.open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw Self.failure(file) }
    Glibc.close(descriptor)
    do { return try Self.queue(file) } catch {
      throw Self.error(error, file)
    }
  }

  private static func queue(_ file: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { try EventDaySchema.prepare($0, isReadOnly: false) }
    let queue = try DatabaseQueue(path: file, configuration: configuration)
    try EventDaySchema.migrator.migrate(queue)
    return queue
  }

  /// Whether a file has no bytes; nil where there is none.
  static func isEmpty(_ file: String) -> Bool? {
    var status = stat()
    return stat(file, &status) == 0 ? status.st_size == 0 : nil
  }

  /// Creates the file of a day. It gets its name once its tables are in it: a file of that name without them has lost
  /// what it held.
  private func make(_ day: CalendarDate) throws(BartizanError) {
    let file = file(of: day)
    let temporary = file + ".new"
    for suffix in ["", "-wal", "-shm"] {
      guard unlink(temporary + suffix) == 0 || errno == ENOENT else { throw Self.failure(temporary + suffix) }
    }
    // SQLite gives its journals the permissions of the file.
    let descriptor = Glibc.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(temporary) }
    Glibc.close(descriptor)
    do {
      let queue = try Self.queue(temporary)
      _ = try queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
      try queue.close()
    } catch {
      throw Self.error(error, file)
    }
    // The journal of a file that was lost belongs to nothing.
    for suffix in ["-wal", "-shm"] { unlink(file + suffix) }
    guard rename(temporary, file) == 0 else { throw Self.failure(file) }
    synchronize()
    try list(also: [day])
  }

  /// Opens the file of a day for reading, in a state that later writes do not change.
  ///
  /// - Throws: `storeDamaged` also for a file without tables, since files get their names with them.
  func read(_ day: CalendarDate) throws(BartizanError) -> DatabaseQueue {
    let file = file(of: day)
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    configuration.allowsUnsafeTransactions = true
    configuration.prepareDatabase { try EventDaySchema.prepare($0, isReadOnly: true) }
    do {
      let queue = try DatabaseQueue(path: file, configuration: configuration)
      let isReady = try queue.inDatabase { database in
        try database.beginTransaction(.deferred)
        // The state is that of the first read. Tables are made all at once.
        return try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'part')")
      }
      guard isReady ?? false else {
        let what = Self.isEmpty(file) ?? false ? "an empty file" : "a file without the tables of a store"
        throw BartizanError(.storeDamaged, "\(file): \(Self.gone(what))")
      }
      return queue
    } catch {
      throw Self.error(error, file)
    }
  }

  static func error(_ error: any Error, _ file: String) -> BartizanError {
    switch error {
    case let error as BartizanError: error
    case let error as DocumentError: BartizanError(.remote, "\(file): \(error.message)", cause: error)
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_FULL: BartizanError(.storeFull, "\(file): no room left on the disk", cause: error)
      case .SQLITE_NOTADB, .SQLITE_CORRUPT:
        BartizanError(.storeDamaged, "\(file): damaged: \(error.message ?? "not a database")", cause: error)
      case .SQLITE_BUSY:
        BartizanError(.storeLocked, "\(file): another process is writing it; try again when it has ended", cause: error)
      default:
        BartizanError(
          .remote, "\(file): \(error.message ?? "SQLite error \(error.resultCode.rawValue)")", cause: error)
      }
    default: BartizanError(.remote, "\(file): \(error)", cause: error)
    }
  }

  // MARK: Secret

  /// A random number that only this store knows, which keys the hashes of events.
  func secret() throws(BartizanError) -> [UInt8] {
    let file = path + "/secret"
    if let known = try Self.bytes(file, atMost: 64), known.count == 32 { return known }
    var generator = SystemRandomNumberGenerator()
    let made = (0..<4).flatMap { _ in withUnsafeBytes(of: generator.next() as UInt64) { Array($0) } }
    try replace(file, with: made)
    return made
  }

  /// Writes a small file whole or not at all.
  private func replace(_ file: String, with content: [UInt8]) throws(BartizanError) {
    let temporary = file + ".tmp"
    let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(temporary) }
    let written = content.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    let isDurable = written == content.count && fsync(descriptor) == 0
    Glibc.close(descriptor)
    guard isDurable, rename(temporary, file) == 0 else { throw Self.failure(file) }
    synchronize()
  }

  private static func bytes(_ file: String, atMost most: Int) throws(BartizanError) -> [UInt8]? {
    let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure(file)
    }
    defer { Glibc.close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(file) }
    // Every reading of the store comes here: no more room than the file needs.
    var buffer = [UInt8](repeating: 0, count: min(most, Int(status.st_size)))
    let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw failure(file) }
    return Array(buffer[..<count])
  }
}

extension BartizanError.Code {
  /// A file of the store is damaged.
  package static let storeDamaged = BartizanError.Code(rawValue: "store-damaged")
}
