import Bytes
import Kube

/// What the value of a flag or field must be like.
enum ValueRule: Sendable {
  /// Equal; booleans and numbers as Go reads them.
  case equals(String)
  case given
  case notGiven
  /// A list that holds an element.
  case holds(String)
  case lacks(String)
  case atLeast(Int)
  /// A list of elements that are all among these, and not empty.
  case within([String])
  /// Not zero.
  case positive
  /// A duration above zero and at most so many seconds.
  case seconds(atMost: Double?)

  /// - Parameter value: nil where it is not set and has no standard.
  func accepts(_ value: String?) -> Bool {
    switch self {
    case .given: return value.map { !$0.isEmpty } ?? false
    case .notGiven: return value == nil
    default: break
    }
    guard let value else { return false }
    switch self {
    case .given, .notGiven: return false
    case .equals(let wanted):
      if let a = Self.bool(value), let b = Self.bool(wanted) { return a == b }
      return value == wanted
    case .holds(let element): return Self.list(value).contains(element)
    // Nothing at all is no list of what is allowed: components then take their own.
    case .lacks(let element):
      let list = Self.list(value)
      return !list.isEmpty && !list.contains(element)
    case .atLeast(let least): return Int(value).map { $0 >= least } ?? false
    case .within(let allowed):
      let list = Self.list(value)
      return !list.isEmpty && list.allSatisfy(allowed.contains)
    case .positive: return Double(value).map { $0 > 0 } ?? false
    case .seconds(let most):
      guard let seconds = Self.seconds(value) else { return false }
      return seconds > 0 && most.map { seconds <= $0 } ?? true
    }
  }

  static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { String($0).trimmingGoSpace }.filter { !$0.isEmpty }
  }

  /// As Go's `strconv.ParseBool`.
  static func bool(_ text: String) -> Bool? {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": true
    case "0", "f", "F", "false", "FALSE", "False": false
    default: nil
    }
  }

  /// A duration of Go, such as `4h0m0s`, in seconds; nil for what is none.
  static func seconds(_ text: String) -> Double? {
    if text == "0" { return 0 }
    var rest = text[...]
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let number = Double(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter || $0 == "µ" }
      rest = rest.dropFirst(unit.count)
      switch unit {
      case "h": total += number * 3600
      case "m": total += number * 60
      case "s": total += number
      case "ms": total += number / 1e3
      case "us", "µs": total += number / 1e6
      case "ns": total += number / 1e9
      default: return nil
      }
    }
    return total
  }
}

/// A requirement on a flag of a component.
struct FlagRule: Sendable {
  let flag: String
  /// What counts where it is not given; nil for nothing.
  let standard: String?
  let rule: ValueRule
  /// Whether several flags of the name add up.
  var isList = false

  init(_ flag: String, _ rule: ValueRule, standard: String? = nil, isList: Bool = false) {
    self.flag = flag
    self.rule = rule
    self.standard = standard
    self.isList = isList
  }

  func evaluate(
    _ arguments: ComponentArguments, _ source: NodeSource
  ) -> (isGood: Bool, evidence: BenchmarkEvidence) {
    let given = isList ? arguments.list(flag)?.joined(separator: ",") : arguments.value(flag)
    // A list that is given with nothing in it is the component's own.
    let counting = isList ? given.flatMap { $0.isEmpty ? nil : $0 } : given
    let place = (arguments.origin(of: flag) ?? source).text
    return (rule.accepts(counting ?? standard), BenchmarkEvidence(place: place, name: "--" + flag, value: given))
  }
}

extension BenchmarkNode {
  /// A pass where all flags of a component are as they must be.
  func judge(_ component: NodeComponent, _ rules: FlagRule..., remedy: BenchmarkRemedy) -> BenchmarkVerdict {
    judge(component, rules, remedy: remedy)
  }

  func judge(_ component: NodeComponent, _ rules: [FlagRule], remedy: BenchmarkRemedy) -> BenchmarkVerdict {
    judge(component, remedy: remedy) { arguments, source in
      let results = rules.map { $0.evaluate(arguments, source) }
      return (results.allSatisfy(\.isGood), results.map(\.evidence))
    }
  }
}

extension BenchmarkCheck {
  /// A check that holds when all flags of a component are as they must be.
  static func flags(
    _ key: String, _ title: String, _ expected: String, _ component: NodeComponent, _ rules: [FlagRule],
    remedy: BenchmarkRemedy
  ) -> BenchmarkCheck {
    BenchmarkCheck(key, title, expected, node: { $0.judge(component, rules, remedy: remedy) })
  }

  static func flag(
    _ key: String, _ title: String, _ expected: String, _ component: NodeComponent, _ flag: String, _ rule: ValueRule,
    standard: String? = nil, remedy: String? = nil
  ) -> BenchmarkCheck {
    let line: BenchmarkRemedy =
      switch rule {
      case .equals(let value): .flag(component, "\(flag)=\(value)")
      case .notGiven: .withoutFlag(component, flag)
      default: .flag(component, remedy ?? "\(flag)=…")
      }
    return flags(
      key, title, expected, component, [FlagRule(flag, rule, standard: standard)], remedy: line)
  }
}
