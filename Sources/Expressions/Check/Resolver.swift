/// Finds out what names and functions mean without checking types, for expressions whose types are not to be checked.
struct Resolver {
  private let environment: CELEnvironment
  private var scopes: [Set<String>] = []

  init(_ environment: CELEnvironment) { self.environment = environment }

  mutating func resolve(_ node: Node) {
    switch node.kind {
    case .literal: break
    case .identifier(let name): _ = refer(node, to: name)
    case .select(let operand, _, let isTest):
      if !isTest, let name = node.qualifiedName, refer(node, to: name) { return }
      resolve(operand)
    case .call(let name, let target, let arguments): call(node, name, target, arguments)
    case .comprehension(let it):
      resolve(it.range)
      resolve(it.initial)
      scopes.append([it.accumulator])
      scopes.append(Set([it.variable] + (it.secondVariable.map { [$0] } ?? [])))
      resolve(it.condition)
      resolve(it.step)
      scopes.removeLast()
      resolve(it.result)
      scopes.removeLast()
    case .message(let name, let fields):
      for candidate in environment.candidates(name) where environment.typeNamed(candidate) != nil {
        node.kind = .message(candidate, fields)
        break
      }
      for field in fields { resolve(field.value) }
    default: for child in node.children { resolve(child) }
    }
  }

  private func refer(_ node: Node, to name: String) -> Bool {
    if let first = name.split(separator: ".").first, scopes.contains(where: { $0.contains(String(first)) }),
      !name.hasPrefix(".")
    {
      guard scopes.contains(where: { $0.contains(name) }) else { return false }
      node.reference = .local(name)
      return true
    }
    for candidate in environment.candidates(name) {
      if environment.variable(candidate) != nil {
        node.reference = .variable(candidate)
        return true
      }
      if let type = environment.typeNamed(candidate) {
        node.reference = .constant(.type(type))
        return true
      }
      if let constant = environment.constant(candidate) {
        node.reference = .constant(constant)
        return true
      }
    }
    return false
  }

  private mutating func call(_ node: Node, _ name: String, _ target: Node?, _ arguments: [Node]) {
    for argument in arguments { resolve(argument) }
    if name == Operators.optionalSelect, target == nil {
      node.reference = .optionalField
      return
    }
    if let target, let prefix = target.qualifiedName, let function = environment.function(prefix + "." + name) {
      node.kind = .call(function.name, target: nil, arguments: arguments)
      node.reference = .overloads(function, function.overloads)
      return
    }
    if let target { resolve(target) }
    guard let function = environment.function(name) else { return }
    if target == nil { node.kind = .call(function.name, target: nil, arguments: arguments) }
    let overloads = function.overloads.filter {
      $0.isMember == (target != nil) && $0.parameters.count == arguments.count + (target == nil ? 0 : 1)
    }
    node.reference = .overloads(FunctionDeclaration(function.name, overloads), overloads)
  }
}
