import Bytes

/// A comprehension: the loop that `all`, `map`, `filter` and the others are made of.
final class FoldStep: Step {
  private let range: any Step
  private let variable: Int
  private let secondVariable: Int?
  private let accumulator: Int
  private let initial: any Step
  private let condition: (any Step)?
  private let step: any Step
  private let result: any Step

  /// - Parameter condition: nil where it is always true.
  init(
    range: any Step, variable: Int, secondVariable: Int?, accumulator: Int, initial: any Step, condition: (any Step)?,
    step: any Step, result: any Step
  ) {
    self.range = range
    self.variable = variable
    self.secondVariable = secondVariable
    self.accumulator = accumulator
    self.initial = initial
    self.condition = condition
    self.step = step
    self.result = result
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    let items = try range.evaluate(&evaluation)
    if let constant = initial as? ConstantStep {
      evaluation.slots[accumulator] = .value(constant.value)
    } else {
      evaluation.slots[accumulator] = .pending(initial)
    }
    switch items {
    case .list(.nodes(let nodes)):
      for (index, node) in nodes.enumerated() {
        set(&evaluation, index, CELValue(node))
        guard try turn(&evaluation) else { break }
      }
    case .list(let list):
      for index in 0..<list.count {
        set(&evaluation, index, list[index])
        guard try turn(&evaluation) else { break }
      }
    case .map(.nodes(let mapping)):
      for entry in mapping.entries {
        set(&evaluation, .string(entry.key), secondVariable == nil ? .null : CELValue(entry.value))
        guard try turn(&evaluation) else { break }
      }
    case .map(let map):
      for entry in map.entries {
        set(&evaluation, entry.key, entry.value)
        guard try turn(&evaluation) else { break }
      }
    case .variables:
      for name in evaluation.activation.compositedNames {
        set(&evaluation, .string(name), .null)
        guard try turn(&evaluation) else { break }
      }
    default:
      throw .argument(
        secondVariable == nil
          ? "got '\(items.goType)', expected iterable type"
          : "unsupported comprehension range type: \(items.goType)")
    }
    return try result.evaluate(&evaluation)
  }

  @inline(__always)
  private func set(_ evaluation: inout Evaluation, _ index: Int, _ element: CELValue) {
    if let secondVariable {
      evaluation.slots[variable] = .value(.int(Int64(index)))
      evaluation.slots[secondVariable] = .value(element)
    } else {
      evaluation.slots[variable] = .value(element)
    }
  }

  @inline(__always)
  private func set(_ evaluation: inout Evaluation, _ key: CELValue, _ value: CELValue) {
    evaluation.slots[variable] = .value(key)
    if let secondVariable { evaluation.slots[secondVariable] = .value(value) }
  }

  /// One iteration.
  ///
  /// - Returns: whether to go on.
  private func turn(_ evaluation: inout Evaluation) throws(CELFailure) -> Bool {
    try evaluation.checkLimit()
    if let condition {
      do throws(CELFailure) {
        if case .bool(false) = try condition.evaluate(&evaluation) { return false }
      } catch {
        if error.code == .costLimit { throw error }
      }
    }
    // A failed accumulator does not stop the loop: `&&` and `||` may absorb it in a later turn.
    do throws(CELFailure) {
      evaluation.slots[accumulator] = .value(try step.evaluate(&evaluation))
    } catch {
      if error.code == .costLimit { throw error }
      evaluation.slots[accumulator] = .failed(error)
    }
    return true
  }
}

/// `accumulator + [element]`, as `map` and `filter` build their lists: the list grows in place.
final class AppendStep: Step {
  private let accumulator: Int
  /// Nil where the list of one element is a constant, which costs nothing to make.
  private let cost: UInt64
  private let element: any Step

  init(_ accumulator: Int, _ element: any Step, isConstant: Bool) {
    self.accumulator = accumulator
    self.element = element
    // The accumulator, the list of one, and adding them.
    cost = isConstant ? 2 : 2 + CreationCost.list
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    let value: CELValue
    do throws(CELFailure) {
      value = try element.evaluate(&evaluation)
    } catch {
      evaluation.add(cost)
      throw error
    }
    evaluation.add(cost)
    let current = try evaluation.read(accumulator, MacroCall.accumulator)
    guard case .list(.values(var values)) = current else { throw .noSuchOverload }
    _ = consume current
    evaluation.slots[accumulator] = .absent
    values.append(value)
    return .list(.values(values))
  }
}

/// `cel.@mapInsert(accumulator, key, value)` and `cel.@mapInsert(accumulator, map)`.
final class InsertStep: Step {
  private let accumulator: Int
  private let key: (any Step)?
  private let value: any Step

  /// - Parameter key: nil to insert the entries of a map.
  init(_ accumulator: Int, _ key: (any Step)?, _ value: any Step) {
    self.accumulator = accumulator
    self.key = key
    self.value = value
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    evaluation.add(1)
    let current = try evaluation.read(accumulator, MacroCall.accumulator)
    var added: [(key: CELValue, value: CELValue)] = []
    if let key {
      let name = try key.evaluate(&evaluation)
      added.append((name, try value.evaluate(&evaluation)))
    } else {
      guard case .map(let map) = try value.evaluate(&evaluation) else { throw .noSuchOverload }
      added = map.entries
    }
    evaluation.add(1)
    guard case .map(.values(var entries)) = current else { throw .noSuchOverload }
    _ = consume current
    evaluation.slots[accumulator] = .absent
    for entry in added {
      guard CELEntries.Key(entry.key) != nil else { throw .argument("unsupported key type: \(entry.key.type.name)") }
      guard entries.insert(entry.key, entry.value) else {
        throw .argument("insert failed: key \(entry.key.shown) already exists")
      }
    }
    return .map(.values(entries))
  }
}

extension CELValue {
  /// The name of cel-go's type for it, which some messages show.
  var goType: String {
    switch self {
    case .null: "types.Null"
    case .bool: "types.Bool"
    case .int: "types.Int"
    case .uint: "types.Uint"
    case .double: "types.Double"
    case .string: "types.String"
    case .bytes: "types.Bytes"
    case .duration: "types.Duration"
    case .timestamp: "types.Timestamp"
    case .type: "*types.Type"
    case .optional: "*types.Optional"
    default: type.name
    }
  }
}
