package import Bytes

/// Validates documents by a JSON Schema, as far as the schemas of this project go.
///
/// Source: JSON Schema 2020-12, "Core" and "Validation". Understood are `$ref` within the schema, `$defs`, `oneOf`, `type`,
/// `const`, `enum`, `required`, `properties`, `additionalProperties`, `items`, `minItems`, `maxItems`, `minimum`, `maximum`,
/// `pattern`, and what is only said (`$schema`, `$id`, `title`, `description`). A schema with any other keyword is refused:
/// passed over, it would validate what it forbids.
package struct JSONSchema: Sendable {
  package struct Unsupported: Error, CustomStringConvertible {
    package let description: String
  }

  private let root: DocumentNode

  private static let said: Set<String> = ["$schema", "$id", "title", "description", "$defs"]
  private static let keywords: Set<String> = [
    "$ref", "oneOf", "type", "const", "enum", "required", "properties", "additionalProperties", "items", "minItems",
    "maxItems", "minimum", "maximum", "pattern",
  ]

  package init(_ root: DocumentNode) throws(Unsupported) {
    self.root = root
    try Self.check(root, at: "#")
    for entry in root["$defs"]?.entries ?? [] { try Self.check(entry.value, at: "#/$defs/\(entry.key)") }
  }

  /// The schema of one `kind` of answer alone: the branch of `oneOf` that says so, with the definitions of all.
  package func branch(kind: String) -> JSONSchema? {
    let found = root["oneOf"]?.elements.first { $0[path: "properties", "kind", "const"]?.string == kind }
    return found.flatMap { branch in
      var entries = branch.entries
      if let definitions = root.mapping?.entry("$defs") { entries.append(definitions) }
      return try? JSONSchema(DocumentNode(.object(Mapping(entries))))
    }
  }

  /// The kinds of answers that the schema has a branch for.
  package var kinds: [String] {
    (root["oneOf"]?.elements ?? []).compactMap { $0[path: "properties", "kind", "const"]?.string }
  }

  private static func check(_ schema: DocumentNode, at place: String) throws(Unsupported) {
    if schema.isBoolean { return }
    guard let mapping = schema.mapping else { throw Unsupported(description: "\(place) is no schema") }
    for entry in mapping.entries {
      guard said.contains(entry.key) || keywords.contains(entry.key) else {
        throw Unsupported(description: "\(place) uses \"\(entry.key)\", which this validator does not know")
      }
      switch entry.key {
      case "properties":
        for property in entry.value.entries { try check(property.value, at: "\(place)/properties/\(property.key)") }
      case "oneOf":
        for (index, branch) in entry.value.elements.enumerated() { try check(branch, at: "\(place)/oneOf/\(index)") }
      case "items", "additionalProperties": try check(entry.value, at: "\(place)/\(entry.key)")
      case "$ref":
        guard entry.value.string?.hasPrefix("#/$defs/") == true else {
          throw Unsupported(description: "\(place)/$ref leads out of $defs")
        }
      case "pattern":
        guard let text = entry.value.string, (try? Regex(text)) != nil else {
          throw Unsupported(description: "\(place)/pattern is no pattern")
        }
      default: break
      }
    }
  }

  /// What is wrong with a document, each with the path to it; nothing for a valid one.
  package func violations(_ document: DocumentNode) -> [String] { violations(document, root, "$") }

  private func violations(_ value: DocumentNode, _ schema: DocumentNode, _ path: String) -> [String] {
    if schema.isBoolean { return schema.bool == true ? [] : ["\(path): is not allowed here"] }
    var wrong: [String] = []
    for entry in schema.entries {
      switch entry.key {
      case "$ref":
        let name = String(entry.value.string?.dropFirst("#/$defs/".count) ?? "")
        if let target = root["$defs"]?.mapping?[name] {
          wrong += violations(value, target, path)
        } else {
          wrong.append("\(path): the schema has no definition \(name)")
        }
      case "oneOf": wrong += oneOf(value, entry.value.elements, path)
      case "type":
        let names = entry.value.string.map { [$0] } ?? entry.value.strings
        if !names.contains(where: { value.isOf(type: $0) }) {
          wrong.append("\(path): \(value.summary) is not of type \(names.joined(separator: " or "))")
        }
      case "const": if value != entry.value { wrong.append("\(path): \(value.summary) is not \(entry.value.summary)") }
      case "enum":
        if !entry.value.elements.contains(value) { wrong.append("\(path): \(value.summary) is none of the enum") }
      case "minimum":
        if let number = value.number, let bound = entry.value.number, number < bound {
          wrong.append("\(path): \(value.summary) is less than \(entry.value.summary)")
        }
      case "maximum":
        if let number = value.number, let bound = entry.value.number, number > bound {
          wrong.append("\(path): \(value.summary) is more than \(entry.value.summary)")
        }
      case "pattern":
        if let text = value.string, let pattern = entry.value.string, let regex = try? Regex(pattern),
          text.firstMatch(of: regex) == nil
        {
          wrong.append("\(path): \(value.summary) does not match \(pattern)")
        }
      case "minItems", "maxItems", "items": wrong += items(value, entry, path)
      case "required", "properties", "additionalProperties": wrong += properties(value, entry, schema, path)
      default: break
      }
    }
    return wrong
  }

  /// The violations of the branch that comes nearest, where none fits: those of all would hide it.
  private func oneOf(_ value: DocumentNode, _ branches: [DocumentNode], _ path: String) -> [String] {
    let results = branches.map { violations(value, $0, path) }
    let fitting = results.count { $0.isEmpty }
    if fitting == 1 { return [] }
    if fitting > 1 { return ["\(path): \(fitting) branches of oneOf fit, not one"] }
    let kind = value["kind"]
    for (branch, result) in zip(branches, results)
    where kind != nil && branch[path: "properties", "kind", "const"] == kind { return result }
    return results.min { $0.count < $1.count } ?? ["\(path): oneOf has no branch"]
  }

  private func items(_ value: DocumentNode, _ entry: Mapping.Entry, _ path: String) -> [String] {
    guard let elements = value.array else { return [] }
    switch entry.key {
    case "items":
      return elements.enumerated().flatMap { violations($0.element, entry.value, "\(path)[\($0.offset)]") }
    case "minItems" where elements.count < Int(entry.value.int ?? 0): return ["\(path): too few elements"]
    case "maxItems" where elements.count > Int(entry.value.int ?? .max): return ["\(path): too many elements"]
    default: return []
    }
  }

  private func properties(
    _ value: DocumentNode, _ entry: Mapping.Entry, _ schema: DocumentNode, _ path: String
  ) -> [String] {
    guard let mapping = value.mapping else { return [] }
    switch entry.key {
    case "required":
      return entry.value.strings.filter { mapping.entry($0) == nil }.map { "\(path): \"\($0)\" is missing" }
    case "properties":
      return entry.value.entries.flatMap { property in
        mapping[property.key].map { violations($0, property.value, "\(path).\(property.key)") } ?? []
      }
    default:
      let known = Set((schema.mapping?["properties"]?.entries ?? []).map(\.key))
      return mapping.entries.filter { !known.contains($0.key) }.flatMap {
        violations($0.value, entry.value, "\(path).\($0.key)")
      }
    }
  }
}

extension DocumentNode {
  fileprivate var isBoolean: Bool { if case .bool = content { true } else { false } }

  fileprivate var number: Double? {
    switch content {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  fileprivate func isOf(type: String) -> Bool {
    switch (content, type) {
    case (.null, "null"), (.bool, "boolean"), (.int, "integer"), (.int, "number"), (.double, "number"),
      (.string, "string"), (.array, "array"), (.object, "object"):
      true
    case (.double(let value), "integer"): value == value.rounded()
    default: false
    }
  }

  fileprivate var summary: String {
    switch content {
    case .object: "an object"
    case .array: "an array"
    case .null: "null"
    default: "\"\(text ?? "")\""
    }
  }
}
