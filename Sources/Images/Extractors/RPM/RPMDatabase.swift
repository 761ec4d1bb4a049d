import Bytes

/// Where the headers of packages lie in a database of rpm.
///
/// Whatever the file says, its headers together have no more bytes than it: each byte belongs to one of them.
enum RPMDatabase {
  /// Headers of the packages, or none for what is no such database.
  static func headers(_ bytes: [UInt8]) -> [[UInt8]] {
    if SQLiteTable.isDatabase(bytes) {
      return ((try? SQLiteTable.rows(bytes, table: "Packages")) ?? []).compactMap { row in
        row.compactMap(\.blob).first
      }
    }
    if bytes.starts(with: Array("RpmP".utf8)) { return ndb(bytes) }
    return berkeley(bytes)
  }

  /// Slots of 16 bytes name blobs by their place in blocks of 16 bytes.
  ///
  /// Source: rpm `lib/backend/ndb/rpmpkg.c`.
  private static func ndb(_ bytes: [UInt8]) -> [[UInt8]] {
    func number(_ offset: Int) -> Int? { bytes.integer(at: offset, width: 4, .little) }
    func isMarked(_ offset: Int, _ mark: String) -> Bool {
      bytes.bytes(at: offset, count: 4)?.elementsEqual(mark.utf8) ?? false
    }
    let end = min((number(12) ?? 0) * 4096, bytes.count)
    var left = bytes.count
    var found: [[UInt8]] = []
    for slot in stride(from: 32, through: end - 16, by: 16) {
      guard isMarked(slot, "Slot"), number(slot + 4) != 0, let block = number(slot + 8) else { continue }
      let blob = block * 16
      guard isMarked(blob, "BlbS"), let length = number(blob + 12), length > 0, length <= left,
        let header = bytes.bytes(at: blob + 16, count: length)
      else { continue }
      left -= length
      found.append(Array(header))
    }
    return found
  }

  /// A hash of Berkeley DB: values that do not fit into their page lie in a chain of others.
  ///
  /// Source: Berkeley DB `dbinc/db_page.h`.
  private static func berkeley(_ bytes: [UInt8]) -> [[UInt8]] {
    let magic = 0x061561
    let order: ByteOrder = bytes.integer(at: 12, width: 4, .little) == magic ? .little : .big
    // What is not there is 0, which is no page, no length and no kind that is looked for.
    func number(_ offset: Int, _ width: Int) -> Int { bytes.integer(at: offset, width: width, order) ?? 0 }
    let pageSize = number(20, 4)
    guard bytes.count >= 512, number(12, 4) == magic, (512...65_536).contains(pageSize) else { return [] }
    let count = bytes.count / pageSize
    var left = bytes.count
    var found: [[UInt8]] = []
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
          let value = chain(from: number(start + item + 4, 4), length, bytes, pageSize, number)
        else { continue }
        left -= length
        found.append(value)
      }
    }
    return found
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
