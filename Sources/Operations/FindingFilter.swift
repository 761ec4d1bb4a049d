import ArgumentParser
import Findings
import PodSecurity
import Posture

/// One word of `--only` or `--exclude`.
struct Filter: ExpressibleByArgument, Sendable {
  enum Dimension: String, CaseIterable, Sendable {
    case check
    case framework
    case namespace
    case kind
    case severity
  }

  let dimension: Dimension
  let value: String

  init(_ dimension: Dimension, _ value: String) {
    self.dimension = dimension
    self.value = value
  }

  init?(argument: String) {
    if let colon = argument.firstIndex(of: ":") {
      guard let dimension = Dimension(rawValue: String(argument[..<colon])) else { return nil }
      self.init(dimension, String(argument[argument.index(after: colon)...]))
    } else {
      self.init(.check, argument)
    }
  }

  static var defaultCompletionKind: CompletionKind { .list(CheckCatalogue.checks.map(\.metadata.id.rawValue)) }
}

/// Which checks run and which findings are kept. Words of one dimension are alternatives, dimensions add up.
struct FindingFilter: Sendable {
  private let only: [Filter.Dimension: Set<String>]
  private let exclude: [Filter.Dimension: Set<String>]

  init(only: [Filter], exclude: [Filter]) {
    self.only = Dictionary(grouping: only, by: \.dimension).mapValues { Set($0.map(\.value)) }
    self.exclude = Dictionary(grouping: exclude, by: \.dimension).mapValues { Set($0.map(\.value)) }
  }

  /// A word that can match nothing is a mistake, and a gate that silently checks nothing is worse than none.
  func validate() throws(BartizanError) {
    for table in [only, exclude] {
      for check in table[.check] ?? [] where CheckCatalogue.check(check) == nil {
        throw BartizanError(.usage, "there is no check \"\(check)\"; `bartizan checks list` names them")
      }
      for name in table[.framework] ?? [] where Control.Framework(rawValue: name) == nil {
        throw BartizanError(
          .usage,
          "there is no framework \"\(name)\"; known are \(Control.Framework.allCases.map(\.rawValue).joined(separator: ", "))"
        )
      }
      for name in table[.severity] ?? [] where Severity(name: name) == nil {
        throw BartizanError(
          .usage, "there is no severity \"\(name)\"; known are \(Severity.allCases.map(\.name).joined(separator: ", "))"
        )
      }
    }
  }

  func runs(_ metadata: CheckMetadata) -> Bool {
    let frameworks = Set(metadata.controls.map(\.framework.rawValue))
    if let ids = only[.check], !ids.contains(metadata.id.rawValue) { return false }
    if let names = only[.framework], names.isDisjoint(with: frameworks) { return false }
    if exclude[.check]?.contains(metadata.id.rawValue) ?? false { return false }
    if let names = exclude[.framework], !frameworks.isEmpty, frameworks.isSubset(of: names) { return false }
    return true
  }

  func keeps(_ finding: Finding) -> Bool {
    // A Namespace object belongs to itself.
    let namespace =
      finding.subject.namespace ?? (finding.subject.kind == "Namespace" ? finding.subject.name : "")
    let values: [Filter.Dimension: String] = [
      .namespace: namespace, .kind: finding.subject.kind, .severity: finding.severity.name,
    ]
    return values.allSatisfy { dimension, value in
      (only[dimension]?.contains(value) ?? true) && !(exclude[dimension]?.contains(value) ?? false)
    }
  }
}
