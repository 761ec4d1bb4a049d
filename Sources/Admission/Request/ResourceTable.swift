package import Bytes
package import Kube

/// Which resources there are, and of which kind: those of Kubernetes and those of CustomResourceDefinitions.
package struct ResourceTable: Sendable {
  package let all: [APIResource]
  /// Kinds of which there are objects and no definition: the name of their resource is a guess.
  package let inferred: Set<GroupKind>
  private let byKind: [AdmissionRequest.Kind: Int]
  private let byPath: [String: Int]
  /// By path alone: what of them is the same resource, every rule of every policy asks for every object.
  private let places: [String: [Int]]

  /// - Parameter customResources: objects of any kind: CustomResourceDefinitions, and custom resources.
  package init(customResources: [DocumentNode] = []) {
    var all = APIResource.builtIn
    var inferred = Set<GroupKind>()
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
    // What exists has a kind, whether or not its definition is here; only the name of its resource is a guess.
    var known = Set(all.map { GroupKindVersion($0.group, $0.version, $0.kind) })
    for object in customResources {
      guard let apiVersion = object["apiVersion"]?.string, let kind = object["kind"]?.string else { continue }
      let (group, version) = APIResource.split(apiVersion: apiVersion)
      guard group.contains("."), known.insert(GroupKindVersion(group, version, kind)).inserted else { continue }
      all.append(
        APIResource(
          group: group, version: version, resource: Self.plural(kind), kind: kind,
          isNamespaced: object[path: "metadata", "namespace"] != nil))
      inferred.insert(GroupKind(group, kind))
    }
    self.all = all
    self.inferred = inferred
    var byKind: [AdmissionRequest.Kind: Int] = [:]
    var byPath: [String: Int] = [:]
    var places: [String: [Int]] = [:]
    for (index, resource) in all.enumerated() {
      byPath[resource.apiVersion + " " + resource.path] = index
      places[resource.path, default: []].append(index)
      guard resource.subresource.isEmpty else { continue }
      let kind = AdmissionRequest.Kind(group: resource.group, version: resource.version, kind: resource.kind)
      if byKind[kind] == nil { byKind[kind] = index }
    }
    self.byKind = byKind
    self.byPath = byPath
    self.places = places
  }

  private struct GroupKindVersion: Hashable {
    let group: String
    let version: String
    let kind: String

    init(_ group: String, _ version: String, _ kind: String) {
      self.group = group
      self.version = version
      self.kind = kind
    }
  }

  /// As kubectl guesses it: `networkpolicies`, `ingresses`, `pods`.
  package static func plural(_ kind: String) -> String {
    let word = kind.lowercased()
    if word.hasSuffix("s") || word.hasSuffix("x") || word.hasSuffix("ch") || word.hasSuffix("sh") { return word + "es" }
    let beforeLast = word.dropLast().last
    if word.hasSuffix("y"), let beforeLast, !"aeiou".contains(beforeLast) { return word.dropLast() + "ies" }
    return word + "s"
  }

  package func resource(of kind: AdmissionRequest.Kind) -> APIResource? { byKind[kind].map { all[$0] } }

  /// - Parameter path: `pods` or `pods/exec`.
  package func resource(apiVersion: String, path: String) -> APIResource? {
    byPath[apiVersion + " " + path].map { all[$0] }
  }

  /// The same resource in every group and version that serves it: those that share a kind's storage.
  package func equivalents(of resource: AdmissionRequest.Resource, subresource: String) -> [APIResource] {
    let path = subresource.isEmpty ? resource.resource : resource.resource + "/" + subresource
    return (places[path] ?? []).map { all[$0] }.filter { Self.isSame($0.group, resource.group, resource.resource) }
  }

  /// Events are stored once and served by two groups.
  private static func isSame(_ a: String, _ b: String, _ resource: String) -> Bool {
    if a == b { return true }
    return resource == "events" && (a.isEmpty ? b == "events.k8s.io" : b.isEmpty && a == "events.k8s.io")
  }
}
