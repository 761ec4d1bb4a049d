package import Bytes

/// What is known of the risk of CVEs beside their advisories: whether they are exploited (CISA's catalogue, SSVC), how likely
/// they will be (EPSS), and their CVSS score where the advisory bears none. Twelve bytes for each, in order, so that opening
/// it is reading it.
package struct RiskIndex: Sendable {
  /// What the sources say of one CVE. `score` is a CVSS base score from 0 to 10, nil where none is known.
  package struct Entry: Sendable, Hashable {
    package var isExploited = false
    package var isRansomware = false
    /// SSVC's `exploitation: active`.
    package var isActive = false
    /// Probability that it is exploited within thirty days; nil where EPSS does not know it.
    package var likelihood: Double?
    package var score: Double?

    package init() {}
  }

  private static let magic = Array("BZRISK1\n".utf8)
  private let bytes: [UInt8]

  /// - Throws: `DocumentError` of code `archive` for what is no such file.
  package init(_ bytes: [UInt8]) throws(DocumentError) {
    guard bytes.starts(with: Self.magic), (bytes.count - 8) % 12 == 0 else {
      throw DocumentError(.archive, "not a file of risks; build it again with `bartizan advisories update --risk`")
    }
    self.bytes = bytes
  }

  package static let empty = RiskIndex(checked: magic)

  private init(checked: [UInt8]) { bytes = checked }

  package var count: Int { (bytes.count - 8) / 12 }
  /// Whether a source said of any CVE that it is exploited: without that none is known to be, and none not to be.
  package var knowsExploitation: Bool { (0..<count).contains { bytes[8 + 12 * $0 + 11] != 0 } }
  /// Whether a source said of any CVE how likely its exploitation is.
  package var knowsLikelihood: Bool { (0..<count).contains { bytes[8 + 12 * $0 + 8] | bytes[8 + 12 * $0 + 9] != 0 } }
  package var digest: String { Digest.sha256(bytes).text }

  /// - Parameter cve: `CVE-YEAR-NUMBER`. Nil for any other id, and for a CVE that no source knows.
  package subscript(cve: String) -> Entry? {
    guard let key = Self.key(cve) else { return nil }
    let index = (0..<count).partitioningIndex { self.key(at: $0) >= key }
    guard index < count, self.key(at: index) == key else { return nil }
    let place = 8 + 12 * index
    var entry = Entry()
    let likelihood = bytes.integer(at: place + 8, .big, as: UInt16.self) ?? 0
    if likelihood > 0 { entry.likelihood = Double(likelihood - 1) / 65_534 }
    if bytes[place + 10] > 0 { entry.score = Double(bytes[place + 10] - 1) / 10 }
    entry.isExploited = bytes[place + 11] & 1 != 0
    entry.isRansomware = bytes[place + 11] & 2 != 0
    entry.isActive = bytes[place + 11] & 4 != 0
    return entry
  }

  private func key(at index: Int) -> UInt64 { bytes.integer(at: 8 + 12 * index, .big) ?? 0 }

  /// The first `CVE-YEAR-NUMBER` of a text, such as `DEBIAN-CVE-2024-1234`.
  package static func cve(in text: String) -> String? {
    guard let start = text.firstRange(of: "CVE-") else { return nil }
    let rest = text[start.lowerBound...]
    let parts = rest.split(separator: "-", maxSplits: 3)
    guard parts.count >= 3 else { return nil }
    let number = parts[2].prefix(while: \.isNumber)
    return parts[1].count == 4 && !number.isEmpty ? "CVE-\(parts[1])-\(number)" : nil
  }

  private static func key(_ cve: String) -> UInt64? {
    let parts = cve.split(separator: "-")
    guard parts.count == 3, parts[0] == "CVE", let year = UInt64(parts[1]), let number = UInt64(parts[2]),
      year < 10_000,
      number < 1 << 40
    else { return nil }
    return year << 40 | number
  }

  /// Reads sources of risk: CISA's catalogue in JSON, EPSS in CSV, and CSV with columns `cve`, `cvss31`, `ssvc_exploitation`.
  package struct Builder: Sendable {
    private var entries: [UInt64: Entry] = [:]

    package init() {}

    /// - Returns: how many CVEs it spoke of.
    /// - Throws: `DocumentError` for what is none of them.
    package mutating func add(_ bytes: [UInt8]) throws(DocumentError) -> Int {
      if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
        let list = try JSONReader.read(bytes)["vulnerabilities"]?.elements ?? []
        var count = 0
        for item in list {
          guard let key = item["cveID"]?.string.flatMap(RiskIndex.key) else { continue }
          entries[key, default: Entry()].isExploited = true
          if item["knownRansomwareCampaignUse"]?.string == "Known" { entries[key]?.isRansomware = true }
          count += 1
        }
        guard count > 0 else { throw DocumentError(.archive, "no catalogue of exploited vulnerabilities") }
        return count
      }
      var columns: [Substring: Int] = [:]
      var count = 0
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        if columns.isEmpty {
          columns = Dictionary(cells.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
          guard columns["cve"] != nil, columns["epss"] ?? columns["cvss31"] != nil else {
            throw DocumentError(.archive, "neither EPSS nor a list with columns cve and cvss31")
          }
          continue
        }
        func cell(_ name: Substring) -> Substring? {
          columns[name].flatMap { $0 < cells.count && !cells[$0].isEmpty ? cells[$0] : nil }
        }
        guard let key = cell("cve").flatMap({ RiskIndex.key(String($0)) }) else { continue }
        count += 1
        if let value = cell("epss").flatMap({ Double($0) }), (0...1).contains(value) {
          entries[key, default: Entry()].likelihood = value
        }
        if let vector = cell("cvss40") ?? cell("cvss31") ?? cell("cvss30"), let score = try? CVSS(String(vector)).base {
          entries[key, default: Entry()].score = score
        }
        if cell("ssvc_exploitation") == "active" { entries[key, default: Entry()].isActive = true }
      }
      return count
    }

    package var bytes: [UInt8] {
      var result = RiskIndex.magic
      result.reserveCapacity(8 + 12 * entries.count)
      for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
          result.append(UInt8(truncatingIfNeeded: key >> shift))
        }
        let likelihood = entry.likelihood.map { UInt16(($0 * 65_534).rounded()) + 1 } ?? 0
        result.append(UInt8(likelihood >> 8))
        result.append(UInt8(truncatingIfNeeded: likelihood))
        result.append(entry.score.map { UInt8(($0 * 10).rounded()) + 1 } ?? 0)
        result.append((entry.isExploited ? 1 : 0) | (entry.isRansomware ? 2 : 0) | (entry.isActive ? 4 : 0))
      }
      return result
    }
  }
}
