/// A function or operator with all the signatures it is declared with.
final class FunctionDeclaration: Sendable {
  let name: String
  let overloads: [Overload]
  /// Whether values are passed to an overload that the checker has chosen without looking at their types again.
  let isUnguarded: Bool

  init(_ name: String, isUnguarded: Bool = false, _ overloads: [Overload]) {
    self.name = name
    self.isUnguarded = isUnguarded
    self.overloads = overloads
  }

  /// With more overloads; one with an id that is there already replaces it.
  func adding(_ added: FunctionDeclaration) -> FunctionDeclaration {
    let kept = overloads.filter { old in !added.overloads.contains { $0.id == old.id } }
    return FunctionDeclaration(name, isUnguarded: isUnguarded || added.isUnguarded, kept + added.overloads)
  }
}

/// One signature of a function.
struct Overload: Sendable {
  /// What computes the result.
  enum Body: Sendable {
    /// Compiled specially, such as `&&`.
    case none
    case constant(@Sendable () throws(CELFailure) -> CELValue)
    case unary(@Sendable (CELValue) throws(CELFailure) -> CELValue)
    case binary(@Sendable (CELValue, CELValue) throws(CELFailure) -> CELValue)
    case any(@Sendable ([CELValue]) throws(CELFailure) -> CELValue)
  }

  /// As in cel-go and the API server; costs depend on it.
  let id: String
  /// Whether the first parameter stands before a dot.
  let isMember: Bool
  let parameters: [CELType]
  let result: CELType
  let body: Body
  /// Names of the type parameters that occur.
  let typeParameters: [String]

  init(_ id: String, isMember: Bool = false, _ parameters: [CELType], _ result: CELType, _ body: Body = .none) {
    self.id = id
    self.isMember = isMember
    self.parameters = parameters
    self.result = result
    self.body = body
    var names: [String] = []
    func collect(_ type: CELType) {
      switch type {
      case .parameter(let name): if !names.contains(name) { names.append(name) }
      case .list(let inner), .type(let inner?), .wrapper(let inner): collect(inner)
      case .map(let key, let value):
        collect(key)
        collect(value)
      case .opaque(_, let parameters): parameters.forEach(collect)
      default: break
      }
    }
    parameters.forEach(collect)
    collect(result)
    typeParameters = names
  }

  static func member(_ id: String, _ parameters: [CELType], _ result: CELType, _ body: Body = .none) -> Overload {
    Overload(id, isMember: true, parameters, result, body)
  }
}
