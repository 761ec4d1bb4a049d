package import Findings

/// A credential that was found, without itself.
package struct FoundSecret: Sendable, Equatable, Hashable {
  package let rule: String
  /// In an image from the root; `ENV`, `LABEL` or a step of the build for what is not in a file.
  package var path: String
  /// From 1.
  package let line: Int
  /// The first bytes of it, and how long it is: enough to know it again, and of no use to anyone else.
  package let shown: String
  /// Whether somebody accepted it: it is told of, and does not count.
  package var isAccepted = false

  /// The same in another place.
  func moved(to path: String, line: Int = 0) -> FoundSecret {
    FoundSecret(rule: rule, path: path, line: line, shown: shown, isAccepted: isAccepted)
  }
}

/// Looks for all kinds of credentials at once: where an anchor stands, its rules are asked.
package struct SecretScanner: Sendable {
  private let rules: [SecretRule]
  /// The anchors of all rules, each with the place of its rule.
  private let anchors: AnchorTable

  /// Most findings in one file: a list of keys is one mistake.
  package static let maximumInFile = 20

  package static let usual = SecretScanner(SecretRules.all)

  /// Ids and titles of the kinds that are always looked for.
  package static let builtInRules: [(id: String, title: String)] =
    SecretRules.all.map { ($0.id, $0.title) } + PlacedSecrets.rules

  private var own: SecretRuleFile?

  /// The usual one, with what a file adds to it and accepts.
  package init(_ file: SecretRuleFile?) {
    self = .usual
    own = file
  }

  /// How many kinds of credentials it looks for.
  package var ruleCount: Int { Self.builtInRules.count + (own?.rules.count ?? 0) }

  private static let titles = Dictionary(builtInRules, uniquingKeysWith: { first, _ in first })

  /// The title of a kind; its id where there is none.
  package func title(of rule: String) -> String {
    Self.titles[rule] ?? own?.rules.first { $0.id == rule }?.title ?? rule
  }

  /// How bad a credential of a kind is.
  package func severity(of rule: String) -> Severity {
    own?.rules.first { $0.id == rule }?.severity ?? SecretSeverity.of(rule)
  }

  init(_ rules: [SecretRule]) {
    self.rules = rules
    anchors = AnchorTable(
      rules.enumerated().flatMap { index, rule in rule.anchors.map { ($0, index) } }, ignoresCase: false)
  }

  /// Whether a file is worth looking into: tests and documentation of packages hold keys that open nothing, and those of the
  /// application itself may well open something.
  package static func wants(_ path: String) -> Bool {
    let parts = path.split(whereSeparator: { $0 == "/" || $0 == "!" })
    let skipped: Set<Substring> = [
      "test", "tests", "testdata", "testing", "examples", "example", "doc", "docs", "man", "locale", "__pycache__",
    ]
    if isPackaged(path), parts.dropLast().contains(where: { skipped.contains($0) }) { return false }
    // Of packages they hold what their sources do.
    return !(isPackaged(path) && path.hasSuffix(".map"))
  }

  /// Whether a file lies where package managers keep what they fetched.
  static func isPackageStore(_ path: String) -> Bool {
    ["var/cache/", "var/lib/", "lib/modules/", "boot/", "root/.cache/"].contains { path.hasPrefix($0) }
  }

  /// Whether a file lies where packages are installed, rather than the application itself.
  static func isPackaged(_ path: String) -> Bool {
    let packages: Set<Substring> = [
      "usr", "node_modules", "site-packages", "dist-packages", "vendor", ".cargo", "pkg", "gems", ".m2", ".venv",
      "venv",
    ]
    return path.split(whereSeparator: { $0 == "/" || $0 == "!" }).dropLast().contains { packages.contains($0) }
  }

  /// - Returns: what was found, by its place. Nothing in what is no text.
  package func scan(_ bytes: [UInt8], path: String) -> [FoundSecret] {
    if let text = Self.plain(bytes) { return scan(text, path: path) }
    var found = formats(bytes, path: path)
    guard !bytes.prefix(1024).contains(0) else { return found }
    if let own { found += OwnSecrets.find(bytes, own.rules, path: path) }
    // What a format tells is told by it.
    if PlacedSecrets.format(of: path) != nil {
      let lines = Set(found.map(\.line))
      found += PlacedSecrets.find(bytes, path: path).filter { !lines.contains($0.line) }
    }
    if let own { OwnSecrets.mark(&found, own.allowances, in: bytes) }
    return found.sorted { $0.line < $1.line }
  }

  /// UTF-8 for UTF-16 with its mark, as editors of Windows write settings; nil for everything else.
  private static func plain(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 4, bytes.count % 2 == 0 else { return nil }
    let isLittle = bytes[0] == 0xFF && bytes[1] == 0xFE
    guard isLittle || bytes[0] == 0xFE && bytes[1] == 0xFF else { return nil }
    let units = stride(from: 2, to: bytes.count, by: 2).map { place in
      UInt16(bytes[place + (isLittle ? 1 : 0)]) << 8 | UInt16(bytes[place + (isLittle ? 0 : 1)])
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private func formats(_ bytes: [UInt8], path: String) -> [FoundSecret] {
    bytes.withUnsafeBufferPointer { buffer in
      guard buffer.count >= 8, !buffer.prefix(1024).contains(0) else { return [] }
      var found: [(range: Range<Int>, rule: Int)] = []
      anchors.search(buffer) { place, anchor in
        guard let range = rules[anchor.number].match(buffer, at: place, anchor: anchor.bytes.count),
          found.last?.range != range || found.last?.rule != anchor.number
        else { return true }
        found.append((range, anchor.number))
        return found.count < Self.maximumInFile
      }
      guard !found.isEmpty else { return [] }
      return told(found, buffer, path)
    }
  }

  private func told(
    _ found: [(range: Range<Int>, rule: Int)], _ buffer: UnsafeBufferPointer<UInt8>, _ path: String
  ) -> [FoundSecret] {
    var line = 1
    var place = 0
    return found.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { item in
      while place < item.range.lowerBound {
        if buffer[place] == 0x0A { line += 1 }
        place += 1
      }
      let rule = rules[item.rule]
      let isNamed = rule.anchors.contains { buffer[item.range].starts(with: $0.utf8) }
      let head = buffer[item.range].prefix(isNamed ? 4 : 0)
      return FoundSecret(
        rule: rule.id, path: path, line: line,
        shown: "\(String(decoding: head, as: UTF8.self))… (\(item.range.count) characters)")
    }
  }
}
