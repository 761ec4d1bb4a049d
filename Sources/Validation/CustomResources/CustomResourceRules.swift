package import Bytes
import Expressions
package import Kube

/// The rules (`x-kubernetes-validations`) of a schema and those below it, compiled.
///
/// Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/cel/validation.go`.
package final class CustomResourceRules: Sendable {
  struct Rule: Sendable {
    /// As written.
    let source: String
    let message: String
    let reason: String
    /// Without the dot at its beginning.
    let fieldPath: String
    let allowsMissingOld: Bool
    let program: Result<CELProgram, CELCompileError>
    let messageProgram: CELProgram?
    let messageSource: String
    let usesOld: Bool

    /// What messages call the rule.
    var name: String { message.isEmpty ? source.trimmingGoSpace : message.trimmingGoSpace }
  }

  let schema: StructuralSchema
  private let schemaType: SchemaType?
  private let rules: [Rule]
  private let properties: [(name: String, rules: CustomResourceRules)]
  private let items: CustomResourceRules?
  private let additional: CustomResourceRules?
  private let allOf: [CustomResourceRules]

  /// - Returns: nil where there are no rules.
  package convenience init?(_ schema: StructuralSchema) {
    guard schema.hasRules else { return nil }
    self.init(schema, nodeSchema: schema, isResourceRoot: true)
  }

  /// - Parameter nodeSchema: the schema that says what the value is; another than `schema` inside of `allOf`.
  private init(_ schema: StructuralSchema, nodeSchema: StructuralSchema, isResourceRoot: Bool) {
    self.schema = nodeSchema
    var type: SchemaType?
    var rules: [Rule] = []
    if !schema.rules.isEmpty {
      type = SchemaType.read(nodeSchema.node, name: "selfType", isResourceRoot: isResourceRoot)
      rules = schema.rules.map { RuleCompiler.compile($0, type) }
    }
    schemaType = type
    self.rules = rules
    func below(_ inner: StructuralSchema?, _ node: StructuralSchema?) -> CustomResourceRules? {
      guard let inner, let node, inner.hasRules else { return nil }
      return CustomResourceRules(inner, nodeSchema: node, isResourceRoot: node.isEmbeddedResource)
    }
    properties = schema.properties.compactMap { property in
      below(property.schema, nodeSchema.property(property.name)).map { (property.name, $0) }
    }
    items = below(schema.items, nodeSchema.items)
    if case .schema(let inner) = schema.additionalProperties, case .schema(let node) = nodeSchema.additionalProperties {
      additional = below(inner, node)
    } else {
      additional = nil
    }
    allOf = schema.allOf.filter(\.hasRules).map {
      CustomResourceRules($0, nodeSchema: nodeSchema, isResourceRoot: isResourceRoot)
    }
  }

  // MARK: Evaluation

  /// What the rules have against an object.
  package struct Outcome: Sendable {
    package var errors: [FieldError] = []
    /// Faults that were there before and may stay.
    package var warnings: [String] = []
  }

  /// - Parameter old: the object that is replaced; null for a new one.
  package func validate(_ object: DocumentNode, old: DocumentNode, correlation: ObjectCorrelation?) -> Outcome {
    var run = Run(budget: CELCost.perRequest)
    validate(object, old, path: nil, Ratchet(current: correlation, parent: nil), &run)
    return run.outcome
  }

  private struct Run {
    var outcome = Outcome()
    /// Below zero: nothing more is evaluated.
    var budget: Int64
  }

  private struct Ratchet {
    let current: ObjectCorrelation?
    let parent: ObjectCorrelation?

    var mayStay: Bool { current?.isUnchanged ?? parent?.isUnchanged ?? false }

    func key(_ name: String) -> Ratchet {
      guard let current else { return self }
      if parent == nil, name == "apiVersion" || name == "kind" { return Ratchet(current: nil, parent: nil) }
      return Ratchet(current: current.key(name), parent: current)
    }

    func index(_ index: Int) -> Ratchet {
      guard let current else { return self }
      return Ratchet(current: current.index(index), parent: current)
    }
  }

  private func validate(
    _ value: DocumentNode, _ old: DocumentNode, path: String?, _ ratchet: Ratchet, _ run: inout Run
  ) {
    if value.isNull || run.budget < 0 { return }
    evaluate(value, old, path, ratchet, &run)
    for part in allOf where run.budget >= 0 {
      part.validate(value, old, path: path, Ratchet(current: nil, parent: ratchet.parent), &run)
    }
    switch value.content {
    case .array(let elements):
      guard let items else { return }
      let before = old.array ?? []
      for (index, element) in elements.enumerated() where run.budget >= 0 {
        items.validate(
          element, oldElement(of: element, before), path: "\(path ?? "")[\(index)]", ratchet.index(index), &run)
      }
    case .object(let mapping):
      let before = old.mapping
      if let additional {
        for entry in mapping.entries where run.budget >= 0 {
          additional.validate(
            entry.value, before?[entry.key] ?? .null, path: "\(path ?? "")[\(entry.key)]", ratchet.key(entry.key), &run)
        }
      }
      for entry in mapping.entries where run.budget >= 0 {
        guard let inner = properties.first(where: { $0.name == entry.key })?.rules else { continue }
        inner.validate(
          entry.value, before?[entry.key] ?? .null, path: Self.join(path, entry.key), ratchet.key(entry.key), &run)
      }
    default: return
    }
  }

  private static func join(_ path: String?, _ key: String) -> String { path.map { $0 + "." + key } ?? key }

  /// The old element with the same keys; lists without keys have none.
  private func oldElement(of element: DocumentNode, _ before: [DocumentNode]) -> DocumentNode {
    guard schema.listType == "map", !schema.listMapKeys.isEmpty, !before.isEmpty else { return .null }
    return before.first { candidate in
      schema.listMapKeys.allSatisfy { candidate.mapping?[$0] == element.mapping?[$0] }
    } ?? .null
  }

  private func evaluate(
    _ value: DocumentNode, _ old: DocumentNode, _ path: String?, _ ratchet: Ratchet, _ run: inout Run
  ) {
    if rules.isEmpty { return }
    func invalid(_ detail: String) -> FieldError {
      FieldError.invalid(path, DocumentNode(.string(schema.type)), detail)
    }
    func giveUp(_ error: FieldError) {
      run.outcome.errors.append(error)
      run.budget = -1
    }
    let outOfBudget = "validation failed due to running out of cost budget, no further validation rules will be run"
    if run.budget <= 0 { return giveUp(invalid(outOfBudget)) }
    let own = schemaType.map { CELValue(value, $0) } ?? CELValue(value)
    let before: CELValue? = old.isNull ? nil : schemaType.map { CELValue(old, $0) } ?? CELValue(old)
    for rule in rules {
      let program: CELProgram
      switch rule.program {
      case .success(let compiled): program = compiled
      case .failure(let error):
        run.outcome.errors.append(
          invalid("rule compile error: \(PolicyExpressionFault.compilation(error).message)"))
        continue
      }
      if rule.usesOld, before == nil, !rule.allowsMissingOld { continue }
      let activation = CELActivation([("self", own)])
      if rule.allowsMissingOld {
        activation.set("oldSelf", .optional(before.map { CELOptional($0) } ?? .none))
      } else if let before {
        activation.set("oldSelf", before)
      }
      let result = program.evaluate(activation)
      guard let cost = Int64(exactly: result.cost), cost <= run.budget else { return giveUp(invalid(outOfBudget)) }
      run.budget -= cost
      switch result.value {
      case .failure(let failure):
        if failure.code == .noSuchOverload {
          run.outcome.errors.append(
            invalid(
              "'\(failure.message)': call arguments did not match a supported operator, function or macro signature for rule: \(rule.name)"
            ))
        } else if failure.code == .costLimit {
          return giveUp(
            invalid(
              "'\(failure.message)': no further validation rules will be run due to call cost exceeds limit for rule: \(rule.name)"
            ))
        } else {
          run.outcome.errors.append(invalid("\(failure.message) evaluating rule: \(rule.name)"))
        }
        continue
      case .success(.bool(true)): continue
      case .success: break
      }
      let place = rule.fieldPath.isEmpty ? path : Self.join(path, rule.fieldPath)
      let detail: String
      switch Self.message(rule, own, before, &run.budget) {
      case .text(let text): detail = text
      case .none: detail = rule.message.isEmpty ? "failed rule: \(rule.name)" : rule.name
      case .outOfBudget(let text): return giveUp(FieldError.invalid(place, DocumentNode(.string(schema.type)), text))
      }
      let error = fault(rule, place, value, detail)
      if !rule.usesOld, ratchet.mayStay {
        run.outcome.warnings.append(error.text)
      } else {
        run.outcome.errors.append(error)
      }
    }
  }

  private func fault(_ rule: Rule, _ path: String?, _ value: DocumentNode, _ detail: String) -> FieldError {
    let printed = schema.type == "object" || schema.type == "array" ? nil : FieldError.printed(value)
    switch rule.reason {
    case "FieldValueForbidden": return FieldError(.forbidden, path, detail)
    case "FieldValueRequired": return FieldError(.required, path, detail)
    case "FieldValueDuplicate": return FieldError(.duplicate, path, value: printed)
    default: return FieldError(.invalid, path, value: printed, detail)
    }
  }

  private enum Message {
    case none
    case text(String)
    case outOfBudget(String)
  }

  private static let messageBytes = 5 * 1024

  private static func message(_ rule: Rule, _ own: CELValue, _ before: CELValue?, _ budget: inout Int64) -> Message {
    guard let program = rule.messageProgram else { return .none }
    let activation = CELActivation([("self", own)])
    if let before { activation.set("oldSelf", before) }
    let result = program.evaluate(activation)
    guard let cost = Int64(exactly: result.cost), cost <= budget else {
      return .outOfBudget(
        "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run"
      )
    }
    if case .failure(let failure) = result.value, failure.code == .costLimit {
      return .outOfBudget(
        "no further validation rules will be run due to call cost exceeds limit for messageExpression: \(GoText.quoted(rule.messageSource))"
      )
    }
    budget -= cost
    guard case .success(.string(let text)) = result.value else { return .none }
    let trimmed = text.trimmingGoSpace
    if trimmed.isEmpty || trimmed.utf8.count > messageBytes || trimmed.utf8.contains(0x0A) { return .none }
    return .text(trimmed)
  }
}
