/// Costs of making values, in the API server's units (cel-go `common/cost.go`).
enum CreationCost {
  static let list: UInt64 = 10
  static let map: UInt64 = 30
  static let message: UInt64 = 40
}

final class ListStep: Step {
  private let elements: [any Step]
  private let optionals: Set<Int>

  init(_ elements: [any Step], _ optionals: Set<Int>) {
    self.elements = elements
    self.optionals = optionals
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    evaluation.add(CreationCost.list)
    var values: [CELValue] = []
    values.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      let value = try element.evaluate(&evaluation)
      guard optionals.contains(index) else {
        values.append(value)
        continue
      }
      guard case .optional(let optional) = value else {
        throw .argument("cannot initialize optional list element from non-optional value \(value.shown)")
      }
      if let held = optional.value { values.append(held) }
    }
    return .list(.values(values))
  }
}

final class MapStep: Step {
  struct Entry {
    let key: any Step
    let value: any Step
    let isOptional: Bool
  }

  private let entries: [Entry]
  /// Whether a key may stand but once; else the last counts.
  private let isStrict: Bool

  init(_ entries: [Entry], isStrict: Bool) {
    self.entries = entries
    self.isStrict = isStrict
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    evaluation.add(CreationCost.map)
    var result = CELEntries()
    for entry in entries {
      let key = try entry.key.evaluate(&evaluation)
      var value = try entry.value.evaluate(&evaluation)
      if entry.isOptional {
        guard case .optional(let optional) = value else {
          throw .argument("cannot initialize optional entry '\(key.shown)' from non-optional value \(value.shown)")
        }
        guard let held = optional.value else { continue }
        value = held
      }
      guard let made = CELEntries.Key(key) else { throw .argument("unsupported key type: \(key.type.name)") }
      if isStrict, case .double = key { throw .argument("unsupported key type: double") }
      if result.insert(key, value) { continue }
      if isStrict { throw .argument("Failed with repeated key") }
      result.replace(made, value)
    }
    return .map(.values(result))
  }
}

final class MessageStep: Step {
  struct Field {
    let name: String
    let value: any Step
    let isOptional: Bool
  }

  private let typeName: String
  private let fields: [Field]
  private let make: @Sendable (String, [(name: String, value: CELValue)]) throws(CELFailure) -> CELValue

  init(
    _ typeName: String, _ fields: [Field],
    _ make: @escaping @Sendable (String, [(name: String, value: CELValue)]) throws(CELFailure) -> CELValue
  ) {
    self.typeName = typeName
    self.fields = fields
    self.make = make
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    evaluation.add(CreationCost.message)
    var values: [(name: String, value: CELValue)] = []
    for field in fields {
      var value = try field.value.evaluate(&evaluation)
      if field.isOptional {
        guard case .optional(let optional) = value else {
          throw .argument("cannot initialize optional entry '\(field.name)' from non-optional value \(value.shown)")
        }
        guard let held = optional.value else {
          values.removeAll { $0.name == field.name }
          continue
        }
        value = held
      }
      values.removeAll { $0.name == field.name }
      values.append((field.name, value))
    }
    return try make(typeName, values)
  }
}
