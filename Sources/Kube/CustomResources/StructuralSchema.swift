package import Bytes

/// The schema of a custom resource, or of a part of it.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/structural.go`. Shared and immutable.
package final class StructuralSchema: Sendable {
  package enum AdditionalProperties: Sendable {
    case any
    case none
    case schema(StructuralSchema)
  }

  /// As written, for those who read it in another way.
  package let node: DocumentNode
  package let type: String
  package let properties: [(name: String, schema: StructuralSchema)]
  package let items: StructuralSchema?
  package let additionalProperties: AdditionalProperties?
  package let isNullable: Bool
  package let fallback: DocumentNode?
  package let preservesUnknownFields: Bool
  package let isEmbeddedResource: Bool
  package let isIntOrString: Bool
  package let listType: String
  package let listMapKeys: [String]
  package let mapType: String
  /// `x-kubernetes-validations`
  package let rules: [DocumentNode]

  package let format: String
  package let pattern: String?
  package let minimum: DocumentNode?
  package let maximum: DocumentNode?
  package let isMinimumExclusive: Bool
  package let isMaximumExclusive: Bool
  package let multipleOf: DocumentNode?
  package let minLength: Int64?
  package let maxLength: Int64?
  package let minItems: Int64?
  package let maxItems: Int64?
  package let hasUniqueItems: Bool
  package let minProperties: Int64?
  package let maxProperties: Int64?
  package let required: [String]
  package let enumeration: [DocumentNode]
  package let allOf: [StructuralSchema]
  package let anyOf: [StructuralSchema]
  package let oneOf: [StructuralSchema]
  package let not: StructuralSchema?

  /// - Parameter node: `openAPIV3Schema`, or a schema below it.
  package convenience init(_ node: DocumentNode) { self.init(node, depth: 0) }

  private init(_ node: DocumentNode, depth: Int) {
    self.node = node
    // Deeper than any schema that a server would take.
    let goesOn = depth < 100
    func child(_ key: String) -> StructuralSchema? {
      guard goesOn, let value = node[key], value.mapping != nil else { return nil }
      return StructuralSchema(value, depth: depth + 1)
    }
    func children(_ key: String) -> [StructuralSchema] {
      goesOn ? (node[key]?.elements ?? []).map { StructuralSchema($0, depth: depth + 1) } : []
    }
    func flag(_ key: String) -> Bool { node[key]?.bool ?? false }
    type = node["type"]?.string ?? ""
    properties =
      goesOn
      ? (node["properties"]?.entries ?? []).map { ($0.key, StructuralSchema($0.value, depth: depth + 1)) } : []
    items = child("items")
    switch node["additionalProperties"]?.content {
    case nil: additionalProperties = nil
    case .bool(let allows): additionalProperties = allows ? .any : AdditionalProperties.none
    default: additionalProperties = child("additionalProperties").map { .schema($0) }
    }
    isNullable = flag("nullable")
    fallback = node["default"]
    preservesUnknownFields = flag("x-kubernetes-preserve-unknown-fields")
    isEmbeddedResource = flag("x-kubernetes-embedded-resource")
    isIntOrString = flag("x-kubernetes-int-or-string")
    listType = node["x-kubernetes-list-type"]?.string ?? ""
    listMapKeys = node["x-kubernetes-list-map-keys"]?.strings ?? []
    mapType = node["x-kubernetes-map-type"]?.string ?? ""
    rules = node["x-kubernetes-validations"]?.elements ?? []
    format = node["format"]?.string ?? ""
    pattern = node["pattern"]?.string
    minimum = node["minimum"]
    maximum = node["maximum"]
    isMinimumExclusive = flag("exclusiveMinimum")
    isMaximumExclusive = flag("exclusiveMaximum")
    multipleOf = node["multipleOf"]
    minLength = node["minLength"]?.int
    maxLength = node["maxLength"]?.int
    minItems = node["minItems"]?.int
    maxItems = node["maxItems"]?.int
    hasUniqueItems = flag("uniqueItems")
    minProperties = node["minProperties"]?.int
    maxProperties = node["maxProperties"]?.int
    required = node["required"]?.strings ?? []
    enumeration = node["enum"]?.elements ?? []
    allOf = children("allOf")
    anyOf = children("anyOf")
    oneOf = children("oneOf")
    not = child("not")
    var hasRules = !rules.isEmpty || items?.hasRules == true || properties.contains { $0.schema.hasRules }
    if case .schema(let schema) = additionalProperties, schema.hasRules { hasRules = true }
    self.hasRules = hasRules || allOf.contains { $0.hasRules }
  }

  package func property(_ name: String) -> StructuralSchema? {
    for property in properties where property.name == name { return property.schema }
    return nil
  }

  /// The schema of a field, whether named or one of many.
  package func field(_ name: String) -> StructuralSchema? {
    if let own = property(name) { return own }
    if case .schema(let schema) = additionalProperties { return schema }
    return nil
  }

  /// Whether it, or a schema below it, has rules.
  package let hasRules: Bool
}
