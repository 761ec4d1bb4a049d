import Bytes

/// Where the headers of packages lie in a database of rpm.
///
/// Whatever the file says, its headers together have no more bytes than it: each byte belongs to one of them.
struct RPMDatabase {
  /// Headers of the packages, as far as they can be read.
  private(set) var headers: [[UInt8]] = []
  /// Entries that lead to no header.
  private(set) var unreadable = 0
  /// Why the file cannot be read to its end, or at all.
  private(set) var failure: DocumentError?

  init(_ bytes: [UInt8]) {
    if SQLiteTable.isDatabase(bytes) {
      let (rows, failure) = SQLiteTable.read(bytes, table: "Packages")
      headers = rows.compactMap { $0.compactMap(\.blob).first }
      unreadable = rows.count - headers.count
      self.failure = failure
    } else if bytes.starts(with: Array("RpmP".utf8)) {
      readNDB(bytes)
    } else {
      readBerkeley(bytes)
    }
  }

  /// Slots of 16 bytes name blobs by their place in blocks of 16 bytes.
  ///
  /// Source: rpm `lib/backend/ndb/rpmpkg.c`.
  private mutating func readNDB(_ bytes: [UInt8]) {
    func number(_ offset: Int) -> Int? { bytes.integer(at: offset, width: 4, .little) }
    func isMarked(_ offset: Int, _ mark: String) -> Bool {
      bytes.bytes(at: offset, count: 4)?.elementsEqual(mark.utf8) ?? false
    }
    let end = (number(12) ?? 0) * 4096
    if end > bytes.count { failure = DocumentError(.archive, "the database is cut off") }
    var left = bytes.count
    for slot in stride(from: 32, through: min(end, bytes.count) - 16, by: 16) {
      guard isMarked(slot, "Slot"), number(slot + 4) != 0 else { continue }
      let blob = (number(slot + 8) ?? 0) * 16
      guard isMarked(blob, "BlbS"), let length = number(blob + 12), length > 0, length <= left,
        let header = bytes.bytes(at: blob + 16, count: length)
      else {
        unreadable += 1
        continue
      }
      left -= length
      headers.append(Array(header))
    }
  }

  /// A hash of Berkeley DB: values that do not fit into their page lie in a chain of others.
  ///
  /// Source: Berkeley DB `dbinc/db_page.h`.
  private mutating func readBerkeley(_ bytes: [UInt8]) {
    let magic = 0x061561
    let order: ByteOrder = bytes.integer(at: 12, width: 4, .little) == magic ? .little : .big
    // What is not there is 0, which is no page, no length and no kind that is looked for.
    func number(_ offset: Int, _ width: Int) -> Int { bytes.integer(at: offset, width: width, order) ?? 0 }
    let pageSize = number(20, 4)
    guard bytes.count >= 512, number(12, 4) == magic, (512...65_536).contains(pageSize) else {
      failure = DocumentError(.archive, "no database of rpm, or a broken one")
      return
    }
    let count = bytes.count / pageSize
    // The number of the last page stands in the first.
    if number(32, 4) >= count { failure = DocumentError(.archive, "the database is cut off") }
    var left = bytes.count
    for page in 1..<max(1, count) {
      let start = page * pageSize
      let kind = number(start + 25, 1)
      guard kind == 2 || kind == 13 else { continue }
      // Keys and values take turns.
      for entry in stride(from: 1, to: min(number(start + 20, 2), pageSize / 2), by: 2) {
        let item = number(start + 26 + 2 * entry, 2)
        guard item > 0, item + 12 <= pageSize, number(start + item, 1) == 3 else { continue }
        let length = number(start + item + 8, 4)
        guard length > 0, length <= left,
          let value = Self.chain(from: number(start + item + 4, 4), length, bytes, pageSize, number)
        else {
          unreadable += 1
          continue
        }
        left -= length
        headers.append(value)
      }
    }
  }

  /// A value of so many bytes from a chain of pages; nil where the chain is shorter.
  private static func chain(
    from first: Int, _ length: Int, _ bytes: [UInt8], _ pageSize: Int, _ number: (Int, Int) -> Int
  ) -> [UInt8]? {
    let count = bytes.count / pageSize
    var next = first
    var value: [UInt8] = []
    value.reserveCapacity(length)
    // Pages of a chain that goes round are not many more than there are.
    var steps = 0
    while value.count < length, next > 0, next < count, steps < count {
      let place = next * pageSize
      let size = min(number(place + 22, 2), pageSize - 26, length - value.count)
      guard number(place + 25, 1) == 7, size > 0, let part = bytes.bytes(at: place + 26, count: size) else {
        return nil
      }
      value += part
      next = number(place + 16, 4)
      steps += 1
    }
    return value.count == length ? value : nil
  }
}
