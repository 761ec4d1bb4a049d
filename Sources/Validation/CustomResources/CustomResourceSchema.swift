import Bytes
import Kube

/// A definition of custom resources, as objects are held to it. Rules are compiled when the first object comes.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apiserver/customresource_handler.go` and
/// `pkg/registry/customresource/validator.go`.
final class CustomResourceSchema: Sendable {
  private struct Version: Sendable {
    let name: String
    let schema: StructuralSchema
    let rules: Lazy<CustomResourceRules?>
  }

  private let definition: CustomResourceDefinition
  private let versions: [Version]

  init(_ definition: CustomResourceDefinition) {
    self.definition = definition
    versions = definition.versions.compactMap { version in
      guard version.isServed, let schema = version.schema else { return nil }
      return Version(name: version.name, schema: schema, rules: Lazy { CustomResourceRules(schema) })
    }
  }

  func violations(_ object: KubeObject) -> [SchemaViolation] {
    let root = object.root
    guard let version = versions.first(where: { $0.name == object.version }) else {
      if definition.versions.contains(where: { $0.name == object.version && $0.isServed }) { return [] }
      let entry = root.mapping?.entry("apiVersion")
      let names = definition.versions.filter(\.isServed).map { "\(definition.group)/\($0.name)" }
      return [
        SchemaViolation(
          .notServed, path: "apiVersion", line: entry?.line ?? root.line, column: entry?.column ?? root.column,
          message:
            "no matches for kind \"\(definition.kind)\" in version \"\(definition.group)/\(object.version)\"; its definition serves \(names.joined(separator: ", "))"
        )
      ]
    }
    var found: [SchemaViolation] = []
    metadata(root, object, &found)
    if found.contains(where: { $0.kind == .wrongType }) { return found }
    repetitions(root, "", depth: 0, &found)
    var value = root
    if !definition.preservesUnknownFields {
      let pruned = version.schema.pruned(root)
      for path in pruned.unknown {
        found.append(SchemaViolation(.unknownField, path: path, in: root, message: "unknown field \"\(path)\""))
      }
      value = version.schema.withoutNulls(pruned.object)
    }
    value = version.schema.defaulted(value)
    var meta = value["metadata"] ?? [:]
    if definition.isNamespaced, meta["namespace"]?.string ?? "" == "" { meta = meta.setting("namespace", "default") }
    if !definition.isNamespaced { meta = meta.setting("namespace", nil) }
    value = value.setting("metadata", meta)
    var errors = SchemaValidator.validate(value, version.schema)
    errors += ObjectMetadataValidation.embedded(value, version.schema)
    errors += ListTypeValidation.validate(value, version.schema)
    var own = Violations()
    MetadataRules.validate(
      Field(root: root)["metadata"], GroupKind(definition.group, definition.kind), isCustom: true, &own)
    found += own.list
    let blocking: Set<FieldError.Kind> = [.notSupported, .required, .tooLong, .tooMany, .typeInvalid]
    let isWhole = !errors.contains { blocking.contains($0.kind) } && own.list.isEmpty
    if isWhole, let rules = version.rules.value {
      errors += rules.validate(value, old: .null, correlation: nil).errors
    }
    found += errors.map { SchemaViolation($0, in: root) }
    return found
  }

  /// Metadata have a type of Go's in custom resources as well.
  private func metadata(_ root: DocumentNode, _ object: KubeObject, _ found: inout [SchemaViolation]) {
    guard let metadata = root.mapping?.entry("metadata"),
      let place = StrictTypes.builtIn.metadata
    else { return }
    let decoded = StrictDecoder.violations(
      metadata.value.line > 0 ? metadata.value : metadata.value, as: place, isJSON: object.file.hasSuffix(".json"))
    for violation in decoded {
      if violation.kind == .duplicateField { continue }
      let path = violation.path.isEmpty ? "metadata" : "metadata." + violation.path
      let message =
        violation.kind == .unknownField
        ? "unknown field \"\(path)\""
        : violation.path.isEmpty ? "metadata" + violation.message : "metadata." + violation.message
      found.append(
        SchemaViolation(violation.kind, path: path, line: violation.line, column: violation.column, message: message))
    }
  }

  private func repetitions(_ node: DocumentNode, _ path: String, depth: Int, _ found: inout [SchemaViolation]) {
    guard depth < 100 else { return }
    switch node.content {
    case .object(let mapping):
      for entry in mapping.repeated {
        let place = path.isEmpty ? entry.key : path + "." + entry.key
        found.append(
          SchemaViolation(
            .duplicateField, path: place, line: entry.line, column: entry.column,
            message: "duplicate field \"\(place)\""))
      }
      for entry in mapping.entries {
        guard entry.value.mapping != nil || entry.value.array != nil else { continue }
        repetitions(entry.value, path.isEmpty ? entry.key : path + "." + entry.key, depth: depth + 1, &found)
      }
    case .array(let items):
      for (index, item) in items.enumerated() where item.mapping != nil || item.array != nil {
        repetitions(item, "\(path)[\(index)]", depth: depth + 1, &found)
      }
    default: return
    }
  }
}
