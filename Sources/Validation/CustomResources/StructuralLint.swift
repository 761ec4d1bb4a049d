import Bytes
import Kube

/// Whether a schema is structural: what every value is stands outside of `not`, `allOf`, `anyOf` and `oneOf`.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/{validation,complete}.go`.
enum StructuralLint {
  private enum Level {
    case root
    case item
    case field

    var place: String {
      switch self {
      case .root: "at the root"
      case .item: "for specified array items"
      case .field: "for specified object fields"
      }
    }
  }

  static let deepest = 128

  /// In the order in which the server tells them.
  static func check(_ schema: DocumentNode, path: String) -> [FieldError] {
    let errors = invariants(schema, .root, path, depth: 0) + completeness(schema, schema, path, path, depth: 0)
    return errors.sorted { $0.text < $1.text }
  }

  static func flag(_ schema: DocumentNode, _ key: String) -> Bool { schema["x-kubernetes-" + key]?.bool ?? false }

  private static func isIntOrString(_ alternatives: DocumentNode?) -> Bool {
    guard let elements = alternatives?.elements, elements.count == 2 else { return false }
    return elements.map { $0.entries.count == 1 ? $0["type"]?.string ?? "" : "" } == ["integer", "string"]
  }

  private static func invariants(_ schema: DocumentNode, _ level: Level, _ path: String, depth: Int) -> [FieldError] {
    guard depth < deepest else { return [] }
    var errors: [FieldError] = []
    let type = schema["type"]?.string ?? ""
    let isEmbedded = flag(schema, "embedded-resource")
    if type == "array", schema["items"] == nil { errors.append(.required(path + ".items", "must be specified")) }
    if let items = schema["items"] { errors += invariants(items, .item, path + ".items", depth: depth + 1) }
    for entry in schema["properties"]?.entries ?? [] {
      errors += invariants(entry.value, .field, "\(path).properties[\(entry.key)]", depth: depth + 1)
    }
    if let additional = schema["additionalProperties"] {
      let place = path + ".additionalProperties"
      if level == .root { errors.append(.forbidden(place, "must not be used at the root")) }
      if additional.mapping != nil { errors += invariants(additional, .field, place, depth: depth + 1) }
      if isEmbedded { errors.append(.forbidden(place, "must not be used if x-kubernetes-embedded-resource is set")) }
    }
    if flag(schema, "int-or-string") {
      for key in ["preserve-unknown-fields", "embedded-resource"] where flag(schema, key) {
        errors.append(
          .invalid("\(path).x-kubernetes-\(key)", true, "must be false if x-kubernetes-int-or-string is true"))
      }
    }
    errors += values(
      schema, skipsAnyOf: isIntOrString(schema["anyOf"]),
      skipsFirstAllOf: isIntOrString(schema["allOf"]?.elements.first?["anyOf"]), path, depth: depth)
    if isEmbedded, type != "object" {
      let detail = "must be object if x-kubernetes-embedded-resource is true"
      let place = path + ".type"
      errors.append(type.isEmpty ? .required(place, detail) : .invalid(place, DocumentNode(.string(type)), detail))
    } else if type.isEmpty, !flag(schema, "int-or-string"), !flag(schema, "preserve-unknown-fields") {
      errors.append(.required(path + ".type", "must not be empty \(level.place)"))
    }
    if level == .root, !type.isEmpty, type != "object" {
      errors.append(.invalid(path + ".type", DocumentNode(.string(type)), "must be object at the root"))
    }
    if level == .root || isEmbedded { errors += resource(schema, isRoot: level == .root, path) }
    return errors
  }

  /// What stands at the root of a resource.
  private static func resource(_ schema: DocumentNode, isRoot: Bool, _ path: String) -> [FieldError] {
    var errors: [FieldError] = []
    let properties = schema["properties"]
    let empty = DocumentNode(.string(""))
    for (key, type) in [("kind", "string"), ("apiVersion", "string"), ("metadata", "object")] {
      guard let property = properties?[key], property["type"]?.string != type else { continue }
      errors.append(.invalid("\(path).properties[\(key)].type", property["type"] ?? empty, "must be \(type)"))
    }
    if isRoot, let metadata = properties?["metadata"] {
      let names = metadata["properties"]?.entries.map(\.key) ?? []
      let others = metadata.entries.map(\.key).filter { !["type", "default", "properties"].contains($0) }
      if !others.isEmpty || !names.allSatisfy({ $0 == "name" || $0 == "generateName" }) {
        errors.append(
          .forbidden(
            path + ".properties[metadata]",
            "must not specify anything other than name and generateName, but metadata is implicitly specified"))
      }
    }
    if flag(schema, "embedded-resource"), !flag(schema, "preserve-unknown-fields"), properties?.entries.isEmpty ?? true
    {
      errors.append(
        .required(
          path + ".properties",
          "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"))
    }
    return errors
  }

  private static func values(
    _ schema: DocumentNode, skipsAnyOf: Bool, skipsFirstAllOf: Bool, _ path: String, depth: Int
  ) -> [FieldError] {
    var errors: [FieldError] = []
    for key in ["anyOf", "allOf", "oneOf"] where key != "anyOf" || !skipsAnyOf {
      for (index, part) in (schema[key]?.elements ?? []).enumerated() {
        errors += nested(
          part, skipsAnyOf: key == "allOf" && index == 0 && skipsFirstAllOf, "\(path).\(key)[\(index)]",
          depth: depth + 1)
      }
    }
    if let part = schema["not"] { errors += nested(part, skipsAnyOf: false, path + ".not", depth: depth + 1) }
    if let pattern = schema["pattern"], let text = pattern.string, !text.isEmpty {
      do throws(LinearRegex.Invalid) {
        _ = try LinearRegex(text)
      } catch {
        errors.append(
          .invalid(
            path + ".pattern", pattern,
            "must be a valid regular expression, but isn't: error parsing regexp: \(error.message)"))
      }
    }
    return errors
  }

  /// What a part that only validates must leave to the structural one.
  private static let structuralKeys: [(key: String, detail: String)] = [
    ("type", "empty"), ("additionalProperties", "undefined"), ("default", "undefined"), ("title", "empty"),
    ("description", "empty"), ("nullable", "false"), ("x-kubernetes-preserve-unknown-fields", "false"),
    ("x-kubernetes-embedded-resource", "false"), ("x-kubernetes-int-or-string", "false"),
    ("x-kubernetes-list-map-keys", "empty"), ("x-kubernetes-list-type", "undefined"),
    ("x-kubernetes-map-type", "undefined"), ("x-kubernetes-validations", "empty"),
  ]

  private static func nested(_ schema: DocumentNode, skipsAnyOf: Bool, _ path: String, depth: Int) -> [FieldError] {
    guard depth < deepest else { return [] }
    var errors = values(schema, skipsAnyOf: skipsAnyOf, skipsFirstAllOf: false, path, depth: depth)
    if let items = schema["items"] {
      errors += nested(items, skipsAnyOf: false, path + ".items", depth: depth + 1)
    }
    for entry in schema["properties"]?.entries ?? [] {
      errors += nested(entry.value, skipsAnyOf: false, "\(path).properties[\(entry.key)]", depth: depth + 1)
    }
    for (key, detail) in structuralKeys {
      guard let value = schema[key] else { continue }
      if value.bool == false || value.string?.isEmpty == true || value.array?.isEmpty == true { continue }
      errors.append(.forbidden("\(path).\(key)", "must be \(detail) to be structural"))
    }
    if schema["properties"]?["metadata"] != nil {
      errors.append(.forbidden(path + ".properties[metadata]", "must not be specified in a nested context"))
    }
    return errors
  }

  /// Every value that is validated must have a place in the structural part.
  private static func completeness(
    _ values: DocumentNode, _ structural: DocumentNode, _ place: String, _ path: String, depth: Int
  ) -> [FieldError] {
    guard depth < deepest else { return [] }
    var errors: [FieldError] = []
    if let not = values["not"] { errors += complete(not, structural, place, path + ".not", depth: depth + 1) }
    for key in ["allOf", "anyOf", "oneOf"] {
      for (index, part) in (values[key]?.elements ?? []).enumerated() {
        errors += complete(part, structural, place, "\(path).\(key)[\(index)]", depth: depth + 1)
      }
    }
    return errors
  }

  private static func complete(
    _ values: DocumentNode, _ structural: DocumentNode?, _ place: String, _ path: String, depth: Int
  ) -> [FieldError] {
    guard depth < deepest else { return [] }
    guard let structural else { return [.required(place, "because it is defined in \(path)")] }
    var errors = completeness(values, structural, place, path, depth: depth)
    if let items = values["items"] {
      errors += complete(items, structural["items"], place + ".items", path + ".items", depth: depth + 1)
    }
    for entry in values["properties"]?.entries ?? [] {
      let key = ".properties[\(entry.key)]"
      errors += complete(
        entry.value, structural["properties"]?[entry.key], place + key, path + key, depth: depth + 1)
    }
    return errors
  }
}
