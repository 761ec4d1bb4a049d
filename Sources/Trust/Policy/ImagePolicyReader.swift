import Bytes

/// Reads image policies: our own `ImagePolicy`, and those of other tools as far as they can be expressed.
package struct ImagePolicyReader: Sendable {
  /// Opens a file that a policy names, relative to the policy. Keys of a cluster's secrets or of a cloud cannot be opened.
  package typealias Opener = @Sendable (String) throws -> [UInt8]

  /// What a file holds: the policies that could be read, and what could not.
  package struct Result: Sendable {
    package var policies: [ImagePolicy] = []
    /// Sentences for people: what another tool's policy says that is left out here.
    package var remarks: [String] = []

    package init() {}
  }

  /// For messages.
  let file: String
  private let open: Opener

  package init(file: String, open: @escaping Opener) {
    self.file = file
    self.open = open
  }

  /// - Parameter bytes: YAML or JSON, with one document or many.
  /// - Throws: for what is wrong, and for a file without a policy: nothing would be required of any image.
  package func read(_ bytes: [UInt8]) throws(TrustFailure) -> Result {
    guard bytes.count <= TrustLimits.documentBytes else {
      throw .tooLarge(.imagePolicy, limit: TrustLimits.documentBytes, unit: "bytes")
    }
    let stream = DocumentReader.read(bytes)
    if let error = stream.errors.first { throw .malformed(.imagePolicy, "\(file):\(error.line): \(error.message)") }
    var result = Result()
    for document in stream.documents where !document.isNull {
      let node = PolicyNode(node: document, path: "", file: file)
      switch (document["apiVersion"]?.string ?? "", document["kind"]?.string ?? "") {
      case ("bartizan.dev/v1", "ImagePolicy"): result.policies.append(try policy(node))
      case ("policy.sigstore.dev/v1alpha1", "ClusterImagePolicy"),
        ("policy.sigstore.dev/v1beta1", "ClusterImagePolicy"):
        try clusterImagePolicy(node, &result)
      case ("kyverno.io/v1", "ClusterPolicy"), ("kyverno.io/v1", "Policy"): try kyverno(node, &result)
      case ("", "") where document["transports"] != nil || document["default"]?.array != nil:
        try containersPolicy(node, &result)
      case ("", "") where document["trustPolicies"] != nil: try notation(document, &result)
      case ("", "") where document["validators"] != nil || document["application"]?["validators"] != nil:
        try connaisseur(node, &result)
      case ("policies.kyverno.io/v1alpha1", "ImageValidatingPolicy"),
        ("policies.kyverno.io/v1beta1", "ImageValidatingPolicy"), ("policies.kyverno.io/v1", "ImageValidatingPolicy"):
        try imageValidatingPolicy(node, &result)
      case (let version, let kind):
        throw node.wrong(
          "\(kind.isEmpty ? "a document" : kind) of \(version.isEmpty ? "no version" : version) is no policy on images")
      }
    }
    guard !result.policies.isEmpty || !result.remarks.isEmpty else {
      throw .malformed(.imagePolicy, "\(file): no policy in it")
    }
    return result
  }

  // MARK: Our own

  private func policy(_ node: PolicyNode) throws(TrustFailure) -> ImagePolicy {
    try node.allow("apiVersion", "kind", "metadata", "spec")
    let metadata = try node.required("metadata")
    let name = try metadata.required("name").text()
    let spec = try node.required("spec")
    try spec.allow("images", "excludeImages", "require", "authorities", "maxAgeDays", "exceptions")
    let images = try patterns(spec, "images")
    let excluded = spec["excludeImages"] == nil ? [] : try patterns(spec, "excludeImages")
    let quorum: ImagePolicy.Quorum
    switch try spec.text("require") {
    case nil, "any": quorum = .any
    case "all": quorum = .all
    default: throw spec.wrong("require must be any or all")
    }
    var authorities: [ImageAuthority] = []
    for (index, item) in try spec.list("authorities").enumerated() {
      authorities.append(try authority(item, index))
    }
    guard !authorities.isEmpty else { throw spec.wrong("authorities is empty; nobody could sign") }
    var age: Int?
    if let days = spec["maxAgeDays"] {
      guard let value = days.node.int, (1...36_500).contains(value) else {
        throw days.wrong("must be a number of days")
      }
      age = Int(value)
    }
    var exceptions: [ImagePolicy.Exception] = []
    for item in try spec.list("exceptions") {
      try item.allow("images", "reason", "expires")
      var expires: CalendarDate?
      if let text = try item.text("expires") {
        guard let date = CalendarDate(text) else { throw item.wrong("expires must be a date, YYYY-MM-DD") }
        expires = date
      }
      exceptions.append(
        ImagePolicy.Exception(
          images: try patterns(item, "images"), reason: try item.required("reason").text(), expires: expires))
    }
    return ImagePolicy(
      name: name, images: images, excluded: excluded, quorum: quorum, authorities: authorities, maximumAge: age,
      exceptions: exceptions)
  }

  private func patterns(_ node: PolicyNode, _ key: String) throws(TrustFailure) -> [ImagePattern] {
    var result: [ImagePattern] = []
    for item in try node.required(key).list() {
      let text = try item.text()
      // Names always have a registry, so that this would be a policy on nothing.
      guard text != "*" else { throw item.wrong("* stands for a part of a name; ** stands for every image") }
      result.append(ImagePattern(Self.fullPattern(text)))
    }
    guard !result.isEmpty else { throw node.wrong("\(key) is empty") }
    return result
  }

  private func authority(_ node: PolicyNode, _ index: Int) throws(TrustFailure) -> ImageAuthority {
    try node.allow("name", "keys", "keyless", "notation", "transparencyLog", "certificateTransparency", "attestations")
    let name = try node.text("name") ?? "authority-\(index)"
    let kind: ImageAuthority.Kind
    switch (node["keys"], node["keyless"], node["notation"]) {
    case (let keys?, nil, nil):
      var list: [VerificationKey] = []
      for item in try keys.list() { list.append(try key(item)) }
      guard !list.isEmpty else { throw keys.wrong("is empty") }
      kind = .keys(list)
    case (nil, let keyless?, nil):
      try keyless.allow("identities")
      var list: [ExpectedIdentity] = []
      for item in try keyless.required("identities").list() { list.append(try identity(item)) }
      guard !list.isEmpty else { throw keyless.wrong("identities is empty") }
      kind = .keyless(list)
    case (nil, nil, let notation?): kind = .notation(try statement(notation, name))
    default: throw node.wrong("must have one of keys, keyless and notation")
    }
    var attestations: [ImageAuthority.Attestation] = []
    for item in try node.list("attestations") {
      try item.allow("predicateType", "conditions")
      var conditions: [AttestationCondition] = []
      for condition in try item.list("conditions") {
        do throws(TrustFailure) { conditions.append(try AttestationCondition(try condition.text())) } catch {
          throw condition.wrong(error.sentence)
        }
      }
      attestations.append(
        ImageAuthority.Attestation(predicateType: try item.required("predicateType").text(), conditions: conditions))
    }
    if case .notation = kind, !attestations.isEmpty {
      throw node.wrong("Notation signs images only; attestations are signed with keys or keyless")
    }
    return ImageAuthority(
      name: name, kind: kind, requiresLog: try wants(node, "transparencyLog"),
      requiresCertificateTimestamp: try wants(node, "certificateTransparency"), attestations: attestations)
  }

  private func wants(_ node: PolicyNode, _ key: String) throws(TrustFailure) -> Bool {
    switch try node.text(key) {
    case nil, "required": return true
    case "optional": return false
    default: throw node.wrong("\(key) must be required or optional")
    }
  }

  private func key(_ node: PolicyNode) throws(TrustFailure) -> VerificationKey {
    try node.allow("data", "file")
    switch (try node.text("data"), try node.text("file")) {
    case (let data?, nil): return try key(Array(data.utf8), node)
    case (nil, let path?): return try key(try opened(path, node), node)
    default: throw node.wrong("must have either data or file")
    }
  }

  func key(_ pem: [UInt8], _ node: PolicyNode) throws(TrustFailure) -> VerificationKey {
    do throws(TrustFailure) { return try VerificationKey(pem: pem) } catch { throw node.wrong(error.sentence) }
  }

  /// All keys of a text.
  func keys(_ pem: String, _ node: PolicyNode) throws(TrustFailure) -> [VerificationKey] {
    var list: [VerificationKey] = []
    var text = Substring(pem)
    while let end = text.firstRange(of: "-----END PUBLIC KEY-----") {
      list.append(try key(Array(text[..<end.upperBound].utf8), node))
      text = text[end.upperBound...]
    }
    guard !list.isEmpty else { throw node.wrong("no public key in it") }
    return list
  }

  private func opened(_ path: String, _ node: PolicyNode) throws(TrustFailure) -> [UInt8] {
    do { return try open(path) } catch { throw node.wrong("\(path) cannot be read: \(error)") }
  }

  private func identity(_ node: PolicyNode) throws(TrustFailure) -> ExpectedIdentity {
    try node.allow("subject", "subjectRegExp", "issuer", "issuerRegExp", "claims")
    let subject = try match(node, "subject", "subjectRegExp")
    let issuer = try match(node, "issuer", "issuerRegExp")
    guard let subject, let issuer else {
      throw node.wrong("must have subject or subjectRegExp, and issuer or issuerRegExp")
    }
    var claims: [FulcioClaim: TextMatch] = [:]
    if let given = node["claims"] {
      for entry in given.node.entries {
        guard let claim = FulcioClaim.allCases.first(where: { $0.key == entry.key }) else {
          throw given.wrong(
            "unknown claim \(entry.key); known are \(FulcioClaim.allCases.map(\.key).joined(separator: ", "))")
        }
        guard let text = entry.value.string else { throw given.wrong("\(entry.key) must be text") }
        claims[claim] = .exact(text)
      }
    }
    return ExpectedIdentity(name: subject, issuer: issuer, claims: claims)
  }

  func match(_ node: PolicyNode, _ exact: String, _ pattern: String) throws(TrustFailure) -> TextMatch? {
    switch (try node.text(exact), try node.text(pattern)) {
    case (nil, nil): return nil
    case (let text?, nil): return .exact(text)
    case (nil, let source?):
      do throws(LinearRegex.Invalid) { return .pattern(try LinearRegex(source), source: source) } catch {
        throw node.wrong("\(pattern): \(error.message)")
      }
    default: throw node.wrong("has both \(exact) and \(pattern)")
    }
  }

  private func statement(_ node: PolicyNode, _ name: String) throws(TrustFailure) -> NotationTrustPolicy.Statement {
    try node.allow("level", "override", "verifyTimestamp", "trustStores", "trustedIdentities")
    do throws(TrustFailure) {
      return try NotationTrustPolicy.statement(ofAuthority: node.node, name: name)
    } catch { throw node.wrong(error.sentence) }
  }

  // MARK: Other tools

  /// policy-controller of Sigstore.
  ///
  /// Source: docs.sigstore.dev, "Policy Controller", "Configuring policy-controller ClusterImagePolicy".
  private func clusterImagePolicy(_ node: PolicyNode, _ result: inout Result) throws(TrustFailure) {
    let name = node.node[path: "metadata", "name"]?.string ?? ""
    let spec = try node.required("spec")
    var images: [ImagePattern] = []
    for item in try spec.list("images") {
      images.append(ImagePattern(Self.fullPattern(try item.required("glob").text())))
    }
    for key in ["match", "mode"] where spec[key] != nil {
      let isEnforce = key == "mode" && spec.node["mode"]?.string == "enforce"
      if !isEnforce { result.remarks.append("\(file): ClusterImagePolicy \(name): \(key) is left out") }
    }
    // A condition on top of the signatures; without it too much would pass.
    if spec["policy"] != nil {
      result.remarks.append(
        "\(file): ClusterImagePolicy \(name): policy is a condition in CUE or Rego, which has no place here: its images are refused"
      )
      try append(&result, name, images, .any, [], node)
      return
    }
    var authorities: [ImageAuthority] = []
    for (index, item) in try spec.list("authorities").enumerated() {
      let label = item.node["name"]?.string ?? "authority-\(index)"
      func leaveOut(_ what: String) {
        result.remarks.append("\(file): ClusterImagePolicy \(name): authority \(label) is left out: \(what)")
      }
      var attestations: [ImageAuthority.Attestation] = []
      var isWhole = true
      for attestation in try item.list("attestations") {
        // CUE and Rego have no place here, and a policy without its condition would let too much through.
        if attestation["policy"] != nil {
          isWhole = false
          continue
        }
        attestations.append(.init(predicateType: try attestation.required("predicateType").text()))
      }
      guard isWhole else {
        leaveOut("conditions in CUE or Rego; write them in CEL")
        continue
      }
      if item["source"] != nil {
        leaveOut("signatures in another repository")
        continue
      }
      if item["static"] != nil {
        leaveOut("static")
        continue
      }
      let hasLog = item["ctlog"] != nil
      if let key = item["key"] {
        guard let data = try key.text("data") else {
          leaveOut("a key that is not in the policy itself")
          continue
        }
        authorities.append(
          ImageAuthority(
            name: label, kind: .keys([try self.key(Array(data.utf8), key)]), requiresLog: hasLog,
            attestations: attestations))
      } else if let keyless = item["keyless"] {
        guard keyless["trustRootRef"] == nil, keyless["ca-cert"] == nil else {
          leaveOut("a trust root of the cluster; give it as --trusted-root")
          continue
        }
        var identities: [ExpectedIdentity] = []
        for item in try keyless.list("identities") {
          let subject = try match(item, "subject", "subjectRegExp")
          let issuer = try match(item, "issuer", "issuerRegExp")
          identities.append(ExpectedIdentity(name: subject ?? .any, issuer: issuer ?? .any))
        }
        guard !identities.isEmpty else {
          leaveOut("keyless without identities")
          continue
        }
        authorities.append(ImageAuthority(name: label, kind: .keyless(identities), attestations: attestations))
      } else {
        leaveOut("neither key nor keyless")
      }
    }
    try append(&result, name, images, .any, authorities, node)
  }

  /// An imported policy of which nothing is left requires what nobody can meet: images of it are refused, and not let
  /// through.
  func append(
    _ result: inout Result, _ name: String, _ images: [ImagePattern], excluded: [ImagePattern] = [],
    _ quorum: ImagePolicy.Quorum, _ authorities: [ImageAuthority], _ node: PolicyNode
  ) throws(TrustFailure) {
    guard !images.isEmpty else { throw node.wrong("it names no images") }
    result.policies.append(
      ImagePolicy(name: name, images: images, excluded: excluded, quorum: quorum, authorities: authorities))
  }

  /// Names without a registry are those of Docker Hub.
  ///
  /// Source: policy-controller, pkg/apis/glob: `*` stands for `index.docker.io/library/*`, `**` for everything.
  static func fullPattern(_ glob: String) -> String {
    if glob.hasPrefix("**") { return glob }
    var glob = glob
    if glob.hasPrefix("index.docker.io/") { glob = "docker.io/" + glob.dropFirst("index.docker.io/".count) }
    let first = glob.split(separator: "/", omittingEmptySubsequences: false).first ?? ""
    if !glob.contains("/") { return "docker.io/library/" + glob }
    return first.contains(where: { ".:*".contains($0) }) || first == "localhost" ? glob : "docker.io/" + glob
  }

  /// Rules `verifyImages` of Kyverno.
  ///
  /// Source: kyverno.io, "Verify Images Rules".
  private func kyverno(_ node: PolicyNode, _ result: inout Result) throws(TrustFailure) {
    let name = node.node[path: "metadata", "name"]?.string ?? ""
    for rule in try node.required("spec").list("rules") {
      let label = "\(name)/\(rule.node["name"]?.string ?? "")"
      for (index, verify) in try rule.list("verifyImages").enumerated() {
        var images: [ImagePattern] = []
        for item in try verify.list("imageReferences") {
          images.append(ImagePattern(Self.kyvernoPattern(try item.text())))
        }
        var excluded: [ImagePattern] = []
        for item in try verify.list("skipImageReferences") {
          excluded.append(ImagePattern(Self.kyvernoPattern(try item.text())))
        }
        // Attestations are asked for with conditions in JMESPath, which have no place here; leaving them out would make the policy
        // easier.
        let hasAttestations = !(verify.node["attestations"]?.elements ?? []).isEmpty
        let attestors = try verify.list("attestors")
        if hasAttestations || attestors.isEmpty {
          result.remarks.append(
            "\(file): \(label): "
              + (hasAttestations
                ? "attestations are left out, so that images of the rule are refused; write their conditions in CEL"
                : "it names no attestors, so that images of the rule are refused"))
          try append(&result, "\(label)[\(index)]", images, excluded: excluded, .all, [], verify)
          continue
        }
        if verify.node["type"]?.string == "Notary" {
          result.remarks.append("\(file): \(label): signatures of Notary are left out; use a trust policy of Notation")
        }
        for (place, attestors) in attestors.enumerated() {
          var authorities: [ImageAuthority] = []
          let entries = try attestors.list("entries")
          for (number, entry) in entries.enumerated() {
            if let authority = try kyvernoAuthority(entry, "\(label)-\(number)", &result) {
              authorities.append(authority)
            }
          }
          let count = attestors.node["count"]?.int
          // More than one and fewer than all cannot be said here: all is stricter.
          let isAny = count == 1
          if let count, count > 1, count < entries.count {
            result.remarks.append("\(file): \(label): \(count) of \(entries.count) signers are wanted; here all are")
          }
          // An authority that was left out must not make `all` easier.
          let isIncomplete = authorities.count < entries.count && !isAny
          try append(
            &result, "\(label)[\(index).\(place)]", images, excluded: excluded, isAny ? .any : .all,
            isIncomplete ? [] : authorities, verify)
        }
      }
    }
  }

  private func kyvernoAuthority(
    _ entry: PolicyNode, _ name: String, _ result: inout Result
  ) throws(TrustFailure) -> ImageAuthority? {
    // Conditions on the signature or its certificate, and another place for it: without them another signature would do.
    let conditions = [entry["annotations"], entry["repository"], entry["keyless"]?["additionalExtensions"]]
    if let condition = conditions.compactMap({ $0 }).first(where: { !$0.node.isNull }) {
      let key = condition.path.split(separator: ".").last ?? ""
      result.remarks.append("\(file): \(name): a signer with \(key) is left out")
      return nil
    }
    if let keys = entry["keys"], let pem = keys.node["publicKeys"]?.string, pem.contains("-----BEGIN") {
      let ignoresLog = keys.node[path: "rekor", "ignoreTlog"]?.bool ?? false
      let list = try self.keys(pem, keys)
      return ImageAuthority(name: name, kind: .keys(list), requiresLog: !ignoresLog)
    }
    if let keyless = entry["keyless"] {
      guard keyless["roots"] == nil else {
        result.remarks.append("\(file): \(name): roots in the policy are left out; give them as --trusted-root")
        return nil
      }
      let identity = ExpectedIdentity(
        name: try kyvernoMatch(keyless, "subject", "subjectRegExp") ?? .any,
        issuer: try kyvernoMatch(keyless, "issuer", "issuerRegExp") ?? .any)
      return ImageAuthority(name: name, kind: .keyless([identity]))
    }
    result.remarks.append("\(file): \(name): a signer of another kind than keys in the policy and keyless is left out")
    return nil
  }

  /// `*` and `?` are wildcards in Kyverno, over all characters.
  func kyvernoMatch(_ node: PolicyNode, _ exact: String, _ pattern: String) throws(TrustFailure) -> TextMatch? {
    guard let text = try node.text(exact), text.contains(where: { "*?".contains($0) }) else {
      return try match(node, exact, pattern)
    }
    var source = ""
    for character in text {
      switch character {
      case "*": source += ".*"
      case "?": source += "."
      case _ where character.isLetter || character.isNumber || character == "/": source.append(character)
      default: source += "\\" + String(character)
      }
    }
    do throws(LinearRegex.Invalid) { return .pattern(try LinearRegex(source), source: text) } catch {
      throw node.wrong("\(exact): \(error.message)")
    }
  }

  /// Kyverno's `*` reaches across slashes.
  static func kyvernoPattern(_ text: String) -> String {
    var result = ""
    for character in text { result += character == "*" ? "**" : String(character) }
    return result == "**" || result.hasPrefix("**") ? result : fullPattern(result)
  }

  /// `policy.json` of Podman, Skopeo and CRI-O.
  ///
  /// Source: containers/image, docs/containers-policy.json.5.md.
  private func containersPolicy(_ node: PolicyNode, _ result: inout Result) throws(TrustFailure) {
    var scopes: [(String, PolicyNode)] = []
    if let docker = node["transports"]?["docker"] {
      for entry in docker.node.entries {
        scopes.append(
          (entry.key, PolicyNode(node: entry.value, path: "transports.docker.\(entry.key)", file: file)))
      }
    }
    for entry in node.node["transports"]?.entries ?? [] where entry.key != "docker" {
      result.remarks.append("\(file): the transport \(entry.key) is left out")
    }
    if let fallback = node["default"] { scopes.append(("", fallback)) }
    for (scope, requirements) in scopes {
      let images = Self.containersPatterns(scope)
      // The most specific scope alone counts.
      var isRefused = false
      let narrower = scopes.map(\.0).filter {
        $0 != scope && (scope.isEmpty || $0.hasPrefix(scope + "/") || $0.hasPrefix(scope + ":"))
      }
      var authorities: [ImageAuthority] = []
      var isOpen = false
      for (index, item) in try requirements.list().enumerated() {
        switch item.node["type"]?.string {
        case "insecureAcceptAnything": isOpen = true
        case "reject": break
        case "sigstoreSigned":
          guard item["fulcio"] == nil || item["keyData"] == nil else { throw item.wrong("has keys and fulcio") }
          var keys: [VerificationKey] = []
          if let text = try item.text("keyData") {
            guard let pem = Base64.decode(text) else { throw item.wrong("keyData is not base 64") }
            keys.append(try key(pem, item))
          }
          if let path = try item.text("keyPath") { keys.append(try key(try opened(path, item), item)) }
          for path in try item.list("keyPaths") { keys.append(try key(try opened(try path.text(), path), path)) }
          let signedName: ImageAuthority.SignedName?
          switch item.node[path: "signedIdentity", "type"]?.string {
          // By default as well, the name in the signature is that of the image.
          case nil, "matchExact", "matchRepoDigestOrExact", "matchRepository": signedName = .own
          case "exactReference":
            signedName = .repository(
              ImageAuthority.SignedName.repository(
                item.node[path: "signedIdentity", "dockerReference"]?.string ?? ""))
          case "exactRepository":
            signedName = .repository(item.node[path: "signedIdentity", "dockerRepository"]?.string ?? "")
          default:
            result.remarks.append(
              "\(file): \(scope): this signedIdentity has no place here, so that images there are refused")
            isRefused = true
            signedName = nil
          }
          let hasLog = item["rekorPublicKeyPath"] != nil || item["rekorPublicKeyData"] != nil
          if !keys.isEmpty {
            authorities.append(
              ImageAuthority(
                name: "\(scope.isEmpty ? "default" : scope)-\(index)", kind: .keys(keys), requiresLog: hasLog,
                signedName: signedName))
          } else if let fulcio = item["fulcio"], let issuer = try fulcio.text("oidcIssuer"),
            let mail = try fulcio.text("subjectEmail")
          {
            result.remarks.append("\(file): \(scope): authorities come from --trusted-root, not from caPath")
            authorities.append(
              ImageAuthority(
                name: "\(scope)-\(index)",
                kind: .keyless([ExpectedIdentity(name: .exact(mail), issuer: .exact(issuer))]),
                requiresCertificateTimestamp: false, signedName: signedName))
          } else {
            throw item.wrong("has neither keys nor fulcio")
          }
        case "signedBy":
          result.remarks.append("\(file): \(scope): signatures with GPG keys are left out: images there are refused")
        default: throw item.wrong("unknown type of requirement")
        }
      }
      guard !isOpen || !authorities.isEmpty else { continue }
      result.policies.append(
        ImagePolicy(
          name: scope.isEmpty ? "default" : scope, images: images, excluded: narrower.flatMap(Self.containersPatterns),
          quorum: .all, authorities: isRefused ? [] : authorities))
    }
  }

  /// A scope is a repository, a namespace above it, a host, or `*.host`.
  private static func containersPatterns(_ scope: String) -> [ImagePattern] {
    if scope.isEmpty { return [ImagePattern("**")] }
    let last = scope.lastIndex(of: "/").map { scope.index(after: $0) }
    if let last, scope[last...].contains(where: { ":@".contains($0) }) { return [ImagePattern(scope)] }
    return [ImagePattern(scope), ImagePattern(scope + "/**")]
  }

  /// Trust policies of Notation apply by repository, so that each becomes a policy of its own.
  private func notation(_ document: DocumentNode, _ result: inout Result) throws(TrustFailure) {
    let policy = try NotationTrustPolicy(document)
    let named = Set(policy.statements.flatMap(\.scopes)).subtracting(["*"])
    for statement in policy.statements where statement.level != .skip {
      let isGlobal = statement.scopes == ["*"]
      result.policies.append(
        ImagePolicy(
          name: statement.name, images: isGlobal ? [ImagePattern("**")] : statement.scopes.map { ImagePattern($0) },
          excluded: isGlobal ? named.sorted().map { ImagePattern($0) } : [],
          authorities: [ImageAuthority(name: statement.name, kind: .notation(statement))]))
    }
    for statement in policy.statements where statement.level == .skip {
      result.remarks.append("\(file): trust policy \(statement.name) asks for nothing (skip)")
    }
  }
}
