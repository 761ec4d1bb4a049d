package import ArgumentParser
import Findings
import Images
package import Operations
import PodSecurity
import Posture

/// The severity from which findings fail a run.
struct Threshold: ListedArgument, Sendable {
  /// Nil for `never`.
  let severity: Severity?
  init(_ severity: Severity?) { self.severity = severity }
  init?(argument: String) {
    if argument == "never" {
      severity = nil
    } else if let severity = Severity(name: argument) {
      self.severity = severity
    } else {
      return nil
    }
  }
  var defaultValueDescription: String { severity?.name ?? "never" }
  static var allValueStrings: [String] { Severity.allCases.map(\.name) + ["never"] }

  /// Whether a result has a finding of at least this severity.
  func isReached(by result: ScanResult) -> Bool { isReached(by: result.worst) }

  /// - Parameter worst: of what was found; nil for nothing.
  func isReached(by worst: Severity?) -> Bool {
    guard let severity, let worst else { return false }
    return worst >= severity
  }
}

/// The priority from which vulnerabilities fail a run.
struct PriorityName: ListedArgument, Sendable {
  let level: Priority.Level
  init(_ level: Priority.Level) { self.level = level }
  init?(argument: String) {
    guard let level = Priority.Level(name: argument) else { return nil }
    self.level = level
  }
  var defaultValueDescription: String { level.name }
  static var allValueStrings: [String] { Priority.Level.allCases.map(\.name) }
}

/// From which priority on a scan of an image fails, and whether it does for packages that nobody judged: `high,not-covered`, and for
/// vulnerabilities that nobody rated: `high,unknown`.
struct ImageThreshold: ListedArgument, Sendable {
  let level: Priority.Level
  let countsUncovered: Bool
  /// Whether what nobody rated fails a scan, however bad it would have to be.
  let countsUnrated: Bool
  private static let uncovered = "not-covered"

  init(_ level: Priority.Level) {
    self.level = level
    countsUncovered = false
    countsUnrated = false
  }

  init?(argument: String) {
    let words = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard Set(words).count == words.count else { return nil }
    var levels: [Priority.Level] = []
    for word in words where word != Self.uncovered {
      guard let level = Priority.Level(name: word) else { return nil }
      levels.append(level)
    }
    countsUnrated = levels.count > 1 && levels.contains(.unknown)
    if countsUnrated { levels.removeAll { $0 == .unknown } }
    guard levels.count <= 1 else { return nil }
    // By itself it is beside any vulnerability.
    level = levels.first ?? .unknown
    countsUncovered = words.contains(Self.uncovered)
  }

  /// Whether a vulnerability of this priority fails a scan.
  func isReached(by priority: Priority.Level) -> Bool {
    priority.reaches(level) || countsUnrated && priority == .unknown
  }

  /// Whether what is to be told of an exception fails a scan: the level of its severity counts.
  func isReached(byException severity: Severity) -> Bool {
    severity >= level.severity || level == .unknown
  }

  /// Whether a vulnerability passes only because nobody rated it. Exploitation is not told by ratings.
  func cannotJudge(_ priority: Priority.Level) -> Bool {
    priority == .unknown && !isReached(by: priority) && level.rawValue <= Priority.Level.critical.rawValue
  }

  var defaultValueDescription: String {
    level.name + (countsUnrated ? ",unknown" : "") + (countsUncovered ? ",\(Self.uncovered)" : "")
  }
  static var allValueStrings: [String] { Priority.Level.allCases.map(\.name) + [uncovered] }
}

struct VersionName: ExpressibleByArgument, Sendable {
  let version: PodSecurityVersion
  init(_ version: PodSecurityVersion) { self.version = version }
  init?(argument: String) {
    guard let version = PodSecurityVersion(argument) else { return nil }
    self.version = version
  }
  var defaultValueDescription: String { version.text }
}

/// A minor version of Kubernetes: `1.33` or `v1.33`.
struct TargetVersion: ExpressibleByArgument, Sendable {
  let minor: Int
  init?(argument: String) {
    let parts = argument.drop { $0 == "v" }.split(separator: ".")
    guard parts.count >= 2, parts[0] == "1", let minor = Int(parts[1]), (0...999).contains(minor) else { return nil }
    self.minor = minor
  }
}

struct LevelName: ListedArgument, Sendable {
  let level: PodSecurityLevel
  init(_ level: PodSecurityLevel) { self.level = level }
  init?(argument: String) {
    guard let level = PodSecurityLevel(name: argument) else { return nil }
    self.level = level
  }
  var defaultValueDescription: String { level.name }
  static var allValueStrings: [String] { PodSecurityLevel.allCases.map(\.name) }
}

struct FrameworkName: ListedArgument, Sendable {
  let framework: Control.Framework
  init?(argument: String) {
    guard let framework = Control.Framework(rawValue: argument) else { return nil }
    self.framework = framework
  }
  static var allValueStrings: [String] { Control.Framework.allCases.map(\.rawValue) }
}

extension FilterTerm: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }

  package static var defaultCompletionKind: CompletionKind {
    .list(
      CheckCatalogue.checks.map(\.metadata.id.rawValue) + Severity.allCases.map { "severity:\($0.name)" }
        + FindingFilter.frameworks.map { "framework:\($0.rawValue)" })
  }
}
