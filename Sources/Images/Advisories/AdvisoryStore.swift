package import Bytes

/// Advisories in one compact file, made to be mapped into memory: nothing is read until it is asked for.
///
/// Layout, numbers in little-endian order: the magic; a header in JSON behind its length (4 bytes); three sections, each
/// behind its length (8 bytes): keys of packages, sorted, with the numbers of their advisories; ids and aliases, sorted; blocks of
/// advisories, deflated. Advisories of one package stand together, so that a question unpacks a block or two.
package struct AdvisoryStore: Sendable {
  package static let magic = Array("BZADV001".utf8)
  static let blockSize = 12 << 10

  private let bytes: any StoreBytes
  private let keys: StringTable
  private let ids: StringTable
  /// Start of the table of blocks, and of the blocks.
  private let places: Int
  private let blockTable: Int
  private let blocks: Int
  package let header: Node
  package let count: Int

  /// - Throws: `DocumentError` of code `archive` when it is no store, or a broken one.
  package init(_ bytes: any StoreBytes) throws(DocumentError) {
    self.bytes = bytes
    let broken = DocumentError(.archive, "not an advisory store, or a broken one; run `bartizan advisories update`")
    guard bytes.count > 64, bytes.slice(0..<8).elementsEqual(Self.magic) else { throw broken }
    let headerLength = bytes.number(8, 4)
    guard 12 + headerLength + 8 < bytes.count else { throw broken }
    header = try JSONReader.read(Array(bytes.slice(12..<12 + headerLength)))
    var place = 12 + headerLength
    func section() throws(DocumentError) -> Range<Int> {
      guard place + 8 <= bytes.count else { throw broken }
      let length = bytes.number(place, 8)
      guard length >= 0, length <= bytes.count - place - 8 else { throw broken }
      defer { place += 8 + length }
      return place + 8..<place + 8 + length
    }
    keys = try StringTable(bytes, try section())
    ids = try StringTable(bytes, try section())
    let data = try section()
    count = bytes.number(data.lowerBound, 4)
    let blockCount = bytes.number(data.lowerBound + 4, 4)
    places = data.lowerBound + 8
    blockTable = places + 8 * count
    blocks = blockTable + 12 * blockCount
    guard blocks <= data.upperBound else { throw broken }
  }

  /// Advisories that name a package in an ecosystem, of any release.
  package func advisories(for name: String, in ecosystem: Ecosystem) throws(DocumentError) -> [Advisory] {
    let key = Self.key(name, ecosystem)
    guard let numbers = keys.values(of: key) else { return [] }
    var cache: [Int: [UInt8]] = [:]
    var result: [Advisory] = []
    for number in numbers { if let advisory = try advisory(number, &cache) { result.append(advisory) } }
    return result
  }

  /// Advisories of an id, or that bear it as an alias.
  package func advisories(id: String) throws(DocumentError) -> [Advisory] {
    var cache: [Int: [UInt8]] = [:]
    var result: [Advisory] = []
    for number in ids.values(of: id) ?? [] {
      if let advisory = try advisory(number, &cache) { result.append(advisory) }
    }
    return result
  }

  static func key(_ name: String, _ ecosystem: Ecosystem) -> String {
    ecosystem.name + "\u{0}" + ecosystem.normalized(name)
  }

  private func advisory(_ number: Int, _ cache: inout [Int: [UInt8]]) throws(DocumentError) -> Advisory? {
    guard number < count else { return nil }
    let block = bytes.number(places + 8 * number, 4)
    let offset = bytes.number(places + 8 * number + 4, 4)
    let raw: [UInt8]
    if let known = cache[block] {
      raw = known
    } else {
      let entry = blockTable + 12 * block
      let start = blocks + bytes.number(entry, 4)
      let length = bytes.number(entry + 4, 4)
      guard start + length <= bytes.count else { return nil }
      raw = try Inflate.raw(ArraySlice(bytes.slice(start..<start + length)), size: bytes.number(entry + 8, 4))
      cache[block] = raw
    }
    guard offset + 4 <= raw.count else { return nil }
    let length = (0..<4).reversed().reduce(0) { $0 << 8 | Int(raw[offset + $1]) }
    guard offset + 4 + length <= raw.count else { return nil }
    return AdvisoryRecord.read(try JSONReader.readMessage(raw[(offset + 4)..<(offset + 4 + length)].span))
  }
}

/// The bytes of a store, wherever they are.
package protocol StoreBytes: Sendable {
  var count: Int { get }
  func slice(_ range: Range<Int>) -> [UInt8]
  func number(_ place: Int, _ width: Int) -> Int
}

extension Array: StoreBytes where Element == UInt8 {
  package func slice(_ range: Range<Int>) -> [UInt8] { Array(self[range]) }

  package func number(_ place: Int, _ width: Int) -> Int {
    guard place >= 0, place + width <= count else { return 0 }
    var value = 0
    for index in (0..<width).reversed() { value = value << 8 | Int(self[place + index]) }
    return value
  }
}

/// Sorted texts, each with a list of numbers: a table of offsets, then the entries.
struct StringTable: Sendable {
  private let bytes: any StoreBytes
  private let start: Int
  private let count: Int
  private let entries: Int
  private let end: Int

  init(_ bytes: any StoreBytes, _ range: Range<Int>) throws(DocumentError) {
    self.bytes = bytes
    count = bytes.number(range.lowerBound, 4)
    start = range.lowerBound + 4
    entries = start + 4 * count
    end = range.upperBound
    guard entries <= end else { throw DocumentError(.archive, "a broken advisory store") }
  }

  private func entry(_ index: Int) -> (text: [UInt8], place: Int) {
    let place = entries + bytes.number(start + 4 * index, 4)
    let length = bytes.number(place, 2)
    guard place + 2 + length <= end else { return ([], end) }
    return (bytes.slice(place + 2..<place + 2 + length), place + 2 + length)
  }

  func values(of text: String) -> [Int]? {
    let wanted = Array(text.utf8)
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let found = entry(middle)
      if found.text == wanted {
        let number = bytes.number(found.place, 4)
        guard found.place + 4 + 4 * number <= end else { return nil }
        return (0..<number).map { bytes.number(found.place + 4 + 4 * $0, 4) }
      }
      if found.text.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  static func bytes(_ table: [String: [Int]]) -> [UInt8] {
    let sorted = table.map { (Array($0.key.utf8.prefix(60_000)), $0.value) }.sorted {
      $0.0.lexicographicallyPrecedes($1.0)
    }
    var offsets: [UInt8] = []
    var entries: [UInt8] = []
    for (text, numbers) in sorted {
      offsets.append(number: entries.count, width: 4)
      entries.append(number: text.count, width: 2)
      entries += text
      entries.append(number: numbers.count, width: 4)
      for value in numbers { entries.append(number: value, width: 4) }
    }
    var output: [UInt8] = []
    output.append(number: sorted.count, width: 4)
    return output + offsets + entries
  }
}

extension [UInt8] {
  mutating func append(number: Int, width: Int) {
    for index in 0..<width { append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }
}

/// Collects advisories and writes a store.
package struct AdvisoryStoreBuilder {
  private var advisories: [Advisory] = []

  package init() {}

  package var count: Int { advisories.count }

  /// Withdrawn records and those that name no package are left out.
  package mutating func add(_ advisory: Advisory) {
    guard !advisory.withdrawn, !advisory.affected.isEmpty else { return }
    advisories.append(
      Advisory(
        id: advisory.id, aliases: advisory.aliases, summary: advisory.summary, severity: advisory.severity,
        published: advisory.published, withdrawn: false, affected: advisory.affected.map(\.withoutRepetition)))
  }

  package mutating func add(_ others: AdvisoryStoreBuilder) { advisories += others.advisories }

  /// - Parameters:
  ///   - sources: what was read, and how many records each gave.
  ///   - built: RFC 3339.
  package func bytes(sources: [(name: String, records: Int)], built: String) throws(DocumentError) -> [UInt8] {
    func first(_ advisory: Advisory) -> String {
      advisory.affected.first.map { AdvisoryStore.key($0.name, $0.ecosystem) } ?? ""
    }
    let sorted = advisories.sorted { (first($0), $0.id) < (first($1), $1.id) }
    var keys: [String: [Int]] = [:]
    var ids: [String: [Int]] = [:]
    var places: [UInt8] = []
    var table: [UInt8] = []
    var blocks: [UInt8] = []
    var block: [UInt8] = []
    var blockCount = 0
    func close() throws(DocumentError) {
      guard !block.isEmpty else { return }
      let packed = try Inflate.compress(block)
      table.append(number: blocks.count, width: 4)
      table.append(number: packed.count, width: 4)
      table.append(number: block.count, width: 4)
      blocks += packed
      block = []
      blockCount += 1
    }
    for (number, advisory) in sorted.enumerated() {
      for affected in advisory.affected {
        let key = AdvisoryStore.key(affected.name, affected.ecosystem)
        if keys[key]?.last != number { keys[key, default: []].append(number) }
      }
      for id in [advisory.id] + advisory.aliases where ids[id]?.last != number { ids[id, default: []].append(number) }
      let record = AdvisoryRecord.write(advisory)
      if block.count + record.count > AdvisoryStore.blockSize { try close() }
      places.append(number: blockCount, width: 4)
      places.append(number: block.count, width: 4)
      block.append(number: record.count, width: 4)
      block += record
    }
    try close()
    var header = JSONWriter(pretty: false)
    header.object { writer in
      writer.field("built", built)
      writer.field("advisories", sorted.count)
      writer.field("packages", keys.count)
      writer.field("ecosystems", Set(sorted.flatMap { $0.affected.map(\.ecosystem.text) }).sorted())
      writer.key("sources")
      writer.array(of: sources) { writer, source in
        writer.object { writer in
          writer.field("name", source.name)
          writer.field("records", source.records)
        }
      }
    }
    var data: [UInt8] = []
    data.append(number: sorted.count, width: 4)
    data.append(number: blockCount, width: 4)
    data += places + table + blocks
    var output = AdvisoryStore.magic
    output.append(number: header.bytes.count, width: 4)
    output += header.bytes
    for section in [StringTable.bytes(keys), StringTable.bytes(ids), data] {
      output.append(number: section.count, width: 8)
      output += section
    }
    return output
  }
}

/// An advisory as it stands in a block: JSON with short keys.
enum AdvisoryRecord {
  static func write(_ advisory: Advisory) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("i", advisory.id)
      if !advisory.aliases.isEmpty { writer.field("l", advisory.aliases) }
      if !advisory.summary.isEmpty { writer.field("s", advisory.summary) }
      if !advisory.severity.isEmpty { writer.field("c", advisory.severity) }
      if !advisory.published.isEmpty { writer.field("p", advisory.published) }
      writer.key("a")
      writer.array(of: advisory.affected) { writer, affected in
        writer.array { writer in
          writer.value(affected.ecosystem.text)
          writer.value(affected.name)
          writer.array(of: affected.ranges) { writer, range in
            writer.array { writer in
              for event in range {
                writer.value(String(event.kind.rawValue.prefix(2)))
                writer.value(event.version)
              }
            }
          }
          writer.array(of: affected.versions) { $0.value($1) }
        }
      }
    }
    return writer.bytes
  }

  static func read(_ node: Node) -> Advisory? {
    guard let id = node["i"]?.string else { return nil }
    let kinds: [String: Advisory.Event.Kind] = [
      "in": .introduced, "fi": .fixed, "la": .lastAffected, "li": .limit,
    ]
    let affected = (node["a"]?.elements ?? []).compactMap { item -> Advisory.Affected? in
      let parts = item.elements
      guard parts.count == 4, let ecosystem = parts[0].string, let name = parts[1].string else { return nil }
      let ranges = parts[2].elements.map { range -> [Advisory.Event] in
        let words = range.strings
        return stride(from: 0, to: words.count - 1, by: 2).compactMap { index in
          kinds[words[index]].map { Advisory.Event(kind: $0, version: words[index + 1]) }
        }
      }
      return Advisory.Affected(
        ecosystem: Ecosystem(ecosystem), name: name, ranges: ranges, versions: parts[3].strings)
    }
    return Advisory(
      id: id, aliases: node["l"]?.strings ?? [], summary: node["s"]?.string ?? "", severity: node["c"]?.strings ?? [],
      published: node["p"]?.string ?? "", withdrawn: false, affected: affected)
  }
}
