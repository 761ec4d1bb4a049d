package import Bytes

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

  package var namespace: String {
    switch target {
    case .resource(let resource): resource.namespace
    case .path: ""
    }
  }

  /// Thrown for a line of a batch that lacks a user, a verb or a target.
  package struct Invalid: Error, Sendable { package let message: String }

  /// Reads a line of a batch: `{"user", "groups", "verb", "apiGroup", "resource", "subresource", "namespace", "name"}`,
  /// or `path` instead of the resource. Without `groups`, the identity gets those that authenticators add.
  package init(_ node: DocumentNode) throws(Invalid) {
    guard node.mapping != nil else { throw Invalid(message: "not an object") }
    guard let user = node["user"]?.string ?? node["username"]?.string else { throw Invalid(message: "it has no user") }
    guard let verb = node["verb"]?.string else { throw Invalid(message: "it has no verb") }
    identity = node["groups"].map { Identity(user: user, groups: $0.strings) } ?? Identity(user: user)
    self.verb = verb
    if let path = node["path"]?.string {
      target = .path(path)
      return
    }
    guard let word = node["resource"]?.string else { throw Invalid(message: "it has neither resource nor path") }
    let parts = word.split(separator: "/", maxSplits: 1)
    let subresource = node["subresource"]?.string ?? (parts.count == 2 ? String(parts[1]) : "")
    target = .resource(
      Resource(
        group: node["apiGroup"]?.string ?? node["group"]?.string ?? "",
        resource: parts.count == 2 ? String(parts[0]) : word, subresource: subresource,
        namespace: node["namespace"]?.string ?? "", name: node["name"]?.string ?? ""))
  }
}
