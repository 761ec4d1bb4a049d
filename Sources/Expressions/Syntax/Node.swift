/// A node of the syntax tree of an expression. The checker writes its findings into it.
final class Node {
  indirect enum Kind {
    case literal(CELValue)
    case identifier(String)
    /// `isTest`: made by `has()`.
    case select(Node, field: String, isTest: Bool)
    case call(String, target: Node?, arguments: [Node])
    case list([Node], optionals: Set<Int>)
    case map([Entry])
    case message(String, [Field])
    case comprehension(Comprehension)
  }

  struct Entry {
    let key: Node
    let value: Node
    let isOptional: Bool
  }

  struct Field {
    let name: String
    let value: Node
    let isOptional: Bool
    /// Of the colon.
    let offset: Int
  }

  struct Comprehension {
    let range: Node
    let variable: String
    /// Of comprehensions over index and element, or key and value.
    let secondVariable: String?
    let accumulator: String
    let initial: Node
    let condition: Node
    let step: Node
    let result: Node
  }

  /// What the checker found that a name stands for.
  enum Reference {
    /// A variable by its full name.
    case variable(String)
    /// A variable of a comprehension.
    case local(String)
    case constant(CELValue)
    /// Overloads that may be meant; several where types are known at run time only.
    case overloads(FunctionDeclaration, [Overload])
    /// A field that may be absent, `a.?b`.
    case optionalField
  }

  var kind: Kind
  /// Of the code point that error messages point at.
  let offset: Int
  var type: CELType = .dyn
  var reference: Reference?
  /// Which of the checker's issues are about the node, once it was checked: macros use some nodes twice.
  var checkedIssues: Range<Int>?
  /// Whether its type is final.
  var isSettled = false
  /// Whether its literals were looked at.
  var isValidated = false
  /// What the planner made of it: nodes that macros use twice give one step.
  var step: (any Step)?

  init(_ kind: Kind, _ offset: Int) {
    self.kind = kind
    self.offset = offset
  }

  /// The same tree with nodes of its own, for macros that use an argument twice.
  func copied() -> Node {
    let kind: Kind =
      switch self.kind {
      case .literal, .identifier: self.kind
      case .select(let operand, let field, let isTest): .select(operand.copied(), field: field, isTest: isTest)
      case .call(let name, let target, let arguments):
        .call(name, target: target?.copied(), arguments: arguments.map { $0.copied() })
      case .list(let elements, let optionals): .list(elements.map { $0.copied() }, optionals: optionals)
      case .map(let entries):
        .map(entries.map { Entry(key: $0.key.copied(), value: $0.value.copied(), isOptional: $0.isOptional) })
      case .message(let name, let fields):
        .message(
          name,
          fields.map { Field(name: $0.name, value: $0.value.copied(), isOptional: $0.isOptional, offset: $0.offset) })
      case .comprehension(let it):
        .comprehension(
          Comprehension(
            range: it.range.copied(), variable: it.variable, secondVariable: it.secondVariable,
            accumulator: it.accumulator, initial: it.initial.copied(), condition: it.condition.copied(),
            step: it.step.copied(), result: it.result.copied()))
      }
    return Node(kind, offset)
  }

  /// `a.b.c` as a name; nil for anything else.
  var qualifiedName: String? {
    switch kind {
    case .identifier(let name): name
    case .select(let operand, let field, isTest: false): operand.qualifiedName.map { $0 + "." + field }
    default: nil
    }
  }
}
