/// Rows of one table of an SQLite database that lies in memory, as `rowid` and columns. Databases of images come from strangers
/// and are read once, front to back: no index, no write-ahead log, no query.
///
/// Source: sqlite.org, "Database File Format", sections 1.3, 1.5, 1.6 and 2.1.
package struct SQLiteTable: Sendable {
  package enum Value: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    package var blob: [UInt8]? { if case .blob(let bytes) = self { bytes } else { nil } }
  }

  package static func isDatabase(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("SQLite format 3\0".utf8)) }

  private let bytes: [UInt8]
  private let pageSize: Int
  private let usable: Int
  /// Pages that may still be gone through: a page leads nowhere twice.
  private var pagesLeft: Int
  /// Bytes of rows that may still come: a byte of the file belongs to one row.
  private var bytesLeft: Int

  /// - Throws: `DocumentError` of code `archive` for what is no database, has no such table, or is broken.
  package static func rows(_ bytes: [UInt8], table: String) throws(DocumentError) -> [[Value]] {
    let (rows, failure) = read(bytes, table: table)
    if let failure { throw failure }
    return rows
  }

  /// The rows that can be read, and why others cannot.
  package static func read(_ bytes: [UInt8], table: String) -> (rows: [[Value]], failure: DocumentError?) {
    guard isDatabase(bytes), bytes.count >= 512 else { return ([], DocumentError(.archive, "no SQLite database")) }
    var reader = SQLiteTable(bytes)
    guard reader.pageSize >= 512, reader.usable >= 480 else { return ([], broken) }
    var root: Int64?
    reader.walk(page: 1) { row in
      guard row.count >= 4, case .text(let kind) = row[0], case .text(let name) = row[1],
        case .integer(let page) = row[3]
      else { return }
      if kind == "table", name == table { root = page }
    }
    guard let root else {
      return ([], reader.failure ?? DocumentError(.archive, "the database has no table \(table)"))
    }
    var rows: [[Value]] = []
    reader.pagesLeft = bytes.count / reader.pageSize + 1
    reader.bytesLeft = bytes.count
    reader.walk(page: Int(clamping: root)) { rows.append($0) }
    return (rows, reader.failure)
  }

  /// The first thing that went wrong; what else can be read is read.
  private var failure: DocumentError?

  private static let broken = DocumentError(.archive, "the database is broken")

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let size = Int(bytes[16]) << 8 | Int(bytes[17])
    pageSize = size == 1 ? 65_536 : size
    usable = pageSize - Int(bytes[20])
    pagesLeft = pageSize >= 512 ? bytes.count / pageSize + 1 : 0
    bytesLeft = bytes.count
  }

  private func big(_ offset: Int, _ count: Int) throws(DocumentError) -> Int {
    guard let value = bytes.integer(at: offset, width: count, .big) else { throw Self.broken }
    return value
  }

  private func varint(_ offset: inout Int) throws(DocumentError) -> Int64 {
    var value: UInt64 = 0
    for index in 0..<9 {
      guard offset < bytes.count, offset >= 0 else { throw Self.broken }
      let byte = bytes[offset]
      offset += 1
      if index == 8 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
      value = value << 7 | UInt64(byte & 0x7F)
      if byte < 0x80 { break }
    }
    return Int64(bitPattern: value)
  }

  private mutating func walk(page: Int, depth: Int = 0, _ body: ([Value]) -> Void) {
    // Before anything is made of it: the number may be any that the file likes.
    guard page >= 1, page - 1 < bytes.count / pageSize + 1, depth < 64, pagesLeft > 0 else {
      failure = failure ?? Self.broken
      return
    }
    pagesLeft -= 1
    do throws(DocumentError) {
      try read(page: page, depth: depth, body)
    } catch {
      failure = failure ?? error
    }
  }

  private mutating func read(page: Int, depth: Int, _ body: ([Value]) -> Void) throws(DocumentError) {
    let start = (page - 1) * pageSize
    let header = start + (page == 1 ? 100 : 0)
    let kind = try big(header, 1)
    let count = try big(header + 3, 2)
    let cells = header + (kind == 0x05 ? 12 : 8)
    switch kind {
    case 0x05:
      for index in 0..<count {
        let cell = start + (try big(cells + 2 * index, 2))
        walk(page: try big(cell, 4), depth: depth + 1, body)
      }
      walk(page: try big(header + 8, 4), depth: depth + 1, body)
    case 0x0D:
      for index in 0..<count {
        var cell = start + (try big(cells + 2 * index, 2))
        let size = try varint(&cell)
        _ = try varint(&cell)
        guard size >= 0, size <= Int64(bytesLeft) else { throw Self.broken }
        bytesLeft -= Int(size)
        body(try record(try payload(cell, Int(size))))
      }
    default: throw Self.broken
    }
  }

  private func payload(_ start: Int, _ size: Int) throws(DocumentError) -> [UInt8] {
    let largest = usable - 35
    var local = size
    if size > largest {
      let smallest = (usable - 12) * 32 / 255 - 23
      let fitting = smallest + (size - smallest) % (usable - 4)
      local = fitting <= largest ? fitting : smallest
    }
    guard start >= 0, start <= bytes.count - local else { throw Self.broken }
    var result = Array(bytes[start..<start + local])
    guard size > local else { return result }
    result.reserveCapacity(size)
    var page = try big(start + local, 4)
    while result.count < size {
      guard page >= 1, page - 1 < bytes.count / pageSize + 1 else { throw Self.broken }
      let place = (page - 1) * pageSize
      let next = try big(place, 4)
      let length = min(size - result.count, usable - 4)
      guard place + 4 <= bytes.count - length, length > 0 else { throw Self.broken }
      result += bytes[place + 4..<place + 4 + length]
      page = next
    }
    return result
  }

  private func record(_ payload: [UInt8]) throws(DocumentError) -> [Value] {
    let inner = SQLiteTable(record: payload)
    var offset = 0
    let end = Int(clamping: try inner.varint(&offset))
    guard (0...payload.count).contains(end) else { throw Self.broken }
    var values: [Value] = []
    var place = end
    while offset < end {
      let kind = try inner.varint(&offset)
      let length: Int
      switch kind {
      case 0, 8, 9: length = 0
      case 1...4: length = Int(kind)
      case 5: length = 6
      case 6, 7: length = 8
      case 12...: length = Int(clamping: (kind - 12) / 2)
      default: throw Self.broken
      }
      guard place <= payload.count - length else { throw Self.broken }
      let slice = payload[place..<place + length]
      place += length
      switch kind {
      case 0, 7: values.append(.null)
      case 8: values.append(.integer(0))
      case 9: values.append(.integer(1))
      case 1...6:
        let isNegative = (slice.first ?? 0) & 0x80 != 0
        values.append(.integer(slice.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }))
      default:
        values.append(kind % 2 == 0 ? .blob(Array(slice)) : .text(String(decoding: slice, as: UTF8.self)))
      }
    }
    return values
  }

  /// Only to read numbers of a record.
  private init(record: [UInt8]) {
    bytes = record
    pageSize = 512
    usable = 512
    pagesLeft = 0
    bytesLeft = 0
  }
}
