import Bytes

/// Credentials by the rules of an organisation, and what it accepts.
enum OwnSecrets {
  /// Longer lines are data.
  private static let maximumLine = 4096
  private static let maximumInFile = 20

  /// - Returns: the first match of each rule in each line.
  static func find(_ bytes: [UInt8], _ rules: [SecretRuleFile.Rule], path: String) -> [FoundSecret] {
    var found: [FoundSecret] = []
    for rule in rules where rule.paths.isEmpty || rule.paths.contains(where: { $0.matches(path) }) {
      for (number, range) in lines(of: bytes, rule.pattern) {
        guard found.count < maximumInFile else { return found }
        guard range.count <= maximumLine,
          let match = rule.pattern.firstMatch(in: text(bytes, range)), !match.isEmpty,
          entropy(match) >= rule.entropy
        else { continue }
        found.append(
          FoundSecret(rule: rule.id, path: path, line: number + 1, shown: "… (\(match.utf8.count) characters)"))
      }
    }
    return found
  }

  /// The lines that may match: those with the text that every match holds, or all.
  private static func lines(of bytes: [UInt8], _ pattern: LinearRegex) -> [(number: Int, range: Range<Int>)] {
    let literal = pattern.requiredLiteral
    if literal.count >= 3, literal.allSatisfy({ $0 < 0x80 }) {
      let anchor = String(decoding: literal, as: UTF8.self).lowercased()
      return AnchorTable([(anchor, 0)], ignoresCase: true).lines(of: bytes)
    }
    var lines: [(number: Int, range: Range<Int>)] = []
    var start = 0
    for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      lines.append((number, start..<start + line.count))
      start += line.count + 1
    }
    return lines
  }

  /// Without the end of a line as Windows writes it.
  private static func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    let line = bytes[range]
    return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
  }

  private static func entropy(_ text: String) -> Double {
    Array(text.utf8).withUnsafeBufferPointer { Alphabet.entropy($0[0..<$0.count]) }
  }

  /// Marks those that an allowance accepts.
  static func mark(_ found: inout [FoundSecret], _ allowances: [SecretRuleFile.Allowance], in bytes: [UInt8]) {
    guard !found.isEmpty, !allowances.isEmpty else { return }
    var lines: [ArraySlice<UInt8>]?
    for index in found.indices {
      let secret = found[index]
      found[index].isAccepted = allowances.contains { allowance in
        if let rule = allowance.rule, rule != secret.rule { return false }
        if let path = allowance.path, !path.matches(secret.path) { return false }
        guard let pattern = allowance.pattern else { return true }
        let all = lines ?? bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        lines = all
        guard all.indices.contains(secret.line - 1) else { return false }
        return pattern.matches(text(bytes, all[secret.line - 1].startIndex..<all[secret.line - 1].endIndex))
      }
    }
  }
}
