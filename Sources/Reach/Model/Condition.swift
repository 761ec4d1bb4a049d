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
    if conditions.count > 16 * mostTests { return Condition(.tooMany) }
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
  private static let mostTests = 256

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
    return result.testCount(upTo: mostTests) < mostTests ? result : Condition(.tooMany)
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

/// One test on a connection.
package struct ConditionTest: Sendable, Hashable, Comparable {
  package enum Property: Int, Sendable, Comparable {
    /// IP protocols without ports: `ICMP`, `ICMPv6`, or a number.
    case ipProtocol
    case icmpType
    case icmpCode
    case method
    case host
    case path
    /// `name: value`.
    case header
    /// Names asked for in DNS.
    case query
    /// Whatever else: compared by its text alone.
    case opaque

    package static func < (a: Property, b: Property) -> Bool { a.rawValue < b.rawValue }
  }

  package enum Pattern: Sendable, Hashable {
    case exact(String)
    case prefix(String)
    case suffix(String)
    case present
    case regex(String)
    case name(String)

    /// A regular expression, told as something simpler where it is: `/public.*`, `GET|POST`.
    package static func fromRegex(_ text: String) -> [Pattern] {
      func isPlain(_ text: Substring) -> Bool { !text.contains { "\\.[](){}*+?^$|".contains($0) } }
      var body = text[...]
      if body.hasPrefix("^") { body = body.dropFirst() }
      if body.hasSuffix("$"), !body.hasSuffix("\\$") { body = body.dropLast() }
      if body == ".*" { return [.present] }
      if body.hasSuffix(".*"), isPlain(body.dropLast(2)) { return [.prefix(String(body.dropLast(2)))] }
      let parts = body.split(separator: "|", omittingEmptySubsequences: false)
      if parts.allSatisfy(isPlain) { return parts.map { .exact(String($0)) } }
      return [.regex(text)]
    }

    /// Istio's strings: `*` at an end matches anything there, alone it asks for presence.
    package static func fromWildcard(_ text: String) -> Pattern {
      if text == "*" { return .present }
      if text.hasSuffix("*") { return .prefix(String(text.dropLast())) }
      if text.hasPrefix("*") { return .suffix(String(text.dropFirst())) }
      return .exact(text)
    }

    /// A name with stars that do not cross dots.
    package static func fromName(_ text: String) -> Pattern { text.contains("*") ? .name(text) : .exact(text) }

    func matches(_ value: String) -> Bool {
      switch self {
      case .name(let text): DNSName.covers(text, value)
      case .exact(let text): value == text
      case .prefix(let text): value.hasPrefix(text)
      case .suffix(let text): value.hasSuffix(text)
      case .present: !value.isEmpty
      case .regex(let text): (try? LinearRegex(text))?.matchesWhole(value) ?? false
      }
    }

    fileprivate var rank: Int {
      switch self {
      case .present: 0
      case .exact: 1
      case .prefix: 2
      case .suffix: 3
      case .regex: 4
      case .name: 5
      }
    }

    var text: String {
      switch self {
      case .exact(let text): text
      case .prefix(let text): text + "*"
      case .suffix(let text): "*" + text
      case .present: "*"
      case .regex(let text): "~" + text
      case .name(let text): text
      }
    }
  }

  package let property: Property
  package let pattern: Pattern

  package init(_ property: Property, _ pattern: Pattern) {
    self.property = property
    self.pattern = pattern
  }

  static let tooMany = ConditionTest(.opaque, .exact("more conditions than can be told"))

  package static func < (a: ConditionTest, b: ConditionTest) -> Bool {
    (a.property.rawValue, a.pattern.rank, a.pattern.text) < (b.property.rawValue, b.pattern.rank, b.pattern.text)
  }

  /// Headers and opaque things are many at a time: one does not exclude the other.
  fileprivate var isSingle: Bool { property != .header && property != .opaque }

  /// What this test gives once another is known to hold or not; nil when that says nothing.
  func outcome(given known: ConditionTest, _ holds: Bool) -> Bool? {
    if self == known { return holds }
    guard property == known.property, isSingle else { return nil }
    if holds {
      if case .exact(let value) = known.pattern { return pattern.matches(value) }
      switch (known.pattern, pattern) {
      case (.prefix, .present), (.suffix, .present), (.exact, .present): return true
      case (.prefix(let a), .prefix(let b)): return a.hasPrefix(b) ? true : b.hasPrefix(a) ? nil : false
      case (.suffix(let a), .suffix(let b)): return a.hasSuffix(b) ? true : b.hasSuffix(a) ? nil : false
      case (.prefix, .exact(let value)), (.suffix, .exact(let value)), (.regex, .exact(let value)):
        return known.pattern.matches(value) ? nil : false
      default: return nil
      }
    }
    switch (pattern, known.pattern) {
    case (_, .present): return false
    case (.exact(let value), _): return known.pattern.matches(value) ? false : nil
    case (.prefix(let a), .prefix(let b)): return a.hasPrefix(b) ? false : nil
    case (.suffix(let a), .suffix(let b)): return a.hasSuffix(b) ? false : nil
    default: return nil
    }
  }

  func holds(for request: ConnectionRequest) -> Bool? {
    let value: String?
    switch property {
    case .ipProtocol: value = request.ipProtocol
    case .icmpType: value = request.icmpType.map(String.init)
    case .icmpCode: value = request.icmpCode.map(String.init)
    case .method: value = request.method
    case .host: value = request.host
    case .path: value = request.path
    case .query: value = request.query
    case .header:
      guard let headers = request.headers else { return nil }
      return headers.contains { pattern.matches("\($0.key.lowercased()): \($0.value)") }
    case .opaque: value = nil
    }
    return value.map(pattern.matches)
  }

  var text: String {
    switch property {
    case .ipProtocol:
      if case .exact(let value) = pattern, Int(value) != nil { "protocol \(value)" } else { pattern.text }
    case .icmpType: "type \(pattern.text)"
    case .icmpCode: "code \(pattern.text)"
    case .host: "host \(pattern.text)"
    case .header: "[\(pattern.text)]"
    case .query: "name \(pattern.text)"
    case .method, .path, .opaque: pattern.text
    }
  }
}

/// What is known of one request beyond its addresses and port.
package struct ConnectionRequest: Sendable {
  package var ipProtocol: String?
  package var icmpType: Int?
  package var icmpCode: Int?
  package var method: String?
  package var host: String?
  package var path: String?
  /// Nil when the headers are not known; an absent header of a known list is absent.
  package var headers: [String: String]?
  package var query: String?

  package init() {}
}
