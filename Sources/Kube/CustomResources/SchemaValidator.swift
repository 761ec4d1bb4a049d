package import Bytes

/// Holds a value against the value part of a schema, as the API server does, in its words.
///
/// Source: k8s.io/kube-openapi `pkg/validation/validate` and k8s.io/apiextensions-apiserver
/// `pkg/apiserver/validation/{validation,ratcheting}.go`.
package struct SchemaValidator {
  private struct Outcome {
    var errors: [FieldError] = []
    /// How many checks were passed on the way; of several alternatives the one with most is told.
    var matches = 0

    mutating func add(_ error: FieldError) { if !errors.contains(error) { errors.append(error) } }

    mutating func merge(_ other: Outcome) {
      for error in other.errors { add(error) }
      matches += other.matches
    }
  }

  /// - Parameters:
  ///   - value: after pruning and defaulting.
  ///   - correlation: with the old object, whose faults may stay where nothing changed.
  package static func validate(
    _ value: DocumentNode, _ schema: StructuralSchema, correlation: ObjectCorrelation? = nil
  ) -> [FieldError] {
    validate(value, schema, path: "", isResource: true, correlation, depth: 0).errors
  }

  private static func validate(
    _ value: DocumentNode, _ schema: StructuralSchema, path: String, isResource: Bool,
    _ correlation: ObjectCorrelation?, depth: Int
  ) -> Outcome {
    let outcome = validateAnew(value, schema, path: path, isResource: isResource, correlation, depth: depth)
    // What was wrong before and is as it was stays.
    if let correlation, !outcome.errors.isEmpty, correlation.isUnchanged { return Outcome() }
    return outcome
  }

  private static func validateAnew(
    _ value: DocumentNode, _ schema: StructuralSchema, path: String, isResource: Bool,
    _ correlation: ObjectCorrelation?, depth: Int
  ) -> Outcome {
    guard depth < 100 else { return Outcome() }
    var outcome = Outcome()
    outcome.merge(type(value, schema, path))
    outcome.matches += 1
    if value.isNull {
      outcome.merge(enumeration(value, schema, path))
      return outcome
    }
    if !schema.allOf.isEmpty || !schema.anyOf.isEmpty || !schema.oneOf.isEmpty || schema.not != nil {
      outcome.merge(combinations(value, schema, path, isResource, correlation, depth))
      outcome.matches += 1
    }
    switch value.content {
    case .string(let text):
      outcome.merge(string(text, value, schema, path))
      outcome.matches += 1
    case .int, .double:
      outcome.merge(number(value, schema, path))
      outcome.matches += 1
    case .array(let items):
      outcome.merge(list(items, value, schema, path, correlation, depth))
      outcome.matches += 1
    default: break
    }
    outcome.merge(enumeration(value, schema, path))
    outcome.matches += 1
    if let mapping = value.mapping {
      outcome.merge(object(mapping, schema, path, isResource, correlation, depth))
      outcome.matches += 1
    }
    return outcome
  }

  private static func place(_ path: String) -> String? { path.isEmpty ? nil : path }

  // MARK: Types

  private static func typeName(_ value: DocumentNode) -> String {
    switch value.content {
    case .null: "null"
    case .bool: "boolean"
    case .int: "integer"
    case .double: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  private static func isWhole(_ value: DocumentNode) -> Bool {
    if case .double(let number) = value.content { return number == number.rounded() && abs(number) < 9.2e18 }
    return false
  }

  private static func type(_ value: DocumentNode, _ schema: StructuralSchema, _ path: String) -> Outcome {
    var outcome = Outcome()
    let types = schema.isIntOrString ? ["integer", "string"] : schema.type.isEmpty ? [] : [schema.type]
    func wrong(_ given: String) {
      let wanted = types.joined(separator: ",")
      outcome.add(
        FieldError(
          .typeInvalid, place(path), value: GoText.quoted(given),
          "\(path) in body must be of type \(wanted): \(GoText.quoted(given))"))
    }
    if types.isEmpty { return outcome }
    if value.isNull {
      if !schema.isNullable { wrong("null") }
      return outcome
    }
    let given = typeName(value)
    let fits =
      types.contains(given) || (given == "integer" && types.contains("number"))
      || (given == "number" && types.contains("integer") && isWhole(value))
    if !fits { wrong(given) }
    return outcome
  }

  private static func invalid(_ path: String, _ value: DocumentNode, _ detail: String) -> FieldError {
    FieldError.invalid(place(path), value, detail)
  }

  /// A fault without a place of its own.
  private static func general(_ detail: String) -> FieldError { FieldError(.invalid, nil, value: "\"\"", detail) }

  // MARK: Scalars

  private static func string(
    _ text: String, _ value: DocumentNode, _ schema: StructuralSchema, _ path: String
  ) -> Outcome {
    var outcome = Outcome()
    let length = Int64(text.unicodeScalars.count)
    if let most = schema.maxLength, length > most {
      outcome.add(.tooLong(place(path), most))
    } else if let least = schema.minLength, length < least {
      outcome.add(invalid(path, value, "\(path) in body should be at least \(least) chars long"))
    } else if let pattern = schema.pattern {
      // The expression may stand anywhere in the text.
      if let regex = try? LinearRegex("(.|\\n)*(\(pattern))(.|\\n)*") {
        if !regex.matchesWhole(text) {
          outcome.add(invalid(path, value, "\(path) in body should match '\(pattern)'"))
        }
      }
    }
    let format = schema.format
    if !format.isEmpty, schema.type.isEmpty || schema.type == "string", SchemaFormat.isSupported(format),
      !SchemaFormat.holds(format, text)
    {
      outcome.add(
        FieldError(
          .typeInvalid, place(path), value: GoText.quoted(text),
          "\(path) in body must be of type \(format): \(GoText.quoted(text))"))
    }
    return outcome
  }

  private static func double(_ node: DocumentNode) -> Double {
    switch node.content {
    case .int(let value): Double(value)
    case .double(let value): value
    default: .nan
    }
  }

  private static func number(_ value: DocumentNode, _ schema: StructuralSchema, _ path: String) -> Outcome {
    var outcome = Outcome()
    let isWhole: Bool
    if case .int = value.content { isWhole = true } else { isWhole = Self.isWhole(value) }
    if schema.type == "integer", !schema.isIntOrString || !isWhole {
      let word = schema.format.isEmpty ? "integer (default format)" : "integer with format \(schema.format)"
      if !isWhole {
        outcome.add(general("Checked value must be of type integer (default format) in \(path)"))
      } else if schema.format == "int32", abs(double(value)) > 2_147_483_647, double(value) != -2_147_483_648 {
        outcome.add(general("Checked value must be of type \(word) in \(path)"))
      }
    }
    let given = double(value)
    func less(_ a: DocumentNode, _ b: DocumentNode) -> Bool {
      if case .int(let x) = a.content, case .int(let y) = b.content { return x < y }
      return double(a) < double(b)
    }
    if let divisor = schema.multipleOf {
      let quotient = given / double(divisor)
      if !(quotient == quotient.rounded()) {
        outcome.add(
          invalid(path, value, "\(path) in body should be a multiple of \(FieldError.printed(divisor))"))
      }
    }
    if let most = schema.maximum {
      let bound = FieldError.printed(most)
      if schema.isMaximumExclusive {
        if !less(value, most) { outcome.add(invalid(path, value, "\(path) in body should be less than \(bound)")) }
      } else if less(most, value) {
        outcome.add(invalid(path, value, "\(path) in body should be less than or equal to \(bound)"))
      }
    }
    if let least = schema.minimum {
      let bound = FieldError.printed(least)
      if schema.isMinimumExclusive {
        if !less(least, value) {
          outcome.add(invalid(path, value, "\(path) in body should be greater than \(bound)"))
        }
      } else if less(value, least) {
        outcome.add(invalid(path, value, "\(path) in body should be greater than or equal to \(bound)"))
      }
    }
    return outcome
  }

  private static func enumeration(_ value: DocumentNode, _ schema: StructuralSchema, _ path: String) -> Outcome {
    var outcome = Outcome()
    if schema.enumeration.isEmpty || schema.enumeration.contains(value) { return outcome }
    outcome.add(
      .notSupported(
        place(path), value,
        schema.enumeration.map { $0.string ?? JSONWriter.compact(GoText.sorted($0)) }))
    return outcome
  }

  // MARK: Lists and objects

  private static func list(
    _ items: [DocumentNode], _ value: DocumentNode, _ schema: StructuralSchema, _ path: String,
    _ correlation: ObjectCorrelation?, _ depth: Int
  ) -> Outcome {
    var outcome = Outcome()
    if let inner = schema.items {
      for (index, item) in items.enumerated() {
        outcome.merge(
          validate(
            item, inner, path: "\(path)[\(index)]", isResource: inner.isEmbeddedResource, correlation?.index(index),
            depth: depth + 1))
      }
    }
    let count = Int64(items.count)
    if let least = schema.minItems, count < least {
      outcome.add(invalid(path, DocumentNode(.int(count)), "\(path) in body should have at least \(least) items"))
    }
    if let most = schema.maxItems, count > most { outcome.add(.tooMany(place(path), count, most)) }
    if schema.hasUniqueItems {
      let hasDuplicates = items.indices.contains { index in items[..<index].contains(items[index]) }
      if hasDuplicates { outcome.add(invalid(path, "", "\(path) in body shouldn't contain duplicates")) }
    }
    return outcome
  }

  private static func object(
    _ mapping: Mapping, _ schema: StructuralSchema, _ path: String, _ isResource: Bool,
    _ correlation: ObjectCorrelation?, _ depth: Int
  ) -> Outcome {
    var outcome = Outcome()
    let count = Int64(mapping.entries.count)
    if let least = schema.minProperties, count < least {
      outcome.add(
        invalid(path, DocumentNode(.int(count)), "\(path) in body should have at least \(least) properties"))
      return outcome
    }
    if let most = schema.maxProperties, count > most {
      outcome.add(.tooMany(place(path), count, most))
      return outcome
    }
    for name in schema.required where mapping.entry(name) == nil {
      outcome.add(.required(join(path, name)))
    }
    for entry in mapping.entries {
      // What every resource has is looked after elsewhere.
      guard let inner = schema.field(entry.key) else { continue }
      let isTypeMeta = path.isEmpty && (entry.key == "apiVersion" || entry.key == "kind")
      outcome.merge(
        validate(
          entry.value, inner, path: join(path, entry.key), isResource: inner.isEmbeddedResource,
          isTypeMeta ? nil : correlation?.key(entry.key), depth: depth + 1))
    }
    return outcome
  }

  private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : path + "." + key }

  // MARK: Combinations

  private static func combinations(
    _ value: DocumentNode, _ schema: StructuralSchema, _ path: String, _ isResource: Bool,
    _ correlation: ObjectCorrelation?, _ depth: Int
  ) -> Outcome {
    func against(_ alternative: StructuralSchema) -> Outcome {
      validateAnew(value, alternative, path: path, isResource: isResource, correlation, depth: depth + 1)
    }
    var outcome = Outcome()
    if !schema.anyOf.isEmpty {
      var best: Outcome?
      var success: Outcome?
      for alternative in schema.anyOf {
        let result = against(alternative)
        if result.errors.isEmpty {
          success = result
          best = nil
          break
        }
        if best == nil || result.matches > best?.matches ?? 0 { best = result }
      }
      if success == nil { outcome.add(general("\"\(path)\" must validate at least one schema (anyOf)")) }
      if let told = best ?? success { outcome.merge(told) }
    }
    if !schema.oneOf.isEmpty {
      var best: Outcome?
      var first: Outcome?
      var count = 0
      for alternative in schema.oneOf {
        let result = against(alternative)
        if result.errors.isEmpty {
          count += 1
          best = nil
          first = first ?? result
        } else if count == 0, best == nil || result.matches > best?.matches ?? 0 {
          best = result
        }
      }
      if count == 1 {
        if let first { outcome.merge(first) }
      } else {
        let more = count == 0 ? "Found none valid" : "Found \(count) valid alternatives"
        outcome.add(general("\"\(path)\" must validate one and only one schema (oneOf). \(more)"))
        if let best { outcome.merge(best) }
      }
    }
    if !schema.allOf.isEmpty {
      var count = 0
      for part in schema.allOf {
        let result = against(part)
        if result.errors.isEmpty { count += 1 }
        outcome.merge(result)
      }
      if count != schema.allOf.count {
        let more = count == 0 ? ". None validated" : ""
        outcome.add(general("\"\(path)\" must validate all the schemas (allOf)\(more)"))
      }
    }
    if let not = schema.not, against(not).errors.isEmpty {
      outcome.add(general("\"\(path)\" must not validate the schema (not)"))
    }
    return outcome
  }
}
