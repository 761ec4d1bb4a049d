import Bytes

/// A range of versions in the notation that package URLs have for them: `vers:npm/>=1.0.0|<2.0.0`.
///
/// Source: package-url/vers-spec, "VERSION-RANGE-SPEC", "Checking if a version is contained within a range".
struct VersionRange: Sendable {
  private enum Comparator: String, CaseIterable {
    // Those of two bytes first, as they are looked for.
    case atLeast = ">="
    case atMost = "<="
    case not = "!="
    case above = ">"
    case below = "<"
    case equal = "="
  }

  private typealias Constraint = (comparator: Comparator, version: String)

  /// The type of package URLs, or `generic`, whose versions are compared as those of the package at hand.
  let scheme: String
  private let constraints: [(comparator: Comparator, version: String)]
  private let isAll: Bool
  let text: String

  private static let mostConstraints = 1_000

  /// Nil for a text of another notation.
  init?(_ text: String) {
    guard text.hasPrefix("vers:"), let slash = text.firstIndex(of: "/") else { return nil }
    scheme = text[..<slash].dropFirst(5).lowercased()
    self.text = text
    let parts = text[text.index(after: slash)...].filter { !$0.isWhitespace }.split(separator: "|")
    guard !scheme.isEmpty, !parts.isEmpty, parts.count <= Self.mostConstraints else { return nil }
    isAll = parts == ["*"] && scheme != "none"
    var found: [Constraint] = []
    if parts != ["*"] {
      for part in parts {
        let comparator = Comparator.allCases.first { part.hasPrefix($0.rawValue) }
        let version = PercentEncoding.decodeLeniently(part.dropFirst(comparator?.rawValue.count ?? 0))
        guard !version.isEmpty, version != "*" else { return nil }
        found.append((comparator ?? .equal, version))
      }
    }
    constraints = found
  }

  /// Whether it speaks of versions of packages of a type of package URL.
  func isAbout(_ type: String) -> Bool {
    scheme == type || ["generic", "semver", "all", "none"].contains(scheme) || (scheme == "alpine" && type == "apk")
      || (["debian", "ubuntu"].contains(scheme) && type == "deb")
  }

  /// Nil where a version cannot be compared, or the constraints are no range.
  func contains(_ version: String, _ order: VersionOrder) -> Bool? {
    if isAll { return true }
    if constraints.isEmpty { return false }
    var limits: [Constraint] = []
    for constraint in constraints {
      guard let outcome = order.compare(version, constraint.version) else { return nil }
      switch constraint.comparator {
      case .equal where outcome == .equal, .atLeast where outcome == .equal, .atMost where outcome == .equal:
        return true
      case .not where outcome == .equal: return false
      case .equal, .not: continue
      default: limits.append(constraint)
      }
    }
    // All but some versions: it does not say of which.
    if limits.isEmpty { return constraints.contains { $0.comparator == .not } ? nil : false }
    limits.sort { order.compare($0.version, $1.version) == .less }
    func isAbove(_ index: Int) -> Bool { [.above, .atLeast].contains(limits[index].comparator) }
    // How many of the limits the version lies behind; it is equal to none that would count.
    let place = limits.prefix { order.compare(version, $0.version) != .less }.count
    if place > 0, !isAbove(place - 1) { return false }
    if place < limits.count, isAbove(place) { return false }
    if place > 0, limits[place - 1].comparator == .above, order.compare(version, limits[place - 1].version) == .equal {
      return false
    }
    if place > 0 { return true }
    return !isAbove(0)
  }
}
