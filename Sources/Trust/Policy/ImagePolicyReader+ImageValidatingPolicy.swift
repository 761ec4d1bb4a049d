import Bytes

/// ImageValidatingPolicy of Kyverno.
///
/// Source: kyverno.io, "ImageValidatingPolicy".
extension ImagePolicyReader {
  /// What one validation asks of each image.
  private enum Demand: Hashable {
    /// Names of attestors, any of whom must have signed.
    case signature([String])
    /// The name of the attestation, and of attestors.
    case attestation(String, [String])
  }

  func imageValidatingPolicy(_ node: PolicyNode, _ result: inout Result) throws(TrustFailure) {
    let name = node.node[path: "metadata", "name"]?.string ?? ""
    let spec = try node.required("spec")
    func remark(_ text: String) { result.remarks.append("\(file): \(name): \(text)") }
    var images: [ImagePattern] = []
    for item in try spec.list("matchImageReferences") + spec.list("imageRules") {
      if let glob = try item.text("glob") {
        images.append(ImagePattern(Self.kyvernoPattern(glob)))
      } else {
        remark("images are chosen by an expression, which has no place here: the policy holds for all images")
        images = [ImagePattern("**")]
        break
      }
    }
    for key in ["matchConditions", "matchConstraints", "variables", "validationActions", "images"]
    where spec[key] != nil && (key != "matchConstraints" || !Self.isOfPods(spec.node[key])) {
      remark("\(key) is left out")
    }
    var authorities: [String: ImageAuthority] = [:]
    for item in try spec.list("attestors") {
      let label = try item.required("name").text()
      if let authority = try imageValidatingAuthority(item, label, remark) { authorities[label] = authority }
    }
    var types: [String: String] = [:]
    for item in try spec.list("attestations") {
      if let type = item.node[path: "intoto", "type"]?.string { types[try item.required("name").text()] = type }
    }
    let validations = try spec.list("validations")
    guard !validations.isEmpty else { throw spec.wrong("it has no validations") }
    for (index, item) in validations.enumerated() {
      let label = "\(name)[\(index)]"
      var chosen: [ImageAuthority] = []
      switch Self.demand(try item.required("expression").text()) {
      case nil:
        remark(
          "validation \(index) asks for more than signatures of attestors, so that images of the policy are refused")
      case .signature(let names): chosen = names.compactMap { authorities[$0] }
      case .attestation(let attestation, let names):
        if let type = types[attestation] {
          chosen = names.compactMap { authorities[$0] }.map {
            ImageAuthority(
              name: $0.name, kind: $0.kind, requiresLog: $0.requiresLog,
              requiresCertificateTimestamp: $0.requiresCertificateTimestamp,
              attestations: [.init(predicateType: type)])
          }
        } else {
          remark("the attestation \(attestation) is no in-toto statement, so that images of the policy are refused")
        }
      }
      try append(&result, label, images, .any, chosen, spec)
    }
  }

  /// Whether constraints name pods alone, which is what images are asked about for anyway.
  private static func isOfPods(_ node: DocumentNode?) -> Bool {
    (node?["resourceRules"]?.elements ?? []).allSatisfy { $0["resources"]?.strings == ["pods"] }
  }

  private func imageValidatingAuthority(
    _ node: PolicyNode, _ name: String, _ remark: (String) -> Void
  ) throws(TrustFailure) -> ImageAuthority? {
    func leaveOut(_ reason: String) { remark("the attestor \(name) is left out: \(reason)") }
    guard let cosign = node["cosign"] else {
      leaveOut("signatures of Notary; use a trust policy of Notation")
      return nil
    }
    // A condition that is dropped would make the policy easier.
    for key in ["annotations", "source", "certificate", "tuf"] where cosign[key] != nil {
      leaveOut(key)
      return nil
    }
    let log = cosign["ctlog"]
    let requiresLog = log?.node["insecureIgnoreTlog"]?.bool != true
    if let key = cosign["key"] {
      guard let data = try key.text("data") else {
        leaveOut("a key that is not in the policy itself")
        return nil
      }
      return ImageAuthority(name: name, kind: .keys(try keys(data, key)), requiresLog: requiresLog)
    }
    guard let keyless = cosign["keyless"], keyless["roots"] == nil else {
      leaveOut("it has neither a key nor identities, or roots of its own; give those as --trusted-root")
      return nil
    }
    var identities: [ExpectedIdentity] = []
    for item in try keyless.list("identities") {
      identities.append(
        ExpectedIdentity(
          name: try kyvernoMatch(item, "subject", "subjectRegExp") ?? .any,
          issuer: try kyvernoMatch(item, "issuer", "issuerRegExp") ?? .any))
    }
    guard !identities.isEmpty else {
      leaveOut("keyless without identities")
      return nil
    }
    return ImageAuthority(
      name: name, kind: .keyless(identities), requiresLog: requiresLog,
      requiresCertificateTimestamp: log?.node["insecureIgnoreSCT"]?.bool != true)
  }

  /// Reads `images.….map(image, verifyImageSignatures(image, [attestors.a])).all(e, e > 0)`, and the same without `map`; for
  /// attestations with `verifyAttestationSignatures(image, attestations.b, […])`.
  ///
  /// - Returns: nil for any other expression.
  private static func demand(_ expression: String) -> Demand? {
    let text = expression.filter { !$0.isWhitespace }
    guard text.hasPrefix("images.") || text.hasPrefix("(images.") else { return nil }
    for (opening, ending) in [(".map(", ")).all("), (".all(", ")>0)")] {
      guard let start = text.firstRange(of: opening), let comma = text[start.upperBound...].firstIndex(of: ",") else {
        continue
      }
      let item = text[start.upperBound..<comma]
      let source = text[..<start.lowerBound]
      guard isName(item), source.allSatisfy({ $0.isASCII && ($0.isLetter || ".+()".contains($0)) }) else { continue }
      let rest = text[text.index(after: comma)...]
      guard let end = rest.firstRange(of: ending), isPositive(rest[end.upperBound...], ofAll: opening == ".map(") else {
        continue
      }
      if let demand = call(rest[..<end.lowerBound], item) { return demand }
    }
    return nil
  }

  /// What stands behind the call: nothing, or `e,e>0)`.
  private static func isPositive(_ text: Substring, ofAll: Bool) -> Bool {
    guard ofAll else { return text.isEmpty }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    return parts.count == 2 && isName(parts[0]) && parts[1] == parts[0] + ">0)"
  }

  private static func call(_ text: Substring, _ item: Substring) -> Demand? {
    let ways: [(function: String, isOfAttestation: Bool)] = [
      ("verifyImageSignatures(", false), ("verifyAttestationSignatures(", true),
    ]
    for (function, isOfAttestation) in ways where text.hasPrefix(function + item + ",") {
      var rest = text.dropFirst(function.count + item.count + 1)
      var attestation = ""
      if isOfAttestation {
        guard rest.hasPrefix("attestations."), let comma = rest.firstIndex(of: ",") else { return nil }
        attestation = String(rest[..<comma].dropFirst("attestations.".count))
        rest = rest[rest.index(after: comma)...]
      }
      if rest.hasSuffix(")") { rest.removeLast() }
      guard rest.hasPrefix("["), rest.hasSuffix("]") else { return nil }
      var names: [String] = []
      for part in rest.dropFirst().dropLast().split(separator: ",") {
        guard part.hasPrefix("attestors.") else { return nil }
        names.append(String(part.dropFirst("attestors.".count)))
      }
      return isOfAttestation ? .attestation(attestation, names) : .signature(names)
    }
    return nil
  }

  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 | 0x20 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_") }
  }
}
