import Bytes

extension Mapping {
  /// The audit log of the Kubernetes API server, `audit.k8s.io/v1` and `v1beta1`.
  /// Source: kubernetes/apiserver, pkg/apis/audit/v1/types.go; what the server really writes: recorded from 1.36.
  static let kubernetesAudit = Mapping(
    .kubernetesAudit, "Kubernetes audit log",
    .object { bytes, members in
      if members.starts(bytes, "apiVersion", with: "audit.k8s.io/") { return members.equals(bytes, "kind", "Event") }
      // Collectors drop what is the same everywhere; verb and user or object remain.
      guard members.kind(bytes, "apiVersion") == .none || members.equals(bytes, "kind", "Event") else { return false }
      if members.isText(bytes, "auditID"), members.hasAny(bytes, "stage", "verb", "requestURI") { return true }
      return members.isText(bytes, "verb") && members.kind(bytes, "objectRef") == .object
        || members.equals(bytes, "kind", "Event") && members.kind(bytes, "user") == .object
          && members.hasAny(bytes, "sourceIPs", "requestURI", "verb", "userAgent")
        || members.equals(bytes, "kind", "Event") && members.isText(bytes, "verb")
          && members.hasAny(bytes, "responseStatus", "sourceIPs")
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "kubernetes.audit", native: "")],
    rules: [
      .time("stageTimestamp", "requestReceivedTimestamp", "timestamp", "metadata.creationTimestamp"),
      .copy("verb", to: .eventAction),
      .copy("user.username", to: .userName),
      .copy("impersonatedUser.username", to: .userEffectiveName),
      .compute(.sourceIp, from: ["sourceIPs"], AuditFields.source),
      .copy("userAgent", to: .userAgentOriginal),
      .copy("objectRef.namespace", to: .orchestratorNamespace),
      .copy("objectRef.resource", to: .orchestratorResourceType),
      // The name of an object that the server named is in its answer only.
      .copy("objectRef.name", "responseObject.metadata.name", to: .orchestratorResourceName),
      .copy("objectRef.subresource", to: .kubernetesAuditObjectRefSubresource),
      .copy("responseStatus.code", to: .httpResponseStatusCode),
      .copy("user.extra.'authentication.kubernetes.io/pod-name'", to: .kubernetesPodName),
      .compute(
        .eventCategory, .eventType, .eventOutcome,
        from: [
          "verb", "objectRef.resource", "objectRef.subresource", "objectRef.apiGroup", "responseStatus.code", "stage",
          "annotations.'authorization.k8s.io/decision'", "user.username", "kind", "apiVersion",
          "auditID",
        ], AuditFields.classify),
      .constant("kubernetes", to: .orchestratorType),
      .copy("auditID", to: .eventId),
      .copy("responseStatus.reason", to: .eventReason),
      .copy("responseStatus.message", to: .message),
      .time("requestReceivedTimestamp", "timestamp", to: .eventStart),
      .compute(.eventDuration, from: ["requestReceivedTimestamp", "stageTimestamp"]) { bytes, extractor in
        guard let start = extractor.moment(0, bytes), let end = extractor.moment(1, bytes), end >= start else { return }
        extractor.emit(.eventDuration, integer: Int(end - start))
      },
      .copy("user.uid", to: .userId),
      .all("user.groups", to: .userGroupName),
      .copy("impersonatedUser.uid", to: .userEffectiveId),
      .all("impersonatedUser.groups", to: .userEffectiveGroupName),
      .compute(.kubernetesServiceAccountNamespace, .kubernetesServiceAccountName, from: ["user.username"]) {
        AuditFields.serviceAccount($0, &$1, 0)
      },
      .copy("user.extra.'authentication.kubernetes.io/pod-uid'", to: .kubernetesPodUid),
      .copy("user.extra.'authentication.kubernetes.io/node-name'", to: .kubernetesNodeName),
      .copy("user.extra.'authentication.kubernetes.io/credential-id'", to: .kubernetesCredentialId),
      .copy("annotations.'authentication.kubernetes.io/issued-credential-id'", to: .kubernetesIssuedCredentialId),
      .compute(.networkForwardedIp, from: ["sourceIPs"], AuditFields.claimedAddresses),
      .copy("objectRef.uid", "responseObject.metadata.uid", to: .orchestratorResourceId),
      .compute(.orchestratorApiVersion, from: ["objectRef.apiGroup", "objectRef.apiVersion"]) { bytes, extractor in
        guard let version = extractor.text(1, bytes) else { return }
        extractor.emit(.orchestratorApiVersion, extractor.text(0, bytes).map { $0 + "/" + version } ?? version)
      },
      .copy("requestURI", to: .urlOriginal),
      .compute(.urlPath, .urlQuery, from: ["requestURI"]) { URLFields.split($0, &$1, 0) },
      .compute(
        .processCommandLine, .processArgs, .containerName, from: ["requestURI", "objectRef.subresource"],
        StreamedCommand.emit),
      .copy("level", to: .kubernetesAuditLevel),
      .copy("stage", to: .kubernetesAuditStage),
      .copy("verb", to: .kubernetesAuditVerb),
      .copy("auditID", to: .kubernetesAuditAuditID),
      .copy("requestURI", to: .kubernetesAuditRequestURI),
      .copy("user.username", to: .kubernetesAuditUserUsername),
      .all("user.groups", to: .kubernetesAuditUserGroups),
      .copy("impersonatedUser.username", to: .kubernetesAuditImpersonatedUserUsername),
      .all("sourceIPs", to: .kubernetesAuditSourceIPs),
      .copy("userAgent", to: .kubernetesAuditUserAgent),
      .copy("objectRef.apiGroup", to: .kubernetesAuditObjectRefApiGroup),
      .copy("objectRef.apiVersion", to: .kubernetesAuditObjectRefApiVersion),
      .copy("objectRef.resource", to: .kubernetesAuditObjectRefResource),
      .copy("objectRef.namespace", to: .kubernetesAuditObjectRefNamespace),
      .copy("objectRef.name", to: .kubernetesAuditObjectRefName),
      .copy("responseStatus.code", to: .kubernetesAuditResponseStatusCode),
      .copy("responseStatus.reason", to: .kubernetesAuditResponseStatusReason),
      .copy("responseStatus.message", to: .kubernetesAuditResponseStatusMessage),
      .copy("annotations.'authorization.k8s.io/decision'", to: .kubernetesAuditDecision),
      .copy("annotations.'authorization.k8s.io/reason'", to: .kubernetesAuditAuthorizationReason),
    ])
}

extension Extractor {
  /// Whether what was found by the hot plan of the audit mapping is an event of the API server as it writes them.
  /// Whoever says so by the whole record says it too (`Mapping.kubernetesAudit` stands first in the catalogue).
  ///
  /// - Parameter plan: that one.
  func isAuditEvent(_ plan: ExtractionPlan, _ bytes: Span<UInt8>) -> Bool {
    let kind = capture(AuditFields.kindPlace(plan))
    let version = capture(AuditFields.versionPlace(plan))
    return kind.kind == .string && version.kind == .string && bytes.equals(kind.range, "Event")
      && bytes.starts(version.range.lowerBound, with: "audit.k8s.io/")
  }
}

/// What the fields of audit events are computed by.
enum AuditFields {
  private static let places: (kind: Int, version: Int) = {
    let paths = MappingCatalogue.all[MappingCatalogue.audit].hot.paths
    return (paths.firstIndex(of: "kind") ?? 0, paths.firstIndex(of: "apiVersion") ?? 0)
  }()

  static func kindPlace(_ plan: ExtractionPlan) -> Int { places.kind }
  static func versionPlace(_ plan: ExtractionPlan) -> Int { places.version }

  /// `source.ip`: the last address that is no trusted proxy. What stands before it is what the client says.
  static func source(_ bytes: Span<UInt8>, _ extractor: inout Extractor) {
    if let range = sourcePlace(bytes, extractor) { extractor.emit(.sourceIp, at: range, .string, bytes) }
  }

  private static func sourcePlace(_ bytes: Span<UInt8>, _ extractor: Extractor) -> Range<Int>? {
    var last: Range<Int>?
    var first: Range<Int>?
    let proxies = extractor.options.trustedProxies
    extractor.eachPlace(0, bytes) { range, kind in
      guard kind == .string else { return true }
      if first == nil { first = range }
      if proxies.isEmpty || !isProxy(bytes, range, proxies) { last = range }
      return true
    }
    // Where all are proxies the request is the outermost proxy's own.
    return last ?? first
  }

  private static func isProxy(_ bytes: Span<UInt8>, _ range: Range<Int>, _ proxies: [IPRange]) -> Bool {
    guard let address = IPAddress(bytes.text(range)) else { return false }
    return proxies.contains { $0.contains(address) }
  }

  /// `network.forwarded_ip`: what stands before the source, which anybody can have written.
  static func claimedAddresses(_ bytes: Span<UInt8>, _ extractor: inout Extractor) {
    guard let source = sourcePlace(bytes, extractor) else { return }
    var claims: [String] = []
    extractor.eachPlace(0, bytes) { range, kind in
      guard range.lowerBound < source.lowerBound else { return false }
      if kind == .string { claims.append(bytes.text(range)) }
      return claims.count < 64
    }
    extractor.emit(.networkForwardedIp, all: claims)
  }

  static func serviceAccount(_ bytes: Span<UInt8>, _ extractor: inout Extractor, _ input: Int) {
    let capture = extractor.input(input)
    guard capture.kind == .string, bytes.starts(capture.range.lowerBound, with: "system:serviceaccount:"),
      let name = extractor.text(input, bytes)
    else { return }
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return }
    extractor.emit(.kubernetesServiceAccountNamespace, String(parts[2]))
    extractor.emit(.kubernetesServiceAccountName, String(parts[3]))
  }

  /// Category, type and outcome of a request.
  ///
  /// The inputs are verb, resource, subresource, API group, status, stage, decision, user, kind, API version and audit ID,
  /// in this order.
  static func classify(_ bytes: Span<UInt8>, _ extractor: inout Extractor) {
    extractor.identify(by: 10, within: 5)
    let code = extractor.integer(4, bytes)
    let verb = extractor.input(0)
    let resource = extractor.input(1)
    let subresource = extractor.input(2)
    extractor.header.categories.insert(.api)
    func isVerb(_ word: StaticString) -> Bool { verb.kind == .string && bytes.equals(verb.range, word) }
    func isResource(_ word: StaticString) -> Bool { resource.kind == .string && bytes.equals(resource.range, word) }
    func isSubresource(_ word: StaticString) -> Bool {
      subresource.kind == .string && bytes.equals(subresource.range, word)
    }
    var isStream = false
    if subresource.kind == .string {
      if isSubresource("exec") || isSubresource("attach") {
        extractor.header.categories.insert(.process)
        extractor.header.types.insert(.start)
        isStream = true
      } else if isSubresource("portforward") || isSubresource("proxy") {
        extractor.header.categories.insert(.network)
        extractor.header.types.insert(.connection)
        isStream = true
      } else if isSubresource("token") {
        extractor.header.categories.insert(.iam)
      }
    }
    let group = extractor.input(3)
    if group.kind == .string,
      bytes.equals(group.range, "rbac.authorization.k8s.io") || bytes.equals(group.range, "certificates.k8s.io")
        || bytes.equals(group.range, "authorization.k8s.io")
    {
      extractor.header.categories.insert(.iam)
    } else if group.kind == .string, bytes.equals(group.range, "authentication.k8s.io") {
      extractor.header.categories.insert(.authentication)
    } else if isResource("serviceaccounts") {
      extractor.header.categories.insert(.iam)
    }
    if isVerb("create") {
      if !isStream { extractor.header.types.insert(.creation) }
    } else if isVerb("update") || isVerb("patch") || isVerb("apply") {
      extractor.header.types.insert(.change)
    } else if isVerb("delete") || isVerb("deletecollection") {
      extractor.header.types.insert(.deletion)
    } else if verb.kind == .string {
      if !isStream { extractor.header.types.insert(.access) }
    }
    if !extractor.header.types.isDisjoint(with: [.creation, .change, .deletion]) {
      extractor.header.categories.insert(.configuration)
    }
    if extractor.equals(6, bytes, "allow") {
      extractor.header.types.insert(.allowed)
    } else if extractor.equals(6, bytes, "forbid") {
      extractor.header.types.insert(.denied)
    }
    if code == 401 {
      extractor.header.categories.insert(.authentication)
      extractor.header.types.insert(.denied)
    } else if code == 403 {
      extractor.header.types.insert(.denied)
    }
    if extractor.equals(5, bytes, "Panic") {
      extractor.header.types.insert(.error)
      extractor.setOutcome(.failure)
      return
    }
    guard let code else { return }
    // 101 says that the connection was handed over, and nothing of what became of it.
    if code == 101, isStream { return extractor.leaveOutcomeUnknown() }
    extractor.setOutcome(code >= 400 ? .failure : .success)
  }
}
