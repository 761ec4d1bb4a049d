/// Answers what the authorizer library of expressions asks: `authorizer.group('apps').resource('deployments')
/// .namespace('x').check('create').allowed()`.
package protocol CELAuthorizer: Sendable {
  func authorize(_ attributes: CELAuthorizerAttributes) -> CELAuthorizerDecision
}

/// One question to an authorizer.
package struct CELAuthorizerAttributes: Sendable, Equatable {
  package init(verb: String) { self.verb = verb }

  /// Nil for the user of the request; else the user name of the service account that the expression names,
  /// `system:serviceaccount:NAMESPACE:NAME`, whose groups follow from it.
  package var serviceAccount: (namespace: String, name: String)?
  package var verb: String
  /// Nil for a question about a resource.
  package var path: String?
  package var group = ""
  /// `*`, as the library asks about every version.
  package var version = "*"
  package var resource = ""
  package var subresource = ""
  package var namespace = ""
  package var name = ""
  /// As written, to be parsed by who answers; nil where none was given. What does not parse counts as no selector, and
  /// the server remembers the error.
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
  /// Set where the question could not be answered; `errored()` and `error()` of the library.
  package var error: String?

  package init(isAllowed: Bool, reason: String = "", error: String? = nil) {
    self.isAllowed = isAllowed
    self.reason = reason
    self.error = error
  }
}
