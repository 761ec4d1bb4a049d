import Bytes

extension PackageExtractor {
  private static let folders = ["var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/"]

  /// rpm's database in its three formats: Berkeley DB, NDB and SQLite.
  static let rpm = PackageExtractor(
    name: "rpm database",
    matches: .named(["Packages", "Packages.db", "rpmdb.sqlite"]) { path in
      folders.contains { folder in ["Packages", "Packages.db", "rpmdb.sqlite"].contains { path == folder + $0 } }
    },
    read: { bytes, path in
      let ecosystem = Ecosystem("Red Hat")
      return RPMDatabase.headers(bytes).compactMap { RPMHeader($0) }.filter { $0.name != "gpg-pubkey" }.map { header in
        SoftwarePackage(ecosystem: ecosystem, name: header.name, version: header.fullVersion, path: path)
      }
    },
    isOfSystem: true,
    owns: { bytes, _ in
      RPMDatabase.headers(bytes).flatMap { bytes -> [(path: String, owner: String)] in
        guard let header = RPMHeader(bytes) else { return [] }
        return RPMHeader.files(bytes).map { (String($0.drop { $0 == "/" }), header.name) }
      }
    })
}

/// Where the headers of packages lie in a database of rpm.
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

  private static func little(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> Int {
    guard offset >= 0, offset <= bytes.count - size else { return 0 }
    return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  /// Slots of 16 bytes name blobs by their place in blocks of 16 bytes.
  ///
  /// Source: rpm `lib/backend/ndb/rpmpkg.c`.
  private static func ndb(_ bytes: [UInt8]) -> [[UInt8]] {
    let end = min(little(bytes, 12, 4) * 4096, bytes.count)
    var found: [[UInt8]] = []
    var slot = 32
    while slot + 16 <= end {
      defer { slot += 16 }
      guard bytes[slot..<slot + 4].elementsEqual("Slot".utf8), little(bytes, slot + 4, 4) != 0 else { continue }
      let blob = little(bytes, slot + 8, 4) * 16
      guard blob <= bytes.count - 16, bytes[blob..<blob + 4].elementsEqual("BlbS".utf8) else { continue }
      let length = little(bytes, blob + 12, 4)
      guard length > 0, blob + 16 <= bytes.count - length else { continue }
      found.append(Array(bytes[blob + 16..<blob + 16 + length]))
    }
    return found
  }

  /// A hash of Berkeley DB: values that do not fit into their page lie in a chain of others.
  ///
  /// Source: Berkeley DB `dbinc/db_page.h`.
  private static func berkeley(_ bytes: [UInt8]) -> [[UInt8]] {
    guard bytes.count >= 512 else { return [] }
    let isBig = little(bytes, 12, 4) != 0x061561
    func number(_ offset: Int, _ size: Int) -> Int {
      guard isBig else { return little(bytes, offset, size) }
      guard offset >= 0, offset <= bytes.count - size else { return 0 }
      return (0..<size).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
    let pageSize = number(20, 4)
    guard number(12, 4) == 0x061561, pageSize >= 512, pageSize <= 65_536 else { return [] }
    let count = bytes.count / pageSize
    var found: [[UInt8]] = []
    for page in 1..<max(1, count) {
      let start = page * pageSize
      let kind = number(start + 25, 1)
      guard kind == 2 || kind == 13 else { continue }
      // Keys and values take turns.
      for entry in stride(from: 1, to: min(number(start + 20, 2), pageSize / 2), by: 2) {
        let item = number(start + 26 + 2 * entry, 2)
        guard item > 0, item + 12 <= pageSize, number(start + item, 1) == 3 else { continue }
        var next = number(start + item + 4, 4)
        let length = number(start + item + 8, 4)
        guard length > 0, length <= bytes.count else { continue }
        var value: [UInt8] = []
        value.reserveCapacity(length)
        var steps = 0
        while next > 0, next < count, value.count < length, steps < count {
          let place = next * pageSize
          guard number(place + 25, 1) == 7 else { break }
          let size = min(number(place + 22, 2), pageSize - 26, length - value.count)
          value += bytes[place + 26..<place + 26 + size]
          next = number(place + 16, 4)
          steps += 1
        }
        if value.count == length { found.append(value) }
      }
    }
    return found
  }
}

/// The header of a package: an index of tags before their data.
///
/// Source: rpm `docs/manual/format_header.md`, `include/rpm/rpmtag.h`.
struct RPMHeader {
  let name: String
  let version: String
  let release: String
  let epoch: Int?

  var fullVersion: String { "\(epoch.map { $0 > 0 ? "\($0):" : "" } ?? "")\(version)-\(release)" }

  init?(_ bytes: [UInt8]) {
    func number(_ offset: Int) -> Int {
      guard offset >= 0, offset <= bytes.count - 4 else { return 0 }
      return (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
    let count = number(0)
    guard count > 0, count < 10_000, bytes.count > 8 + 16 * count else { return nil }
    let data = 8 + 16 * count
    var texts: [Int: String] = [:]
    var epoch: Int?
    for index in 0..<count {
      let entry = 8 + 16 * index
      let tag = number(entry)
      guard (1000...1003).contains(tag) else { continue }
      let place = data + number(entry + 8)
      guard place >= data, place < bytes.count else { continue }
      if tag == 1003 {
        epoch = number(place)
      } else {
        texts[tag] = String(decoding: bytes[place...].prefix { $0 != 0 }, as: UTF8.self)
      }
    }
    guard let name = texts[1000], let version = texts[1001], let release = texts[1002], !name.isEmpty else {
      return nil
    }
    self.name = name
    self.version = version
    self.release = release
    self.epoch = epoch
  }

  /// Files of the package, with their folders.
  ///
  /// Source: rpm `docs/manual/tags.md`: base names (1117), folders (1118), and the folder of each name (1116).
  static func files(_ bytes: [UInt8]) -> [String] {
    func number(_ offset: Int) -> Int {
      guard offset >= 0, offset <= bytes.count - 4 else { return 0 }
      return (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
    let count = number(0)
    guard count > 0, count < 10_000, bytes.count > 8 + 16 * count else { return [] }
    var places: [Int: (place: Int, count: Int)] = [:]
    for index in 0..<count {
      let entry = 8 + 16 * index
      places[number(entry)] = (8 + 16 * count + number(entry + 8), number(entry + 12))
    }
    func texts(_ tag: Int) -> [Substring] {
      guard let (place, count) = places[tag], place < bytes.count, count < 1 << 20 else { return [] }
      var found: [Substring] = []
      var rest = bytes[place...]
      while found.count < count, let end = rest.firstIndex(of: 0) {
        found.append(Substring(String(decoding: rest[..<end], as: UTF8.self)))
        rest = rest[(end + 1)...]
      }
      return found
    }
    let (names, folders) = (texts(1117), texts(1118))
    guard let indexes = places[1116], !folders.isEmpty else { return [] }
    return names.enumerated().compactMap { position, name in
      let folder = number(indexes.place + 4 * position)
      return folder < folders.count ? folders[folder] + name : nil
    }.map(String.init)
  }
}
