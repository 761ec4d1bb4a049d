/// A Sigma rule about single events.
package struct SigmaRule: Sendable {
  package var info: RuleInfo
  package var detections: SigmaDetections
  /// Detections on which the rule keeps silent, by `RuleInfo.exceptions`.
  package var exceptions: [SigmaDetections.Named] = []
}

/// A Sigma correlation: a pattern over the matches of other rules.
package struct SigmaCorrelation: Sendable {
  /// What a correlation counts or wants to see.
  package enum Kind: String, Sendable, CaseIterable {
    case eventCount = "event_count"
    case valueCount = "value_count"
    case valueSum = "value_sum"
    case valueAverage = "value_avg"
    case valuePercentile = "value_percentile"
    case valueMedian = "value_median"
    case temporal
    case temporalOrdered = "temporal_ordered"
    case temporalExtended = "temporal_extended"
    case temporalOrderedExtended = "temporal_ordered_extended"
  }

  /// A comparison that the count or value must hold.
  package struct Bound: Sendable, Hashable {
    package let comparison: FieldTest.Comparison
    package let number: Double
  }

  package var info: RuleInfo
  package var kind: Kind
  /// Ids or names.
  package var rules: [String]
  package var groupBy: [String]
  /// For each alias, the field of each rule.
  package var aliases: [(name: String, fields: [(rule: String, field: String)])]
  /// In nanoseconds.
  package var timespan: Int64
  package var bounds: [Bound]
  /// Fields whose values count.
  package var fields: [String]
  /// From 0 to 100.
  package var percentile: Double
  /// Which rules must have matched; nil for all.
  package var condition: SigmaCondition?
  /// Whether the rules that it refers to raise alerts of their own.
  package var generates: Bool
  /// Whether only other correlations ask for it, so that what it finds is no alert.
  package var isQuiet = false
}

/// A Sigma filter: a condition that is added to other rules.
package struct SigmaFilter: Sendable {
  package var info: RuleInfo
  /// Ids, names, or `any`.
  package var rules: [String]
  package var detections: SigmaDetections
}
