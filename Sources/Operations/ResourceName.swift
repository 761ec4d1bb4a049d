package import Access
package import Findings

/// A resource as a user names it, and what is to be said of the name.
package struct ResourceName: Sendable {
  package let target: AccessRequest.Target
  package let resource: ResourceNames.Resource?
  /// `deployments.apps/scale`, or the path: plural and with its group, however it was written.
  package var text: String {
    guard let resource else {
      if case .path(let path) = target { return path }
      return ""
    }
    return resource.resource + (resource.group.isEmpty ? "" : "." + resource.group)
      + (resource.subresource.isEmpty ? "" : "/" + resource.subresource)
  }

  /// In a sentence each, without a full stop.
  package let remarks: [String]

  /// - Parameters:
  ///   - namespace: empty for all namespaces.
  ///   - name: of one object; empty for any.
  /// - Throws: `BartizanError` for a word that names nothing: an answer to it would be "nobody" whatever it meant.
  package init(
    _ text: String, verb: String, namespace: String, name: String, _ names: ResourceNames
  ) throws(BartizanError) {
    var remarks: [String] = []
    if !names.isKnown(verb: verb) {
      let similar = names.verbs(similarTo: verb)
      let hint = similar.isEmpty ? "" : "; did you mean \(similar.joined(separator: ", "))?"
      throw BartizanError(
        .input, "\"\(verb)\" is not a verb that Kubernetes, or any rule of the input, knows\(hint)")
    }
    let found: ResourceNames.Resource
    switch names.resolve(text) {
    case .path(let path):
      target = .path(path)
      resource = nil
      self.remarks = remarks
      return
    case .resource(let known): found = known
    case .unheard(let other):
      remarks.append(
        "\(other.resource).\(other.group) is neither built in nor in a definition or a rule of the input")
      found = other
    case .unknown(let similar):
      let hint = similar.isEmpty ? "" : "; did you mean \(similar.joined(separator: ", "))?"
      throw BartizanError(
        .input,
        "no resource \"\(text)\" is known, neither to Kubernetes nor to the input: name its group as well\(hint)")
    }
    if !names.hasSubresource(found) {
      remarks.append(
        "\(found.resource) have no subresource \"\(found.subresource)\" that Kubernetes, or any rule of the input, knows"
      )
    }
    if !namespace.isEmpty, !names.isAskedInNamespaces(found, verb: verb) {
      remarks.append("\(found.resource) are not in namespaces: no real request for them names one")
    }
    // The server takes a Namespace for an object of itself: a RoleBinding in it counts (`RequestInfoFactory`).
    let isNamespace = found.group.isEmpty && found.resource == "namespaces" && namespace.isEmpty
    target = .resource(
      .init(
        group: found.group, resource: found.resource, subresource: found.subresource,
        namespace: isNamespace ? name : namespace, name: name))
    resource = found
    self.remarks = remarks
  }
}
