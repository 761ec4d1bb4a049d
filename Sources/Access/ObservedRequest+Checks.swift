/// What the API server asks its authorizers on the way of one request: of many requests more than once.
extension ObservedRequest {
  /// One question to the authorizers.
  package struct Check: Sendable, Hashable {
    package let user: String
    package let verb: String
    package let target: AccessRequest.Target
  }

  /// What was asked besides, and the log does not let us name.
  package enum Unproven: Sendable, Hashable, Comparable {
    /// A CertificateSigningRequest was approved or signed: the verb on `signers`, whose name stands in the body.
    case signer(verb: String)
    /// A binding was written: `bind` on the role that stands in the body, or all that the role grants.
    case boundRole
    /// A role was written: `escalate`, or all that the role grants.
    case writtenRole

    private var rank: Int {
      switch self {
      case .signer: 0
      case .boundRole: 1
      case .writtenRole: 2
      }
    }

    package static func < (a: Unproven, b: Unproven) -> Bool { a.rank < b.rank }
  }

  /// The minor version from which a shell by websocket needs `create`, whatever the method of its request.
  ///
  /// Source: KEP-4006, gate AuthorizePodWebsocketUpgradeCreatePermission.
  private static let websocketNeedsCreate = 35

  /// - Parameter minor: minor version of the server; nil: the newest.
  package func checks(minor: Int? = nil) -> (checks: [Check], unproven: [Unproven]) {
    var checks = [Check(user: actingUser, verb: verb, target: authorizedTarget)]
    var unproven: [Unproven] = []
    addImpersonation(to: &checks)
    // What was refused at the first check never came to a second one.
    guard outcome == .made, case .resource(let object) = target else { return (checks, unproven) }
    func also(_ verb: String, _ other: AccessRequest.Resource) {
      checks.append(Check(user: actingUser, verb: verb, target: .resource(other)))
    }
    // An apply or an update that makes the object is asked for as `create`, with the object's name.
    if verb == "patch" || verb == "update", status == 201 { also("create", object) }
    let isStream = object.resource == "pods" && ["exec", "attach", "portforward"].contains(object.subresource)
    if isStream, verb == "get", minor ?? Self.websocketNeedsCreate >= Self.websocketNeedsCreate {
      also("create", object)
    }
    guard status.map({ (200..<300).contains($0) }) ?? true, ["create", "update", "patch"].contains(verb) else {
      return (checks, unproven)
    }
    switch (object.group, object.resource, object.subresource) {
    case ("certificates.k8s.io", "certificatesigningrequests", "approval"): sign("approve")
    case ("certificates.k8s.io", "certificatesigningrequests", "status"): sign("sign")
    case ("certificates.k8s.io", "clustertrustbundles", ""): sign("attest")
    case ("rbac.authorization.k8s.io", "rolebindings", ""), ("rbac.authorization.k8s.io", "clusterrolebindings", ""):
      guard let kind = body.roleKind, let name = body.roleName else {
        unproven.append(.boundRole)
        break
      }
      also(
        "bind",
        .init(
          group: object.group, resource: kind == "ClusterRole" ? "clusterroles" : "roles", namespace: object.namespace,
          name: name))
    case ("rbac.authorization.k8s.io", "roles", ""), ("rbac.authorization.k8s.io", "clusterroles", ""):
      unproven.append(.writtenRole)
    default: break
    }
    func sign(_ verb: String) {
      guard let signer = body.signer else {
        unproven.append(.signer(verb: verb))
        return
      }
      also(verb, .init(group: "certificates.k8s.io", resource: "signers", name: signer))
    }
    return (checks, unproven)
  }

  /// The target as the authorizers saw it. The name of a new object stands in the log, and was not in the request; a request to a
  /// subresource has its parent's name, and a list that asks for one name has that.
  private var authorizedTarget: AccessRequest.Target {
    // One Namespace is asked for in itself; all of them, and a new one, are not.
    if case .resource(let object) = target, object.group.isEmpty, object.resource == "namespaces",
      object.subresource.isEmpty,
      ResourceScope.isAskedInNamespaces(group: "", resource: "namespaces", verb: verb) == false
    {
      return .resource(.init(group: "", resource: object.resource, name: verb == "create" ? "" : object.name))
    }
    guard case .resource(let object) = target, !object.name.isEmpty,
      verb == "create" && object.subresource.isEmpty || verb == "deletecollection"
    else { return target }
    return .resource(
      .init(
        group: object.group, resource: object.resource, subresource: object.subresource, namespace: object.namespace))
  }

  private func addImpersonation(to checks: inout [Check]) {
    guard let impersonated else { return }
    let isConstrained = !details.constraint.isEmpty
    let group = isConstrained ? "authentication.k8s.io" : ""
    let verb = isConstrained ? details.constraint : "impersonate"
    func impersonate(
      _ group: String, _ resource: String, _ name: String, subresource: String = "", in namespace: String = ""
    ) {
      checks.append(
        Check(
          user: user, verb: verb,
          target: .resource(
            .init(group: group, resource: resource, subresource: subresource, namespace: namespace, name: name))))
    }
    if isConstrained, let mode = verb.split(separator: ":", maxSplits: 1).last {
      // What is done as somebody else is a right of its own.
      checks.append(Check(user: user, verb: "impersonate-on:\(mode):\(self.verb)", target: authorizedTarget))
      if mode.hasSuffix("-node") {
        let node = impersonated.user.split(separator: ":").last.map(String.init) ?? impersonated.user
        return impersonate(group, "nodes", mode == "associated-node" ? "*" : node)
      }
    }
    if case .serviceAccount(let namespace, let name)? = AccessSubject.account(ofUser: impersonated.user) {
      impersonate(group, "serviceaccounts", name, in: namespace)
      // The groups of an account come with it.
      if isConstrained { return }
    } else {
      impersonate(group, "users", impersonated.user)
    }
    let own = Identity(user: impersonated.user).groups
    for name in impersonated.groups where !own.contains(name) { impersonate(group, "groups", name) }
    if !details.uid.isEmpty { impersonate("authentication.k8s.io", "uids", details.uid) }
    for extra in details.extras {
      impersonate("authentication.k8s.io", "userextras", extra.value, subresource: extra.key)
    }
  }
}
