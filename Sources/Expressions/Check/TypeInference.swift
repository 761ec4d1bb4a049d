/// What type parameters stand for, and which types fit which: the rules of cel-go's checker (`checker/types.go`).
struct TypeInference {
  private var substitutions: [String: CELType] = [:]

  mutating func bind(_ parameter: String, _ type: CELType) { substitutions[parameter] = type }

  /// The type with its parameters replaced by what is known of them.
  ///
  /// - Parameter toDynamic: whether parameters of which nothing is known become `dyn`.
  func substitute(_ type: CELType, toDynamic: Bool) -> CELType {
    if substitutions.isEmpty, !toDynamic { return type }
    switch type {
    case .parameter(let name):
      if let known = substitutions[name] { return substitute(known, toDynamic: toDynamic) }
      return toDynamic ? .dyn : type
    case .opaque(let name, let parameters):
      return parameters.isEmpty ? type : .opaque(name, parameters.map { substitute($0, toDynamic: toDynamic) })
    case .list(let element): return .list(substitute(element, toDynamic: toDynamic))
    case .map(let key, let value):
      return .map(substitute(key, toDynamic: toDynamic), substitute(value, toDynamic: toDynamic))
    case .type(let inner?): return .type(substitute(inner, toDynamic: toDynamic))
    default: return type
    }
  }

  /// Whether a value of type `second` may stand where `first` is wanted; what that says of parameters is kept if so.
  mutating func isAssignable(_ first: CELType, _ second: CELType) -> Bool {
    let before = substitutions
    if fits(first, second) { return true }
    substitutions = before
    return false
  }

  mutating func isAssignable(_ first: [CELType], _ second: [CELType]) -> Bool {
    let before = substitutions
    if fits(first, second) { return true }
    substitutions = before
    return false
  }

  private mutating func fits(_ first: [CELType], _ second: [CELType]) -> Bool {
    guard first.count == second.count else { return false }
    for (a, b) in zip(first, second) where !fits(a, b) { return false }
    return true
  }

  private mutating func fits(_ first: CELType, _ second: CELType) -> Bool {
    if case .parameter = second {
      let tried = substitutes(first, for: second)
      if tried.fits { return true }
      if tried.known { return false }
    }
    if case .parameter = first { return substitutes(second, for: first).fits }
    if first.isDynamicOrError || second.isDynamicOrError { return true }
    if first == .null { return Self.isNullable(second) }
    if second == .null { return Self.isNullable(first) }
    switch (first, second) {
    case (.wrapper(let a), .wrapper(let b)): return a == b
    case (_, .wrapper(let inner)): return inner == first
    case (.wrapper(let inner), _): return inner == second
    case (.type, .type): return true
    case (.list(let a), .list(let b)): return fits(a, b)
    case (.map(let a, let b), .map(let c, let d)): return fits(a, c) && fits(b, d)
    case (.opaque(let a, let x), .opaque(let b, let y)): return a == b && fits(x, y)
    default: return first == second
    }
  }

  private static func isNullable(_ type: CELType) -> Bool {
    switch type {
    case .opaque, .object, .any, .duration, .timestamp, .wrapper, .null, .dyn: true
    default: false
    }
  }

  /// Whether `type` may stand for a parameter, and whether something stood for it before.
  private mutating func substitutes(_ type: CELType, for parameter: CELType) -> (fits: Bool, known: Bool) {
    if type == parameter { return (true, true) }
    guard case .parameter(let name) = parameter else { return (false, false) }
    if let known = substitutions[name] {
      if type == known { return (true, true) }
      if fits(type, known) {
        let general = Self.moreGeneral(type, known)
        if isAbsent(parameter, in: general) { substitutions[name] = general }
        return (true, true)
      }
      return (false, true)
    }
    if isAbsent(parameter, in: type) {
      substitutions[name] = type
      return (true, false)
    }
    return (false, false)
  }

  private func isAbsent(_ parameter: CELType, in type: CELType) -> Bool {
    if parameter == type { return false }
    switch type {
    case .parameter(let name): return substitutions[name].map { isAbsent(parameter, in: $0) } ?? true
    case .list(let inner), .type(let inner?): return isAbsent(parameter, in: inner)
    case .map(let key, let value): return isAbsent(parameter, in: key) && isAbsent(parameter, in: value)
    case .opaque(_, let parameters): return parameters.allSatisfy { isAbsent(parameter, in: $0) }
    default: return true
    }
  }

  static func moreGeneral(_ first: CELType, _ second: CELType) -> CELType {
    isEqualOrLessSpecific(first, second) ? first : second
  }

  private static func isEqualOrLessSpecific(_ first: CELType, _ second: CELType) -> Bool {
    if case .parameter = first { return true }
    if first.isDynamic { return true }
    if case .parameter = second { return false }
    if second.isDynamic { return false }
    switch (first, second) {
    case (.opaque(let a, let x), .opaque(let b, let y)):
      return a == b && x.count == y.count && zip(x, y).allSatisfy { isEqualOrLessSpecific($0, $1) }
    case (.list(let a), .list(let b)): return isEqualOrLessSpecific(a, b)
    case (.map(let a, let b), .map(let c, let d)): return isEqualOrLessSpecific(a, c) && isEqualOrLessSpecific(b, d)
    case (.type, .type): return true
    case (.wrapper(let a), let b), (let a, .wrapper(let b)): return a == b
    default: return first == second
    }
  }
}
