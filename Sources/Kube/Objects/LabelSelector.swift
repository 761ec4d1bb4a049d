package import Bytes

/// A label selector of the API: `matchLabels` and `matchExpressions`, all of which must hold.
///
/// Source: k8s.io/apimachinery `LabelSelectorAsSelector`. An empty selector selects everything. What a missing selector
/// means differs from field to field, so callers decide.
package struct LabelSelector: Sendable, Hashable {
  /// The operators of `matchExpressions`.
  package enum Operator: String, Sendable, Hashable {
    case isIn = "In"
    case notIn = "NotIn"
    case exists = "Exists"
    case doesNotExist = "DoesNotExist"
  }

  /// One condition on one label. `values` is empty for Exists and DoesNotExist.
  package struct Requirement: Sendable, Hashable {
    package let key: String
    package let comparison: Operator
    package let values: [String]

    package init(key: String, comparison: Operator, values: [String] = []) {
      self.key = key
      self.comparison = comparison
      self.values = values
    }

    package func matches(_ labels: [String: String]) -> Bool {
      switch comparison {
      case .isIn: labels[key].map(values.contains) ?? false
      // An absent label satisfies NotIn.
      case .notIn: labels[key].map { !values.contains($0) } ?? true
      case .exists: labels[key] != nil
      case .doesNotExist: labels[key] == nil
      }
    }
  }

  package let requirements: [Requirement]

  package init(_ requirements: [Requirement]) { self.requirements = requirements }

  /// A selector that requires each of these labels to have its value.
  package init(equalTo labels: [String: String]) {
    requirements = labels.sorted { $0.key < $1.key }.map {
      Requirement(key: $0.key, comparison: .isIn, values: [$0.value])
    }
  }

  package static let everything = LabelSelector([])

  /// In kubectl's notation: `app=web,tier in (a,b),!old`.
  package var text: String {
    requirements.map { requirement in
      switch requirement.comparison {
      case .isIn where requirement.values.count == 1: "\(requirement.key)=\(requirement.values.first ?? "")"
      case .isIn: "\(requirement.key) in (\(requirement.values.sorted().joined(separator: ",")))"
      case .notIn: "\(requirement.key) notin (\(requirement.values.sorted().joined(separator: ",")))"
      case .exists: requirement.key
      case .doesNotExist: "!\(requirement.key)"
      }
    }.joined(separator: ",")
  }

  /// Why the API server would refuse the selector.
  package struct Invalid: Error, Sendable {
    package let message: String
    package let node: DocumentNode
  }

  /// - Throws: `Invalid` for what the API server would refuse.
  package init(_ node: DocumentNode) throws(Invalid) {
    guard node.mapping != nil else { throw Invalid(message: "a label selector must be a mapping", node: node) }
    var requirements: [Requirement] = []
    for entry in node["matchLabels"]?.entries ?? [] {
      guard let value = entry.value.string else {
        throw Invalid(message: "matchLabels[\(entry.key)] must be text", node: entry.value)
      }
      guard Self.isKey(entry.key) else { throw Invalid(message: "\"\(entry.key)\" is no label key", node: entry.value) }
      guard Self.isValue(value) else { throw Invalid(message: "\"\(value)\" is no label value", node: entry.value) }
      requirements.append(Requirement(key: entry.key, comparison: .isIn, values: [value]))
    }
    for expression in node["matchExpressions"]?.elements ?? [] {
      guard let key = expression["key"]?.string, !key.isEmpty else {
        throw Invalid(message: "matchExpressions wants a key", node: expression)
      }
      guard Self.isKey(key) else { throw Invalid(message: "\"\(key)\" is no label key", node: expression) }
      guard let word = expression["operator"]?.text, let comparison = Operator(rawValue: word) else {
        throw Invalid(
          message: "\(expression["operator"]?.text ?? "(none)") is not a label selector operator", node: expression)
      }
      let values = expression["values"]?.strings ?? []
      switch comparison {
      case .isIn, .notIn:
        for value in values where !Self.isValue(value) {
          throw Invalid(message: "\"\(value)\" is no label value", node: expression)
        }
        guard !values.isEmpty else { throw Invalid(message: "\(word) wants at least one value", node: expression) }
      case .exists, .doesNotExist:
        guard values.isEmpty else { throw Invalid(message: "\(word) takes no values", node: expression) }
      }
      requirements.append(Requirement(key: key, comparison: comparison, values: values))
    }
    self.requirements = requirements
  }

  package func matches(_ labels: [String: String]) -> Bool { requirements.allSatisfy { $0.matches(labels) } }

  /// Up to 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit.
  private static func isName(_ text: Substring) -> Bool {
    let bytes = Array(text.utf8)
    func isAlphanumeric(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 }
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
  }

  /// A name, optionally with a DNS name and a slash before it. Cilium puts the source of a label in front: `k8s:app`.
  private static func isKey(_ text: String) -> Bool {
    var rest = text[...]
    if let colon = rest.firstIndex(of: ":"), ["k8s", "any", "reserved", "container"].contains(rest[..<colon]) {
      rest = rest[rest.index(after: colon)...]
    }
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard parts[0].utf8.count <= 253,
        parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isName)
      else {
        return false
      }
    }
    return parts.last.map(isName) ?? false
  }

  private static func isValue(_ text: String) -> Bool { text.isEmpty || isName(text[...]) }
}
