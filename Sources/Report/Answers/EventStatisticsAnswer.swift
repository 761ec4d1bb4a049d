package import Bytes
package import Events

/// Counts and measures of events (`events count`).
package struct EventStatisticsAnswer: KindOfAnswer {
  package static let kind = "EventStatistics"
  package static let formats: [OutputFormat] = [.table, .json, .csv]

  private let statistics: StatisticsResult
  private let basis: EventBasis

  package init(_ statistics: StatisticsResult, basis: EventBasis) {
    self.statistics = statistics
    self.basis = basis
  }

  private var request: StatisticsRequest { statistics.request }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .csv: sink(Array(table.csv.utf8))
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("total", statistics.total)
    writer.field("groupBy", request.groups.map(\.name))
    writer.key("bucketSeconds")
    if let bucket = request.bucket { writer.value(Double(bucket) / 1e9) } else { writer.null() }
    writer.field("groupCount", statistics.groupCount)
    writer.field("omitted", statistics.omitted)
    writer.key("groups")
    writer.array(of: statistics.rows) { writer, row in
      writer.object { writer in
        writer.field("start", row.start?.text)
        writer.key("values")
        writer.array(of: row.values) { $0.value($1) }
        writer.field("count", row.count)
        writer.key("measures")
        writer.array {
          for (measure, result) in zip(request.measures, row.measures) { $0.measure(measure, result) }
        }
      }
      writer.drain(to: sink)
    }
    basis.write(&writer)
  }

  // MARK: Text

  private var table: TextTable {
    var columns: [String] = []
    if request.bucket != nil { columns.append("time") }
    columns += request.groups.map(\.name)
    columns.append("count")
    columns += request.measures.flatMap(\.titles)
    let rows = statistics.rows.map { row in
      var cells: [String] = []
      if request.bucket != nil { cells.append(row.start?.text ?? "(no time)") }
      cells += row.values.map { $0 ?? "(none)" }
      cells.append(String(row.count))
      for (measure, result) in zip(request.measures, row.measures) { cells += measure.cells(result) }
      return cells
    }
    return TextTable(columns: columns, rows: rows)
  }

  package func text(_ terminal: Terminal) -> String {
    guard request.bucket != nil || !request.groups.isEmpty || request.measures.contains(where: { !$0.titles.isEmpty })
    else { return "\(statistics.total)\n" + basis.text }
    var text = table.text(terminal)
    var remarks: [String] = []
    if !request.groups.isEmpty || request.bucket != nil {
      remarks.append(Phrase.count(statistics.total, "event"))
      let rows = statistics.rows.count
      if statistics.groupCount > rows { remarks.append("\(rows) of \(statistics.groupCount) groups are shown") }
    }
    if statistics.omitted > 0 {
      remarks.append("\(Phrase.count(statistics.omitted, "event")) in groups beyond 100000 are in no row")
    }
    if !remarks.isEmpty { text += remarks.joined(separator: "; ") + "\n" }
    return text + basis.text
  }
}

extension StatisticsRequest.Measure {
  /// Its word in options and in JSON.
  var name: String {
    switch self {
    case .count: "count"
    case .sum: "sum"
    case .min: "min"
    case .max: "max"
    case .average: "avg"
    case .percentiles: "percentiles"
    case .distinct: "distinct"
    case .top: "top"
    }
  }

  var field: FieldReference? {
    switch self {
    case .count: nil
    case .sum(let field), .min(let field), .max(let field), .average(let field), .percentiles(let field, _),
      .distinct(let field), .top(let field, _):
      field
    }
  }

  /// The columns of the measure in a table; none for the count, which every row has.
  var titles: [String] {
    guard let field else { return [] }
    if case .percentiles(_, let list) = self { return list.map { "p\(Self.text($0))(\(field.name))" } }
    return ["\(name)(\(field.name))"]
  }

  func cells(_ result: Statistics.Result) -> [String] {
    switch result {
    case .count: []
    case .number(let number): [number.map(Self.text) ?? ""]
    case .percentiles(let list, let isApproximate):
      list.isEmpty ? titles.map { _ in "" } : list.map { (isApproximate ? "~" : "") + Self.text($0.value) }
    case .distinct(let count, let isCut): [(isCut ? "more than " : "") + String(count)]
    case .top(let list, let isCut):
      [list.map { "\($0.value) (\($0.count))" }.joined(separator: ", ") + (isCut ? ", …" : "")]
    }
  }

  static func text(_ number: Double) -> String {
    if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
    let rounded = (number * 1000).rounded() / 1000
    return String(rounded)
  }
}

extension JSONWriter {
  fileprivate mutating func measure(_ measure: StatisticsRequest.Measure, _ result: Statistics.Result) {
    guard let field = measure.field else { return }
    object { writer in
      writer.field("measure", measure.name)
      writer.field("field", field.name)
      switch result {
      case .count(let count): writer.field("value", count)
      case .number(let number):
        writer.key("value")
        if let number { writer.value(number) } else { writer.null() }
      case .percentiles(let list, let isApproximate):
        writer.key("percentiles")
        writer.array(of: list) { writer, item in
          writer.object { writer in
            writer.key("percent")
            writer.value(item.hundredth)
            writer.key("value")
            writer.value(item.value)
          }
        }
        writer.field("approximate", isApproximate)
      case .distinct(let count, let isCut):
        writer.field("value", count)
        writer.field("cut", isCut)
      case .top(let list, let isCut):
        writer.key("top")
        writer.array(of: list) { writer, item in
          writer.object { writer in
            writer.field("value", item.value)
            writer.field("count", item.count)
          }
        }
        writer.field("cut", isCut)
      }
    }
  }
}
