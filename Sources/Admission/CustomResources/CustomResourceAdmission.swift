package import Bytes
package import Kube
import Validation

/// What the server makes of a custom resource: decoding, pruning, defaults, the schema and its rules.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apiserver/customresource_handler.go` and
/// `pkg/registry/customresource/strategy.go`.
package struct CustomResourceAdmission: Sendable {
  /// What happens to fields that the schema does not know.
  package enum FieldValidation: String, Sendable {
    case strict = "Strict"
    case warn = "Warn"
    case ignore = "Ignore"
  }

  /// The stored object, or the refusal that the client gets.
  package struct Outcome: Sendable {
    /// As it would be stored; as far as it came when it was refused.
    package var object: DocumentNode
    package var refusal: AdmissionRefusal?
    package var warnings: [String] = []
  }

  package let definition: CustomResourceDefinition
  private let versions: [(version: CustomResourceDefinition.Version, rules: CustomResourceRules?)]

  package init(_ definition: CustomResourceDefinition) {
    self.definition = definition
    versions = definition.versions.map { ($0, $0.schema.flatMap { CustomResourceRules($0) }) }
  }

  /// - Parameters:
  ///   - object: as it was sent.
  ///   - old: as it is stored; nil for a new object.
  ///   - duplicates: paths of fields that the text held twice, in its order.
  package func admit(
    _ object: DocumentNode, old: DocumentNode? = nil, namespace: String?, fieldValidation: FieldValidation = .warn,
    duplicates: [String] = []
  ) -> Outcome {
    let apiVersion = object["apiVersion"]?.string ?? ""
    let name = APIResource.split(apiVersion: apiVersion).version
    guard let (version, rules) = versions.first(where: { $0.version.name == name }) else {
      return Outcome(
        object: object,
        refusal: AdmissionRefusal(
          .notFound, "the server could not find the requested resource"))
    }
    var outcome = Outcome(object: object)
    func undecodable(_ fault: String) -> AdmissionRefusal {
      .undecodable(definition.kind, version: version.name, fault)
    }
    let metadata = Self.metadata(object["metadata"], path: "metadata")
    if let mismatch = metadata.mismatch {
      outcome.refusal = undecodable(mismatch)
      return outcome
    }
    var unknown = metadata.unknown
    var result = object.setting("metadata", metadata.object)
    if let schema = version.schema, !definition.preservesUnknownFields {
      let pruned = schema.pruned(result)
      unknown += pruned.unknown
      result = schema.withoutNulls(pruned.object)
      var embedded: [String] = []
      switch Self.coerce(result, schema, path: "", isRoot: true, &embedded) {
      case .success(let coerced): result = coerced
      case .failure(let failure):
        outcome.refusal = undecodable(failure.message)
        return outcome
      }
      unknown += embedded.sorted()
    }
    let faults = duplicates.map { "duplicate field \"\($0)\"" } + unknown.map { "unknown field \"\($0)\"" }
    if !faults.isEmpty {
      switch fieldValidation {
      case .strict:
        outcome.refusal = undecodable("strict decoding error: " + faults.joined(separator: ", "))
        return outcome
      case .warn: outcome.warnings += faults
      case .ignore: break
      }
    }
    if let schema = version.schema { result = schema.defaulted(result) }
    result = prepared(result, old, version, namespace)
    outcome.object = result
    if let warning = definition.deprecationWarning(version) { outcome.warnings.insert(warning, at: 0) }
    let errors = validate(result, old, version, rules, &outcome.warnings)
    if !errors.isEmpty {
      let kind = definition.group.isEmpty ? definition.kind : "\(definition.kind).\(definition.group)"
      let name = result.metadataName
      outcome.refusal = AdmissionRefusal(
        .invalid, "\(kind) \"\(name)\" is invalid: \(FieldError.aggregate(errors))",
        causes: errors.map { .init(reason: $0.kind.rawValue, message: $0.body, field: $0.path ?? "<nil>") })
      // Only a refusal is sent then.
      outcome.warnings = []
    }
    return outcome
  }

  private func prepared(
    _ object: DocumentNode, _ old: DocumentNode?, _ version: CustomResourceDefinition.Version, _ namespace: String?
  ) -> DocumentNode {
    var object = object
    var metadata = object["metadata"] ?? [:]
    for key in ["managedFields", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"] {
      metadata = metadata.setting(key, nil)
    }
    if let namespace { metadata = metadata.setting("namespace", DocumentNode(.string(namespace))) }
    if version.hasStatus { object = object.setting("status", old?["status"]) }
    let generation: Int64
    if let old {
      let isChanged = object.setting("metadata", nil) != old.setting("metadata", nil)
      generation = (old[path: "metadata", "generation"]?.int ?? 0) + (isChanged ? 1 : 0)
    } else {
      generation = 1
      metadata = metadata.setting("resourceVersion", nil)
    }
    return object.setting("metadata", metadata.setting("generation", DocumentNode(.int(generation))))
  }

  private func validate(
    _ object: DocumentNode, _ old: DocumentNode?, _ version: CustomResourceDefinition.Version,
    _ rules: CustomResourceRules?, _ warnings: inout [String]
  ) -> [FieldError] {
    guard let schema = version.schema else { return [] }
    let correlation = old.map { ObjectCorrelation(object, $0, schema) }
    var errors = ObjectMetadataValidation.validate(object["metadata"] ?? [:], isNamespaced: definition.isNamespaced)
    errors += SchemaValidator.validate(object, schema, correlation: correlation)
    errors += ObjectMetadataValidation.embedded(object, schema)
    if old.map({ ListTypeValidation.validate($0, schema).isEmpty }) ?? true {
      errors += ListTypeValidation.validate(object, schema)
    }
    guard let rules else { return errors }
    let blocking: Set<FieldError.Kind> = [.notSupported, .required, .tooLong, .tooMany, .typeInvalid]
    if errors.contains(where: { blocking.contains($0.kind) }) {
      errors.append(
        FieldError(
          .invalid, nil, value: "null",
          "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"
        ))
      return errors
    }
    let outcome = rules.validate(object, old: old ?? .null, correlation: correlation)
    warnings += outcome.warnings
    return errors + outcome.errors
  }

  // MARK: Metadata

  private struct DecodedMetadata {
    var object: DocumentNode?
    var unknown: [String] = []
    /// In the words of Go's JSON decoder.
    var mismatch: String?
  }

  /// Metadata are the one part that has a type of Go's.
  private static func metadata(_ node: DocumentNode?, path: String) -> DecodedMetadata {
    guard let node, let type = APITypes.type("meta/v1.ObjectMeta") else { return DecodedMetadata(object: nil) }
    let decoded = ObjectDecoder.decode(node, as: type, options: .init(addsDefaults: false, isStored: false))
    var result = DecodedMetadata(object: decoded.object)
    if let first = decoded.mismatches.first {
      result.mismatch = GoDecoding.mismatch(first, in: node, type: "ObjectMeta")
    }
    for entry in node.entries where type.field(entry.key) == nil { result.unknown.append("\(path).\(entry.key)") }
    result.unknown.sort()
    return result
  }

  private struct CoercionFailure: Error { let message: String }

  /// Metadata of resources inside of the resource.
  private static func coerce(
    _ value: DocumentNode, _ schema: StructuralSchema?, path: String, isRoot: Bool, _ unknown: inout [String]
  ) -> Result<DocumentNode, CoercionFailure> {
    guard let schema else { return .success(value) }
    switch value.content {
    case .object(let mapping):
      var entries: [Mapping.Entry] = []
      for entry in mapping.entries {
        var content = entry.value
        let place = path.isEmpty ? entry.key : path + "." + entry.key
        if schema.isEmbeddedResource, !isRoot, entry.key == "metadata" {
          let decoded = metadata(content, path: place)
          if let mismatch = decoded.mismatch {
            let shown = JSONWriter.compact(GoText.sorted(content))
            return .failure(CoercionFailure(message: "\(place): Invalid value: \(shown): \(mismatch)"))
          }
          unknown += decoded.unknown
          content = decoded.object ?? content
        } else if let inner = schema.field(entry.key) {
          switch coerce(content, inner, path: place, isRoot: false, &unknown) {
          case .success(let coerced): content = coerced
          case .failure(let failure): return .failure(failure)
          }
        }
        entries.append(Mapping.Entry(key: entry.key, line: entry.line, column: entry.column, value: content))
      }
      return .success(value.with(.object(Mapping(entries))))
    case .array(let items):
      var result: [DocumentNode] = []
      for (index, item) in items.enumerated() {
        switch coerce(item, schema.items, path: "\(path)[\(index)]", isRoot: false, &unknown) {
        case .success(let coerced): result.append(coerced)
        case .failure(let failure): return .failure(failure)
        }
      }
      return .success(value.with(.array(result)))
    default: return .success(value)
    }
  }
}
