package import Bytes

/// A CustomResourceDefinition, as far as requests for its resources need it.
package struct CustomResourceDefinition: Sendable {
  package struct Version: Sendable {
    package let name: String
    package let isServed: Bool
    package let isStorage: Bool
    package let schema: StructuralSchema?
    package let hasStatus: Bool
    package let hasScale: Bool
    package let isDeprecated: Bool
    /// Nil where the server makes up a text of its own.
    package let deprecationWarning: String?
  }

  package let group: String
  package let kind: String
  package let plural: String
  package let isNamespaced: Bool
  package let versions: [Version]
  package let preservesUnknownFields: Bool
  package let root: DocumentNode

  /// - Returns: nil for what is no CustomResourceDefinition.
  package init?(_ root: DocumentNode) {
    guard root["kind"]?.string == "CustomResourceDefinition", let spec = root["spec"],
      let group = spec["group"]?.string, let kind = spec[path: "names", "kind"]?.string,
      let plural = spec[path: "names", "plural"]?.string
    else { return nil }
    self.root = root
    self.group = group
    self.kind = kind
    self.plural = plural
    isNamespaced = spec["scope"]?.string == "Namespaced"
    preservesUnknownFields = spec["preserveUnknownFields"]?.bool ?? false
    versions = (spec["versions"]?.elements ?? []).map { version in
      Version(
        name: version["name"]?.string ?? "", isServed: version["served"]?.bool ?? false,
        isStorage: version["storage"]?.bool ?? false,
        schema: version[path: "schema", "openAPIV3Schema"].map { StructuralSchema($0) },
        hasStatus: version[path: "subresources", "status"] != nil,
        hasScale: version[path: "subresources", "scale"] != nil,
        isDeprecated: version["deprecated"]?.bool ?? false,
        deprecationWarning: version["deprecationWarning"]?.string)
    }
  }

  package func version(_ name: String) -> Version? { versions.first { $0.name == name } }

  /// `GROUP/VERSION KIND is deprecated`, with what to use instead; nil for a version that is not deprecated.
  package func deprecationWarning(_ version: Version) -> String? {
    guard version.isDeprecated else { return nil }
    if let text = version.deprecationWarning { return text }
    let head = "\(group)/\(version.name) \(kind) is deprecated"
    let newer = versions.filter { $0.isServed && !$0.isDeprecated }.map(\.name).filter {
      Self.isNewer($0, than: version.name)
    }
    guard let newest = newer.max(by: { Self.isNewer($1, than: $0) }) else { return head }
    return "\(head); use \(group)/\(newest) \(kind)"
  }

  /// Order of versions: v2 before v1 before v1beta1 before v1alpha1, others after these.
  ///
  /// Source: k8s.io/apimachinery `pkg/version/helpers.go`.
  package static func isNewer(_ a: String, than b: String) -> Bool {
    func parts(_ text: String) -> (Int, Int, Int)? {
      guard text.hasPrefix("v") else { return nil }
      let rest = text.dropFirst()
      let major = rest.prefix { $0.isNumber }
      guard let number = Int(major), number > 0 else { return nil }
      let suffix = rest.dropFirst(major.count)
      if suffix.isEmpty { return (3, number, 0) }
      for (level, word) in [(2, "beta"), (1, "alpha")] where suffix.hasPrefix(word) {
        guard let minor = Int(suffix.dropFirst(word.count)), minor > 0 else { return nil }
        return (level, number, minor)
      }
      return nil
    }
    switch (parts(a), parts(b)) {
    case (let x?, let y?): return x > y
    case (.some, nil): return true
    case (nil, .some): return false
    case (nil, nil): return a < b
    }
  }
}
