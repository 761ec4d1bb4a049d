package import Events
package import Findings

/// What to count and measure, as a user writes it.
package struct StatisticsQuestion: Sendable {
  /// Names of fields or paths to group by.
  package var countBy: [String] = []
  /// A span of time such as `5m`.
  package var bucket: String?
  package var sum: [String] = []
  package var min: [String] = []
  package var max: [String] = []
  package var avg: [String] = []
  /// `NAME` or `NAME=50,99.9`.
  package var percentiles: [String] = []
  package var distinct: [String] = []
  /// `NAME` or `NAME=20`.
  package var top: [String] = []
  /// Maximum number of groups, the largest ones; 0 for all.
  package var limit = 0

  package init() {}

  /// - Throws: `usage`, which says what is wrong with which part.
  package func request(_ naming: QuestionNaming) throws(BartizanError) -> StatisticsRequest {
    func wrong(_ option: String, _ text: String) -> BartizanError {
      BartizanError(.usage, naming.name(option) + " " + text)
    }
    var span: Int64?
    if let bucket {
      guard let parsed = TimeExpression.span(bucket) else {
        throw wrong("bucket", "\(bucket): no span of time, such as 5m, 1h or 1d")
      }
      span = parsed
    }
    guard limit >= 0 else { throw wrong("limit", "\(limit): a number from 0 is wanted") }
    var measures: [StatisticsRequest.Measure] = []
    measures += sum.map { .sum(FieldReference($0)) }
    measures += min.map { .min(FieldReference($0)) }
    measures += max.map { .max(FieldReference($0)) }
    measures += avg.map { .average(FieldReference($0)) }
    for text in percentiles {
      let (name, list) = Self.split(text)
      let numbers = list?.split(separator: ",").map { Double($0) } ?? [50, 95, 99]
      let known = numbers.compactMap { $0 }.filter { (0...100).contains($0) }
      guard known.count == numbers.count, !known.isEmpty else {
        throw wrong("percentiles", "\(text): percentages from 0 to 100 are wanted, such as \(name)=50,99.9")
      }
      measures.append(.percentiles(FieldReference(name), known))
    }
    measures += distinct.map { .distinct(FieldReference($0)) }
    for text in top {
      let (name, number) = Self.split(text)
      guard let most = number.map({ Int($0) }) ?? 5, (1...10_000).contains(most) else {
        throw wrong("top", "\(text): a number from 1 to 10000 is wanted, such as \(name)=20")
      }
      measures.append(.top(FieldReference(name), most))
    }
    return StatisticsRequest(
      groups: countBy.map { FieldReference($0) }, bucket: span, measures: measures, rows: limit == 0 ? nil : limit)
  }

  /// Fields and paths that are asked for.
  package var names: [String] {
    countBy + sum + min + max + avg + distinct + (percentiles + top).map { Self.split($0).name }
  }

  private static func split(_ text: String) -> (name: String, value: String?) {
    guard let sign = text.lastIndex(of: "=") else { return (text, nil) }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }
}
