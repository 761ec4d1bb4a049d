import Bytes

/// One test on a connection.
package struct ConditionTest: Sendable, Hashable, Comparable {
  /// What is looked at. In the order in which conditions test them.
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
    /// The name that the greeting of TLS asks for.
    case serverName
    /// Whatever else: compared by its text alone.
    case opaque

    package static func < (a: Property, b: Property) -> Bool { a.rawValue < b.rawValue }
  }

  /// What it has to be like.
  package enum Pattern: Sendable, Hashable {
    case exact(String)
    case prefix(String)
    case suffix(String)
    case present
    case regex(String)
    case name(String)
    /// A path in which `{*}` stands for one segment and `{**}` for any number.
    case template(String)

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

    /// Istio's paths: its other strings, and templates.
    package static func fromPath(_ text: String) -> Pattern {
      text.contains("{*}") || text.contains("{**}") ? .template(text) : fromWildcard(text)
    }

    /// Source: the reference of `security.istio.io/v1`, Operation, `paths`.
    private static func matches(template: Substring, _ value: Substring) -> Bool {
      guard let brace = template.firstRange(of: "{*") else { return template == value }
      let head = template[..<brace.lowerBound]
      guard value.hasPrefix(head) else { return false }
      let rest = template[brace.upperBound...]
      let left = value.dropFirst(head.count)
      if rest.hasPrefix("*}") {
        // It is the last of its kind.
        let tail = rest.dropFirst(2)
        return left.count >= tail.count && left.hasSuffix(tail)
      }
      let segment = left.prefix { $0 != "/" }
      return !segment.isEmpty && matches(template: rest.dropFirst(), left.dropFirst(segment.count))
    }

    func matches(_ value: String) -> Bool {
      switch self {
      case .template(let text): Self.matches(template: text[...], value[...])
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
      case .template: 6
      }
    }

    var text: String {
      switch self {
      case .exact(let text): text
      case .prefix(let text): text + "*"
      case .suffix(let text): "*" + text
      case .present: "*"
      case .regex(let text): "~" + text
      case .name(let text), .template(let text): text
      }
    }
  }

  package let property: Property
  package let pattern: Pattern

  package init(_ property: Property, _ pattern: Pattern) {
    self.property = property
    self.pattern = pattern
  }

  static let tooMany = ConditionTest(.opaque, .exact("too many conditions to list"))

  package static func < (a: ConditionTest, b: ConditionTest) -> Bool {
    (a.property.rawValue, a.pattern.rank, a.pattern.text) < (b.property.rawValue, b.pattern.rank, b.pattern.text)
  }

  /// Headers and opaque things are many at a time: one does not exclude the other.
  var isSingle: Bool { property != .header && property != .opaque }

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
      case (.prefix, .exact(let value)), (.suffix, .exact(let value)), (.regex, .exact(let value)),
        (.template, .exact(let value)):
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
    case .serverName: value = request.serverName
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
    case .serverName: "TLS name \(pattern.text)"
    case .method, .path, .opaque: pattern.text
    }
  }
}
