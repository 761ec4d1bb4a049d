import Bytes
import Findings
import Operations
import Server

/// What a question over HTTP asks: the parameters of its address, or the members of its body.
struct EventAPIParameters: Sendable {
  /// In the order of their names; several values where there are several.
  private let values: [String: [String]]

  /// - Throws: `usage` for a body that is none.
  init(_ request: ServerRequest) throws(BartizanError) {
    var values: [String: [String]] = [:]
    for (name, value) in request.head.query { values[name, default: []].append(value) }
    if request.head.method == "POST" {
      guard request.head.mediaType == "application/json", let document = try? JSONReader.read(request.body),
        document.mapping != nil
      else { throw BartizanError(.usage, "an object of application/json is wanted as the body") }
      for entry in document.entries {
        guard values[entry.key] == nil else { throw BartizanError(.usage, "\(entry.key) is there twice") }
        let texts = (entry.value.array ?? [entry.value]).map(\.text)
        guard texts.allSatisfy({ $0 != nil }) else {
          throw BartizanError(.usage, "\(entry.key): a text, a number, true or false is wanted, or a list of them")
        }
        values[entry.key] = texts.compactMap { $0 }
      }
    }
    self.values = values
  }

  /// Names with their values, for people.
  var described: [(name: String, values: [String])] {
    values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// - Throws: where something else is asked: a parameter that nobody heeds is a question that nobody answers.
  func only(_ names: Set<String>) throws(BartizanError) {
    for name in values.keys.sorted() where !names.contains(name) {
      throw BartizanError(.usage, "unknown parameter \"\(name.prefix(100))\"")
    }
  }

  func text(_ name: String) throws(BartizanError) -> String? {
    guard let all = values[name] else { return nil }
    guard all.count == 1 else { throw BartizanError(.usage, "\(name): one value is wanted") }
    return all[0]
  }

  func flag(_ name: String) throws(BartizanError) -> Bool {
    switch try text(name) {
    case nil, "false": return false
    case "true": return true
    case .some(let other): throw BartizanError(.usage, "\(name) \(other.prefix(100)): true or false is wanted")
    }
  }

  func number(_ name: String, _ range: ClosedRange<Int>) throws(BartizanError) -> Int? {
    guard let text = try text(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw BartizanError(
        .usage, "\(name) \(text.prefix(100)): a number from \(range.lowerBound) to \(range.upperBound) is wanted")
    }
    return number
  }

  /// Several values, or one with commas.
  func list(_ name: String) throws(BartizanError) -> [String] {
    (values[name] ?? []).flatMap { $0.split(separator: ",") }.map { $0.filter { !$0.isWhitespace } }.filter {
      !$0.isEmpty
    }
  }

  /// What `count` counts.
  func statistics() throws(BartizanError) -> StatisticsQuestion {
    try only([
      "query", "since", "until", "countBy", "bucket", "sum", "min", "max", "avg", "percentiles", "distinct", "top",
      "limit", "reveal",
    ])
    var wanted = StatisticsQuestion()
    wanted.countBy = try list("countBy")
    wanted.bucket = try text("bucket")
    wanted.sum = values["sum"] ?? []
    wanted.min = values["min"] ?? []
    wanted.max = values["max"] ?? []
    wanted.avg = values["avg"] ?? []
    wanted.percentiles = values["percentiles"] ?? []
    wanted.distinct = values["distinct"] ?? []
    wanted.top = values["top"] ?? []
    wanted.limit = try number("limit", 0...100_000) ?? 0
    let measures = [
      wanted.sum, wanted.min, wanted.max, wanted.avg, wanted.percentiles, wanted.distinct, wanted.top,
    ].reduce(0) { $0 + $1.count }
    guard measures <= 50, wanted.countBy.count <= 10 else {
      throw BartizanError(.usage, "at most 50 measures of groups of 10 fields are wanted")
    }
    return wanted
  }
}
