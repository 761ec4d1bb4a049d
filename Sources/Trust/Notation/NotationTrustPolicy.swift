import Bytes

/// Trust policies of Notation for artifacts in registries.
///
/// Source: notaryproject/specifications, trust-store-trust-policy.md, version 1.0.
package struct NotationTrustPolicy: Sendable, Hashable {
  /// What a failed validation leads to.
  package enum Action: String, Sendable, Hashable {
    case enforce
    case log
    case skip
  }

  /// The validations whose failure a policy may log or skip; integrity is always enforced.
  package enum Validation: String, Sendable, Hashable, CaseIterable {
    case authenticity
    case authenticTimestamp
    case expiry
    case revocation
  }

  /// Named degrees of strictness.
  package enum Level: String, Sendable, Hashable {
    case strict
    case permissive
    case audit
    case skip

    func action(_ validation: Validation) -> Action {
      switch (self, validation) {
      case (.skip, _): .skip
      case (.strict, _), (.permissive, .authenticity): .enforce
      case (.permissive, _), (.audit, _): .log
      }
    }
  }

  /// Whom the certificates of a store belong to.
  package enum StoreKind: String, Sendable, Hashable {
    case ca
    case signingAuthority
    case tsa
  }

  /// A trust store, `KIND:NAME` in policies.
  package struct StoreName: Sendable, Hashable {
    package let kind: StoreKind
    package let name: String

    package init(kind: StoreKind, name: String) {
      self.kind = kind
      self.name = name
    }
  }

  /// Attributes that the subject of a certificate must have, by type (`ST` for `S`).
  package struct Identity: Sendable, Hashable {
    package let attributes: [String: String]
    package let text: String
  }

  /// One policy of the file: for which repositories, how strict, and whom to trust.
  package struct Statement: Sendable, Hashable {
    package let name: String
    /// Repositories, or `*` alone.
    package let scopes: [String]
    package let level: Level
    package let overrides: [Validation: Action]
    /// Whether a timestamp is looked at only once a certificate has expired.
    package let timestampAfterExpiry: Bool
    package let stores: [StoreName]
    /// Nil for any.
    package let identities: [Identity]?

    package func action(_ validation: Validation) -> Action { overrides[validation] ?? level.action(validation) }
  }

  package let statements: [Statement]

  package init(json: [UInt8]) throws(TrustFailure) { try self.init(try StrictJSON.read(json, of: .trustPolicy)) }

  init(_ node: DocumentNode) throws(TrustFailure) {
    guard node["version"]?.string == "1.0" else {
      throw .unsupported(.trustPolicy, "version \(node["version"]?.text ?? "none")")
    }
    let nodes = node["trustPolicies"]?.elements ?? []
    guard !nodes.isEmpty else { throw .malformed(.trustPolicy, "it has no policies") }
    var statements: [Statement] = []
    for node in nodes { statements.append(try Self.statement(node)) }
    var names = Set<String>()
    var scopes = Set<String>()
    for statement in statements {
      guard names.insert(statement.name).inserted else {
        throw .malformed(.trustPolicy, "two policies are named \(statement.name)")
      }
      for scope in statement.scopes {
        guard scopes.insert(scope).inserted else {
          throw .malformed(.trustPolicy, "the scope \(scope) occurs twice")
        }
      }
    }
    self.statements = statements
  }

  /// The policy for a repository: the one that names it, or the global one.
  ///
  /// - Parameter repository: with its registry, such as `registry.example.com/team/app`.
  package func statement(for repository: String) -> Statement? {
    statements.first { $0.scopes.contains(repository) } ?? statements.first { $0.scopes == ["*"] }
  }

  /// A statement within another policy, which says itself to which images it applies.
  ///
  /// - Parameter node: with `level`, `override`, `verifyTimestamp`, `trustStores` and `trustedIdentities`.
  static func statement(ofAuthority node: DocumentNode, name: String) throws(TrustFailure) -> Statement {
    guard node["level"]?.string != Level.skip.rawValue else {
      throw .malformed(.trustPolicy, "the level skip verifies nothing")
    }
    let verification = node.entries.filter { ["level", "override", "verifyTimestamp"].contains($0.key) }
    let rest = node.entries.filter { ["trustStores", "trustedIdentities"].contains($0.key) }
    let strict = Mapping.Entry(key: "level", value: DocumentNode(.string(Level.strict.rawValue)))
    let entries = [
      Mapping.Entry(key: "name", value: DocumentNode(.string(name))),
      Mapping.Entry(key: "registryScopes", value: DocumentNode(.array([DocumentNode(.string("*"))]))),
      Mapping.Entry(
        key: "signatureVerification",
        value: DocumentNode(
          .object(Mapping(verification.contains { $0.key == "level" } ? verification : verification + [strict])))),
    ]
    return try statement(DocumentNode(.object(Mapping(entries + rest))))
  }

  private static func statement(_ node: DocumentNode) throws(TrustFailure) -> Statement {
    guard let name = node["name"]?.string, !name.isEmpty else { throw .malformed(.trustPolicy, "a policy has no name") }
    func wrong(_ reason: String) -> TrustFailure { .malformed(.trustPolicy, "policy \(name): \(reason)") }
    let scopes = node["registryScopes"]?.strings ?? []
    guard !scopes.isEmpty, scopes.count == node["registryScopes"]?.elements.count else {
      throw wrong("registryScopes must be a list of repositories")
    }
    for scope in scopes {
      guard scope == "*" ? scopes.count == 1 : !scope.contains("*") && scope.contains("/") else {
        throw wrong("the scope \(scope) is neither a repository with its registry nor * alone")
      }
    }
    guard let verification = node["signatureVerification"], let text = verification["level"]?.string,
      let level = Level(rawValue: text)
    else { throw wrong("the level must be strict, permissive, audit or skip") }
    var overrides: [Validation: Action] = [:]
    for entry in verification["override"]?.entries ?? [] {
      guard level != .skip, let validation = Validation(rawValue: entry.key),
        let action = Action(rawValue: entry.value.string ?? ""), action != .skip || validation == .revocation
      else { throw wrong("the override \(entry.key) is not allowed") }
      overrides[validation] = action
    }
    let afterExpiry: Bool
    switch verification["verifyTimestamp"]?.string {
    case nil, "always": afterExpiry = false
    case "afterCertExpiry": afterExpiry = true
    default: throw wrong("verifyTimestamp must be always or afterCertExpiry")
    }
    guard level != .skip else {
      guard scopes != ["*"] else { throw wrong("the level skip cannot be used for all repositories") }
      guard node["trustStores"]?.elements.isEmpty ?? true, node["trustedIdentities"]?.elements.isEmpty ?? true else {
        throw wrong("the level skip goes without trust stores and identities")
      }
      return Statement(
        name: name, scopes: scopes, level: level, overrides: [:], timestampAfterExpiry: afterExpiry, stores: [],
        identities: nil)
    }
    var stores: [StoreName] = []
    for text in node["trustStores"]?.strings ?? [] {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let kind = StoreKind(rawValue: String(parts[0])), isFileName(parts[1]) else {
        throw wrong("the trust store \(text) is not ca:NAME, signingAuthority:NAME or tsa:NAME")
      }
      stores.append(StoreName(kind: kind, name: String(parts[1])))
    }
    guard stores.contains(where: { $0.kind != .tsa }) else { throw wrong("it names no trust store of signers") }
    return Statement(
      name: name, scopes: scopes, level: level, overrides: overrides, timestampAfterExpiry: afterExpiry,
      stores: stores, identities: try identities(node["trustedIdentities"]?.strings ?? [], wrong))
  }

  /// Names of stores become names of folders.
  private static func isFileName(_ text: Substring) -> Bool {
    !text.isEmpty && text != "." && text != ".."
      && text.utf8.allSatisfy {
        $0 | 0x20 &- 0x61 < 26 || $0 &- 0x30 < 10
          || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains($0)
      }
  }

  private static func identities(
    _ texts: [String], _ wrong: (String) -> TrustFailure
  ) throws(TrustFailure) -> [Identity]? {
    guard !texts.isEmpty else { throw wrong("it names no trusted identity") }
    if texts.contains("*") {
      guard texts.count == 1 else { throw wrong("* must be the only identity") }
      return nil
    }
    var result: [Identity] = []
    for text in texts {
      let prefix = "x509.subject:"
      guard text.hasPrefix(prefix) else { throw wrong("the identity \(text) does not begin with x509.subject:") }
      guard let attributes = attributes(text.dropFirst(prefix.count)) else {
        throw wrong("the identity \(text) is not a distinguished name")
      }
      guard ["C", "ST", "O"].allSatisfy({ attributes[$0] != nil }) else {
        throw wrong("the identity \(text) must name C, ST and O")
      }
      for other in result where overlap(other.attributes, attributes) {
        throw wrong("the identities \(other.text) and \(text) overlap")
      }
      result.append(Identity(attributes: attributes, text: text))
    }
    return result
  }

  /// Whether one identity holds all attributes of the other.
  private static func overlap(_ a: [String: String], _ b: [String: String]) -> Bool {
    let (small, large) = a.count <= b.count ? (a, b) : (b, a)
    return small.allSatisfy { large[$0.key] == $0.value }
  }

  /// `C=US, ST=WA, O=…` with commas, semicolons, backslashes and outer blanks escaped by a backslash; nil for anything
  /// else.
  static func attributes(_ text: Substring) -> [String: String]? {
    var result: [String: String] = [:]
    var part: [Character] = []
    // Blanks that were escaped stay.
    var kept = 0
    var isEscaped = false
    func finish() -> Bool {
      var characters = part[...]
      while characters.count > kept, let last = characters.last, last == " " { characters.removeLast() }
      while let first = characters.first, first == " " { characters.removeFirst() }
      guard let equal = characters.firstIndex(of: "=") else { return false }
      var type = String(characters[..<equal]).uppercased()
      while type.hasSuffix(" ") { type.removeLast() }
      if type == "S" { type = "ST" }
      var value = characters[(equal + 1)...]
      while let first = value.first, first == " " { value.removeFirst() }
      let text = String(value)
      guard !type.isEmpty, !text.isEmpty, result.updateValue(text, forKey: type) == nil else { return false }
      part = []
      kept = 0
      return true
    }
    for character in text {
      if isEscaped {
        part.append(character)
        kept = part.count
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "," || character == ";" {
        guard finish() else { return nil }
      } else {
        part.append(character)
      }
    }
    guard !isEscaped, finish() else { return nil }
    return result
  }
}
