package import ArgumentParser
import Findings
import Images
package import Operations
import PodSecurity
import Posture

/// Values of options, each parsed once and named as the user writes it.
struct Threshold: ExpressibleByArgument, Sendable {
  /// Nil: never.
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

  /// Whether a result has a finding that is at least this severe.
  func isReached(by result: ScanResult) -> Bool {
    guard let severity, let worst = result.worst else { return false }
    return worst >= severity
  }
}

/// A priority from which on a vulnerability fails a run.
struct PriorityName: ExpressibleByArgument, Sendable {
  let level: Priority.Level
  init(_ level: Priority.Level) { self.level = level }
  init?(argument: String) {
    guard let level = Priority.Level(name: argument) else { return nil }
    self.level = level
  }
  var defaultValueDescription: String { level.name }
  static var allValueStrings: [String] { Priority.Level.allCases.map(\.name) }
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

/// `1.33` or `v1.33`.
struct TargetVersion: ExpressibleByArgument, Sendable {
  let minor: Int
  init?(argument: String) {
    let parts = argument.drop { $0 == "v" }.split(separator: ".")
    guard parts.count >= 2, parts[0] == "1", let minor = Int(parts[1]), (0...999).contains(minor) else { return nil }
    self.minor = minor
  }
}

struct LevelName: ExpressibleByArgument, Sendable {
  let level: PodSecurityLevel
  init(_ level: PodSecurityLevel) { self.level = level }
  init?(argument: String) {
    guard let level = PodSecurityLevel(name: argument) else { return nil }
    self.level = level
  }
  var defaultValueDescription: String { level.name }
  static var allValueStrings: [String] { PodSecurityLevel.allCases.map(\.name) }
}

struct FrameworkName: ExpressibleByArgument, Sendable {
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
    .list(CheckCatalogue.checks.map(\.metadata.id.rawValue))
  }
}
