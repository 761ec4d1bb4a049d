/// What a member of a tar archive is, before its content.
package struct TarEntry: Sendable {
  package enum Kind: Sendable {
    case file
    case folder
    case symbolicLink
    case hardLink
    /// A device, a pipe, or what no standard knows.
    case special
  }

  /// As it stands there; see `path`.
  package let name: String
  package let kind: Kind
  /// Bytes of content that follow.
  package let size: Int
  /// Permissions with set-user-id, set-group-id and sticky bits.
  package let mode: Int
  /// Where a link leads; empty for anything else.
  package let target: String
  /// Where the content begins, in bytes from the beginning of the archive.
  package let offset: Int

  /// Whether the name leads out of the archive.
  package var leaves: Bool { name.utf8.first == 0x2F || hasParent }

  /// Whether a part of the name is `..`.
  package var hasParent: Bool {
    var dots = 0
    for byte in name.utf8 {
      if byte == 0x2F {
        if dots == 2 { return true }
        dots = 0
      } else {
        // Anything but dots makes it a name like others.
        dots = byte == 0x2E && dots >= 0 ? dots + 1 : -1
      }
    }
    return dots == 2
  }

  /// The name from the root, without empty parts and dots.
  package var path: String { Self.normalized(name) }

  package static func normalized(_ name: String) -> String {
    // Most names are so already: no part of them is empty, or begins with a dot.
    var isPlain = true
    var last = UInt8(ascii: "/")
    for byte in name.utf8 {
      if last == 0x2F, byte == 0x2F || byte == 0x2E {
        isPlain = false
        break
      }
      last = byte
    }
    if isPlain, last != 0x2F { return name }
    return name.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }
}

/// What becomes of the members of an archive.
package protocol TarSink {
  /// - Returns: whether the content is wanted.
  mutating func begin(_ entry: TarEntry) throws(DocumentError) -> Bool
  /// The next part of the content.
  ///
  /// - Returns: whether more of it is wanted.
  mutating func content(_ bytes: RawSpan) throws(DocumentError) -> Bool
  /// The content is whole; called for those whose content was wanted from the first byte to the last.
  mutating func end() throws(DocumentError)
}

/// Reads tar archives (POSIX ustar and pax, GNU long names and sparse files) as they come.
///
/// Source: IEEE Std 1003.1, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
package struct TarStream<Sink: TarSink>: ByteConsumer {
  package var sink: Sink
  /// Bytes read so far.
  package private(set) var offset = 0
  /// Members so far, with those that only describe others.
  package private(set) var entries = 0

  private enum State {
    case header
    /// More of the map of a GNU sparse file, in blocks before its content.
    case sparseMap
    /// Content that describes the next member.
    case description(type: UInt8)
    case content(wanted: Bool)
    case over
  }

  private let maximumEntries: Int
  private var state = State.header
  private var block: [UInt8] = []
  /// Bytes of content that are still to come, and the padding behind them.
  private var remaining = 0
  private var padding = 0
  private var text: [UInt8] = []
  private var entry: TarEntry?
  private var longName: String?
  private var longTarget: String?
  private var longSize: Int?

  /// Longest description of one member that is read, in bytes.
  private static var maximumDescription: Int { 1 << 20 }

  package init(_ sink: Sink, maximumEntries: Int) {
    self.sink = sink
    self.maximumEntries = maximumEntries
    block.reserveCapacity(512)
  }

  package mutating func consume(_ bytes: RawSpan) throws(DocumentError) {
    var position = 0
    while position < bytes.byteCount {
      switch state {
      case .over: return
      case .header, .sparseMap:
        let count = min(512 - block.count, bytes.byteCount - position)
        bytes.extracting(position..<position + count).withUnsafeBytes { block.append(contentsOf: $0) }
        position += count
        offset += count
        guard block.count == 512 else { return }
        if case .sparseMap = state {
          let hasMore = block[504] != 0
          block.removeAll(keepingCapacity: true)
          if !hasMore { try begin(at: offset) }
        } else {
          try header()
        }
      case .description, .content:
        let count = min(remaining, bytes.byteCount - position)
        if count > 0 {
          try give(bytes.extracting(position..<position + count))
          position += count
          offset += count
          remaining -= count
        }
        if remaining == 0 {
          let skipped = min(padding, bytes.byteCount - position)
          position += skipped
          offset += skipped
          padding -= skipped
          if padding == 0 { try close() }
        }
      }
    }
  }

  /// Bytes that come next and that nobody wants, so that they need not be given; see `skip`.
  package var unwanted: Int {
    if case .content(wanted: false) = state { remaining + padding } else { 0 }
  }

  /// Goes on behind bytes that nobody wants.
  ///
  /// - Parameter count: what `unwanted` told.
  package mutating func skip(_ count: Int) throws(DocumentError) {
    guard count == unwanted else { return }
    offset += count
    remaining = 0
    padding = 0
    try close()
  }

  /// - Throws: `DocumentError` when the archive ended inside a member.
  package mutating func finish() throws(DocumentError) {
    switch state {
    case .over: return
    case .content, .description:
      guard remaining == 0 else {
        throw DocumentError(.archive, "the archive ends inside a member; fetch the file again")
      }
      try close()
    case .header where block.isEmpty: return
    case .header, .sparseMap: throw DocumentError(.archive, "the archive is cut off; fetch the file again")
    }
  }

  private mutating func give(_ bytes: RawSpan) throws(DocumentError) {
    switch state {
    case .description:
      if text.count < Self.maximumDescription { bytes.withUnsafeBytes { text.append(contentsOf: $0) } }
    case .content(let wanted) where wanted:
      if try !sink.content(bytes) { state = .content(wanted: false) }
    default: break
    }
  }

  private mutating func close() throws(DocumentError) {
    if case .description(let type) = state {
      describe(type)
    } else if case .content(wanted: true) = state {
      try sink.end()
    }
    state = .header
  }

  // MARK: Headers

  private mutating func header() throws(DocumentError) {
    defer { block.removeAll(keepingCapacity: true) }
    let start = offset - 512
    if block.allSatisfy({ $0 == 0 }) {
      state = .over
      return
    }
    guard TarHeader.checksumIsRight(block, 0) else {
      throw DocumentError(.archive, "broken tar header at byte \(start); what follows was not read")
    }
    entries += 1
    guard entries <= maximumEntries else {
      throw DocumentError(.archive, "more than \(maximumEntries) members; what follows was not read")
    }
    let type = block[156]
    let isDescription = Self.describing.contains(type)
    guard let size = (isDescription ? nil : longSize) ?? TarHeader.number(block[124..<136]), size >= 0, size < 1 << 50
    else {
      throw DocumentError(.archive, "a tar header at byte \(start) tells no size; what follows was not read")
    }
    remaining = size
    padding = (512 - size % 512) % 512
    if isDescription {
      text = []
      state = .description(type: type)
      if size == 0 { try close() }
      return
    }
    var name = longName ?? TarHeader.text(block[0..<100])
    if longName == nil, block[257..<262].elementsEqual("ustar".utf8), block[262] == 0 {
      let prefix = TarHeader.text(block[345..<500])
      if !prefix.isEmpty { name = prefix + "/" + name }
    }
    let kind: TarEntry.Kind =
      switch type {
      case 0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"): name.hasSuffix("/") ? .folder : .file
      case UInt8(ascii: "1"): .hardLink
      case UInt8(ascii: "2"): .symbolicLink
      case UInt8(ascii: "5"): .folder
      default: .special
      }
    // Links may tell the size of what they lead to, and have no content.
    if kind == .hardLink || kind == .symbolicLink || kind == .folder, longSize == nil || kind != .hardLink {
      remaining = 0
      padding = 0
    }
    let target = kind == .hardLink || kind == .symbolicLink ? longTarget ?? TarHeader.text(block[157..<257]) : ""
    entry = TarEntry(
      name: name, kind: kind, size: remaining, mode: TarHeader.number(block[100..<108]) ?? 0, target: target,
      offset: offset)
    longName = nil
    longTarget = nil
    longSize = nil
    if type == UInt8(ascii: "S"), block[482] != 0 {
      state = .sparseMap
      return
    }
    try begin(at: offset)
  }

  private mutating func begin(at place: Int) throws(DocumentError) {
    guard let entry else { return }
    self.entry = nil
    let placed = TarEntry(
      name: entry.name, kind: entry.kind, size: entry.size, mode: entry.mode, target: entry.target, offset: place)
    state = .content(wanted: try sink.begin(placed))
    if remaining == 0 { try close() }
  }

  /// Members that describe those behind them: GNU's long names and targets, pax records of one and of all.
  private static var describing: [UInt8] { Array("LKxgX".utf8) }

  private mutating func describe(_ type: UInt8) {
    defer { text = [] }
    switch type {
    case UInt8(ascii: "L"): longName = TarHeader.text(text[...])
    case UInt8(ascii: "K"): longTarget = TarHeader.text(text[...])
    case UInt8(ascii: "x"), UInt8(ascii: "X"):
      var isNamed = false
      for (key, value) in TarHeader.pax(text[...]) {
        switch key {
        case "path" where !isNamed: longName = value
        case "GNU.sparse.name":
          longName = value
          isNamed = true
        case "linkpath": longTarget = value
        case "size": longSize = Int(value)
        default: break
        }
      }
    default: break
    }
  }
}

/// Fields of a tar header.
enum TarHeader {
  static func checksumIsRight(_ bytes: [UInt8], _ offset: Int) -> Bool {
    guard let expected = number(bytes[offset + 148..<offset + 156]) else { return false }
    // The sum is made with blanks in its own place.
    var sum = 8 * 0x20
    bytes.withUnsafeBufferPointer { buffer in
      for index in offset..<offset + 512 { sum += Int(buffer[index]) }
      for index in offset + 148..<offset + 156 { sum -= Int(buffer[index]) }
    }
    return sum == expected
  }

  /// Octal text, or base 256 when the first bit is set.
  static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      var value = Int(first & 0x7F)
      for byte in field.dropFirst() {
        guard value < 1 << 54 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    var value = 0
    var seen = false
    for byte in field {
      if byte == 0 || byte == 0x20 {
        if seen { break }
        continue
      }
      guard byte &- 0x30 < 8 else { return nil }
      seen = true
      value = value << 3 | Int(byte - 0x30)
    }
    return seen ? value : 0
  }

  static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  static func pax(_ data: ArraySlice<UInt8>) -> [(String, String)] {
    var records: [(String, String)] = []
    var rest = data
    while let space = rest.firstIndex(of: 0x20) {
      guard let length = Int(String(decoding: rest[rest.startIndex..<space], as: UTF8.self)),
        length > space - rest.startIndex + 1, length <= rest.count
      else { break }
      let record = rest[space + 1..<rest.startIndex + length - 1]
      if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
        records.append(
          (
            String(decoding: record[record.startIndex..<equals], as: UTF8.self),
            String(decoding: record[(equals + 1)...], as: UTF8.self)
          ))
      }
      rest = rest[(rest.startIndex + length)...]
    }
    return records
  }
}
