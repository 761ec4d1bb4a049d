package import Bytes
package import Kube

/// A request at the API server's door, as admission sees it.
package struct AdmissionRequest: Sendable {
  /// The operation, as policies and webhooks name it.
  package enum Operation: String, Sendable, Hashable {
    case create = "CREATE"
    case update = "UPDATE"
    case delete = "DELETE"
    case connect = "CONNECT"
  }

  /// Group, version and kind.
  package struct Kind: Sendable, Hashable {
    package var group: String
    package var version: String
    package var kind: String

    package init(group: String, version: String, kind: String) {
      self.group = group
      self.version = version
      self.kind = kind
    }

    package var groupKind: GroupKind { GroupKind(group, kind) }
    package var apiVersion: String { group.isEmpty ? version : group + "/" + version }
  }

  /// Group, version and resource.
  package struct Resource: Sendable, Hashable {
    package var group: String
    package var version: String
    package var resource: String

    package init(group: String, version: String, resource: String) {
      self.group = group
      self.version = version
      self.resource = resource
    }
  }

  /// Who sends the request, as `userInfo` of an AdmissionReview has it.
  package struct User: Sendable {
    package var name: String
    package var uid: String
    package var groups: [String]
    package var extra: [(key: String, values: [String])]

    package init(name: String, uid: String = "", groups: [String] = [], extra: [(key: String, values: [String])] = []) {
      self.name = name
      self.uid = uid
      self.groups = groups
      self.extra = extra
    }
  }

  package var uid = ""
  /// Of the object that is sent.
  package var kind: Kind
  package var resource: Resource
  package var subresource = ""
  /// Empty while the server has not chosen one.
  package var name: String
  /// Empty for what is not in a namespace.
  package var namespace: String
  package var operation: Operation
  package var user: User
  /// Null for a deletion.
  package var object: DocumentNode
  /// Null for a creation.
  package var oldObject: DocumentNode
  package var isDryRun = false
  /// False where nobody knows who will send the request: policies that ask for the user are not evaluated then.
  package var isUserKnown = true
  /// False where nobody knows what was there before: policies that look at `oldObject` are not evaluated then.
  package var isOldObjectKnown = true
  /// Null for a connection.
  package var options: DocumentNode = .null
  /// False where nobody knows how the request will be sent: policies that look at `request.options` are not evaluated then.
  package var areOptionsKnown = true
  /// False for a new object whose time the server will set: policies that look at it are not evaluated then.
  package var isCreationTimeKnown = true

  package init(
    kind: Kind, resource: Resource, subresource: String = "", name: String, namespace: String, operation: Operation,
    user: User, object: DocumentNode, oldObject: DocumentNode = .null
  ) {
    self.kind = kind
    self.resource = resource
    self.subresource = subresource
    self.name = name
    self.namespace = namespace
    self.operation = operation
    self.user = user
    self.object = object
    self.oldObject = oldObject
  }

  /// `deployments.apps`, as messages name a resource.
  package var resourceText: String {
    resource.group.isEmpty ? resource.resource : resource.resource + "." + resource.group
  }

  /// The namespace that selectors of namespaces look at: a Namespace stands in itself.
  package var isNamespace: Bool { kind.group.isEmpty && kind.kind == "Namespace" && subresource.isEmpty }
}
