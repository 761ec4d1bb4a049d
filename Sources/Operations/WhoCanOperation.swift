package import Access
package import Report

/// Finds everybody who may do something: cluster-wide first, then namespace by namespace.
package enum WhoCanOperation {
  /// - Parameters:
  ///   - question: the resource; its namespace is the only one that is asked for; empty: all.
  ///   - isAskedInNamespaces: whether a right to it has an effect when it is bound in a namespace.
  package static func rows(
    verb: String, _ question: ResourceName, isAskedInNamespaces: Bool, _ inventory: AccessInventory
  ) -> [WhoCanAnswer.Row] {
    let authorizer = Authorizer(inventory)
    func ask(_ namespace: String, among: [Int]? = nil) -> [WhoCan.Answer] {
      WhoCan.subjects(
        verb: verb, target: question.target.inNamespace(namespace), authorizer: authorizer,
        namedToo: question.target.hasNoName, among: among)
    }
    let namespace = question.target.namespace
    if !namespace.isEmpty, isAskedInNamespaces {
      return ask(namespace).map { (inventory.bindings[$0.binding].namespace, $0) }
    }
    var rows: [WhoCanAnswer.Row] = ask("").map { (nil, $0) }
    guard isAskedInNamespaces else { return rows }
    let everywhere = Set(rows.filter(\.answer.names.isEmpty).map(\.answer.subject))
    // Each namespace by its own bindings: those of the cluster are asked once.
    let local = Dictionary(grouping: inventory.givenBindings) { inventory.bindings[$0].namespace ?? "" }
    for (namespace, bindings) in local.sorted(by: { $0.key < $1.key }) where !namespace.isEmpty {
      rows += ask(namespace, among: bindings).filter { !everywhere.contains($0.subject) }.map { (namespace, $0) }
    }
    return rows
  }
}

extension AccessRequest.Target {
  /// Empty for the whole cluster.
  var namespace: String {
    if case .resource(let resource) = self { resource.namespace } else { "" }
  }

  /// The same of one object.
  ///
  /// - Parameter name: empty for all.
  func naming(_ name: String, in namespace: String) -> AccessRequest.Target {
    guard case .resource(let resource) = self else { return self }
    // The server takes a Namespace for an object of itself: a RoleBinding in it counts (`RequestInfoFactory`).
    let isNamespace = resource.group.isEmpty && resource.resource == "namespaces" && namespace.isEmpty
    return .resource(
      .init(
        group: resource.group, resource: resource.resource, subresource: resource.subresource,
        namespace: isNamespace ? name : namespace, name: name))
  }

  func inNamespace(_ namespace: String) -> AccessRequest.Target {
    guard case .resource(let resource) = self else { return self }
    return .resource(
      .init(
        group: resource.group, resource: resource.resource, subresource: resource.subresource, namespace: namespace,
        name: resource.name))
  }
}
