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
  ///   - group: as for `ResourceNames.resolve`.
  ///   - namespace: empty for all namespaces.
  ///   - name: of one object; empty for any.
  ///   - isLiteral: whether the question is in the terms of the API, as a review of access is: then a word that names nothing is taken
  ///     as it is and remarked on.
  /// - Throws: `BartizanError` for a word that names nothing: an answer to it would be "nobody" whatever it meant.
  package init(
    _ text: String, group: String? = nil, verb: String, namespace: String, name: String, isLiteral: Bool = false,
    _ names: ResourceNames
  ) throws(BartizanError) {
    var remarks: [String] = []
    if !names.isKnown(verb: verb) {
      let similar = names.verbs(similarTo: verb)
      let hint = similar.isEmpty ? "" : "; did you mean \(similar.joined(separator: ", "))?"
      let remark = "\"\(verb)\" is not a verb that Kubernetes, or any rule of the input, knows\(hint)"
      guard isLiteral else { throw BartizanError(.input, remark) }
      remarks.append(remark)
    }
    let found: ResourceNames.Resource
    switch names.resolve(text, group: group) {
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
      guard isLiteral else {
        throw BartizanError(
          .input,
          "no resource \"\(text)\" is known, neither to Kubernetes nor to the input: name its group as well\(hint)")
      }
      remarks.append("no resource \"\(text)\" is known, neither to Kubernetes nor to the input\(hint)")
      let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
      found = ResourceNames.Resource(
        group: group ?? "", resource: parts.first ?? text, subresource: parts.count == 2 ? parts[1] : "",
        isNamespaced: nil)
    }
    if !names.hasSubresource(found) {
      remarks.append(
        "\(found.resource) have no subresource \"\(found.subresource)\" that Kubernetes, or any rule of the input, knows; the name of an object stands by itself"
      )
    }
    if !namespace.isEmpty, !names.isAskedInNamespaces(found, verb: verb) {
      remarks.append("\(found.resource) are not in namespaces: no real request for them names one")
    }
    let asked = AccessRequest.Target.resource(
      .init(group: found.group, resource: found.resource, subresource: found.subresource))
    target = asked.naming(name, in: namespace)
    resource = found
    self.remarks = remarks
  }
}
