import Bytes

extension Mapping {
  /// Cloud Audit Logs of Google Cloud: GKE's API server, Artifact Registry, everything else. Source: cloud.google.com,
  /// "Understanding audit logs" and google.cloud.audit.AuditLog; google.rpc.Code for the status.
  static let gcpAudit = Mapping(
    .gcpAudit, "Google Cloud audit log",
    .object { bytes, members in members.kind(bytes, "protoPayload") == .object },
    isAuthoritative: true,
    aliases: [
      Alias(prefix: "kubernetes.audit.requestObject", native: "protoPayload.request"),
      Alias(prefix: "kubernetes.audit.responseObject", native: "protoPayload.response"),
      Alias(prefix: "kubernetes.audit.annotations", native: "labels"),
      Alias(prefix: "gcp.audit", native: "protoPayload"), Alias(prefix: "gcp", native: ""),
    ],
    rules: [
      .time("timestamp", "receiveTimestamp"),
      .copy(
        "protoPayload.authenticationInfo.principalEmail", "protoPayload.authenticationInfo.principalSubject",
        "protoPayload.authenticationInfo.authoritySelector", to: .userName),
      .compute(
        .sourceIp, .sourceDomain,
        from: ["protoPayload.requestMetadata.callerIp", "protoPayload.requestMetadata.callerIP"]
      ) { bytes, extractor in
        guard let caller = extractor.text(0, bytes) ?? extractor.text(1, bytes) else { return }
        URLFields.emitSource(caller, &extractor)
      },
      .copy("protoPayload.requestMetadata.callerSuppliedUserAgent", to: .userAgentOriginal),
      .copy("resource.labels.cluster_name", to: .orchestratorClusterName),
      .compute(
        .eventAction, .orchestratorNamespace, .orchestratorResourceType, .orchestratorResourceName,
        .kubernetesAuditObjectRefSubresource, .eventCategory, .eventType, .containerImageName,
        .kubernetesAuditVerb, .kubernetesAuditObjectRefApiGroup, .kubernetesAuditObjectRefApiVersion,
        .kubernetesAuditObjectRefResource, .kubernetesAuditObjectRefNamespace, .kubernetesAuditObjectRefName,
        .containerImageHashAll, .containerImageTag, .kubernetesAuditUserUsername, .kubernetesAuditRequestURI,
        from: [
          "protoPayload.methodName", "protoPayload.resourceName", "protoPayload.serviceName",
          "protoPayload.authenticationInfo.principalEmail",
        ], GCPAuditFields.request),
      .compute(
        .eventOutcome, .httpResponseStatusCode, .kubernetesAuditResponseStatusCode, .kubernetesAuditDecision,
        .eventType,
        from: [
          "protoPayload.status.code", "protoPayload.authorizationInfo.granted",
          "labels.'authorization.k8s.io/decision'",
        ], GCPAuditFields.outcome),
      .copy("severity", to: .logLevel),
      .copy("protoPayload.status.message", to: .message),
      .copy("protoPayload.serviceName", to: .eventProvider),
      .copy("insertId", to: .eventId),
      .copy("protoPayload.methodName", to: .eventCode),
      .copy("protoPayload.authenticationInfo.principalSubject", to: .userId),
      .copy("resource.labels.project_id", to: .cloudProjectId),
      .copy("resource.labels.location", "resource.labels.region", "resource.labels.zone", to: .cloudRegion),
      .constant("gcp", to: .cloudProvider),
      .copy("labels.'authorization.k8s.io/reason'", to: .kubernetesAuditAuthorizationReason),
      .copy("protoPayload.requestMetadata.callerSuppliedUserAgent", to: .kubernetesAuditUserAgent),
      .copy("operation.id", to: .transactionId),
      .copy("logName", to: .logLogger),
    ])
}

private enum GCPAuditFields {
  /// HTTP status of a code of gRPC, as google/rpc/code.proto gives them.
  private static let statuses = [
    200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
  ]

  static func outcome(_ bytes: Span<UInt8>, _ extractor: inout Extractor) {
    let isGranted = extractor.input(1).hasValue ? granted(bytes, extractor) : nil
    let code = extractor.integer(0, bytes)
    if let code {
      let status = statuses.indices.contains(code) ? statuses[code] : 500
      extractor.emit(.kubernetesAuditResponseStatusCode, integer: status)
      if status >= 400, status != 499 { extractor.setStatus(status) }
      extractor.setOutcome(code == 0 ? .success : .failure)
    } else if isGranted == false {
      extractor.setOutcome(.failure)
    } else if isGranted == true {
      // No status stands for success: default values are left out.
      extractor.setOutcome(.success)
    }
    if let decision = extractor.text(2, bytes) ?? isGranted.map({ $0 ? "allow" : "forbid" }) {
      extractor.emit(.kubernetesAuditDecision, decision)
      extractor.header.types.insert(decision == "allow" ? .allowed : .denied)
    }
  }

  private static func granted(_ bytes: Span<UInt8>, _ extractor: Extractor) -> Bool? {
    var all = true
    var isKnown = false
    extractor.eachPlace(1, bytes) { _, kind in
      if kind == .yes || kind == .no { isKnown = true }
      if kind == .no { all = false }
      return true
    }
    return isKnown ? all : nil
  }

  static func request(_ bytes: Span<UInt8>, _ extractor: inout Extractor) {
    guard let method = extractor.text(0, bytes) else { return }
    if method.hasPrefix("io.k8s.") || extractor.equals(2, bytes, "k8s.io") {
      kubernetes(method, extractor.text(1, bytes) ?? "", &extractor)
      if let user = extractor.text(3, bytes) { extractor.emit(.kubernetesAuditUserUsername, user) }
      return
    }
    if extractor.equals(2, bytes, "artifactregistry.googleapis.com"), method.hasPrefix("Docker-") {
      registry(method, extractor.text(1, bytes) ?? "", &extractor)
      return
    }
    extractor.emit(.eventAction, method)
    extractor.header.categories.insert(.api)
    let words = method.lowercased()
    if words.contains("iampolicy") || words.contains("serviceaccount") { extractor.header.categories.insert(.iam) }
    if words.contains(".get") || words.contains("list") || words.hasPrefix("get") {
      extractor.header.types.insert(.access)
    } else if words.contains("delete") {
      extractor.header.types.insert(.deletion)
    } else if words.contains("create") || words.contains("insert") {
      extractor.header.types.insert(.creation)
    } else {
      extractor.header.types.insert(.change)
    }
  }

  /// `io.k8s.core.v1.pods.exec.create` on `core/v1/namespaces/NS/pods/NAME/exec`.
  private static func kubernetes(_ method: String, _ resource: String, _ extractor: inout Extractor) {
    extractor.header.categories.insert(.api)
    let words = method.split(separator: ".").dropFirst(2)
    var verb = words.last.map(String.init) ?? method
    if let version = words.firstIndex(where: isVersion), version + 1 < words.endIndex {
      let behind = words[(version + 1)...]
      if behind.count == 1 { verb = "get" }
    } else if words.count == 1 {
      verb = "get"
    }
    extractor.emit(.eventAction, verb)
    extractor.emit(.kubernetesAuditVerb, verb)
    let parts = resource.split(separator: "/").map(String.init)
    if let version = parts.firstIndex(where: { isVersion(Substring($0)) }), version + 1 < parts.count {
      let group = version > 0 && parts[version - 1] != "core" ? parts[version - 1] : ""
      if !group.isEmpty { extractor.emit(.kubernetesAuditObjectRefApiGroup, group) }
      extractor.emit(.kubernetesAuditObjectRefApiVersion, parts[version])
      var rest = parts[(version + 1)...]
      if rest.first == "namespaces", rest.count > 2 {
        extractor.emit(.orchestratorNamespace, rest[rest.startIndex + 1])
        extractor.emit(.kubernetesAuditObjectRefNamespace, rest[rest.startIndex + 1])
        rest = rest.dropFirst(2)
      }
      if let kind = rest.first {
        extractor.emit(.orchestratorResourceType, kind)
        extractor.emit(.kubernetesAuditObjectRefResource, kind)
        if group == "rbac.authorization.k8s.io" || group == "certificates.k8s.io" || kind == "serviceaccounts" {
          extractor.header.categories.insert(.iam)
        }
      }
      if rest.count > 1 {
        extractor.emit(.orchestratorResourceName, rest[rest.startIndex + 1])
        extractor.emit(.kubernetesAuditObjectRefName, rest[rest.startIndex + 1])
      }
      if rest.count > 2 { extractor.emit(.kubernetesAuditObjectRefSubresource, rest[rest.startIndex + 2]) }
    } else if let version = words.firstIndex(where: isVersion) {
      let behind = words[(version + 1)...]
      if let kind = behind.first, behind.count > 1 {
        extractor.emit(.orchestratorResourceType, String(kind))
        extractor.emit(.kubernetesAuditObjectRefResource, String(kind))
        if behind.count > 2 {
          extractor.emit(.kubernetesAuditObjectRefSubresource, String(behind[behind.startIndex + 1]))
        }
      }
    } else if resource.hasPrefix("/") {
      extractor.emit(.kubernetesAuditRequestURI, resource)
    }
    switch verb {
    case "create":
      extractor.header.types.insert(.creation)
      extractor.header.categories.insert(.configuration)
    case "update", "patch":
      extractor.header.types.insert(.change)
      extractor.header.categories.insert(.configuration)
    case "delete", "deletecollection":
      extractor.header.types.insert(.deletion)
      extractor.header.categories.insert(.configuration)
    default: extractor.header.types.insert(.access)
    }
  }

  private static func isVersion(_ word: Substring) -> Bool {
    word.first == "v" && word.dropFirst().first.map { $0.isASCII && $0.isNumber } ?? false
  }

  /// Artifact Registry's Docker interface: `Docker-GetManifest` on
  /// `projects/P/locations/L/repositories/R/dockerImages/IMAGE@sha256:…`.
  private static func registry(_ method: String, _ resource: String, _ extractor: inout Extractor) {
    extractor.header.categories.insert(.package)
    let name = method.dropFirst("Docker-".count)
    let action: String
    if name.contains("Get") || name.contains("Head") {
      action = name.contains("Tags") ? "list" : "pull"
      extractor.header.types.insert(.access)
    } else if name.contains("Delete") {
      action = "delete"
      extractor.header.types.insert(.deletion)
    } else {
      action = "push"
      extractor.header.types.insert(.change)
    }
    extractor.emit(.eventAction, action)
    let parts = resource.split(separator: "/").map(String.init)
    guard let place = parts.firstIndex(of: "repositories"), place + 1 < parts.count else { return }
    var image = parts[place + 1]
    if let inner = parts.firstIndex(where: { $0 == "dockerImages" || $0 == "packages" }), inner + 1 < parts.count {
      image += "/" + parts[(inner + 1)...].joined(separator: "/")
    }
    RegistryFields.emit(image: image, &extractor)
  }
}
