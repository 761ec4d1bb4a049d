import Bytes
import Expressions
import Kube

/// What the API server has against a schema when a definition of custom resources is made.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apis/apiextensions/validation/validation.go` and
/// `pkg/apiserver/schema/defaulting/validation.go`.
enum SchemaLint {
  /// Faults of the shape, and those of expressions, which are looked for only where the shape has none.
  private struct Faults {
    var shape: [FieldError] = []
    var rules: [FieldError] = []

    static func += (a: inout Faults, b: Faults) {
      a.shape += b.shape
      a.rules += b.rules
    }
  }

  /// What holds of a part of the schema because of what is around it.
  private struct Around {
    var forbidsDefault: String?
    var isInsideMetadata = false
    /// The outermost part that cannot be compared with an older object's; nil where this one can.
    var uncorrelatable: String?
    /// Whether expressions of the part are looked at: not inside of `not`, `allOf`, `anyOf` and `oneOf`.
    var hasRules = true
  }

  private static let types = ["array", "boolean", "integer", "number", "object", "string"]
  private static let reasons = [
    "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired",
  ]
  private static let unsupported = [
    "id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref",
  ]

  /// - Parameters:
  ///   - schema: `openAPIV3Schema` as written.
  ///   - path: where it stands in the definition.
  static func check(_ schema: DocumentNode, path: String) -> [FieldError] {
    var errors: [FieldError] = []
    if schema["nullable"]?.bool == true {
      errors.append(.forbidden(path + ".nullable", "nullable cannot be true at the root"))
    }
    var around = Around()
    if isReadable(schema, depth: 0) {
      var faults = StructuralLint.check(schema, path: path)
      if faults.isEmpty { faults = defaults(StructuralSchema(schema), path, depth: 0) }
      around.hasRules = faults.isEmpty
      errors += faults
    } else {
      around.hasRules = false
    }
    let faults = openAPI(schema, path, around, isRoot: true, depth: 0)
    return errors + faults.shape + faults.rules
  }

  /// Whether a structural schema can be made of it; where not, the checks of its parts say why.
  private static func isReadable(_ schema: DocumentNode, depth: Int) -> Bool {
    guard depth < StructuralLint.deepest, schema["items"]?.array == nil else { return false }
    if unsupported.contains(where: { schema[$0] != nil }) { return false }
    var parts = schema["properties"]?.entries.map(\.value) ?? []
    for key in ["items", "additionalProperties", "not"] {
      if let part = schema[key], part.mapping != nil { parts.append(part) }
    }
    for key in ["allOf", "anyOf", "oneOf"] { parts += schema[key]?.elements ?? [] }
    return parts.allSatisfy { isReadable($0, depth: depth + 1) }
  }

  // MARK: Defaults

  private static func defaults(_ schema: StructuralSchema, _ path: String, depth: Int) -> [FieldError] {
    guard depth < StructuralLint.deepest else { return [] }
    var errors: [FieldError] = []
    if let value = schema.fallback {
      let place = path + ".default"
      var outer: DocumentNode = ["type": "object"]
      outer = outer.setting(path: ["properties"], [:]).setting(path: ["properties", "spec"], schema.node)
      var holder: DocumentNode = [:]
      holder = holder.setting(path: ["spec"], value)
      if !StructuralSchema(outer).pruned(holder).unknown.isEmpty {
        errors.append(.invalid(place, value, "must not have unknown fields"))
      }
      var faults = SchemaValidator.validate(value, schema)
      if faults.isEmpty, let rules = CustomResourceRules(schema) {
        faults = rules.validate(value, old: value, correlation: nil).errors
        if faults.isEmpty { faults = rules.validate(value, old: .null, correlation: nil).errors }
      }
      errors += faults.map { FieldError($0.kind, join(place, $0.path), value: $0.value, $0.detail) }
    }
    for property in schema.properties {
      errors += defaults(property.schema, "\(path).properties[\(property.name)]", depth: depth + 1)
    }
    if let items = schema.items { errors += defaults(items, path + ".items", depth: depth + 1) }
    if case .schema(let inner) = schema.additionalProperties {
      errors += defaults(inner, path + ".additionalProperties", depth: depth + 1)
    }
    return errors
  }

  private static func join(_ path: String, _ below: String?) -> String {
    guard let below, !below.isEmpty else { return path }
    return below.hasPrefix("[") ? path + below : path + "." + below
  }

  // MARK: Parts

  private static func openAPI(
    _ schema: DocumentNode, _ path: String, _ around: Around, isRoot: Bool, depth: Int
  ) -> Faults {
    guard depth < StructuralLint.deepest else {
      return Faults(shape: [.invalid(path, DocumentNode(.string("")), "the schema is nested too deeply")])
    }
    var faults = Faults(shape: standard(schema, path, around))
    let properties = schema["properties"]?.entries ?? []
    if let additional = schema["additionalProperties"] {
      let place = path + ".additionalProperties"
      if !properties.isEmpty, additional.bool != true {
        faults.shape.append(.forbidden(place, "additionalProperties and properties are mutual exclusive"))
      }
      var inner = around
      if around.isInsideMetadata { inner.forbidsDefault = "inside additionalProperties applying to object metadata" }
      if additional.mapping != nil { faults += openAPI(additional, place, inner, isRoot: false, depth: depth + 1) }
    }
    for entry in properties {
      var inner = around
      if schema["x-kubernetes-map-type"]?.string == "atomic" { inner.uncorrelatable = around.uncorrelatable ?? path }
      let isResource = isRoot || StructuralLint.flag(schema, "embedded-resource")
      if isResource, ["metadata", "kind", "apiVersion"].contains(entry.key) {
        inner.isInsideMetadata = true
        if isRoot { inner.forbidsDefault = "in top-level \(entry.key)" }
      }
      faults += openAPI(entry.value, "\(path).properties[\(entry.key)]", inner, isRoot: false, depth: depth + 1)
    }
    var plain = around
    plain.hasRules = false
    if let not = schema["not"] { faults += openAPI(not, path + ".not", plain, isRoot: false, depth: depth + 1) }
    for key in ["allOf", "oneOf", "anyOf"] {
      for (index, part) in (schema[key]?.elements ?? []).enumerated() {
        faults += openAPI(part, "\(path).\(key)[\(index)]", plain, isRoot: false, depth: depth + 1)
      }
    }
    if let items = schema["items"] {
      var inner = around
      if schema["x-kubernetes-list-type"]?.string != "map" { inner.uncorrelatable = around.uncorrelatable ?? path }
      for (index, part) in items.elements.enumerated() {
        faults += openAPI(part, "\(path).items[\(index)]", inner, isRoot: false, depth: depth + 1)
      }
      if items.mapping != nil { faults += openAPI(items, path + ".items", inner, isRoot: false, depth: depth + 1) }
    }
    faults.shape += extensions(schema, path)
    faults += rules(schema, path, around, isRoot: isRoot, hasFaults: !faults.shape.isEmpty)
    return faults
  }

  private static func standard(_ schema: DocumentNode, _ path: String, _ around: Around) -> [FieldError] {
    var errors: [FieldError] = []
    if let type = schema["type"], let text = type.string, !text.isEmpty, !types.contains(text) {
      errors.append(.notSupported(path + ".type", type, types))
    }
    if schema["default"] != nil, let reason = around.forbidsDefault {
      errors.append(.forbidden(path + ".default", "must not be set \(reason)"))
    }
    for key in unsupported {
      guard let value = schema[key], value.string?.isEmpty != true else { continue }
      errors.append(.forbidden("\(path).\(key)", "\(key) is not supported"))
    }
    if schema["type"]?.string == "null" {
      errors.append(.forbidden(path + ".type", "type cannot be set to null, use nullable as an alternative"))
    }
    if schema["items"]?.array?.isEmpty == false {
      errors.append(.forbidden(path + ".items", "items must be a schema object and not an array"))
    }
    if around.isInsideMetadata, StructuralLint.flag(schema, "embedded-resource") {
      errors.append(
        .forbidden(path + ".x-kubernetes-embedded-resource", "must not be used inside of resource meta"))
    }
    if schema["uniqueItems"]?.bool == true {
      errors.append(
        .forbidden(
          path + ".uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
    }
    return errors
  }

  private static func extensions(_ schema: DocumentNode, _ path: String) -> [FieldError] {
    var errors: [FieldError] = []
    let type = schema["type"]?.string ?? ""
    func needs(_ wanted: String, _ key: String) {
      let detail = "must be \(wanted) if \(key) is specified"
      let place = path + ".type"
      errors.append(type.isEmpty ? .required(place, detail) : .invalid(place, DocumentNode(.string(type)), detail))
    }
    if let value = schema["x-kubernetes-preserve-unknown-fields"], value.bool == false {
      errors.append(.invalid(path + ".x-kubernetes-preserve-unknown-fields", value, "must be true or undefined"))
    }
    for (key, wanted, values) in [
      ("x-kubernetes-map-type", "object", ["atomic", "granular"]),
      ("x-kubernetes-list-type", "array", ["atomic", "set", "map"]),
    ] {
      guard let node = schema[key], let text = node.string else { continue }
      if type != wanted {
        needs(wanted, key)
      } else if text == "set", let items = schema["items"] {
        errors += setItems(items, path)
      }
      if !values.contains(text) { errors.append(.notSupported("\(path).\(key)", node, values)) }
    }
    let listType = schema["x-kubernetes-list-type"]
    let keys = schema["x-kubernetes-list-map-keys"]?.strings ?? []
    if !keys.isEmpty, listType?.string != "map" {
      let detail = "must be map if x-kubernetes-list-map-keys is non-empty"
      let place = path + ".x-kubernetes-list-type"
      errors.append(listType.map { .invalid(place, $0, detail) } ?? .required(place, detail))
    }
    if listType?.string == "map" { errors += mapItems(schema, keys, path) }
    if listType?.string == "map" || listType?.string == "set", schema["items"]?["nullable"]?.bool == true {
      errors.append(
        .forbidden(
          path + ".items.nullable",
          "cannot be nullable when x-kubernetes-list-type is \(listType?.string ?? "")"))
    }
    return errors
  }

  private static func setItems(_ items: DocumentNode, _ path: String) -> [FieldError] {
    let detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
    let inner = items["x-kubernetes-list-type"]
    switch items["type"]?.string {
    case "array":
      guard let inner, inner.string != "atomic" else { return [] }
      return [.invalid(path + ".items.x-kubernetes-list-type", inner, detail)]
    case "object":
      guard items["x-kubernetes-map-type"]?.string != "atomic" else { return [] }
      // The server prints the type of the list where it means that of the map.
      return [.invalid(path + ".items.x-kubernetes-map-type", inner ?? DocumentNode(.null), detail)]
    default: return []
    }
  }

  private static func mapItems(_ schema: DocumentNode, _ keys: [String], _ path: String) -> [FieldError] {
    var errors: [FieldError] = []
    let place = path + ".x-kubernetes-list-map-keys"
    if keys.isEmpty { errors.append(.required(place, "must not be empty if x-kubernetes-list-type is map")) }
    guard let items = schema["items"] else {
      errors.append(.required(path + ".items", "must have a schema if x-kubernetes-list-type is map"))
      return errors
    }
    guard items["type"]?.string == "object" else {
      errors.append(
        .invalid(
          path + ".items.type", items["type"] ?? DocumentNode(.string("")),
          "must be object if parent array's x-kubernetes-list-type is map"))
      return errors
    }
    let written = schema["x-kubernetes-list-map-keys"] ?? DocumentNode(.null)
    let required = items["required"]?.strings ?? []
    var seen: Set<String> = []
    var later: [FieldError] = []
    for key in keys {
      let own = "\(path).items.properties[\(key)]"
      let property = items["properties"]?[key]
      if let property {
        if ["array", "object"].contains(property["type"]?.string ?? "") {
          errors.append(
            .invalid(
              own + ".type", DocumentNode(.string("object")),
              "must be a scalar type if parent array's x-kubernetes-list-type is map"))
        }
        if !required.contains(key), property["default"] == nil {
          later.append(
            .required(
              own + ".default",
              "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"))
        }
        if property["nullable"]?.bool == true {
          later.append(
            .forbidden(own + ".nullable", "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"))
        }
      } else {
        errors.append(.invalid(place, written, "entries must all be names of item properties"))
      }
      if !seen.insert(key).inserted { errors.append(.invalid(place, written, "must not contain duplicate entries")) }
    }
    return errors + later
  }

  // MARK: Rules

  private static func breaksLine(_ text: String) -> Bool { text.utf8.contains { $0 == 0x0A || $0 == 0x0D } }

  /// A rule as the server prints it.
  private static func printed(_ rule: DocumentNode) -> DocumentNode {
    let empty = DocumentNode(.string(""))
    let fields: [(name: String, key: String, missing: DocumentNode)] = [
      ("Rule", "rule", empty), ("Message", "message", empty), ("MessageExpression", "messageExpression", empty),
      ("Reason", "reason", DocumentNode(.null)), ("FieldPath", "fieldPath", empty),
      ("OptionalOldSelf", "optionalOldSelf", DocumentNode(.null)),
    ]
    var result: DocumentNode = [:]
    for field in fields { result = result.setting(path: [field.name], rule[field.key] ?? field.missing) }
    return result
  }

  private static func shape(_ rule: DocumentNode, _ place: String, _ schema: StructuralSchema) -> [FieldError] {
    var errors: [FieldError] = []
    let source = (rule["rule"]?.string ?? "").trimmingGoSpace
    let message = rule["message"] ?? DocumentNode(.string(""))
    let trimmed = (message.string ?? "").trimmingGoSpace
    if source.isEmpty {
      errors.append(.required(place + ".rule", "rule is not specified"))
    } else if message.string?.isEmpty == false, trimmed.isEmpty {
      errors.append(.invalid(place + ".message", message, "must be non-empty if specified"))
    } else if breaksLine(trimmed) {
      errors.append(.invalid(place + ".message", message, "must not contain line breaks"))
    } else if breaksLine(source), trimmed.isEmpty {
      errors.append(.required(place + ".message", "message must be specified if rule contains line breaks"))
    }
    if let expression = rule["messageExpression"]?.string, !expression.isEmpty, expression.trimmingGoSpace.isEmpty {
      errors.append(.required(place + ".messageExpression", "messageExpression must be non-empty if specified"))
    }
    if let reason = rule["reason"], let text = reason.string, !reasons.contains(text) {
      errors.append(.notSupported(place + ".reason", reason, reasons))
    }
    guard let node = rule["fieldPath"], let text = node.string, !text.isEmpty else { return errors }
    if text.trimmingGoSpace.isEmpty {
      errors.append(.invalid(place + ".fieldPath", node, "must be non-empty if specified"))
    }
    if breaksLine(text) { errors.append(.invalid(place + ".fieldPath", node, "must not contain line breaks")) }
    if (try? SchemaFieldPath(text, schema, allowsKeys: true)) == nil {
      errors.append(.invalid(place + ".fieldPath", node, "must be a valid path"))
    }
    return errors
  }

  private static func rules(
    _ schema: DocumentNode, _ path: String, _ around: Around, isRoot: Bool, hasFaults: Bool
  ) -> Faults {
    var faults = Faults()
    let rules = schema["x-kubernetes-validations"]?.elements ?? []
    guard !rules.isEmpty else { return faults }
    let structural = StructuralSchema(schema)
    func place(_ index: Int) -> String { "\(path).x-kubernetes-validations[\(index)]" }
    for (index, rule) in rules.enumerated() { faults.shape += shape(rule, place(index), structural) }
    guard !hasFaults, faults.shape.isEmpty, around.hasRules else { return faults }
    let isResource = isRoot || StructuralLint.flag(schema, "embedded-resource")
    let type = SchemaType.read(schema, name: "selfType", isResourceRoot: isResource)
    for (index, rule) in rules.enumerated() {
      let place = place(index)
      let environment = RuleCompiler.environment(
        type, allowsMissingOld: rule["optionalOldSelf"]?.bool ?? false, isNew: true)
      var usesOld = false
      switch PolicyExpression(rule["rule"]?.string ?? "", environment, gives: [.bool]) {
      case .program(let program): usesOld = program.variableNames.contains("oldSelf")
      case .fault(.type, _):
        faults.rules.append(.invalid(place + ".rule", struct: printed(rule), "cel expression must evaluate to a bool"))
      case .fault(let fault, _): faults.rules.append(.invalid(place + ".rule", struct: printed(rule), fault.message))
      default: break
      }
      if let expression = rule["messageExpression"]?.string, !expression.isEmpty,
        case .fault(let fault, _) = PolicyExpression(expression, environment, gives: [.string])
      {
        let isType = if case .type = fault { true } else { false }
        let detail = isType ? "messageExpression must evaluate to a string" : "messageExpression " + fault.message
        faults.rules.append(.invalid(place + ".messageExpression", struct: printed(rule), detail))
      }
      if usesOld, let uncorrelatable = around.uncorrelatable {
        faults.rules.append(
          .invalid(
            place + ".rule", rule["rule"] ?? DocumentNode(.string("")),
            "oldSelf cannot be used on the uncorrelatable portion of the schema within \(uncorrelatable)"))
      } else if !usesOld, let optional = rule["optionalOldSelf"] {
        faults.rules.append(
          .invalid(place + ".optionalOldSelf", optional, "may not be set if oldSelf is not used in rule"))
      }
    }
    return faults
  }
}
