/// `a && b && c` and `a || b || c`: one value decides alone, and absorbs failures of the others.
final class JunctionStep: Step {
  private let terms: [any Step]
  /// False for `&&`, true for `||`.
  private let absorbing: Bool

  init(_ terms: [any Step], absorbing: Bool) {
    self.terms = terms
    self.absorbing = absorbing
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    var failure: CELFailure?
    for term in terms {
      do throws(CELFailure) {
        guard case .bool(let value) = try term.evaluate(&evaluation) else {
          if failure == nil { failure = .noSuchOverload }
          continue
        }
        if value == absorbing { return .bool(absorbing) }
      } catch {
        if error.code == .costLimit { throw error }
        if failure == nil { failure = error }
      }
    }
    if let failure { throw failure }
    return .bool(!absorbing)
  }
}

final class NotStep: Step {
  private let operand: any Step

  init(_ operand: any Step) { self.operand = operand }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    evaluation.add(1)
    guard case .bool(let value) = try operand.evaluate(&evaluation) else { throw .noSuchOverload }
    return .bool(!value)
  }
}

/// `@not_strictly_false`, by which comprehensions stop early: true for anything but false, failures included.
final class NotStrictlyFalseStep: Step {
  private let operand: any Step

  init(_ operand: any Step) { self.operand = operand }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    evaluation.add(1)
    do throws(CELFailure) {
      if case .bool(let value) = try operand.evaluate(&evaluation) { return .bool(value) }
    } catch {
      if error.code == .costLimit { throw error }
    }
    return .bool(true)
  }
}

/// `==` and `!=`.
final class EqualStep: Step {
  private let left: any Step
  private let right: any Step
  private let isNegated: Bool

  init(_ left: any Step, _ right: any Step, isNegated: Bool) {
    self.left = left
    self.right = right
    self.isNegated = isNegated
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    let (a, b) = try both(left, right, &evaluation)
    try evaluation.charge(CallCost.ofEquality(a, b))
    if isNegated {
      // What cannot be compared is different.
      do throws(CELFailure) { return .bool(!(try CELValue.equal(a, b))) } catch { return .bool(true) }
    }
    return .bool(try CELValue.equal(a, b))
  }
}

/// Both operands are evaluated, though the first fails: the API server counts their cost, and then the call's.
@inline(__always)
func both(
  _ left: any Step, _ right: any Step, _ evaluation: inout Evaluation
) throws(CELFailure) -> (CELValue, CELValue) {
  let a: CELValue
  do throws(CELFailure) {
    a = try left.evaluate(&evaluation)
  } catch {
    if error.code != .costLimit {
      do throws(CELFailure) {
        _ = try right.evaluate(&evaluation)
      } catch let second where second.code == .costLimit {
        throw second
      } catch {}
      evaluation.add(1)
    }
    throw error
  }
  do throws(CELFailure) {
    return (a, try right.evaluate(&evaluation))
  } catch {
    evaluation.add(1)
    throw error
  }
}

/// `<`, `<=`, `>`, `>=`.
final class ComparisonStep: Step {
  private let left: any Step
  private let right: any Step
  private let function: String
  /// The results of `compare` that make it true, as bits: 1 for less, 2 for equal, 4 for greater.
  private let wanted: Int
  private let cost: CallCost

  init(_ function: String, _ left: any Step, _ right: any Step, _ cost: CallCost) {
    self.function = function
    self.left = left
    self.right = right
    self.cost = cost
    wanted =
      switch function {
      case Operators.less: 1
      case Operators.lessEquals: 3
      case Operators.greater: 4
      default: 6
      }
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    let (a, b) = try both(left, right, &evaluation)
    try evaluation.charge(cost.of(a, b))
    let order = try CELValue.compare(a, b, function)
    return .bool(wanted & (order < 0 ? 1 : order == 0 ? 2 : 4) != 0)
  }
}

/// A function of two arguments, operators of numbers among them.
final class BinaryStep: Step {
  private let left: any Step
  private let right: any Step
  private let cost: CallCost
  private let body: @Sendable (CELValue, CELValue) throws(CELFailure) -> CELValue

  init(
    _ left: any Step, _ right: any Step, _ cost: CallCost,
    _ body: @escaping @Sendable (CELValue, CELValue) throws(CELFailure) -> CELValue
  ) {
    self.left = left
    self.right = right
    self.cost = cost
    self.body = body
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    let (a, b) = try both(left, right, &evaluation)
    if cost.needsResult {
      let result = try body(a, b)
      try evaluation.charge(cost.of([a, b], result))
      return result
    }
    try evaluation.charge(cost.of(a, b))
    return try body(a, b)
  }
}

/// A function of one argument.
final class UnaryStep: Step {
  private let operand: any Step
  private let cost: CallCost
  private let body: @Sendable (CELValue) throws(CELFailure) -> CELValue

  init(_ operand: any Step, _ cost: CallCost, _ body: @escaping @Sendable (CELValue) throws(CELFailure) -> CELValue) {
    self.operand = operand
    self.cost = cost
    self.body = body
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    let value: CELValue
    do throws(CELFailure) {
      value = try operand.evaluate(&evaluation)
    } catch {
      evaluation.add(1)
      throw error
    }
    if cost.needsResult {
      let result = try body(value)
      try evaluation.charge(cost.of([value], result))
      return result
    }
    try evaluation.charge(cost.of(value, .null))
    return try body(value)
  }
}

/// A function of any number of arguments.
final class CallStep: Step {
  private let arguments: [any Step]
  private let cost: CallCost
  private let body: @Sendable ([CELValue]) throws(CELFailure) -> CELValue

  init(
    _ arguments: [any Step], _ cost: CallCost, _ body: @escaping @Sendable ([CELValue]) throws(CELFailure) -> CELValue
  ) {
    self.arguments = arguments
    self.cost = cost
    self.body = body
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    var values: [CELValue] = []
    values.reserveCapacity(arguments.count)
    for argument in arguments { values.append(try argument.evaluate(&evaluation)) }
    if cost.needsResult {
      let result = try body(values)
      try evaluation.charge(cost.of(values, result))
      return result
    }
    try evaluation.charge(cost.of(values, .null))
    return try body(values)
  }
}

/// `x in [constants]`, which the API server does not count.
final class MembershipStep: Step {
  private let operand: any Step
  private let values: CELEntries

  /// - Returns: nil where the constants are not all of kinds that can be looked up.
  init?(_ operand: any Step, _ list: [CELValue]) {
    var values = CELEntries()
    for element in list {
      switch element {
      case .bool, .int, .uint, .string: _ = values.insert(element, .bool(true))
      case .double(let number) where !number.isNaN: _ = values.insert(element, .bool(true))
      default: return nil
      }
    }
    self.operand = operand
    self.values = values
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    .bool(values[try operand.evaluate(&evaluation)] != nil)
  }
}

/// `x in y`.
final class InStep: Step {
  private let left: any Step
  private let right: any Step
  private let cost: CallCost

  init(_ left: any Step, _ right: any Step, _ cost: CallCost) {
    self.left = left
    self.right = right
    self.cost = cost
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    let (value, container) = try both(left, right, &evaluation)
    try evaluation.charge(cost.of(value, container))
    if case .map(.nodes(let mapping)) = container {
      guard case .string(let name) = value else { return .bool(false) }
      return .bool(evaluation.find(name, in: mapping) != nil)
    }
    return .bool(try CELValue.contains(container, value))
  }
}

/// `a.or(b)` and `a.orValue(b)`: the second is evaluated only where it is needed. They cost nothing themselves.
final class OptionalOrStep: Step {
  private let left: any Step
  private let right: any Step
  private let givesValue: Bool

  init(_ left: any Step, _ right: any Step, givesValue: Bool) {
    self.left = left
    self.right = right
    self.givesValue = givesValue
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    let first = try left.evaluate(&evaluation)
    guard case .optional(let optional) = first else { return first }
    guard let value = optional.value else { return try right.evaluate(&evaluation) }
    return givesValue ? value : first
  }
}
