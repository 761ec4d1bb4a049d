/// A resource that a server offers: `apps/v1 deployments`, `v1 pods/exec`.
package struct APIResource: Sendable, Hashable {
  package let group: String
  package let version: String
  /// Without subresource.
  package let resource: String
  /// Empty for the resource itself.
  package let subresource: String
  package let kind: String
  package let isNamespaced: Bool

  package init(
    group: String, version: String, resource: String, subresource: String = "", kind: String, isNamespaced: Bool
  ) {
    self.group = group
    self.version = version
    self.resource = resource
    self.subresource = subresource
    self.kind = kind
    self.isNamespaced = isNamespaced
  }

  package var apiVersion: String { group.isEmpty ? version : group + "/" + version }
  package var groupKind: GroupKind { GroupKind(group, kind) }
  /// `pods/exec`
  package var path: String { subresource.isEmpty ? resource : resource + "/" + subresource }

  /// Kubernetes' own, as a server of release 1.36 offers them.
  package static let builtIn: [APIResource] = {
    ServedResources.table.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 4 else { return nil }
      let (group, version) = split(apiVersion: words[0])
      let path = words[1].split(separator: "/", maxSplits: 1)
      return APIResource(
        group: group, version: version, resource: String(path[0]), subresource: path.count > 1 ? String(path[1]) : "",
        kind: String(words[2]), isNamespaced: words[3] == "n")
    }
  }()

  /// `apps/v1` into `apps` and `v1`.
  package static func split(apiVersion: some StringProtocol) -> (group: String, version: String) {
    guard let slash = apiVersion.firstIndex(of: "/") else { return ("", String(apiVersion)) }
    return (String(apiVersion[..<slash]), String(apiVersion[apiVersion.index(after: slash)...]))
  }
}
