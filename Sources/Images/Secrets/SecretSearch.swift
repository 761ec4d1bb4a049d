package import Bytes
package import Findings

/// Looks for credentials in one file as its bytes come, whatever its size: texts in windows, archives member by member. What it does not
/// look into is told: by its kind where that holds texts of people only by chance, as a problem where it may well hold them.
///
/// Kinds are told by the first bytes, never by the ending of a name, which anybody may give to anything.
package final class SecretSearch {
  /// What is passed over, and counted.
  package enum Kind: String, Sendable, CaseIterable {
    /// ELF, PE and Mach-O, and classes of Java: what a compiler wrote.
    case program
    /// Anything else with zero bytes in its first thousand: pictures, fonts, databases, translations.
    case data
    /// Compressed in a way that is not read, where packages are installed.
    case archive
    /// Tests, documentation and source maps of packages.
    case packaged
  }

  /// Bounds on all that is unpacked out of one file.
  final class Budget {
    var bytes: Int
    var members: Int

    init(_ limits: Limits) {
      bytes = limits.archiveBytes
      members = limits.archiveEntries
    }
  }

  /// Archives within archives, as far as they are followed.
  static let maximumDepth = 5
  /// Bytes that tell what a file is.
  static let headBytes = 1024
  /// Bytes of a window that the next one has as well: keys have lines, and the longest of them has less.
  private static let overlap = 1 << 17

  private let path: String
  private let scanner: SecretScanner
  private let limits: Limits
  private let depth: Int
  private let budget: Budget

  package private(set) var found: [FoundSecret] = []
  /// What could not be looked into, each with its path.
  package private(set) var unread: [Problem] = []
  package private(set) var skipped: [Kind: Int] = [:]

  private enum State {
    case head
    case text
    /// In memory until it is complete: its directory stands at its end.
    case zip
    case stream(StreamDecoder, Members)
    case tar(TarStream<Members>)
    case over
  }

  private var state = State.head
  private var buffer: [UInt8] = []
  private var wide: UTF16Stream?
  /// Ends of lines in what has left the buffer.
  private var linesBefore = 0
  private var seen = Set<FoundSecret>()

  /// - Parameters:
  ///   - path: in its image from the root; of a member of an archive with that of the archive and `!` before it.
  package convenience init(path: String, _ scanner: SecretScanner, _ limits: Limits) {
    self.init(path: path, scanner, limits, depth: 0, Budget(limits))
  }

  private init(path: String, _ scanner: SecretScanner, _ limits: Limits, depth: Int, _ budget: Budget) {
    self.path = path
    self.scanner = scanner
    self.limits = limits
    self.depth = depth
    self.budget = budget
  }

  /// Looks into a file that is in memory.
  package func search(_ bytes: [UInt8]) {
    if bytes.count <= limits.secretBytes, Self.isText(bytes.prefix(Self.headBytes)) {
      found += scanner.scan(bytes, path: path)
      return
    }
    if ZipReader.isZip(bytes) {
      zip(bytes)
      return
    }
    _ = feed(bytes.span.bytes)
    finish()
  }

  // MARK: Kinds

  private static let compressed: [(name: String, mark: [UInt8])] = [
    ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A]), ("bzip2", Array("BZh".utf8)), ("7-Zip", [0x37, 0x7A, 0xBC, 0xAF]),
    ("RAR", Array("Rar!".utf8)), ("lzip", Array("LZIP".utf8)), ("LZ4", [0x04, 0x22, 0x4D, 0x18]),
    ("compress", [0x1F, 0x9D]), ("cabinet", Array("MSCF".utf8)), ("cpio", Array("070701".utf8)),
    ("cpio", Array("070707".utf8)), ("Debian package", Array("!<arch>\ndebian-binary".utf8)),
    ("RPM package", [0xED, 0xAB, 0xEE, 0xDB]),
  ]

  private static func isText(_ head: some Collection<UInt8>) -> Bool {
    guard !isMarked(head), !compressed.contains(where: { head.starts(with: $0.mark) }) else { return false }
    return !head.contains(0) || isWide(head)
  }

  /// Whether it begins as something that is unpacked.
  private static func isMarked(_ head: some Collection<UInt8>) -> Bool {
    let first = Array(head.prefix(4))
    return Gzip.isGzip(first) || Zstandard.isZstandard(first) || Zstandard.isSkippable(first) || ZipReader.isZip(first)
  }

  private static func isWide(_ head: some Collection<UInt8>) -> Bool {
    UTF16Stream(startOf: Array(head.prefix(4))) != nil
  }

  // MARK: Bytes

  /// Takes the next bytes.
  ///
  /// - Returns: whether any more are of interest.
  package func feed(_ bytes: RawSpan) -> Bool {
    switch state {
    case .over: return false
    case .head:
      bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
      guard buffer.count >= Self.headBytes else { return true }
      decide()
      if case .over = state { return false }
      return true
    case .text:
      append(bytes)
      while buffer.count >= limits.secretBytes { scanWindow() }
      return true
    case .zip:
      guard buffer.count + bytes.byteCount <= limits.inputBytes else {
        note("an archive of more than \(limits.inputBytes >> 20) MiB")
        buffer = []
        state = .over
        return false
      }
      bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
      return true
    case .stream, .tar:
      pass(bytes)
      if case .over = state { return false }
      return true
    }
  }

  /// Takes the end of the file.
  package func finish() {
    if case .head = state { decide() }
    switch state {
    case .head, .over: break
    case .text:
      if var rest = wide { buffer += rest.finish() }
      scanRest()
    case .zip: zip(buffer)
    case .stream(let decoder, var members):
      do throws(DocumentError) {
        try decoder.finish(into: &members)
        try members.finish()
      } catch {
        note(error.message)
      }
    case .tar(var tar):
      do throws(DocumentError) { try tar.finish() } catch { note(error.message) }
    }
    buffer = []
    state = .over
  }

  private func decide() {
    let head = buffer
    if head.isEmpty {
      state = .over
    } else if PackageExtractors.isProgram(head.prefix(4)) || head.starts(with: [0xCA, 0xFE, 0xBA, 0xBE]) {
      skip(.program)
    } else if ZipReader.isZip(head) {
      if isTooDeep() { return }
      state = .zip
    } else if Self.isMarked(head) || TarReader.isTar(head) {
      if isTooDeep() { return }
      buffer = []
      let members = Members(self)
      state =
        Self.isMarked(head)
        ? .stream(StreamDecoder(maximumBytes: budget.bytes, ratio: limits.compressionRatio), members)
        : .tar(TarStream(members, maximumEntries: limits.archiveEntries))
      pass(head.span.bytes)
    } else if let kind = Self.compressed.first(where: { head.starts(with: $0.mark) }) {
      // What packages bring is theirs, and what somebody put there is his.
      if SecretScanner.isPackaged(path) || SecretScanner.isPackageStore(path) {
        skip(.archive)
      } else {
        note("\(kind.name) is not read")
        state = .over
      }
    } else if Self.isText(head) {
      state = .text
      wide = UTF16Stream(startOf: Array(head.prefix(4)))
      guard wide != nil else { return }
      buffer = []
      append(head.span.bytes)
    } else {
      skip(.data)
    }
  }

  private func isTooDeep() -> Bool {
    guard depth >= Self.maximumDepth else { return false }
    note("archives nested deeper than \(Self.maximumDepth)")
    buffer = []
    state = .over
    return true
  }

  private func skip(_ kind: Kind) {
    skipped[kind, default: 0] += 1
    buffer = []
    state = .over
  }

  private func note(_ reason: String) {
    unread.append(
      Problem(
        code: "not-searched", location: Location(file: path),
        message: "not looked into for credentials: \(reason)"))
  }

  // MARK: Texts

  private func append(_ bytes: RawSpan) {
    guard wide != nil else {
      bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
      return
    }
    let raw = bytes.withUnsafeBytes { Array($0) }
    if let text = wide?.decode(raw) { buffer += text }
  }

  /// Looks into a full window, of which the last part stays for the next one.
  private func scanWindow() {
    // From the beginning of a line, if there is one: what stands in it is found whole the next time.
    let wanted = buffer.count - min(Self.overlap, buffer.count / 2)
    let isLine = buffer[..<wanted].lastIndex(of: 0x0A).map { $0 + 1 }
    let start = isLine ?? wanted
    let next = buffer[..<start].count { $0 == 0x0A }
    for secret in scanner.scan(buffer, path: path) where isLine == nil || secret.line <= next { add(secret) }
    linesBefore += next
    buffer.removeFirst(start)
  }

  private func scanRest() {
    for secret in scanner.scan(buffer, path: path) { add(secret) }
  }

  private func add(_ secret: FoundSecret) {
    let placed = secret.moved(to: secret.path, line: secret.line + linesBefore)
    guard found.count < SecretScanner.maximumInFile * 2, seen.insert(placed).inserted else { return }
    found.append(placed)
  }

  // MARK: Archives

  /// Takes in what was found in a member.
  private func take(_ member: SecretSearch) {
    found += member.found
    unread += member.unread
    for (kind, count) in member.skipped { skipped[kind, default: 0] += count }
  }

  private func member(_ name: String) -> SecretSearch {
    SecretSearch(path: "\(path)!\(name)", scanner, limits, depth: depth + 1, budget)
  }

  private func pass(_ bytes: RawSpan) {
    do throws(DocumentError) {
      switch state {
      case .stream(let decoder, var members):
        try decoder.feed(bytes, into: &members)
        state = .stream(decoder, members)
      case .tar(var tar):
        state = .over
        try tar.consume(bytes)
        state = .tar(tar)
      default: break
      }
    } catch {
      note(error.message)
      state = .over
    }
  }

  private func zip(_ bytes: [UInt8]) {
    do throws(DocumentError) {
      let zip = try ZipReader(bytes, limits: limits)
      for member in zip.members where member.size > 0 && SecretScanner.wants(path + "/" + member.name) {
        // What compilers wrote is most of what such archives hold.
        if member.name.hasSuffix(".class") {
          skipped[.program, default: 0] += 1
          continue
        }
        let search = self.member(member.name)
        budget.members -= 1
        guard budget.members >= 0, member.size <= budget.bytes else {
          return note("it unpacks to more than \(limits.archiveBytes >> 20) MiB, or to too many members")
        }
        budget.bytes -= member.size
        do throws(DocumentError) {
          search.search(try zip.content(member))
        } catch {
          search.note(error.message)
        }
        take(search)
      }
    } catch {
      note(error.message)
    }
  }

  /// What a compressed stream holds: an archive, or one file.
  fileprivate struct Members: ByteConsumer, TarSink {
    private unowned let search: SecretSearch
    private var head: [UInt8] = []
    private final class Box { var tar: TarStream<Members>? }
    private let box = Box()
    private var single: SecretSearch?
    private var member: SecretSearch?

    init(_ search: SecretSearch) { self.search = search }

    mutating func consume(_ bytes: RawSpan) throws(DocumentError) {
      search.budget.bytes -= bytes.byteCount
      guard search.budget.bytes >= 0 else {
        throw DocumentError(.size, "it unpacks to more than \(search.limits.archiveBytes >> 20) MiB")
      }
      if single == nil, box.tar == nil {
        bytes.withUnsafeBytes { head.append(contentsOf: $0) }
        guard head.count >= SecretSearch.headBytes else { return }
        try begin()
        return
      }
      try pass(bytes)
    }

    private mutating func begin() throws(DocumentError) {
      let first = head
      head = []
      if TarReader.isTar(first) {
        box.tar = TarStream(Members(search), maximumEntries: search.limits.archiveEntries)
      } else {
        single = search.member(SecretSearch.inner(search.path))
      }
      try pass(first.span.bytes)
    }

    private mutating func pass(_ bytes: RawSpan) throws(DocumentError) {
      if let single {
        _ = single.feed(bytes)
      } else {
        try box.tar?.consume(bytes)
      }
    }

    mutating func finish() throws(DocumentError) {
      if single == nil, box.tar == nil, !head.isEmpty { try begin() }
      if let single {
        single.finish()
        search.take(single)
      }
      try box.tar?.finish()
    }

    mutating func begin(_ entry: TarEntry) throws(DocumentError) -> Bool {
      member = nil
      guard entry.kind == .file, entry.size > 0 else { return false }
      guard SecretScanner.wants(search.path + "/" + entry.path) else {
        search.skipped[.packaged, default: 0] += 1
        return false
      }
      search.budget.members -= 1
      guard search.budget.members >= 0 else { throw DocumentError(.size, "too many members") }
      member = search.member(entry.path)
      return true
    }

    mutating func content(_ bytes: RawSpan) throws(DocumentError) -> Bool {
      guard let member else { return false }
      if member.feed(bytes) { return true }
      search.take(member)
      self.member = nil
      return false
    }

    mutating func end() throws(DocumentError) {
      guard let member else { return }
      member.finish()
      search.take(member)
      self.member = nil
    }
  }

  /// The name of what `app.sql.gz` holds.
  private static func inner(_ path: String) -> String {
    let name = path.split(whereSeparator: { $0 == "/" || $0 == "!" }).last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }
}
