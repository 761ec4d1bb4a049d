/// Answers the questions of the authorizer library:
/// `authorizer.group('apps').resource('deployments').namespace('x').check('create').allowed()`.
package protocol CELAuthorizer: Sendable {
  func authorize(_ attributes: CELAuthorizerAttributes) -> CELAuthorizerDecision
}

/// One question to an authorizer.
package struct CELAuthorizerAttributes: Sendable, Equatable {
  package init(verb: String) { self.verb = verb }

  /// Nil for the user of the request; otherwise the service account that the expression names, with the user name
  /// `system:serviceaccount:NAMESPACE:NAME` and the groups that follow from it.
  package var serviceAccount: (namespace: String, name: String)?
  package var verb: String
  /// Nil for a question about a resource.
  package var path: String?
  package var group = ""
  /// `*`, since the library asks about every version.
  package var version = "*"
  package var resource = ""
  package var subresource = ""
  package var namespace = ""
  package var name = ""
  /// As written, for the implementation to parse; nil where none was given. An invalid selector counts as none, and the
  /// server keeps the error.
  package var fieldSelector: String?
  package var labelSelector: String?

  package static func == (a: Self, b: Self) -> Bool {
    a.serviceAccount?.namespace == b.serviceAccount?.namespace && a.serviceAccount?.name == b.serviceAccount?.name
      && a.verb == b.verb && a.path == b.path && a.group == b.group && a.version == b.version
      && a.resource == b.resource && a.subresource == b.subresource && a.namespace == b.namespace && a.name == b.name
      && a.fieldSelector == b.fieldSelector && a.labelSelector == b.labelSelector
  }
}

/// An authorizer's answer.
package struct CELAuthorizerDecision: Sendable, Equatable {
  package var isAllowed: Bool
  package var reason: String
  /// Set where the question could not be answered, for `errored()` and `error()` of the library.
  package var error: String?
  /// Whether a server would answer so too; false where it depends on roles or bindings that were not seen.
  package var isKnown: Bool

  package init(isAllowed: Bool, reason: String = "", error: String? = nil, isKnown: Bool = true) {
    self.isAllowed = isAllowed
    self.reason = reason
    self.error = error
    self.isKnown = isKnown
  }
}
