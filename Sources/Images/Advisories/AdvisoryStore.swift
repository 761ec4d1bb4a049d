package import Bytes
private import Crypto

/// Advisories in one compact file, made to be mapped into memory: nothing is read until it is asked for.
///
/// Layout, numbers in little-endian order: the magic; a header in JSON behind its length (4 bytes); four sections, each behind its
/// length (8 bytes): keys of packages, sorted, each with the place of what advisories say of it and a content hash that changes when they
/// say something else; ids and aliases, sorted, with the
/// numbers of their advisories; the advisories; and what they say of each package, without the rest of them, so that a
/// question unpacks one block and reads no advisory that does not apply. The last two are blocks of records, compressed.
package struct AdvisoryStore: Sendable {
  package static let magic = Array("BZADV006".utf8)
  static let blockSize = 12 << 10
  static let packageBlockSize = 6 << 10

  private let bytes: any StoreBytes
  private let keys: StringTable
  private let ids: StringTable
  private let advisories: BlockSection
  private let packages: BlockSection
  /// Where each advisory stands: its block and its offset there.
  private let places: Int
  package let header: DocumentNode
  /// Number of advisories.
  package let count: Int

  /// Blocks that were unpacked before.
  package struct Cache {
    fileprivate var advisories: [Int: [UInt8]] = [:]
    fileprivate var packages: [Int: [UInt8]] = [:]
    /// Most blocks that are kept, of each kind.
    fileprivate static let maximumBlocks = 2_000
    package init() {}
  }

  /// What one advisory says of one package.
  package struct Candidate: Sendable {
    let number: Int
    package let id: String
    let affected: [Advisory.Affected]
  }

  /// - Throws: `DocumentError` of code `archive` when it is no store, or a broken one.
  package init(_ bytes: any StoreBytes) throws(DocumentError) {
    self.bytes = bytes
    let broken = DocumentError(
      .archive, "not an advisory store, or an old or broken one; run `bartizan advisories update`")
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
    places = data.lowerBound + 4
    guard places + 8 * count <= data.upperBound else { throw broken }
    advisories = try BlockSection(bytes, places + 8 * count..<data.upperBound)
    packages = try BlockSection(bytes, try section())
  }

  /// Ecosystems, with their releases, that it holds advisories for.
  package var ecosystems: Set<String> { Set(header["ecosystems"]?.strings ?? []) }

  /// Of the bytes that are read here, also when their file is replaced meanwhile.
  package var digest: String { Digest.sha256(bytes.slice(0..<bytes.count)).text }

  /// What advisories say of a package in an ecosystem, of its release where it has one.
  package func candidates(
    for name: String, in ecosystem: Ecosystem, _ cache: inout Cache
  ) throws(DocumentError) -> [Candidate] {
    guard let place = keys.values(of: Self.key(name, ecosystem)), place.count == 4 else { return [] }
    if cache.packages.count > Cache.maximumBlocks { cache.packages = [:] }
    guard let record = try packages.record(place[0], place[1], &cache.packages) else { return [] }
    return PackageRecord.read(record, name, ecosystem.name, release: ecosystem.release)
  }

  /// A number that stays the same for as long as all advisories that name a package stay the same, in any release; 0 where none does.
  package func contentHash(of name: String, in ecosystem: Ecosystem) -> UInt64 {
    guard let place = keys.values(of: Self.key(name, ecosystem)), place.count == 4 else { return 0 }
    return UInt64(place[2]) << 32 | UInt64(place[3])
  }

  /// The whole of an advisory; nil for a number that the store does not have.
  func advisory(_ number: Int, _ cache: inout Cache) throws(DocumentError) -> Advisory? {
    guard number >= 0, number < count else { return nil }
    if cache.advisories.count > Cache.maximumBlocks { cache.advisories = [:] }
    let record = try advisories.record(
      bytes.number(places + 8 * number, 4), bytes.number(places + 8 * number + 4, 4), &cache.advisories)
    guard let record else { return nil }
    return AdvisoryRecord.read(try JSONReader.readMessage(record.span))
  }

  /// Advisories that name a package in an ecosystem, of any release.
  package func advisories(for name: String, in ecosystem: Ecosystem) throws(DocumentError) -> [Advisory] {
    var cache = Cache()
    var result: [Advisory] = []
    let anyRelease = Ecosystem(name: ecosystem.name, release: nil)
    for candidate in try candidates(for: name, in: anyRelease, &cache) {
      if let advisory = try advisory(candidate.number, &cache) { result.append(advisory) }
    }
    return result
  }

  /// Advisories of an id, or that bear it as an alias.
  package func advisories(id: String) throws(DocumentError) -> [Advisory] {
    var cache = Cache()
    var result: [Advisory] = []
    for number in ids.values(of: id) ?? [] {
      if let advisory = try advisory(number, &cache) { result.append(advisory) }
    }
    return result
  }

  static func key(_ name: String, _ ecosystem: Ecosystem) -> String {
    ecosystem.name + "\u{0}" + ecosystem.normalized(name)
  }
}

/// Records behind each other in compressed blocks: the number of blocks, a table of their places and sizes, the blocks. A record is
/// found by its block and its offset there.
struct BlockSection: Sendable {
  private let bytes: any StoreBytes
  private let table: Int
  private let blocks: Int
  private let count: Int
  private let end: Int

  /// Largest block, in bytes; a record of its own may be larger than blocks are made.
  private static let maximumBlock = 64 << 20

  init(_ bytes: any StoreBytes, _ range: Range<Int>) throws(DocumentError) {
    self.bytes = bytes
    count = bytes.number(range.lowerBound, 4)
    table = range.lowerBound + 4
    blocks = table + 12 * count
    end = range.upperBound
    guard range.count >= 4, blocks <= end else { throw DocumentError(.archive, "a broken advisory store") }
  }

  func record(_ block: Int, _ offset: Int, _ cache: inout [Int: [UInt8]]) throws(DocumentError) -> ArraySlice<UInt8>? {
    guard block < count else { return nil }
    if cache[block] == nil {
      let start = blocks + bytes.number(table + 12 * block, 4)
      let length = bytes.number(table + 12 * block + 4, 4)
      let size = bytes.number(table + 12 * block + 8, 4)
      guard start + length <= end, size <= Self.maximumBlock else { return nil }
      cache[block] = try Zstandard.unpack(bytes.slice(start..<start + length), size: size)
    }
    guard let raw = cache[block], let length = raw.integer(at: offset, width: 4, .little) else { return nil }
    return raw.bytes(at: offset + 4, count: length)
  }

  struct Builder {
    private var table: [UInt8] = []
    private var blocks: [UInt8] = []
    private var block: [UInt8] = []
    private var count = 0
    private let size: Int

    init(size: Int) { self.size = size }

    /// - Returns: the block of the record and its offset there.
    mutating func add(_ record: [UInt8]) throws(DocumentError) -> (block: Int, offset: Int) {
      if block.count + record.count > size { try close() }
      let offset = block.count
      block.append(number: record.count, width: 4)
      block += record
      return (count, offset)
    }

    private mutating func close() throws(DocumentError) {
      guard !block.isEmpty else { return }
      let packed = try Zstandard.pack(block)
      table.append(number: blocks.count, width: 4)
      table.append(number: packed.count, width: 4)
      table.append(number: block.count, width: 4)
      blocks += packed
      block = []
      count += 1
    }

    mutating func finish() throws(DocumentError) -> [UInt8] {
      try close()
      var output: [UInt8] = []
      output.append(number: count, width: 4)
      return output + table + blocks
    }
  }
}

/// The bytes of a store, wherever they are.
package protocol StoreBytes: Sendable {
  var count: Int { get }
  func slice(_ range: Range<Int>) -> [UInt8]
  /// The number of so many bytes, the lowest first; 0 where they are not all there.
  func number(_ place: Int, _ width: Int) -> Int
}

extension Array: StoreBytes where Element == UInt8 {
  package func slice(_ range: Range<Int>) -> [UInt8] { Array(self[range]) }

  package func number(_ place: Int, _ width: Int) -> Int {
    integer(at: place, width: width, .little) ?? 0
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
    let index = (0..<count).partitioningIndex { !entry($0).text.lexicographicallyPrecedes(wanted) }
    guard index < count else { return nil }
    let found = entry(index)
    let number = bytes.number(found.place, 4)
    guard found.text == wanted, found.place + 4 + 4 * number <= end else { return nil }
    return (0..<number).map { bytes.number(found.place + 4 + 4 * $0, 4) }
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
        rating: advisory.rating, published: advisory.published, withdrawn: false,
        affected: advisory.affected.map(\.withoutRepetition)))
  }

  /// Adds the advisories of another builder. Duplicate ids are kept.
  package mutating func add(_ others: AdvisoryStoreBuilder) { advisories += others.advisories }

  /// With the CVEs of what they are another name of: one database's record may name no more than that of another, and only that one
  /// the CVE.
  private static func named(_ advisories: [Advisory]) -> [Advisory] {
    var known: [String: [String]] = [:]
    for advisory in advisories {
      let cves = advisory.cves
      // The names of an erratum that bundles several are not names of each of them.
      guard cves.count == 1 else { continue }
      for name in [advisory.id] + advisory.aliases where name != cves[0] { known[name] = cves }
    }
    return advisories.map { advisory in
      guard advisory.cves.isEmpty else { return advisory }
      let cves = Set(([advisory.id] + advisory.aliases).flatMap { known[$0] ?? [] }).subtracting(advisory.aliases)
      return cves.isEmpty ? advisory : advisory.with(aliases: advisory.aliases + cves.sorted())
    }
  }

  /// - Parameters:
  ///   - sources: what was read, and how many records each gave.
  ///   - built: RFC 3339.
  package func bytes(sources: [(name: String, records: Int)], built: String) throws(DocumentError) -> [UInt8] {
    func first(_ advisory: Advisory) -> String {
      advisory.affected.first.map { AdvisoryStore.key($0.name, $0.ecosystem) } ?? ""
    }
    let sorted = Self.named(advisories).sorted { (first($0), $0.id) < (first($1), $1.id) }
    var numbers: [String: [Int]] = [:]
    var ids: [String: [Int]] = [:]
    var data: [UInt8] = []
    data.append(number: sorted.count, width: 4)
    var records = BlockSection.Builder(size: AdvisoryStore.blockSize)
    var hashes: [String: RecordHash] = [:]
    for (number, advisory) in sorted.enumerated() {
      let record = AdvisoryRecord.write(advisory)
      for affected in advisory.affected {
        let key = AdvisoryStore.key(affected.name, affected.ecosystem)
        guard numbers[key]?.last != number else { continue }
        numbers[key, default: []].append(number)
        hashes[key, default: RecordHash()].add(record)
      }
      for id in [advisory.id] + advisory.aliases where ids[id]?.last != number { ids[id, default: []].append(number) }
      let place = try records.add(record)
      data.append(number: place.block, width: 4)
      data.append(number: place.offset, width: 4)
    }
    data += try records.finish()
    var keys: [String: [Int]] = [:]
    var packages = BlockSection.Builder(size: AdvisoryStore.packageBlockSize)
    for (key, own) in numbers.sorted(by: { $0.key < $1.key }) {
      let place = try packages.add(PackageRecord.write(own.map { ($0, sorted[$0]) }, key))
      keys[key] = [place.block, place.offset] + (hashes[key] ?? RecordHash()).words
    }
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
    var output = AdvisoryStore.magic
    output.append(number: header.bytes.count, width: 4)
    output += header.bytes
    for section in [StringTable.bytes(keys), StringTable.bytes(ids), data, try packages.finish()] {
      output.append(number: section.count, width: 8)
      output += section
    }
    return output
  }
}

/// The sum of records, one behind the other.
private struct RecordHash {
  private var sum = SHA256()

  mutating func add(_ record: [UInt8]) { record.withUnsafeBytes { sum.update(bufferPointer: $0) } }

  /// Two words of four bytes; the last bit is set, so that no hash is 0.
  var words: [Int] {
    let bytes = Array(sum.finalize().prefix(8))
    func word(_ part: ArraySlice<UInt8>) -> Int { part.reduce(0) { $0 << 8 | Int($1) } }
    return [word(bytes[..<4]), word(bytes[4...]) | 1]
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
      if let rating = advisory.rating { writer.field(rating.isVendors ? "v" : "r", rating.word) }
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
          if let modules = affected.modules { writer.array(of: modules) { $0.value($1) } }
        }
      }
    }
    return writer.bytes
  }

  static func read(_ node: DocumentNode) -> Advisory? {
    guard let id = node["i"]?.string else { return nil }
    let kinds: [String: Advisory.Event.Kind] = [
      "in": .introduced, "fi": .fixed, "la": .lastAffected, "li": .limit,
    ]
    let affected = (node["a"]?.elements ?? []).compactMap { item -> Advisory.Affected? in
      let parts = item.elements
      guard parts.count >= 4, let ecosystem = parts[0].string, let name = parts[1].string else { return nil }
      let ranges = parts[2].elements.map { range -> [Advisory.Event] in
        let words = range.strings
        return stride(from: 0, to: words.count - 1, by: 2).compactMap { index in
          kinds[words[index]].map { Advisory.Event(kind: $0, version: words[index + 1]) }
        }
      }
      return Advisory.Affected(
        ecosystem: Ecosystem(ecosystem), name: name, ranges: ranges, versions: parts[3].strings,
        modules: parts.count > 4 ? parts[4].strings : nil)
    }
    let rating =
      node["v"]?.string.map { Advisory.Rating($0, isVendors: true) }
      ?? node["r"]?.string.map { Advisory.Rating($0, isVendors: false) }
    return Advisory(
      id: id, aliases: node["l"]?.strings ?? [], summary: node["s"]?.string ?? "", severity: node["c"]?.strings ?? [],
      rating: rating, published: node["p"]?.string ?? "", withdrawn: false, affected: affected)
  }
}
