import ArgumentParser
import Findings
import PodSecurity
import Posture
import Report

/// Values of options, each parsed once and named as the user writes it.
struct FormatName: ExpressibleByArgument, Sendable {
  let format: ReportFormat
  init(_ format: ReportFormat) { self.format = format }
  init?(argument: String) {
    guard let format = ReportFormat(rawValue: argument) else { return nil }
    self.format = format
  }
  var defaultValueDescription: String { format.rawValue }
  static var allValueStrings: [String] { ReportFormat.allCases.map(\.rawValue) }
}

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

/// Output of commands that answer a question rather than report findings.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case table
  case json
}

enum LineFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case table
  case json
  case jsonl
}
