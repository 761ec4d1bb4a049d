import Bytes
package import Kube

/// Says what the API server of release 1.36 has against objects: those of Kubernetes' own kinds, and custom resources
/// whose definitions are at hand.
package struct ObjectValidator: Sendable {
  /// What is known of an object.
  package enum Verdict: Sendable {
    /// Empty for an object that the server takes.
    case violations([SchemaViolation])
    /// Nothing says what the kind looks like.
    case withoutSchema
  }

  private let definitions: [GroupKind: CustomResourceSchema]

  /// - Parameters:
  ///   - objects: among which CustomResourceDefinitions are looked for. One whose schemas were left out when it was read
  ///     is not asked.
  ///   - kinds: whose definitions are read; nil for all.
  package init(definitionsIn objects: [KubeObject] = [], of kinds: Set<GroupKind>? = nil) {
    var definitions: [GroupKind: CustomResourceSchema] = [:]
    for object in objects where object.groupKind == Self.definitionKind {
      if let kinds, let spec = object.spec,
        !kinds.contains(
          GroupKind(spec["group"]?.string ?? "", spec[path: "names", "kind"]?.string ?? ""))
      {
        continue
      }
      guard let definition = CustomResourceDefinition(object.root),
        definition.versions.contains(where: { $0.schema != nil })
      else { continue }
      definitions[GroupKind(definition.group, definition.kind)] = CustomResourceSchema(definition)
    }
    self.definitions = definitions
  }

  private static let definitionKind = GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")

  package func judge(_ object: KubeObject) -> Verdict {
    let kind = object.groupKind
    let apiVersion = kind.group.isEmpty ? object.version : kind.group + "/" + object.version
    let types = StrictTypes.builtIn
    if let structure = types.structure(apiVersion: apiVersion, kind: kind.kind) {
      return .violations(builtIn(object, kind, structure))
    }
    if let schema = definitions[kind] { return .violations(schema.violations(object)) }
    guard types.isBuiltIn(kind.group) else { return .withoutSchema }
    return .violations([notServed(object, kind, apiVersion)])
  }

  /// What the server has against an object before it looks at any value: fields that its type does not have, fields that the text
  /// holds twice, and values of the wrong type. Empty for kinds that are not Kubernetes' own.
  package static func decodingFaults(_ object: KubeObject) -> [SchemaViolation] {
    let group = object.groupKind.group
    let apiVersion = group.isEmpty ? object.version : group + "/" + object.version
    guard let structure = StrictTypes.builtIn.structure(apiVersion: apiVersion, kind: object.kind) else { return [] }
    return StrictDecoder.violations(object.root, as: structure, isJSON: object.file.hasSuffix(".json"))
  }

  private func builtIn(_ object: KubeObject, _ kind: GroupKind, _ structure: Int) -> [SchemaViolation] {
    let decoded = StrictDecoder.violations(object.root, as: structure, isJSON: object.file.hasSuffix(".json"))
    // What cannot be decoded cannot be validated.
    if decoded.contains(where: { $0.kind == .wrongType }) { return decoded }
    var found = Violations()
    let root = Field(root: object.root)
    MetadataRules.validate(root["metadata"], kind, &found)
    if let rule = ValidationRules.all[kind] { rule(root, &found) }
    var result = decoded + found.list
    if kind == Self.definitionKind {
      let known = Set(result.map(\.path))
      for error in CustomResourceDefinitionLint.errors(object.root) ?? [] {
        let violation = SchemaViolation(error, in: object.root)
        if violation.path.hasPrefix("metadata."), known.contains(violation.path) { continue }
        result.append(violation)
      }
    }
    return result
  }

  private func notServed(_ object: KubeObject, _ kind: GroupKind, _ apiVersion: String) -> SchemaViolation {
    let entry = object.root.mapping?.entry("kind")
    var message = "no matches for kind \"\(kind.kind)\" in version \"\(apiVersion)\""
    let types = StrictTypes.builtIn
    if let served = types.servedVersion(kind) ?? types.servedVersion(ofKind: kind.kind) {
      message += "; it is served in \(served)"
    } else if let other = types.kinds(like: kind.kind).first {
      message += "; did you mean \(other)?"
    }
    return SchemaViolation(
      .notServed, path: "kind", line: entry?.line ?? object.root.line, column: entry?.column ?? object.root.column,
      message: message)
  }
}
