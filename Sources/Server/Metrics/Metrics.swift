import Synchronization

/// Counters, gauges and histograms of this process, for Prometheus.
package final class Metrics: Sendable {
  /// How values of a measure add up.
  package enum Kind: Sendable, Hashable {
    case counter
    case gauge
    /// Upper bounds of the buckets, ascending, without the last, which has none.
    case histogram([Double])
  }

  /// What is measured.
  package struct Measure: Sendable, Hashable {
    /// Without the `_total` of a counter.
    package let name: String
    package let help: String
    package let kind: Kind

    package init(_ name: String, _ kind: Kind, _ help: String) {
      self.name = name
      self.help = help
      self.kind = kind
    }
  }

  /// What tells the series of one measure apart, in the order in which it is written.
  package typealias Labels = [(name: String, value: String)]

  /// The values of one measure under one set of labels.
  struct Series: Sendable {
    let labels: [(name: String, value: String)]
    /// Of a counter or gauge; the sum of a histogram.
    var value = 0.0
    /// Of a histogram: how many fell into each bucket, the unbounded one last.
    var buckets: [Int] = []
  }

  struct Family: Sendable {
    let measure: Measure
    var series: [String: Series] = [:]
  }

  /// Series of one measure; labels are ours, but a bound costs nothing.
  private static let maximumSeries = 2_000

  private let families = Mutex<[String: Family]>([:])

  package init() {}

  /// Adds to a counter.
  package func add(_ measure: Measure, _ labels: Labels = [], by amount: Double = 1) {
    change(measure, labels) { $0.value += amount }
  }

  /// Sets a gauge.
  package func set(_ measure: Measure, _ labels: Labels = [], to value: Double) {
    change(measure, labels) { $0.value = value }
  }

  /// Puts a value into a histogram.
  package func observe(_ measure: Measure, _ labels: Labels = [], _ value: Double) {
    guard case .histogram(let bounds) = measure.kind else { return }
    change(measure, labels) { series in
      if series.buckets.isEmpty { series.buckets = Array(repeating: 0, count: bounds.count + 1) }
      series.buckets[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
      series.value += value
    }
  }

  /// Forgets all series of a measure, before they are set anew.
  package func clear(_ measure: Measure) { families.withLock { $0[measure.name]?.series = [:] } }

  private func change(_ measure: Measure, _ labels: Labels, _ body: (inout Series) -> Void) {
    let key = labels.map { "\($0.name)=\($0.value)" }.joined(separator: "\u{0}")
    families.withLock { families in
      var family = families.removeValue(forKey: measure.name) ?? Family(measure: measure)
      if family.series[key] != nil || family.series.count < Self.maximumSeries {
        body(&family.series[key, default: Series(labels: labels)])
      }
      families[measure.name] = family
    }
  }

  var all: [Family] { families.withLock { $0.values.sorted { $0.measure.name < $1.measure.name } } }
}
