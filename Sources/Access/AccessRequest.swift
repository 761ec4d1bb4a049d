/// A question to the authorizer: may this identity do that?
package struct AccessRequest: Sendable, Hashable {
  /// A resource of the API as a request names it: plural, in lower case, without a version, which RBAC ignores.
  package struct Resource: Sendable, Hashable {
    package let group: String
    package let resource: String
    package let subresource: String
    /// Empty for the whole cluster.
    package let namespace: String
    /// Empty where the request names no object.
    package let name: String
    /// `resource` or `resource/subresource`.
    package let combined: String

    package init(group: String, resource: String, subresource: String = "", namespace: String = "", name: String = "") {
      self.group = group
      self.resource = resource
      self.subresource = subresource
      self.namespace = namespace
      self.name = name
      combined = subresource.isEmpty ? resource : resource + "/" + subresource
    }
  }

  /// What the request is for: a resource, or a path outside the resource API, such as `/healthz`.
  package enum Target: Sendable, Hashable {
    case resource(Resource)
    case path(String)

    /// Whether it is for no single object.
    package var hasNoName: Bool { if case .resource(let resource) = self { resource.name.isEmpty } else { true } }

    /// `pods/exec "db-0" in shop`, or the path.
    package var text: String {
      switch self {
      case .path(let path): path
      case .resource(let resource):
        resource.combined + (resource.group.isEmpty ? "" : "." + resource.group)
          + (resource.name.isEmpty ? "" : " \"\(resource.name)\"")
          + (resource.namespace.isEmpty ? "" : " in " + resource.namespace)
      }
    }
  }

  package let identity: Identity
  package let verb: String
  package let target: Target

  package init(identity: Identity, verb: String, target: Target) {
    self.identity = identity
    self.verb = verb
    self.target = target
  }

  /// What the server asks instead where this is refused: for a signer, the right to all signers of its domain.
  ///
  /// Source: k8s.io/apiserver and `plugin/pkg/admission/certificates`, `IsAuthorizedForSignerName`.
  package var alternative: AccessRequest? {
    guard case .resource(let resource) = target, resource.group == "certificates.k8s.io",
      resource.resource == "signers", let slash = resource.name.firstIndex(of: "/"), !resource.name.hasSuffix("/*")
    else { return nil }
    let domain = AccessRequest.Resource(
      group: resource.group, resource: resource.resource, subresource: resource.subresource,
      namespace: resource.namespace, name: resource.name[..<slash] + "/*")
    return AccessRequest(identity: identity, verb: verb, target: .resource(domain))
  }

  package var namespace: String {
    switch target {
    case .resource(let resource): resource.namespace
    case .path: ""
    }
  }
}
