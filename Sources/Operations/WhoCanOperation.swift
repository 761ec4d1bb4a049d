package import Access
package import Report

/// Everybody who may do something: everywhere first, then namespace by namespace.
package enum WhoCanOperation {
  /// - Parameters:
  ///   - resource: as people write it.
  ///   - namespace: the only one that is asked for; nil: all.
  ///   - name: of one object; empty for any.
  package static func rows(
    verb: String, resource: String, namespace: String?, name: String, _ inventory: AccessInventory
  ) -> [WhoCanAnswer.Row] {
    let authorizer = Authorizer(inventory)
    func ask(_ namespace: String) -> [WhoCan.Answer] {
      WhoCan.subjects(
        verb: verb, target: ResourceName.target(resource, namespace: namespace, name: name), authorizer: authorizer,
        namedToo: name.isEmpty)
    }
    if let namespace { return ask(namespace).map { (inventory.bindings[$0.binding].namespace, $0) } }
    var rows: [WhoCanAnswer.Row] = ask("").map { (nil, $0) }
    let everywhere = Set(rows.filter(\.answer.names.isEmpty).map(\.answer.subject))
    for namespace in Set(inventory.bindings.compactMap(\.namespace)).sorted() {
      rows += ask(namespace).filter {
        inventory.bindings[$0.binding].namespace != nil && !everywhere.contains($0.subject)
      }.map { (namespace, $0) }
    }
    return rows
  }
}
