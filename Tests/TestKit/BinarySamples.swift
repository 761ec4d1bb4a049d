import Bytes

/// Small binary files, made from their parts, so that tests can make them wrong in one place.
package enum BinarySamples {
  package static func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  package static func big(_ value: Int, _ width: Int) -> [UInt8] { little(value, width).reversed() }

  /// A header of rpm: name, version, release, epoch and files of one package.
  package static func rpmHeader(
    _ name: String, _ version: String, _ release: String, epoch: Int = 0, files: [(folder: String, name: String)] = []
  ) -> [UInt8] {
    var index: [UInt8] = []
    var data: [UInt8] = []
    var count = 0
    func add(_ tag: Int, _ type: Int, _ items: Int, _ bytes: [UInt8]) {
      index += big(tag, 4) + big(type, 4) + big(data.count, 4) + big(items, 4)
      data += bytes
      count += 1
    }
    func texts(_ items: [String]) -> [UInt8] { items.flatMap { Array($0.utf8) + [0] } }
    add(1000, 6, 1, texts([name]))
    add(1001, 6, 1, texts([version]))
    add(1002, 6, 1, texts([release]))
    if epoch > 0 { add(1003, 4, 1, big(epoch, 4)) }
    if !files.isEmpty {
      add(1116, 4, files.count, files.indices.flatMap { big($0, 4) })
      add(1117, 8, files.count, texts(files.map(\.name)))
      add(1118, 8, files.count, texts(files.map(\.folder)))
    }
    return big(count, 4) + big(data.count, 4) + index + data
  }

  /// An SQLite database with one table of one column of blobs.
  ///
  /// - Parameter root: the page that the schema says the table begins on.
  package static func sqlite(table: String, _ rows: [[UInt8]], root: Int = 2) -> [UInt8] {
    let size = 4096
    func varint(_ value: Int) -> [UInt8] {
      var groups = [UInt8(value & 0x7F)]
      var rest = value >> 7
      while rest > 0 {
        groups.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
        rest >>= 7
      }
      return groups
    }
    /// A leaf of a table, its cells from the end of the page.
    func leaf(_ cells: [[UInt8]], reserved: Int) -> [UInt8] {
      var page = [UInt8](repeating: 0, count: size)
      var end = size
      for (index, cell) in cells.enumerated() {
        end -= cell.count
        page.replaceSubrange(end..<end + cell.count, with: cell)
        page.replaceSubrange(reserved + 8 + 2 * index..<reserved + 10 + 2 * index, with: big(end, 2))
      }
      page.replaceSubrange(reserved..<reserved + 8, with: [0x0D, 0, 0] + big(cells.count, 2) + big(end, 2) + [0])
      return page
    }
    func cell(_ row: Int, _ payload: [UInt8]) -> [UInt8] { varint(payload.count) + varint(row) + payload }
    func text(_ value: String) -> (type: Int, bytes: [UInt8]) { (13 + 2 * value.utf8.count, Array(value.utf8)) }
    func record(_ values: [(type: Int, bytes: [UInt8])]) -> [UInt8] {
      let types = values.flatMap { varint($0.type) }
      return varint(types.count + 1) + types + values.flatMap(\.bytes)
    }
    let schema = record([
      text("table"), text(table), text(table), (6, big(root, 8)), text("CREATE TABLE \(table) (blob BLOB)"),
    ])
    var first = leaf([cell(1, schema)], reserved: 100)
    let head = Array("SQLite format 3\0".utf8) + big(size, 2) + [1, 1, 0, 64, 32, 32]
    first.replaceSubrange(0..<head.count, with: head)
    first.replaceSubrange(28..<32, with: big(2, 4))
    let rows = rows.enumerated().map { cell($0 + 1, record([(12 + 2 * $1.count, $1)])) }
    return first + leaf(rows, reserved: 0)
  }

  /// rpm's own format: a page of slots, and blobs in blocks of 16 bytes.
  package static func ndb(_ headers: [[UInt8]]) -> [UInt8] {
    var page = Array("RpmP".utf8) + little(0, 4) + little(1, 4) + little(1, 4)
    page += [UInt8](repeating: 0, count: 32 - page.count)
    var blobs: [UInt8] = []
    for (index, header) in headers.enumerated() {
      page += Array("Slot".utf8) + little(index + 1, 4) + little((4096 + blobs.count) / 16, 4) + little(1, 4)
      let blob = Array("BlbS".utf8) + little(index + 1, 4) + little(0, 4) + little(header.count, 4) + header
      blobs += blob + [UInt8](repeating: 0, count: (16 - blob.count % 16) % 16)
    }
    return page + [UInt8](repeating: 0, count: 4096 - page.count) + blobs
  }

  /// A hash of Berkeley DB whose values lie in pages of their own.
  package static func berkeley(_ headers: [[UInt8]]) -> [UInt8] {
    let size = 512
    func page(_ kind: Int, next: Int = 0, entries: Int = 0, free: Int = 0, _ content: [UInt8]) -> [UInt8] {
      let head =
        [UInt8](repeating: 0, count: 16) + little(next, 4) + little(entries, 2) + little(free, 2) + [0, UInt8(kind)]
      return head + content + [UInt8](repeating: 0, count: size - 26 - content.count)
    }
    var pages: [[UInt8]] = []
    var items: [UInt8] = []
    var places: [Int] = []
    for header in headers {
      places += [500, 200 + 12 * (places.count / 2)]
      items += [3, 0, 0, 0] + little(2 + pages.count, 4) + little(header.count, 4)
      let parts = stride(from: 0, to: header.count, by: size - 26).map {
        Array(header[$0..<min(header.count, $0 + size - 26)])
      }
      for (index, part) in parts.enumerated() {
        let next = index + 1 < parts.count ? 3 + pages.count : 0
        pages.append(page(7, next: next, free: part.count, part))
      }
    }
    var hash = places.flatMap { little($0, 2) }
    hash += [UInt8](repeating: 0, count: 200 - 26 - hash.count) + items
    var meta = [UInt8](repeating: 0, count: 12) + little(0x061561, 4) + little(9, 4) + little(size, 4) + [0, 8]
    meta += [UInt8](repeating: 0, count: size - meta.count)
    return meta + page(13, entries: places.count, hash) + pages.flatMap { $0 }
  }

  /// A ZIP archive of stored members.
  package static func zip(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
    var files: [UInt8] = []
    var directory: [UInt8] = []
    for (name, content) in members {
      let rest =
        little(0, 2) + little(0, 4) + little(CheckSum.crc32(content), 4) + little(content.count, 4)
        + little(content.count, 4) + little(name.utf8.count, 2) + little(0, 2)
      directory +=
        little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + little(0, 2) + rest + little(0, 10)
        + little(files.count, 4) + Array(name.utf8)
      files += little(0x0403_4B50, 4) + little(20, 2) + little(0, 2) + rest + Array(name.utf8) + content
    }
    return files + directory + little(0x0605_4B50, 4) + little(0, 4) + little(members.count, 2)
      + little(members.count, 2) + little(directory.count, 4) + little(files.count, 4) + little(0, 2)
  }

  /// A Go program as far as its list of modules: a section of its own, or pointers as before Go 1.18.
  package static func goProgram(_ version: String, _ modules: String, pointers: Bool = false) -> [UInt8] {
    let list = [UInt8](repeating: 0x30, count: 16) + Array(modules.utf8) + [UInt8](repeating: 0x31, count: 16)
    let mark: [UInt8] = [0xFF] + Array(" Go buildinf:".utf8)
    func length(_ count: Int) -> [UInt8] {
      count < 128 ? [UInt8(count)] : [UInt8(count & 127 | 128), UInt8(count >> 7)]
    }
    guard pointers else {
      let body = mark + [8, 2] + [UInt8](repeating: 0, count: 16)
      return elf(
        sections: [], extra: body + length(version.utf8.count) + Array(version.utf8) + length(list.count) + list,
        padding: 8)
    }
    // Addresses are places in the file and 0x1000: the one segment is mapped there. The mark stands on a multiple of 16.
    let base = 64 + 56 + 8
    let strings = base + 32
    let texts = strings + 32
    let body =
      mark + [8, 0] + little(0x1000 + strings, 8) + little(0x1000 + strings + 16, 8) + little(0x1000 + texts, 8)
      + little(version.utf8.count, 8) + little(0x1000 + texts + version.utf8.count, 8) + little(list.count, 8)
      + Array(version.utf8) + list
    return elf(sections: [], extra: body, padding: 8)
  }

  /// An ELF file of 64 bits with one segment, and sections behind it.
  package static func elf(
    sections: [(name: String, content: [UInt8])], extra: [UInt8] = [], padding: Int = 0
  ) -> [UInt8] {
    var names: [UInt8] = [0]
    var contents = [UInt8](repeating: 0, count: padding) + extra
    var table: [UInt8] = [UInt8](repeating: 0, count: 64)
    func header(_ name: Int, _ place: Int, _ size: Int) -> [UInt8] {
      little(name, 4) + little(1, 4) + little(0, 16) + little(place, 8) + little(size, 8) + little(0, 24)
    }
    let start = 64 + 56
    for section in sections {
      table += header(names.count, start + contents.count, section.content.count)
      names += Array(section.name.utf8) + [0]
      contents += section.content
    }
    table += header(0, start + contents.count, names.count)
    contents += names
    let count = sections.count + 2
    let head: [UInt8] =
      [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + little(0, 8) + little(2, 2) + little(62, 2) + little(1, 4) + little(0, 8)
      + little(64, 8) + little(start + contents.count, 8) + little(0, 4) + little(64, 2) + little(56, 2) + little(1, 2)
      + little(64, 2) + little(count, 2) + little(count - 1, 2)
    let segment =
      little(1, 4) + little(5, 4) + little(0, 8) + little(0x1000, 8) + little(0x1000, 8)
      + little(start + contents.count, 8) + little(start + contents.count, 8) + little(0x1000, 8)
    return head + segment + contents + table
  }
}
