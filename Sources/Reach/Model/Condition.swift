import Bytes

/// What a connection must carry beyond its protocol and port: a boolean combination of tests.
///
/// An ordered, reduced decision tree (Bryant, IEEE Trans. Comput. C-35(8), 1986, without sharing): equal conditions are
/// equal values. Tests of one property are related where their patterns say how: after `GET` held, `POST` does not.
package indirect enum Condition: Sendable, Hashable {
  case never
  case always
  case test(ConditionTest, then: Condition, otherwise: Condition)

  package init(_ test: ConditionTest) { self = .test(test, then: .always, otherwise: .never) }

  /// Any of several, halves first: one after the other would go through the growing tree for each.
  package static func any(of conditions: some RandomAccessCollection<Condition>) -> Condition {
    guard let first = conditions.first else { return .never }
    if conditions.count == 1 { return first }
    // More than can be told would be cut off at the end of much work.
    if conditions.count > 16 * testLimit { return Condition(.tooMany) }
    let middle = conditions.index(conditions.startIndex, offsetBy: conditions.count / 2)
    return any(of: conditions[..<middle]).union(any(of: conditions[middle...]))
  }

  /// Any of the patterns.
  package static func any(_ property: ConditionTest.Property, _ patterns: [ConditionTest.Pattern]) -> Condition {
    any(of: patterns.map { Condition(ConditionTest(property, $0)) })
  }

  package func union(_ other: Condition) -> Condition {
    switch (self, other) {
    case (.always, _), (_, .never): self
    case (_, .always), (.never, _): other
    default: self == other ? self : Self.combine(self, other) { $0.union($1) }
    }
  }

  package func intersection(_ other: Condition) -> Condition {
    switch (self, other) {
    case (.never, _), (_, .always): self
    case (_, .never), (.always, _): other
    default: self == other ? self : Self.combine(self, other) { $0.intersection($1) }
    }
  }

  package var inverted: Condition {
    switch self {
    case .never: .always
    case .always: .never
    case .test(let test, let then, let otherwise): .test(test, then: then.inverted, otherwise: otherwise.inverted)
    }
  }

  package func subtracting(_ other: Condition) -> Condition { intersection(other.inverted) }

  /// Tests that a combination may hold: policies of a stranger must not make the tree grow without end.
  private static let testLimit = 256

  private static func combine(_ a: Condition, _ b: Condition, _ operation: (Condition, Condition) -> Condition)
    -> Condition
  {
    guard case .test(let first, let aThen, let aOtherwise) = a, case .test(let second, let bThen, let bOtherwise) = b
    else { return operation(a, b) }
    let result: Condition
    if first == second {
      result = make(first, operation(aThen, bThen), operation(aOtherwise, bOtherwise))
    } else if first < second {
      result = make(first, operation(aThen, b), operation(aOtherwise, b))
    } else {
      result = make(second, operation(a, bThen), operation(a, bOtherwise))
    }
    return result.testCount(upTo: testLimit) < testLimit ? result : Condition(.tooMany)
  }

  private static func make(_ test: ConditionTest, _ then: Condition, _ otherwise: Condition) -> Condition {
    node(test, then.assuming(test, true), otherwise.assuming(test, false))
  }

  /// A test is left out where it decides nothing, or nothing that the tests after it do not decide by themselves.
  private static func node(_ test: ConditionTest, _ then: Condition, _ otherwise: Condition) -> Condition {
    then == otherwise || otherwise.assuming(test, true) == then
      ? otherwise : .test(test, then: then, otherwise: otherwise)
  }

  private func assuming(_ known: ConditionTest, _ holds: Bool) -> Condition {
    guard case .test(let test, let then, let otherwise) = self else { return self }
    if let decided = test.outcome(given: known, holds) { return (decided ? then : otherwise).assuming(known, holds) }
    // Tests of other properties stay, and those of this one may follow.
    guard test.property <= known.property else { return self }
    let newThen = then.assuming(known, holds)
    let newOtherwise = otherwise.assuming(known, holds)
    return Self.node(test, newThen, newOtherwise)
  }

  private func testCount(upTo limit: Int) -> Int {
    guard limit > 0, case .test(_, let then, let otherwise) = self else { return 0 }
    let left = then.testCount(upTo: limit - 1)
    return 1 + left + otherwise.testCount(upTo: limit - 1 - left)
  }

  /// Whether a request meets the condition; nil when it depends on something that the request does not tell.
  package func holds(for request: ConnectionRequest) -> Bool? {
    switch self {
    case .never: return false
    case .always: return true
    case .test(let test, let then, let otherwise):
      if let outcome = test.holds(for: request) { return (outcome ? then : otherwise).holds(for: request) }
      let a = then.holds(for: request)
      return a == otherwise.holds(for: request) ? a : nil
    }
  }

  /// Alternatives joined by `or`, such as `GET /public* or POST`.
  package var text: String {
    var alternatives: [String] = []
    func walk(_ condition: Condition, _ so: [(test: ConditionTest, holds: Bool)]) {
      guard alternatives.count < 12 else { return }
      switch condition {
      case .never: return
      case .always:
        // What is one thing is no other: negations of a property that is given say nothing more.
        let said = so.filter { item in
          item.holds || !so.contains { $0.holds && $0.test.property == item.test.property && item.test.isSingle }
        }
        let words = said.map { $0.holds ? $0.test.text : "not \($0.test.text)" }
        alternatives.append(words.isEmpty ? "anything" : words.joined(separator: " "))
      case .test(let test, let then, let otherwise):
        walk(then, so + [(test, true)])
        // What follows may hold either way: then the test need not be said.
        walk(otherwise, then == .always ? so : so + [(test, false)])
      }
    }
    walk(self, [])
    return alternatives.isEmpty ? "nothing" : alternatives.joined(separator: " or ")
  }
}

extension Condition: Comparable {
  package static func < (a: Condition, b: Condition) -> Bool { a.order(to: b) < 0 }

  private func order(to other: Condition) -> Int {
    switch (self, other) {
    case (.never, .never), (.always, .always): return 0
    case (.never, _), (.always, .test): return -1
    case (_, .never), (.test, .always): return 1
    case (.test(let a, let aThen, let aOtherwise), .test(let b, let bThen, let bOtherwise)):
      if a != b { return a < b ? -1 : 1 }
      let order = aThen.order(to: bThen)
      return order != 0 ? order : aOtherwise.order(to: bOtherwise)
    }
  }
}
