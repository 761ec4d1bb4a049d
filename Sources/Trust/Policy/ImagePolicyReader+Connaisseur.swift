import Bytes

/// Validators and rules of Connaisseur.
///
/// Source: Connaisseur, docs/basics.md, "Image policy"; docs/validators; internal/policy/rule.go and match.go.
extension ImagePolicyReader {
  /// What a validator of Connaisseur verifies.
  private enum Validator {
    /// Admits, or refuses, everything.
    case fixed(admits: Bool)
    /// Trust roots by name, in their order.
    case cosign([(name: String, kind: ImageAuthority.Kind?)])
    /// Of a kind that has no place here.
    case other(String)
  }

  private struct Rule {
    let pattern: String
    let node: PolicyNode

    /// For each part of the pattern: its literal beginning, and its length. Of patterns that match an image, the one with more parts
    /// is the more specific, then the one with longer beginnings, then the one with longer parts.
    var rank: [Int] {
      let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
      return [parts.count] + parts.map { $0.prefix { !"*?[".contains($0) }.utf8.count } + parts.map(\.utf8.count)
    }
  }

  func connaisseur(_ node: PolicyNode, _ result: inout Result) throws(TrustFailure) {
    let settings = node["application"] ?? node
    var validators: [String: Validator] = [:]
    for item in try settings.list("validators") {
      let name = try item.required("name").text()
      guard validators[name] == nil else { throw item.wrong("two validators are named \(name)") }
      validators[name] = try validator(item, name, &result)
    }
    var rules: [Rule] = []
    for item in try settings.required("policy").list() {
      rules.append(Rule(pattern: try item.required("pattern").text(), node: item))
    }
    guard !rules.isEmpty else { throw settings.wrong("policy has no rules") }
    // Of rules that are as specific as each other the first one counts.
    let order = rules.enumerated().sorted {
      $0.element.rank == $1.element.rank
        ? $0.offset < $1.offset : $1.element.rank.lexicographicallyPrecedes($0.element.rank)
    }.map(\.element)
    for (place, rule) in order.enumerated() {
      let excluded = order[..<place].map { Self.connaisseurPattern($0.pattern) }
      try append(rule, excluded, validators, &result)
    }
    // An image that no rule is about is refused.
    try append(
      &result, "connaisseur: no rule", [ImagePattern("**")],
      excluded: order.map { Self.connaisseurPattern($0.pattern) }, .all, [], node)
    if let features = settings["features"] {
      for entry in features.node.entries {
        result.remarks.append("\(file): the feature \(entry.key) of Connaisseur is left out")
      }
    }
  }

  /// `*` reaches across slashes, and a rule without a tag is about all of them.
  private static func connaisseurPattern(_ text: String) -> ImagePattern {
    var name = text
    let last = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
    if name[last...].hasSuffix(":*") { name.removeLast(2) }
    return ImagePattern(kyvernoPattern(name))
  }

  private func validator(
    _ node: PolicyNode, _ name: String, _ result: inout Result
  ) throws(TrustFailure) -> Validator {
    switch try node.required("type").text() {
    case "static":
      guard let admits = node.node["approve"]?.bool else { throw node.wrong("approve must be true or false") }
      return .fixed(admits: admits)
    case "cosign":
      var roots: [(name: String, kind: ImageAuthority.Kind?)] = []
      for item in try node.list("trustRoots") + node.list("trust_roots") {
        let root = try item.required("name").text()
        var kind: ImageAuthority.Kind?
        if let text = try item.text("key"), text.contains("-----BEGIN") {
          kind = .keys(try keys(text, item))
        } else if let keyless = item["keyless"] {
          let name = try connaisseurMatch(keyless, "subject", "subjectRegex")
          let issuer = try connaisseurMatch(keyless, "issuer", "issuerRegex")
          if let name, let issuer { kind = .keyless([ExpectedIdentity(name: name, issuer: issuer)]) }
        }
        if kind == nil {
          result.remarks.append(
            "\(file): validator \(name): the trust root \(root) is no key in PEM, and no subject with an issuer; it is left out"
          )
        }
        roots.append((root, kind))
      }
      guard !roots.isEmpty else { throw node.wrong("it has no trustRoots") }
      for key in ["host", "cert"] where node[key] != nil {
        result.remarks.append("\(file): validator \(name): \(key) is left out: logs and roots come with --trusted-root")
      }
      return .cosign(roots)
    case let type: return .other(type)
    }
  }

  /// Regular expressions of Connaisseur match a part of a text.
  private func connaisseurMatch(
    _ node: PolicyNode, _ exact: String, _ pattern: String
  ) throws(TrustFailure) -> TextMatch? {
    guard let source = try node.text(pattern) else { return try match(node, exact, pattern) }
    do throws(LinearRegex.Invalid) {
      return .pattern(try LinearRegex(".*(?:" + source + ").*"), source: source)
    } catch { throw node.wrong("\(pattern): \(error.message)") }
  }

  private func append(
    _ rule: Rule, _ excluded: [ImagePattern], _ validators: [String: Validator], _ result: inout Result
  ) throws(TrustFailure) {
    let name = try rule.node.text("validator") ?? "default"
    guard let validator = validators[name] else { throw rule.node.wrong("there is no validator \(name)") }
    let images = [Self.connaisseurPattern(rule.pattern)]
    let label = "connaisseur: \(rule.pattern)"
    func refuse(_ reason: String) throws(TrustFailure) {
      result.remarks.append("\(file): rule \(rule.pattern): \(reason), so that its images are refused")
      try append(&result, label, images, excluded: excluded, .all, [], rule.node)
    }
    switch validator {
    case .fixed(true):
      result.remarks.append(
        "\(file): rule \(rule.pattern) admits its images without a signature; no policy is about them")
    case .fixed(false): try append(&result, label, images, excluded: excluded, .all, [], rule.node)
    case .other(let type): try refuse("validators of type \(type) have no place here")
    case .cosign(let roots):
      let with = rule.node["with"] ?? PolicyNode(node: [:], path: "", file: file)
      if with.node["mode"]?.string == "insecureValidateOnly" {
        result.remarks.append(
          "\(file): rule \(rule.pattern): mode is left out; whether tags are pinned is said where images are admitted")
      }
      var wanted = "default"
      for key in ["key", "trust_root", "trustRoot"] {
        if let text = try with.text(key) { wanted = text }
      }
      var chosen = roots
      var needed = 1
      if wanted == "*" {
        let required = with["required"]?.node.strings ?? []
        needed =
          with["threshold"]?.node.int.map { Int(clamping: $0) } ?? (required.isEmpty ? roots.count : required.count)
        if !required.isEmpty {
          chosen = roots.filter { required.contains($0.name) }
          guard chosen.count == Set(required).count else {
            throw with.wrong("required names a trust root that is not there")
          }
          // More than the required ones must have signed, whoever they are: only all of them are as many for certain.
          if needed > chosen.count { chosen = roots }
          needed = chosen.count
        }
      } else {
        chosen = roots.filter { $0.name == wanted }
      }
      guard !chosen.isEmpty else { throw rule.node.wrong("validator \(name) has no trust root \(wanted)") }
      let authorities = chosen.compactMap { root in
        root.kind.map {
          ImageAuthority(
            name: root.name, kind: $0, requiresLog: with.node["verifyInTransparencyLog"]?.bool ?? true,
            requiresCertificateTimestamp: with.node["verifySCT"]?.bool ?? true)
        }
      }
      let isAny = needed <= 1
      if !isAny, needed < chosen.count {
        result.remarks.append(
          "\(file): rule \(rule.pattern): \(needed) of \(chosen.count) signers are wanted; here all are")
      }
      // A trust root that was left out must not make `all` easier.
      guard !authorities.isEmpty, isAny || authorities.count == chosen.count else {
        return try refuse("a signer that is wanted is left out")
      }
      try append(&result, label, images, excluded: excluded, isAny ? .any : .all, authorities, rule.node)
    }
  }
}
