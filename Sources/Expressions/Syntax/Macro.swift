/// A call that is rewritten before it is checked: `has`, `all`, `optMap`.
struct Macro: Sendable {
  struct Refusal: Error {
    let message: String
    let offset: Int

    init(_ message: String, _ node: Node) {
      self.message = message
      offset = node.offset
    }
  }

  let name: String
  /// Nil for any number.
  let count: Int?
  let isMember: Bool
  /// Nil where the call is no use of the macro after all.
  let expand: @Sendable (MacroCall) throws(Refusal) -> Node?
}

/// The macros of an environment by name, number of arguments and style.
struct MacroTable: Sendable {
  private struct Key: Hashable {
    let name: String
    let count: Int?
    let isMember: Bool
  }

  private var macros: [Key: Macro] = [:]

  mutating func add(_ added: [Macro]) {
    for macro in added { macros[Key(name: macro.name, count: macro.count, isMember: macro.isMember)] = macro }
  }

  func find(_ name: String, count: Int, isMember: Bool) -> Macro? {
    macros[Key(name: name, count: count, isMember: isMember)] ?? macros[Key(name: name, count: nil, isMember: isMember)]
  }
}

/// A call that a macro rewrites. Nodes that it makes stand at the place of the call.
struct MacroCall {
  let offset: Int
  let target: Node?
  let arguments: [Node]

  /// Cannot be written in an expression.
  static let accumulator = "@result"
  /// What cel-go once used, which variables must not be called either.
  static let oldAccumulator = "__result__"

  var operand: Node { target ?? Node(.literal(.null), offset) }

  func literal(_ value: CELValue) -> Node { Node(.literal(value), offset) }

  func identifier(_ name: String) -> Node { Node(.identifier(name), offset) }

  var accumulated: Node { identifier(Self.accumulator) }

  func call(_ name: String, _ arguments: Node...) -> Node {
    Node(.call(name, target: nil, arguments: arguments), offset)
  }

  func memberCall(_ name: String, _ target: Node, _ arguments: Node...) -> Node {
    Node(.call(name, target: target, arguments: arguments), offset)
  }

  func list(_ elements: Node...) -> Node { Node(.list(elements, optionals: []), offset) }

  func fold(
    _ range: Node, _ variable: String, _ second: String? = nil, accumulator: String = MacroCall.accumulator,
    initial: Node, condition: Node, step: Node, result: Node
  ) -> Node {
    Node(
      .comprehension(
        Node.Comprehension(
          range: range, variable: variable, secondVariable: second, accumulator: accumulator, initial: initial,
          condition: condition, step: step, result: result)), offset)
  }

  /// The name that an argument is; `refusal` says what it should have been.
  func variable(_ index: Int, _ refusal: String) throws(Macro.Refusal) -> String {
    guard case .identifier(let name) = arguments[index].kind else { throw Macro.Refusal(refusal, arguments[index]) }
    return name
  }

  /// The name of an iteration variable.
  func iterationVariable(_ index: Int, _ refusal: String) throws(Macro.Refusal) -> String {
    let name = try variable(index, refusal)
    try keepsAccumulator(name, index)
    return name
  }

  private func keepsAccumulator(_ name: String, _ index: Int) throws(Macro.Refusal) {
    if name == Self.accumulator || name == Self.oldAccumulator {
      throw Macro.Refusal("iteration variable overwrites accumulator variable", arguments[index])
    }
  }

  /// The names of the two variables of a comprehension over index and element, or key and value.
  func twoVariables() throws(Macro.Refusal) -> (String, String) {
    let first = try variable(0, "argument must be a simple name")
    let second = try variable(1, "argument must be a simple name")
    if first == second { throw Macro.Refusal("duplicate variable name: \(first)", arguments[1]) }
    try keepsAccumulator(first, 0)
    try keepsAccumulator(second, 1)
    return (first, second)
  }
}
