package import Bytes

/// One event of the Kubernetes audit log (audit.k8s.io v1 and v1beta1), as far as authorization is concerned.
package struct AuditEvent: Sendable {
  /// `objectRef` of the event. Strings are empty where it names none.
  package struct Object: Sendable, Hashable {
    package let group: String
    package let resource: String
    package let subresource: String
    package let namespace: String
    package let name: String
  }

  package let id: String
  /// What the stages of one request have in common.
  let request: Request
  package let stage: String
  package let verb: String
  package let user: String
  package let groups: [String]
  /// The user that the request acted as; nil without impersonation.
  package let impersonatedUser: String?
  package let impersonatedGroups: [String]
  package let impersonatedUID: String?
  /// The verb of constrained impersonation that allowed it, such as `impersonate:user-info`; nil for the plain one.
  package let impersonationConstraint: String?
  /// By key, in the order of the log.
  package let impersonatedExtras: [(key: String, values: [String])]
  /// Nil for requests that name no resource.
  package let object: Object?
  /// The path without its query.
  package let path: String
  /// `spec.signerName` of the body of the request or of its answer; nil where the log has neither.
  package let signer: String?
  /// `roleRef` of the same.
  package let role: (kind: String, name: String)?
  /// HTTP status; nil before there was one.
  package let status: Int?
  /// `allow` or `forbid`; nil where the log does not say.
  package let decision: String?
  /// RFC 3339, as in the log: it sorts as text.
  package let time: String

  /// A request, told from others by more than its id: the server takes that from the client.
  struct Request: Sendable, Hashable {
    let id: String
    let received: String
    let user: String
    let verb: String
    let path: String
  }

  /// - Returns: nil for a document that is not an audit event, which has a verb and a user.
  package init?(_ node: DocumentNode) {
    guard let verb = node["verb"]?.string, let user = node["user"], user.mapping != nil else { return nil }
    self.verb = verb
    // Requests that could not be authenticated have a user without a name.
    self.user = user["username"]?.string ?? ""
    id = node["auditID"]?.string ?? ""
    stage = node["stage"]?.string ?? ""
    groups = node[path: "user", "groups"]?.strings ?? []
    impersonatedUser = node[path: "impersonatedUser", "username"]?.string
    impersonatedGroups = node[path: "impersonatedUser", "groups"]?.strings ?? []
    impersonationConstraint = node[path: "authenticationMetadata", "impersonationConstraint"]?.string
    impersonatedUID = node[path: "impersonatedUser", "uid"]?.string
    impersonatedExtras =
      node[path: "impersonatedUser", "extra"]?.mapping?.entries.map { ($0.key, $0.value.strings) } ?? []
    let uri = node["requestURI"]?.string ?? ""
    path = String(uri.prefix { $0 != "?" })
    request = Request(
      id: id, received: node["requestReceivedTimestamp"]?.string ?? "", user: self.user, verb: verb, path: path)
    let bodies = [node["responseObject"], node["requestObject"]].compactMap { $0 }
    signer = bodies.lazy.compactMap { $0[path: "spec", "signerName"]?.string }.first
    role =
      bodies.lazy.compactMap { body -> (kind: String, name: String)? in
        guard let reference = body["roleRef"], let kind = reference["kind"]?.string,
          let name = reference["name"]?.string
        else { return nil }
        return (kind, name)
      }.first
    status = node[path: "responseStatus", "code"]?.int.map { Int($0) }
    decision = node[path: "annotations", "authorization.k8s.io/decision"]?.string
    time = node["requestReceivedTimestamp"]?.string ?? node["timestamp"]?.string ?? ""
    if let reference = node["objectRef"], let resource = reference["resource"]?.string, !resource.isEmpty {
      object = Object(
        group: reference["apiGroup"]?.string ?? "", resource: resource,
        subresource: reference["subresource"]?.string ?? "", namespace: reference["namespace"]?.string ?? "",
        name: reference["name"]?.string ?? "")
    } else {
      object = nil
    }
  }
}
