package import Bytes
package import Kube
import Validation

/// Which resources there are, and of which kind: those of Kubernetes and those of CustomResourceDefinitions.
package struct ResourceTable: Sendable {
  package let all: [APIResource]
  /// Kinds of which there are objects and no definition: the name of their resource is a guess.
  private let inferred: Set<AdmissionRequest.Kind>
  /// Versions of the kinds that are known, in which they are served.
  private let versions: [GroupKind: [String]]
  private let byKind: [AdmissionRequest.Kind: Int]
  private let byPath: [String: Int]
  /// By path alone: what of them is the same resource, every rule of every policy asks for every object.
  private let places: [String: [Int]]

  /// - Parameter customResources: objects of any kind: CustomResourceDefinitions, and custom resources.
  package init(customResources: [DocumentNode] = []) {
    var all = APIResource.builtIn
    var inferred = Set<AdmissionRequest.Kind>()
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
    var versions: [GroupKind: [String]] = [:]
    for resource in all where resource.subresource.isEmpty {
      versions[resource.groupKind, default: []].append(resource.apiVersion)
    }
    for object in customResources {
      guard let apiVersion = object["apiVersion"]?.string, let kind = object["kind"]?.string else { continue }
      let (group, version) = APIResource.split(apiVersion: apiVersion)
      // A version that a known kind is not served in is none.
      guard group.contains("."), !version.contains("/"), versions[GroupKind(group, kind)] == nil,
        inferred.insert(AdmissionRequest.Kind(group: group, version: version, kind: kind)).inserted
      else { continue }
      all.append(
        APIResource(
          group: group, version: version, resource: Self.plural(kind), kind: kind,
          isNamespaced: object[path: "metadata", "namespace"] != nil))
    }
    self.versions = versions
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

  private static let ownGroups = Set(APIResource.builtIn.map(\.group))

  /// As kubectl guesses it: `networkpolicies`, `ingresses`, `pods`.
  package static func plural(_ kind: String) -> String {
    let word = kind.lowercased()
    if word.hasSuffix("s") || word.hasSuffix("x") || word.hasSuffix("ch") || word.hasSuffix("sh") { return word + "es" }
    let beforeLast = word.dropLast().last
    if word.hasSuffix("y"), let beforeLast, !"aeiou".contains(beforeLast) { return word.dropLast() + "ies" }
    return word + "s"
  }

  package func resource(of kind: AdmissionRequest.Kind) -> APIResource? { byKind[kind].map { all[$0] } }

  /// What is known of the resource that objects of a kind are written to.
  package enum Place: Sendable {
    case resource(APIResource)
    /// Neither a kind of Kubernetes nor one whose definition is given.
    case unknown
    /// There is none for objects of this version, and why.
    case none(String)
  }

  package func place(of kind: AdmissionRequest.Kind) -> Place {
    // In the words of the server's parser of versions.
    if kind.version.utf8.contains(UInt8(ascii: "/")) {
      return .none("unexpected GroupVersion string: \(kind.apiVersion)")
    }
    if let resource = resource(of: kind) { return inferred.contains(kind) ? .unknown : .resource(resource) }
    let served = versions[kind.groupKind] ?? []
    // Definitions have groups with a dot, and none of the server's own.
    if served.isEmpty, kind.group.contains("."), !Self.ownGroups.contains(kind.group),
      !CustomKinds.isBuiltIn(kind.groupKind)
    {
      return .unknown
    }
    let hint = served.isEmpty ? "" : " (it serves \(served.joined(separator: ", ")))"
    return .none(
      "no matches for kind \"\(kind.kind)\" in version \"\(kind.apiVersion)\": no server of release 1.\(ServedRelease.minor) has it as it comes\(hint)"
    )
  }

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
