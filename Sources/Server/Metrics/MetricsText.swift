/// Metrics as text: the Prometheus exposition format 0.0.4, or OpenMetrics 1.0.0.
package enum MetricsText: Sendable, Hashable {
  case prometheus
  case openMetrics

  /// The form that a client prefers by its `Accept`; the older one where it says nothing.
  package init(accept: String?) {
    var openMetrics = 0.0
    var plain = 0.0
    for part in (accept ?? "").split(separator: ",") {
      let words = part.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
      guard let type = words.first else { continue }
      let weight = words.lazy.compactMap { $0.hasPrefix("q=") ? Double($0.dropFirst(2)) : nil }.first ?? 1
      if type == "application/openmetrics-text" { openMetrics = max(openMetrics, weight) }
      if type == "text/plain" { plain = max(plain, weight) }
    }
    self = openMetrics > 0 && openMetrics >= plain ? .openMetrics : .prometheus
  }

  package var contentType: String {
    switch self {
    case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }

  package func text(_ metrics: Metrics) -> String {
    var text = ""
    for family in metrics.all where !family.series.isEmpty {
      let measure = family.measure
      let isCounter = measure.kind == .counter
      // A counter is named with its suffix in the older form, and without in the newer.
      let name = isCounter && self == .prometheus ? measure.name + "_total" : measure.name
      let type =
        switch measure.kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
      text += "# HELP \(name) \(Self.escaped(measure.help, quotes: self == .openMetrics))\n# TYPE \(name) \(type)\n"
      for (_, series) in family.series.sorted(by: { $0.key < $1.key }) {
        switch measure.kind {
        case .counter: line(measure.name + "_total", series.labels, series.value, &text)
        case .gauge: line(measure.name, series.labels, series.value, &text)
        case .histogram(let bounds):
          var sum = 0
          for (index, count) in series.buckets.enumerated() {
            sum += count
            let bound = index < bounds.count ? Self.number(bounds[index], isFloat: true) : "+Inf"
            line(measure.name + "_bucket", series.labels + [("le", bound)], Double(sum), &text)
          }
          line(measure.name + "_sum", series.labels, series.value, &text)
          line(measure.name + "_count", series.labels, Double(sum), &text)
        }
      }
    }
    if self == .openMetrics { text += "# EOF\n" }
    return text
  }

  private func line(_ name: String, _ labels: Metrics.Labels, _ value: Double, _ text: inout String) {
    text += name
    if !labels.isEmpty {
      let shown = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
      text += "{" + shown.joined(separator: ",") + "}"
    }
    text += " " + Self.number(value, isFloat: false) + "\n"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"": result += quotes ? "\\\"" : "\""
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// - Parameter isFloat: whether a whole number has its `.0`, as OpenMetrics wants it of bounds.
  private static func number(_ value: Double, isFloat: Bool) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    if !isFloat, let whole = Int64(exactly: value) { return String(whole) }
    return "\(value)"
  }
}
