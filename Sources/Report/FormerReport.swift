/// Whether a file is a report that was written before, which the next one may replace wherever it lies.
package enum FormerReport {
  /// Bytes of a file that tell.
  package static let headBytes = 4096

  /// What begins the formats that are not JSON, and what says beside that whose report it is.
  private static let others: [(beginning: String, word: String)] = [
    ("<?xml", "<testsuites name=\"bartizan\""), ("<?xml", "<name>bartizan</name>"), ("<!DOCTYPE html>", "Bartizan"),
    ("# Bartizan", ""), ("severity,check,title,", ""), ("SPDXVersion:", "Creator: Tool: bartizan-"),
  ]

  /// The same for kinds of documents in JSON: what every one of them has, and what those of this program have.
  private static let documents: [(kind: String, words: [String])] = [
    ("\"apiVersion\":\"bartizan.dev/v1\",\"kind\":\"", []), ("\"runs\":", ["\"name\":\"Bartizan\""]),
    ("\"analyzer\":", ["\"id\":\"bartizan\""]), ("\"bomFormat\":\"CycloneDX\"", ["\"name\":\"bartizan\""]),
    ("\"spdxVersion\":", ["Tool:bartizan-"]), ("\"@context\":\"https://openvex.dev/", ["\"tooling\":\"bartizan"]),
    ("\"@context\":\"https://spdx.org/", ["bartizan"]),
  ]

  /// - Parameter head: the first bytes of the file.
  package static func isOne(_ head: some Sequence<UInt8>) -> Bool {
    let text = String(decoding: Array(head.prefix(headBytes)), as: UTF8.self)
    if text.hasPrefix("{") {
      let bare = text.filter { !$0.isWhitespace }
      // What is ours stands at the beginning, and not in what somebody wrote into an object.
      if bare.hasPrefix("{" + documents[0].kind) { return true }
      return documents.dropFirst().contains { item in
        bare.contains(item.kind) && item.words.allSatisfy(bare.contains)
      }
    }
    return others.contains { text.hasPrefix($0.beginning) && (text.contains($0.word) || $0.word.isEmpty) }
  }
}
