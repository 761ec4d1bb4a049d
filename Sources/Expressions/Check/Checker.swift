/// Finds the type of every node and what every name stands for, by the rules and in the words of cel-go's checker
/// (`checker/checker.go`).
struct Checker {
  private let environment: CELEnvironment
  private var inference = TypeInference()
  private var scopes: [[String: CELType]] = [[:]]
  private(set) var issues: [Parser.Issue] = []
  private var freeParameters = 0

  /// Most nodes of a type. Map literals within map literals, through variables, can double a type at each step.
  private static let heaviest = 2_000

  init(_ environment: CELEnvironment) { self.environment = environment }

  mutating func check(root: Node) {
    check(root)
    settle(root)
  }

  private func settle(_ node: Node) {
    if node.isSettled { return }
    node.isSettled = true
    node.type = inference.substitute(node.type, toDynamic: true)
    node.forEachChild(settle)
  }

  private mutating func report(_ message: String, _ offset: Int) {
    issues.append(Parser.Issue(kind: .check, offset: offset, message: message))
  }

  private mutating func check(_ node: Node) {
    if let earlier = node.checkedIssues {
      if issues.count < 1_000 { issues += issues[earlier] }
      return
    }
    let first = issues.count
    switch node.kind {
    case .literal(let value): node.type = value.type
    case .identifier(let name): checkIdentifier(node, name)
    case .select(let operand, let field, let isTest): checkSelect(node, operand, field, isTest)
    case .call(let name, let target, let arguments): checkCall(node, name, target, arguments)
    case .list(let elements, let optionals): checkList(node, elements, optionals)
    case .map(let entries): checkMap(node, entries)
    case .message(let name, let fields): checkMessage(node, name, fields)
    case .comprehension(let comprehension): checkComprehension(node, comprehension)
    }
    if node.type.isCompound, node.type.weight(upTo: Self.heaviest) >= Self.heaviest {
      report("type is too complex", node.offset)
      node.type = .error
    }
    node.checkedIssues = first..<issues.count
  }

  // MARK: Names

  private struct Identifier {
    let name: String
    let type: CELType
    let value: CELValue?
    var isLocal = false
  }

  private func find(_ name: String) -> Identifier? {
    if !scopes.isEmpty, name.utf8.first != 0x2E {
      let first = name.utf8.firstIndex(of: 0x2E).map { String(name[..<$0]) }
      for scope in scopes.reversed() {
        if let type = scope[name] { return Identifier(name: name, type: type, value: nil, isLocal: true) }
        // What stands behind the dot is a field of the comprehension's variable.
        if let first, scope[first] != nil { return nil }
      }
    }
    for candidate in environment.candidates(name) {
      if let type = environment.variable(candidate) { return Identifier(name: candidate, type: type, value: nil) }
      if let type = environment.typeNamed(candidate) {
        return Identifier(name: candidate, type: .type(type), value: .type(type))
      }
      if let constant = environment.constant(candidate) {
        return Identifier(name: candidate, type: constant.type, value: constant)
      }
    }
    return nil
  }

  private mutating func undeclared(_ name: String, _ node: Node) {
    report("undeclared reference to '\(name)' (in container '\(environment.container)')", node.offset)
    node.type = .error
  }

  private func refer(_ node: Node, to identifier: Identifier) {
    node.type = identifier.type
    node.reference =
      identifier.isLocal
      ? .local(identifier.name) : identifier.value.map { .constant($0) } ?? .variable(identifier.name)
  }

  private mutating func checkIdentifier(_ node: Node, _ name: String) {
    guard let found = find(name) else { return undeclared(name, node) }
    refer(node, to: found)
  }

  private mutating func checkSelect(_ node: Node, _ operand: Node, _ field: String, _ isTest: Bool) {
    if !isTest, let name = node.qualifiedName, let found = find(name) { return refer(node, to: found) }
    let type = fieldType(node, operand, field, isOptional: false)
    node.type = isTest ? .bool : inference.substitute(type, toDynamic: false)
  }

  private mutating func fieldType(_ node: Node, _ operand: Node, _ field: String, isOptional: Bool) -> CELType {
    check(operand)
    let operandType = inference.substitute(operand.type, toDynamic: false)
    let target = operandType.unwrapped ?? operandType
    var result = CELType.error
    switch target {
    case .map(_, let value): result = value
    case .object(let name): result = declaredField(node.offset, name, field) ?? .error
    case .parameter:
      _ = inference.isAssignable(.dyn, target)
      result = .dyn
    default:
      if !target.isDynamicOrError { report("type '\(target)' does not support field selection", node.offset) }
      result = .dyn
    }
    return operandType.unwrapped != nil || isOptional ? .optional(result) : result
  }

  private mutating func declaredField(_ offset: Int, _ type: String, _ field: String) -> CELType? {
    guard environment.hasMessage(type) else {
      report("unexpected failed resolution of '\(type)'", offset)
      return nil
    }
    if let found = environment.field(field, of: type) { return found }
    report("undefined field '\(field)'", offset)
    return nil
  }

  // MARK: Calls

  private mutating func checkCall(_ node: Node, _ name: String, _ target: Node?, _ arguments: [Node]) {
    if name == Operators.optionalSelect, target == nil, arguments.count == 2,
      case .literal(.string(let field)) = arguments[1].kind
    {
      arguments[1].type = .string
      node.type = inference.substitute(
        fieldType(node, arguments[0], field, isOptional: true), toDynamic: false)
      node.reference = .optionalField
      return
    }
    for argument in arguments { check(argument) }
    guard let target else {
      guard let function = environment.function(name) else { return undeclared(name, node) }
      return resolve(node, function, nil, arguments)
    }
    if let prefix = target.qualifiedName, let function = environment.function(prefix + "." + name) {
      node.kind = .call(function.name, target: nil, arguments: arguments)
      return resolve(node, function, nil, arguments)
    }
    check(target)
    guard let function = environment.function(name) else { return undeclared(name, node) }
    resolve(node, function, target, arguments)
  }

  private mutating func resolve(_ node: Node, _ function: FunctionDeclaration, _ target: Node?, _ arguments: [Node]) {
    var types: [CELType] = []
    types.reserveCapacity(arguments.count + 1)
    if let target { types.append(target.type) }
    for argument in arguments { types.append(argument.type) }
    if function.name == Operators.and || function.name == Operators.or {
      node.type = .bool
      node.reference = .overloads(function, function.overloads)
      for (type, argument) in zip(types, arguments) where !inference.isAssignable(type, .bool) {
        report("expected type 'bool' but found '\(inference.substitute(type, toDynamic: false))'", argument.offset)
        node.type = .error
      }
      return
    }
    var result: CELType?
    var found: [Overload] = []
    for overload in function.overloads where overload.isMember == (target != nil) {
      guard overload.parameters.count == types.count else { continue }
      var parameters = overload.parameters
      var overloadResult = overload.result
      if !overload.typeParameters.isEmpty {
        var fresh = TypeInference()
        for name in overload.typeParameters { fresh.bind(name, newParameter()) }
        parameters = parameters.map { fresh.substitute($0, toDynamic: false) }
        overloadResult = fresh.substitute(overloadResult, toDynamic: false)
      }
      guard inference.isAssignable(types, parameters) else { continue }
      found.append(overload)
      let type = inference.substitute(overloadResult, toDynamic: false)
      if let earlier = result {
        if !earlier.isDynamic, type != earlier { result = .dyn }
      } else {
        result = type
      }
    }
    guard let result else {
      let shown = types.map { inference.substitute($0, toDynamic: true).description }
      let signature =
        target == nil
        ? "(" + shown.joined(separator: ", ") + ")"
        : shown[0] + ".(" + shown.dropFirst().joined(separator: ", ") + ")"
      report("found no matching overload for '\(function.name)' applied to '\(signature)'", node.offset)
      node.type = .error
      return
    }
    node.type = result
    node.reference = .overloads(function, found)
  }

  private mutating func newParameter() -> CELType {
    freeParameters += 1
    return .parameter("_var\(freeParameters - 1)")
  }

  // MARK: Literals

  private mutating func join(_ node: Node, _ previous: CELType?, _ current: CELType) -> CELType {
    guard let previous else { return current }
    if inference.isAssignable(previous, current) {
      if environment.isStrict, current == .null || previous == .null { return current == .null ? previous : current }
      return TypeInference.moreGeneral(previous, current)
    }
    if !environment.isHomogeneous { return .dyn }
    report("expected type '\(previous)' but found '\(current)'", node.offset)
    return .error
  }

  /// The type of a value that stands behind `?`.
  private mutating func unwrap(_ value: Node) -> CELType {
    if let inner = value.type.unwrapped { return inner }
    if !value.type.isDynamic {
      report("expected type '\(CELType.optional(value.type))' but found '\(value.type)'", value.offset)
    }
    return value.type
  }

  private mutating func checkList(_ node: Node, _ elements: [Node], _ optionals: Set<Int>) {
    var type: CELType?
    for (index, element) in elements.enumerated() {
      check(element)
      let elementType = optionals.contains(index) ? unwrap(element) : element.type
      type = join(element, type, elementType)
    }
    node.type = .list(type ?? newParameter())
  }

  private mutating func checkMap(_ node: Node, _ entries: [Node.Entry]) {
    var keyType: CELType?
    var valueType: CELType?
    for entry in entries {
      check(entry.key)
      keyType = join(entry.key, keyType, entry.key.type)
      check(entry.value)
      valueType = join(entry.value, valueType, entry.isOptional ? unwrap(entry.value) : entry.value.type)
    }
    node.type = .map(keyType ?? newParameter(), valueType ?? newParameter())
  }

  private mutating func checkMessage(_ node: Node, _ name: String, _ fields: [Node.Field]) {
    guard let found = find(name) else { return undeclared(name, node) }
    var type = CELType.error
    if case .type(let made) = found.type {
      if let made, Self.isMessage(made) {
        type = made
      } else {
        report("'\((made ?? .type(nil)).name)' is not a message type", node.offset)
      }
    } else if found.type != .error {
      report("'\(found.type.name)' is not a type", node.offset)
    }
    node.type = type
    node.kind = .message(found.name, fields)
    for field in fields {
      check(field.value)
      let wanted = declaredField(field.offset, found.name, field.name) ?? .error
      let given = field.isOptional ? unwrap(field.value) : field.value.type
      if !inference.isAssignable(wanted, given) {
        report(
          "expected type of field '\(field.name)' is '\(wanted)' but provided type is '\(given)'", field.offset)
      }
    }
  }

  private static func isMessage(_ type: CELType) -> Bool {
    switch type {
    case .object, .any, .timestamp, .duration, .dyn, .null, .wrapper: true
    case .list(.dyn), .map(.string, .dyn): true
    default: false
    }
  }

  // MARK: Comprehensions

  private mutating func checkComprehension(_ node: Node, _ it: Node.Comprehension) {
    check(it.range)
    check(it.initial)
    let rangeType = inference.substitute(it.range.type, toDynamic: false)
    let accumulatorType = it.initial.type
    var first = CELType.error
    var second = CELType.error
    switch rangeType {
    case .list(let element):
      first = it.secondVariable == nil ? element : .int
      second = element
    case .map(let key, let value):
      first = key
      second = value
    case .dyn, .any, .error, .parameter:
      _ = inference.isAssignable(.dyn, rangeType)
      first = .dyn
      second = .dyn
    default:
      report(
        "expression of type '\(rangeType)' cannot be range of a comprehension (must be list, map, or dynamic)",
        it.range.offset)
    }
    scopes.append([it.accumulator: accumulatorType])
    var variables = [it.variable: first]
    if let name = it.secondVariable { variables[name] = second }
    scopes.append(variables)
    check(it.condition)
    assert(it.condition, .bool)
    check(it.step)
    assert(it.step, accumulatorType)
    scopes.removeLast()
    check(it.result)
    scopes.removeLast()
    node.type = inference.substitute(it.result.type, toDynamic: false)
  }

  private mutating func assert(_ node: Node, _ type: CELType) {
    if !inference.isAssignable(type, node.type) {
      report("expected type '\(type)' but found '\(node.type)'", node.offset)
    }
  }
}

extension Node {
  /// Gives each node directly below, without a list of them.
  func forEachChild(_ body: (Node) -> Void) {
    switch kind {
    case .literal, .identifier: return
    case .select(let operand, _, _): body(operand)
    case .call(_, let target, let arguments):
      if let target { body(target) }
      for argument in arguments { body(argument) }
    case .list(let elements, _): for element in elements { body(element) }
    case .map(let entries):
      for entry in entries {
        body(entry.key)
        body(entry.value)
      }
    case .message(_, let fields): for field in fields { body(field.value) }
    case .comprehension(let it):
      body(it.range)
      body(it.initial)
      body(it.condition)
      body(it.step)
      body(it.result)
    }
  }

  /// Nodes directly below.
  var children: [Node] {
    switch kind {
    case .literal, .identifier: []
    case .select(let operand, _, _): [operand]
    case .call(_, let target, let arguments): (target.map { [$0] } ?? []) + arguments
    case .list(let elements, _): elements
    case .map(let entries): entries.flatMap { [$0.key, $0.value] }
    case .message(_, let fields): fields.map(\.value)
    case .comprehension(let it): [it.range, it.initial, it.condition, it.step, it.result]
    }
  }
}
