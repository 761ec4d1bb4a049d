package import Bytes
package import Kube

/// Which resources there are, and of which kind: those of Kubernetes and those of CustomResourceDefinitions.
package struct ResourceTable: Sendable {
  package let all: [APIResource]
  private let byKind: [AdmissionRequest.Kind: Int]
  private let byPath: [String: Int]

  /// - Parameter customResources: objects, of which CustomResourceDefinitions count.
  package init(customResources: [DocumentNode] = []) {
    var all = APIResource.builtIn
    for definition in customResources where definition["kind"]?.string == "CustomResourceDefinition" {
      guard let spec = definition["spec"], let group = spec["group"]?.string,
        let plural = spec[path: "names", "plural"]?.string, let kind = spec[path: "names", "kind"]?.string
      else { continue }
      let isNamespaced = spec["scope"]?.string == "Namespaced"
      for version in spec["versions"]?.elements ?? [] where version["served"]?.bool == true {
        guard let name = version["name"]?.string else { continue }
        all.append(
          APIResource(group: group, version: name, resource: plural, kind: kind, isNamespaced: isNamespaced))
        if version[path: "subresources", "status"] != nil {
          all.append(
            APIResource(
              group: group, version: name, resource: plural, subresource: "status", kind: kind,
              isNamespaced: isNamespaced))
        }
        if version[path: "subresources", "scale"] != nil {
          all.append(
            APIResource(
              group: group, version: name, resource: plural, subresource: "scale", kind: "Scale",
              isNamespaced: isNamespaced))
        }
      }
    }
    self.all = all
    var byKind: [AdmissionRequest.Kind: Int] = [:]
    var byPath: [String: Int] = [:]
    for (index, resource) in all.enumerated() {
      byPath[resource.apiVersion + " " + resource.path] = index
      guard resource.subresource.isEmpty else { continue }
      let kind = AdmissionRequest.Kind(group: resource.group, version: resource.version, kind: resource.kind)
      if byKind[kind] == nil { byKind[kind] = index }
    }
    self.byKind = byKind
    self.byPath = byPath
  }

  package func resource(of kind: AdmissionRequest.Kind) -> APIResource? { byKind[kind].map { all[$0] } }

  /// - Parameter path: `pods` or `pods/exec`.
  package func resource(apiVersion: String, path: String) -> APIResource? {
    byPath[apiVersion + " " + path].map { all[$0] }
  }

  /// The same resource in every group and version that serves it: those that share a kind's storage.
  package func equivalents(of resource: AdmissionRequest.Resource, subresource: String) -> [APIResource] {
    let path = subresource.isEmpty ? resource.resource : resource.resource + "/" + subresource
    return all.filter { $0.path == path && Self.isSame($0.group, resource.group, resource.resource) }
  }

  /// Events are stored once and served by two groups.
  private static func isSame(_ a: String, _ b: String, _ resource: String) -> Bool {
    if a == b { return true }
    let pair = Set([a, b])
    return resource == "events" && pair == ["", "events.k8s.io"]
  }
}
