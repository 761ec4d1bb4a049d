/// What a capability is asked for by, so that somebody else can ask the same.
extension AccessCapability {
  /// A verb on a resource, without a place or a name.
  package struct Question: Sendable, Hashable {
    package let verb: String
    package let group: String
    /// With its subresource.
    package let resource: String
    /// Whether it is asked in a namespace; elsewhere only of the whole cluster.
    package let isNamespaced: Bool

    init(verb: String, group: String, resource: String) {
      self.verb = verb
      self.group = group
      self.resource = resource
      let base = resource.split(separator: "/").first.map(String.init) ?? resource
      isNamespaced =
        ResourceScope.isAskedInNamespaces(group: group, resource: base, verb: verb)
        ?? ResourceScope.known[group + "/" + base] ?? true
    }
  }

  /// Requests any of which the capability allows.
  package var questions: [Question] {
    switch self {
    case .everything:
      ["*", "create"].map { Question(verb: $0, group: "*", resource: "*") }
    case .everythingInGroup: []
    default:
      patterns.flatMap { pattern in
        pattern.resources.flatMap { resource in
          pattern.verbs.map { Question(verb: $0, group: pattern.group, resource: resource) }
        }
      }
    }
  }
}
