package import Bytes

/// Feature gates as components read them. Source: `component-base/featuregate`.
package struct FeatureGates: Sendable {
  /// By name, in no order; nil for a value that is no boolean, with which the component does not start.
  private var gates: [String: Bool?] = [:]

  /// - Parameter entries: `NAME=VALUE` each; a later one of the same name counts.
  package init(_ entries: [String] = []) {
    for entry in entries {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      gates[String(parts[0].trimmingSpace)] = .some(Self.bool(String(parts[1].trimmingSpace)))
    }
  }

  /// - Parameter map: `featureGates` of a configuration.
  package init(_ map: DocumentNode?) {
    for entry in map?.entries ?? [] {
      gates[entry.key] = .some(entry.value.bool ?? entry.value.text.flatMap(Self.bool))
    }
  }

  /// With others laid over them.
  package func overlaid(by others: FeatureGates) -> FeatureGates {
    var all = self
    all.gates.merge(others.gates) { _, new in new }
    return all
  }

  /// Whether a gate is on: what names it counts before what names all gates of its stage. A value that is no boolean is not on.
  ///
  /// - Parameter stage: `Alpha` or `Beta`.
  /// - Returns: nil where neither is named.
  package func isOn(_ name: String, stage: String) -> Bool? {
    (gates[name] ?? gates["All" + stage]).map { $0 ?? false }
  }

  /// As Go's `strconv.ParseBool`.
  private static func bool(_ text: String) -> Bool? {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": true
    case "0", "f", "F", "false", "FALSE", "False": false
    default: nil
    }
  }
}
