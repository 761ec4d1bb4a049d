package import Bytes

extension SchemaType {
  /// Reads a schema, as the API server makes types of schemas (`pkg/cel/common/schemas.go`).
  ///
  /// - Parameters:
  ///   - schema: the schema object: `type`, `properties`, `items`, `additionalProperties`, `format`,
  ///     `x-kubernetes-int-or-string`, `x-kubernetes-preserve-unknown-fields`, `x-kubernetes-list-type`, limits.
  ///   - name: of the type, as it stands in messages; types of fields are `NAME.FIELD`.
  ///   - isResourceRoot: whether apiVersion, kind and metadata are there though the schema does not say so.
  ///   - definitions: what a `$ref` names, by the text of the reference.
  /// - Returns: nil where the schema cannot be used in expressions.
  package static func read(
    _ schema: DocumentNode, name: String, isResourceRoot: Bool, definitions: (String) -> DocumentNode? = { _ in nil }
  ) -> SchemaType? {
    var reader = SchemaReader()
    return reader.read(schema, name, isResourceRoot, definitions)
  }
}

private struct SchemaReader {
  /// References that are being followed: a type that holds itself is cut off there, as the API server does.
  private var open: Set<String> = []
  /// Bounds the work for schemas that refer to each other many times.
  private var budget = 200_000

  mutating func read(
    _ schema: DocumentNode, _ name: String, _ isResourceRoot: Bool, _ definitions: (String) -> DocumentNode?
  ) -> SchemaType? {
    budget -= 1
    guard budget > 0 else { return nil }
    if let reference = schema["$ref"]?.string {
      guard !open.contains(reference), let target = definitions(reference) else {
        return SchemaType(.open, .map(.string, .dyn), leastBytes: 2)
      }
      open.insert(reference)
      defer { open.remove(reference) }
      return read(target, name, isResourceRoot, definitions)
    }
    // A reference beside a description or a default stands in `allOf`.
    if schema["type"] == nil, schema["properties"] == nil, let only = schema["allOf"]?.array, only.count == 1,
      only[0]["$ref"] != nil
    {
      return read(only[0], name, isResourceRoot, definitions)
    }
    let isNullable = schema["nullable"]?.bool ?? false
    let format = schema["format"]?.string
    if schema["x-kubernetes-int-or-string"]?.bool == true
      || (schema["type"]?.string == "string" && format == "int-or-string")
    {
      let most = schema["maxLength"]?.int.map { max(0, $0).multipliedClamped(by: 4) } ?? SchemaType.requestBytes - 2
      return SchemaType(.intOrString, .dyn, mostElements: most, leastBytes: 1, isNullable: isNullable)
    }
    var kind = schema["type"]?.string ?? ""
    if isResourceRoot, kind.isEmpty { kind = "object" }
    switch kind {
    case "array":
      guard let items = schema["items"],
        let element = read(
          items, name + ".@idx", items["x-kubernetes-embedded-resource"]?.bool ?? false, definitions)
      else { return nil }
      let most =
        schema["maxItems"]?.int.map { max(0, $0) } ?? (SchemaType.requestBytes - 2) / (element.leastBytes + 1)
      return SchemaType(
        .list(element, listKind(schema)), .list(element.type), mostElements: most, leastBytes: 2,
        isNullable: isNullable)
    case "object": return object(schema, name, isResourceRoot, isNullable, definitions)
    case "string": return text(schema, format, isNullable)
    case "boolean": return SchemaType(.bool, .bool, leastBytes: 4, isNullable: isNullable)
    case "number": return SchemaType(.double, .double, leastBytes: 1, isNullable: isNullable)
    case "integer": return SchemaType(.int, .int, leastBytes: 1, isNullable: isNullable)
    default: return nil
    }
  }

  private func listKind(_ schema: DocumentNode) -> SchemaType.ListKind {
    switch schema["x-kubernetes-list-type"]?.string {
    case "set": .set
    case "map": .map(schema["x-kubernetes-list-map-keys"]?.strings ?? [])
    default: .atomic
    }
  }

  private mutating func object(
    _ schema: DocumentNode, _ name: String, _ isResourceRoot: Bool, _ isNullable: Bool,
    _ definitions: (String) -> DocumentNode?
  ) -> SchemaType? {
    if let more = schema["additionalProperties"], more.mapping != nil, !isResourceRoot || schema["properties"] == nil {
      let embedded = more["x-kubernetes-embedded-resource"]?.bool ?? false
      guard let value = read(more, name + ".@elem", embedded, definitions) else { return nil }
      let most =
        schema["maxProperties"]?.int.map { max(0, $0) } ?? (SchemaType.requestBytes - 2) / (value.leastBytes + 6)
      return SchemaType(
        .map(value), .map(.string, value.type), mostElements: most, leastBytes: 2, isNullable: isNullable)
    }
    let properties = schema["properties"]?.entries ?? []
    var fields: [String: SchemaType] = [:]
    let required = Set(schema["required"]?.strings ?? [])
    var least: Int64 = 2
    for property in properties {
      let embedded = property.value["x-kubernetes-embedded-resource"]?.bool ?? false
      guard FieldName.escaped(property.key) != nil,
        let type = read(property.value, name + "." + property.key, embedded, definitions)
      else { continue }
      fields[property.key] = type
      if required.contains(property.key), property.value["default"] == nil {
        least += Int64(property.key.utf8.count) + type.leastBytes + 4
      }
    }
    if isResourceRoot { addRoot(&fields, name) }
    return SchemaType(.object(fields), .object(name), leastBytes: least, isNullable: isNullable)
  }

  /// What every resource has.
  private func addRoot(_ fields: inout [String: SchemaType], _ name: String) {
    let text = SchemaType(.string, .string, mostElements: SchemaType.requestBytes - 2, leastBytes: 2)
    var isComplete = fields["kind"] != nil && fields["apiVersion"] != nil
    if case .object(let metadata)? = fields["metadata"]?.shape {
      isComplete = isComplete && metadata["name"] != nil && metadata["generateName"] != nil
    } else {
      isComplete = false
    }
    guard !isComplete else { return }
    fields["kind"] = text
    fields["apiVersion"] = text
    fields["metadata"] = SchemaType(
      .object(["name": text, "generateName": text]), .object(name + ".metadata"), leastBytes: 2)
  }

  private func text(_ schema: DocumentNode, _ format: String?, _ isNullable: Bool) -> SchemaType {
    let whole = SchemaType.requestBytes - 2
    switch format {
    case "byte":
      let most = schema["maxLength"]?.int.map { max(0, $0) } ?? whole
      return SchemaType(.bytes, .bytes, mostElements: most, leastBytes: 2, isNullable: isNullable)
    case "duration": return SchemaType(.duration, .duration, mostElements: 32, leastBytes: 3, isNullable: isNullable)
    case "date": return SchemaType(.date, .timestamp, mostElements: 12, leastBytes: 12, isNullable: isNullable)
    case "date-time":
      return SchemaType(.dateTime, .timestamp, mostElements: 32, leastBytes: 21, isNullable: isNullable)
    default: break
    }
    let most: Int64
    if let length = schema["maxLength"]?.int {
      most = max(0, length).multipliedClamped(by: 4)
    } else if let values = schema["enum"]?.array, !values.isEmpty {
      most = Int64(values.compactMap { $0.string?.utf8.count }.max() ?? 0)
    } else {
      most = whole
    }
    return SchemaType(.string, .string, mostElements: most, leastBytes: 2, isNullable: isNullable)
  }
}

extension Int64 {
  func multipliedClamped(by factor: Int64) -> Int64 {
    let product = multipliedReportingOverflow(by: factor)
    return product.overflow ? .max : product.partialValue
  }
}
