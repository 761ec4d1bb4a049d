import Bytes

/// Turns a checked tree into steps: constants folded, chains of fields gathered into attributes, as cel-go's planner and
/// its optimiser do, since costs depend on it.
struct Planner {
  private let environment: CELEnvironment
  private var scopes: [[String: Int]] = []
  /// Variables of the activation that are read, with their slots.
  private(set) var variables: [(name: String, slot: Int)] = []
  private(set) var slotCount = 0
  private var accumulators: Set<Int> = []

  init(_ environment: CELEnvironment) { self.environment = environment }

  /// - Throws: what fails in a part that is constant.
  mutating func plan(_ node: Node) throws(CELFailure) -> any Step {
    if let step = node.step { return step }
    let step = try make(node)
    node.step = step
    return step
  }

  private mutating func make(_ node: Node) throws(CELFailure) -> any Step {
    switch node.kind {
    case .literal(let value): return ConstantStep(value)
    case .identifier(let name): return reference(node) ?? variable(name, isLocal: false)
    case .select(let operand, let field, let isTest):
      if let step = reference(node) { return step }
      let qualifier = AttributeStep.Qualifier(
        key: .field(field), isOptional: false, isTest: isTest, isStrict: environment.isStrict)
      return qualified(try plan(operand), qualifier)
    case .call(let name, let target, let arguments): return try call(node, name, target, arguments)
    case .list(let elements, let optionals):
      let steps = try plan(elements)
      let step = ListStep(steps, optionals)
      let isConstant = environment.foldsConstants && optionals.isEmpty && steps.allSatisfy { $0 is ConstantStep }
      return isConstant ? try folded(step) : step
    case .map(let entries):
      var made: [MapStep.Entry] = []
      for entry in entries {
        made.append(
          MapStep.Entry(key: try plan(entry.key), value: try plan(entry.value), isOptional: entry.isOptional))
      }
      let step = MapStep(made, isStrict: environment.isStrict)
      let isConstant =
        environment.foldsConstants
        && made.allSatisfy { $0.key is ConstantStep && $0.value is ConstantStep && !$0.isOptional }
      return isConstant ? try folded(step) : step
    case .message(let name, let fields):
      var made: [MessageStep.Field] = []
      for field in fields {
        made.append(MessageStep.Field(name: field.name, value: try plan(field.value), isOptional: field.isOptional))
      }
      let environment = environment
      return MessageStep(name, made) { name, fields throws(CELFailure) in try environment.message(name, fields) }
    case .comprehension(let it): return try fold(it)
    }
  }

  private mutating func plan(_ nodes: [Node]) throws(CELFailure) -> [any Step] {
    var steps: [any Step] = []
    for node in nodes { steps.append(try plan(node)) }
    return steps
  }

  private func folded(_ step: any Step) throws(CELFailure) -> ConstantStep {
    var evaluation = Evaluation(CELActivation(), slots: [], limit: .max)
    return ConstantStep(try step.evaluate(&evaluation))
  }

  // MARK: Names

  /// What the checker found a name to be; nil where it is a field or a variable of a comprehension.
  private mutating func reference(_ node: Node) -> (any Step)? {
    switch node.reference {
    case .constant(let value): ConstantStep(value)
    case .variable(let name): variable(name, isLocal: false)
    case .local(let name): variable(name, isLocal: true)
    default: nil
    }
  }

  private mutating func variable(_ name: String, isLocal: Bool) -> AttributeStep {
    let plain = name.hasPrefix(".") ? String(name.dropFirst()) : name
    if isLocal {
      for scope in scopes.reversed() {
        if let slot = scope[name] { return AttributeStep(.slot(slot, name: name), []) }
      }
    }
    if let known = variables.first(where: { $0.name == plain }) {
      return AttributeStep(.slot(known.slot, name: plain), [])
    }
    variables.append((plain, slotCount))
    slotCount += 1
    return AttributeStep(.slot(slotCount - 1, name: plain), [])
  }

  private mutating func newSlot() -> Int {
    slotCount += 1
    return slotCount - 1
  }

  private func qualified(_ step: any Step, _ qualifier: AttributeStep.Qualifier) -> any Step {
    if let attribute = step as? AttributeStep {
      // A chain behind a presence test starts anew.
      if attribute.qualifiers.last?.isTest == true { return AttributeStep(.step(step), [qualifier]) }
      return attribute.adding(qualifier)
    }
    if let conditional = step as? ConditionalStep { return conditional.adding(qualifier) }
    return AttributeStep(.step(step), [qualifier])
  }

  // MARK: Calls

  private mutating func call(
    _ node: Node, _ name: String, _ target: Node?, _ arguments: [Node]
  ) throws(CELFailure) -> any Step {
    if case .optionalField = node.reference, case .literal(.string(let field)) = arguments[1].kind {
      return qualified(
        try plan(arguments[0]),
        AttributeStep.Qualifier(key: .field(field), isOptional: true, isTest: false, isStrict: environment.isStrict))
    }
    var steps: [any Step] = []
    if let target { steps.append(try plan(target)) }
    steps += try plan(arguments)
    switch name {
    case Operators.and: return JunctionStep(steps, absorbing: false)
    case Operators.or: return JunctionStep(steps, absorbing: true)
    case Operators.not: return NotStep(steps[0])
    case Operators.notStrictlyFalse: return NotStrictlyFalseStep(steps[0])
    case Operators.conditional: return ConditionalStep(steps[0], steps[1], steps[2])
    case Operators.equals: return EqualStep(steps[0], steps[1], isNegated: false)
    case Operators.notEquals: return EqualStep(steps[0], steps[1], isNegated: true)
    case Operators.index, Operators.optionalIndex:
      let key: AttributeStep.Qualifier.Key
      if let constant = steps[1] as? ConstantStep {
        if case .string(let field) = constant.value { key = .field(field) } else { key = .constant(constant.value) }
      } else {
        key = .dynamic(steps[1])
      }
      return qualified(
        steps[0],
        AttributeStep.Qualifier(
          key: key, isOptional: name == Operators.optionalIndex, isTest: false, isStrict: environment.isStrict))
    default: break
    }
    guard case .overloads(let function, let overloads)? = node.reference else {
      return CallStep(steps, .fixed(1)) { values throws(CELFailure) in throw .noSuchOverload(name, values) }
    }
    let overload = overloads.count == 1 ? overloads[0] : nil
    let cost = CallCost.of(function: function.name, overload: overload?.id, arguments: steps.count)
    switch name {
    case Operators.less, Operators.lessEquals, Operators.greater, Operators.greaterEquals:
      return ComparisonStep(name, steps[0], steps[1], cost)
    case Operators.in:
      // Only where the checker knew that it is a list.
      if overload?.id == "in_list", let constant = steps[1] as? ConstantStep, case .list(let list) = constant.value {
        if list.count == 0 { return ConstantStep(.bool(false)) }
        if let step = MembershipStep(steps[0], list.values) { return step }
      }
      return InStep(steps[0], steps[1], cost)
    case "or" where steps.count == 2 && overload.map({ $0.id == "optional_or_optional" }) ?? true:
      return OptionalOrStep(steps[0], steps[1], givesValue: false)
    case "orValue" where steps.count == 2 && overload.map({ $0.id == "optional_orValue_value" }) ?? true:
      return OptionalOrStep(steps[0], steps[1], givesValue: true)
    default: break
    }
    if let step = appended(name, target, arguments, steps) { return step }
    if name == "matches" || name == "find" || name == "findAll", steps.count >= 2,
      let constant = steps[1] as? ConstantStep, case .string(let pattern) = constant.value
    {
      return try Self.matcher(name, pattern, steps, cost)
    }
    let step = Self.step(function, overload, overloads, steps, cost)
    if environment.foldsConstants, Self.conversions.contains(function.name), steps.count == 1, steps[0] is ConstantStep
    {
      return try folded(step)
    }
    return step
  }

  /// Functions of which a constant argument makes a constant.
  private static let conversions: Set<String> = [
    "bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint",
  ]

  /// Operators whose body looks at the types itself.
  private static let singletons: [String: @Sendable (CELValue, CELValue) throws(CELFailure) -> CELValue] = [
    Operators.add: CELValue.add, Operators.subtract: CELValue.subtract, Operators.multiply: CELValue.multiply,
    Operators.divide: CELValue.divide, Operators.modulo: CELValue.modulo,
  ]

  private static func step(
    _ function: FunctionDeclaration, _ overload: Overload?, _ overloads: [Overload], _ steps: [any Step],
    _ cost: CallCost
  ) -> any Step {
    let name = function.name
    if let body = singletons[name], steps.count == 2 { return BinaryStep(steps[0], steps[1], cost, body) }
    if let overload {
      let parameters = function.isUnguarded ? [] : overload.parameters
      switch overload.body {
      case .unary(let body) where steps.count == 1:
        return UnaryStep(steps[0], cost) { value throws(CELFailure) in
          if !parameters.isEmpty, !value.fits(parameters[0]) { throw .noSuchOverload(name, [value]) }
          return try body(value)
        }
      case .binary(let body) where steps.count == 2:
        return BinaryStep(steps[0], steps[1], cost) { a, b throws(CELFailure) in
          if !parameters.isEmpty, !a.fits(parameters[0]) || !b.fits(parameters[1]) {
            throw .noSuchOverload(name, [a, b])
          }
          return try body(a, b)
        }
      default: break
      }
    }
    // The overload is found by the types of the values.
    let candidates = (overload.map { [$0] } ?? function.overloads).filter { $0.parameters.count == steps.count }
    let isUnguarded = function.isUnguarded && overload != nil
    return CallStep(steps, cost) { values throws(CELFailure) in
      for candidate in candidates {
        guard isUnguarded || zip(values, candidate.parameters).allSatisfy({ $0.fits($1) }) else { continue }
        switch candidate.body {
        case .constant(let body): return try body()
        case .unary(let body): return try body(values[0])
        case .binary(let body): return try body(values[0], values[1])
        case .any(let body): return try body(values)
        case .none: continue
        }
      }
      throw .noSuchOverload(name, values)
    }
  }

  private static func matcher(
    _ name: String, _ pattern: String, _ steps: [any Step], _ cost: CallCost
  ) throws(CELFailure) -> any Step {
    let regex: LinearRegex
    do throws(LinearRegex.Invalid) {
      regex = try LinearRegex(pattern)
    } catch {
      throw .argument("error parsing regexp: " + error.message)
    }
    // The pattern is still an argument, of which the cost is told.
    if steps.count == 2 {
      switch name {
      case "matches":
        return BinaryStep(steps[0], steps[1], cost) { text, _ throws(CELFailure) in
          guard case .string(let text) = text else {
            throw text.isReceiver ? .noSuchOverload : .noSuchOverload(name)
          }
          return .bool(try Pattern.matches(regex, text))
        }
      case "find":
        return BinaryStep(steps[0], steps[1], cost) { text, _ throws(CELFailure) in
          guard case .string(let text) = text else { throw .noSuchOverload }
          return .string(try Pattern.first(regex, text))
        }
      default:
        return BinaryStep(steps[0], steps[1], cost) { text, _ throws(CELFailure) in
          guard case .string(let text) = text else { throw .noSuchOverload }
          return .list(try Pattern.all(regex, text))
        }
      }
    }
    return CallStep(steps, cost) { values throws(CELFailure) in
      guard case .string(let text) = values[0], case .int(let limit) = values[2] else { throw .noSuchOverload }
      return .list(try Pattern.all(regex, text, limit: Int(clamping: limit)))
    }
  }

  // MARK: Comprehensions

  private mutating func fold(_ it: Node.Comprehension) throws(CELFailure) -> any Step {
    let range = try plan(it.range)
    let initial = try plan(it.initial)
    let accumulator = newSlot()
    let variable = newSlot()
    let second = it.secondVariable == nil ? nil : newSlot()
    accumulators.insert(accumulator)
    scopes.append([it.accumulator: accumulator])
    var names = [it.variable: variable]
    if let name = it.secondVariable, let second { names[name] = second }
    scopes.append(names)
    let condition = try plan(it.condition)
    let step = try plan(it.step)
    scopes.removeLast()
    let result = try plan(it.result)
    scopes.removeLast()
    var isAlways = false
    if let constant = condition as? ConstantStep, case .bool(true) = constant.value { isAlways = true }
    return FoldStep(
      range: range, variable: variable, secondVariable: second, accumulator: accumulator, initial: initial,
      condition: isAlways ? nil : condition, step: step, result: result)
  }

  /// Growing of an accumulator in place.
  private func appended(_ name: String, _ target: Node?, _ arguments: [Node], _ steps: [any Step]) -> (any Step)? {
    guard target == nil, let first = steps.first as? AttributeStep, first.qualifiers.isEmpty,
      case .slot(let slot, _) = first.root, accumulators.contains(slot),
      case .identifier(MacroCall.accumulator) = arguments[0].kind
    else { return nil }
    if name == Operators.add, case .list(let elements, let optionals) = arguments[1].kind, elements.count == 1,
      optionals.isEmpty
    {
      if let constant = steps[1] as? ConstantStep, case .list(let list) = constant.value, list.count == 1 {
        return AppendStep(slot, ConstantStep(list[0]), isConstant: true)
      }
      guard let element = elements[0].step else { return nil }
      return AppendStep(slot, element, isConstant: false)
    }
    if name == "cel.@mapInsert" {
      return steps.count == 3 ? InsertStep(slot, steps[1], steps[2]) : InsertStep(slot, nil, steps[1])
    }
    return nil
  }
}

extension CELValue {
  /// Whether cel-go passes a call that it has no implementation for to the value itself, which words the failure.
  var isReceiver: Bool {
    switch self {
    case .string, .timestamp, .duration: true
    default: false
    }
  }

  /// Whether the value may be passed for a parameter; of lists and maps the first element is looked at.
  func fits(_ type: CELType) -> Bool {
    switch (type, self) {
    case (.dyn, _), (.any, _), (.parameter, _): return true
    case (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double), (.string, .string), (.bytes, .bytes),
      (.duration, .duration), (.timestamp, .timestamp), (.null, .null), (.type, .type):
      return true
    case (.list(let element), .list(let list)): return list.count == 0 || list[0].fits(element)
    case (.map(let key, let value), .map(let map)):
      guard map.count > 0, let first = map.first else { return true }
      return first.key.fits(key) && first.value.fits(value)
    case (.opaque("optional_type", _), .optional): return true
    case (.opaque(let name, _), .opaque(let value)): return value.type.name == name
    case (.object(let name), _): return self.type.name == name
    case (.wrapper(let inner), _): return self.fits(.null) || self.fits(inner)
    default: return false
    }
  }
}

extension CELMap {
  var first: (key: CELValue, value: CELValue)? {
    if case .nodes(let mapping) = self { return mapping.entries.first.map { (.string($0.key), CELValue($0.value)) } }
    return entries.first
  }
}
