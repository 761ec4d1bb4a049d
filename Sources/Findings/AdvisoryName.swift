/// Ids of advisories as people write them: `CVE-2023-4911`, `cve-2023-4911`, `GHSA-jfh8-c2jp-5v3q`.
package enum AdvisoryName {
  /// Whether a text can be the id of an advisory. Ids of checks hold no numbers, those of advisories do; GitHub's need not.
  package static func isOne(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.contains(0x2D), let first = bytes.first, isLetter(first) else { return false }
    guard bytes.allSatisfy({ isLetter($0) || isDigit($0) || [0x2D, 0x2E, 0x3A, 0x5F].contains($0) }) else {
      return false
    }
    return bytes.contains(where: isDigit) || text.lowercased().hasPrefix("ghsa-")
  }

  /// Whether two texts name the same advisory.
  package static func isSame(_ a: String, _ b: String) -> Bool {
    a == b || a.utf8.count == b.utf8.count && a.lowercased() == b.lowercased()
  }

  /// The id as databases write it, as far as its letters tell: capitals, but for GitHub's.
  package static func usual(_ text: String) -> String {
    guard text.lowercased().hasPrefix("ghsa-") else { return text.uppercased() }
    return "GHSA-" + text.dropFirst(5).lowercased()
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
