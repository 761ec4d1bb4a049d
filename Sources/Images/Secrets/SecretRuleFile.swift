import Bytes
package import Findings

/// A file of kinds of credentials that an organisation has of its own, and of credentials that somebody accepted.
///
///     rules:
///     - {id: corp-token, title: Token of the gateway, severity: critical, pattern: 'corp_[a-z0-9]{32}', paths: ['**/*.env']}
///     allow:
///     - {rule: private-key, path: etc/ssl/private/snakeoil.key, reason: made at the start, expires: 2027-01-31}
package struct SecretRuleFile: Sendable {
  /// A kind of credential, told by a regular expression that stands in a line.
  package struct Rule: Sendable {
    package let id: String
    package let title: String
    package let severity: Severity
    let pattern: LinearRegex
    /// Of the files that are looked at; empty for all.
    let paths: [Glob]
    /// Least bits of entropy for each byte of what matches.
    let entropy: Double
  }

  /// What is no finding, by one or more of these.
  struct Allowance: Sendable {
    /// Nil for all.
    let rule: String?
    let path: Glob?
    /// Of the line that the credential stands in.
    let pattern: LinearRegex?
  }

  package let rules: [Rule]
  let allowances: [Allowance]
  /// Allowances that hold no longer: each is told of, and counts for nothing.
  package let expired: [Problem]
  /// What of the file decides what is found: equal files give equal names, and so do those that only an expired line tells apart.
  package let identity: String

  private static let mostRules = 1_000

  /// - Parameters:
  ///   - name: of the file, for messages.
  ///   - today: `YYYY-MM-DD`.
  /// - Throws: `input` with the line of what is wrong.
  package init(_ bytes: [UInt8], name: String, today: String) throws(BartizanError) {
    let stream = DocumentReader.read(bytes)
    if let error = stream.errors.first { throw BartizanError(.input, "\(name):\(error.line): \(error.message)") }
    guard stream.documents.count == 1, let root = stream.documents.first, root.mapping != nil else {
      throw BartizanError(.input, "\(name): wanted are rules: and allow:, each with a list")
    }
    let reader = Reader(name: name)
    try reader.check(root, ["rules", "allow"])
    let rules = try reader.list(root, "rules").map { (node) throws(BartizanError) in try reader.rule(node) }
    guard rules.count <= Self.mostRules else {
      throw BartizanError(.input, "\(name): more than \(Self.mostRules) rules")
    }
    var ids = Set(SecretScanner.builtInRules.map(\.id))
    for rule in rules where !ids.insert(rule.id).inserted {
      throw BartizanError(.input, "\(name): there is a rule \"\(rule.id)\" already")
    }
    var allowances: [Allowance] = []
    var expired: [Problem] = []
    var places: [String] = []
    for (place, node) in try reader.list(root, "allow").enumerated() {
      let (allowance, expires) = try reader.allowance(node, ids)
      if let expires, expires < today {
        expired.append(
          Problem(
            code: "bad-exception", location: Location(file: name, line: Int(node.line)),
            message: "it ended on \(expires), and accepts nothing any more", hidesInput: false))
        places.append(String(place))
      } else {
        allowances.append(allowance)
      }
    }
    self.rules = rules
    self.allowances = allowances
    self.expired = expired
    identity = String(Digest.sha256(bytes + Array(places.map { " " + $0 }.joined().utf8)).hex.prefix(16))
  }

  // MARK: Reading

  private struct Reader {
    let name: String

    private func fail(_ node: DocumentNode, _ message: String) -> BartizanError {
      BartizanError(.input, "\(name):\(max(1, node.line)): \(message)")
    }

    func check(_ node: DocumentNode, _ known: [String]) throws(BartizanError) {
      guard node.mapping != nil else { throw fail(node, "wanted are fields: \(known.joined(separator: ", "))") }
      for entry in node.entries where !known.contains(entry.key) {
        throw BartizanError(
          .input,
          "\(name):\(entry.line): there is no field \"\(entry.key)\"; there are \(known.joined(separator: ", "))")
      }
    }

    func list(_ node: DocumentNode, _ key: String) throws(BartizanError) -> [DocumentNode] {
      guard let value = node[key], !value.isNull else { return [] }
      guard let array = value.array else { throw fail(value, "\(key) is no list") }
      return array
    }

    private func pattern(_ node: DocumentNode, _ text: String) throws(BartizanError) -> LinearRegex {
      do throws(LinearRegex.Invalid) { return try LinearRegex(text) } catch { throw fail(node, error.message) }
    }

    func rule(_ node: DocumentNode) throws(BartizanError) -> Rule {
      try check(node, ["id", "title", "severity", "pattern", "paths", "entropy"])
      let id = node["id"]?.text ?? ""
      guard (1...80).contains(id.utf8.count),
        id.utf8.allSatisfy({ $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D })
      else { throw fail(node, "a rule has an id of small letters, digits and hyphens") }
      guard let text = node["pattern"]?.string, !text.isEmpty else { throw fail(node, "\(id) has no pattern") }
      var severity = Severity.high
      if let word = node["severity"]?.text {
        guard let known = Severity(name: word) else {
          throw fail(node, "\"\(word)\" is no severity; there are info, low, medium, high and critical")
        }
        severity = known
      }
      var entropy = 0.0
      if let word = node["entropy"]?.text {
        guard let number = Double(word), (0...8).contains(number) else {
          throw fail(node, "entropy is a number of bits for each byte, from 0 to 8")
        }
        entropy = number
      }
      let pattern = try pattern(node, text)
      guard !pattern.matches("") else {
        throw fail(node, "the pattern of \(id) matches what is empty, and so every line")
      }
      return Rule(
        id: id, title: node["title"]?.text ?? id, severity: severity, pattern: pattern,
        paths: try list(node, "paths").map { Self.glob($0.text ?? "") }, entropy: entropy)
    }

    func allowance(
      _ node: DocumentNode, _ ids: Set<String>
    ) throws(BartizanError) -> (allowance: Allowance, expires: String?) {
      try check(node, ["rule", "path", "pattern", "reason", "expires"])
      guard node["reason"]?.text?.contains(where: { !$0.isWhitespace }) == true else {
        throw fail(node, "what is accepted has a reason")
      }
      let rule = node["rule"]?.text.flatMap { $0 == "*" ? nil : $0 }
      if let rule, !ids.contains(rule) { throw fail(node, "there is no rule \"\(rule)\"") }
      let path = node["path"]?.text.map(Self.glob)
      let pattern = try node["pattern"]?.string.map { (text) throws(BartizanError) in try self.pattern(node, text) }
      for key in ["path", "pattern"] where node[key]?.text?.allSatisfy(\.isWhitespace) ?? false {
        throw fail(node, "the \(key) is empty, and would accept everything; leave it out, or say which")
      }
      if let pattern, pattern.matches("") {
        throw fail(node, "the pattern matches what is empty, and so would accept every credential")
      }
      guard rule != nil || path != nil || pattern != nil else {
        throw fail(node, "that would accept everything; name a rule, a path or a pattern")
      }
      let expires = node["expires"]?.text
      if let expires, CalendarDate(expires) == nil { throw fail(node, "expires is a day, such as 2027-01-31") }
      return (Allowance(rule: rule, path: path, pattern: pattern), expires)
    }

    /// Paths in images have no slash at their front.
    private static func glob(_ text: String) -> Glob { Glob(text.hasPrefix("/") ? String(text.dropFirst()) : text) }
  }
}
