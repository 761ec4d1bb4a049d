import Bytes
package import Findings
package import Images

/// Comparisons of versions by the orders of their ecosystems.
package enum VersionComparison {
  /// - Throws: `BartizanError` for an ecosystem whose order is not known.
  package static func order(of ecosystem: String) throws(BartizanError) -> VersionOrder {
    guard let order = Ecosystem(ecosystem).order else {
      throw BartizanError(
        .usage,
        "no order of versions is known for \"\(ecosystem)\"; known are \(Ecosystem.known.joined(separator: ", "))")
    }
    return order
  }

  /// - Parameters:
  ///   - triples: lines of ECOSYSTEM, A and B between tabs.
  ///   - file: their name, for errors.
  /// - Returns: `<`, `=`, `>` or, for versions that the order does not know, `?`, a line each.
  package static func answer(_ triples: [UInt8], file: String) throws -> [UInt8] {
    var output: [UInt8] = []
    for (index, line) in triples.split(separator: 0x0A).enumerated() {
      if index.isMultiple(of: 4096) { try Task.checkCancellation() }
      let words = line.split(separator: 0x09, omittingEmptySubsequences: false).map {
        String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self)
      }
      guard words.count == 3 else {
        throw BartizanError(.input, "\(file):\(index + 1): expected ECOSYSTEM, A and B between tabs")
      }
      output += (try order(of: words[0]).compare(words[1], words[2])?.symbol ?? "?").utf8
      output.append(0x0A)
    }
    return output
  }
}
