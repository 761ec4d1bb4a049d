import ArgumentParser
import Events
import Operations
import Report

struct EventsCountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count", abstract: "How many events match: by field, over time, with sums and percentiles.",
    discussion: """
      EXAMPLES
        bartizan events count 'http.response.status_code >= 400' --input audit.log
        bartizan events count '*' --count-by user.name,event.action --limit 20 --input audit.log
        bartizan events count 'event.action: list' --bucket 5m --distinct user.name --input audit.log
        bartizan events count '*' --count-by url.domain --sum http.response.bytes --percentiles event.duration --input access.log

      Without options it prints a number. An event with several values of a field counts in the group of each. \
      Percentiles of more than 65,536 values are within half a percent, and marked by ~.
      """)

  @Argument(help: "The query; '*' for every event.") var query: String = "*"
  @OptionGroup var input: EventInputOptions
  @OptionGroup var question: EventQuestionOptions
  @OptionGroup var statistics: EventStatisticsOptions
  @OptionGroup var output: OutputOptions<EventStatisticsAnswer>

  func run() async throws {
    let question = try question.question(query)
    let counted = try await input.questions().statistics(
      question, try statistics.request(), reveals: self.question.reveal)
    let basis = EventTelling.tell(counted.reading, timeless: counted.timeless)
    if counted.statistics.total == 0 { EventTelling.tellNothingFound(question) }
    try output.give(EventStatisticsAnswer(counted.statistics, basis: basis))
    try EventTelling.finish(counted.reading)
  }
}

/// What to count and measure.
struct EventStatisticsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Count by the values of these fields or paths, such as user.name,event.action.", valueName: "names"))
  var countBy: String?
  @Option(help: ArgumentHelp("Count by spans of time, such as 5m, 1h or 1d.", valueName: "span")) var bucket: String?
  @Option(help: ArgumentHelp("Sum up a field. Repeatable, like those below.", valueName: "name")) var sum: [String] = []
  @Option(help: ArgumentHelp("The least value of a field.", valueName: "name")) var min: [String] = []
  @Option(help: ArgumentHelp("The greatest value.", valueName: "name")) var max: [String] = []
  @Option(help: ArgumentHelp("The mean.", valueName: "name")) var avg: [String] = []
  @Option(
    help: ArgumentHelp("Percentiles: NAME for 50, 95 and 99, or NAME=50,99.9.", valueName: "name[=list]"))
  var percentiles: [String] = []
  @Option(help: ArgumentHelp("The number of different values.", valueName: "name")) var distinct: [String] = []
  @Option(help: ArgumentHelp("The most frequent values: NAME for five, or NAME=20.", valueName: "name[=n]"))
  var top: [String] = []
  @Option(help: "Show at most this many groups, the largest ones; 0 for all.") var limit = 0

  func validate() throws { _ = try request() }

  func request() throws -> StatisticsRequest {
    var span: Int64?
    if let bucket {
      guard let parsed = TimeExpression.span(bucket) else {
        throw ValidationError("--bucket \(bucket): no span of time, such as 5m, 1h or 1d")
      }
      span = parsed
    }
    guard limit >= 0 else { throw ValidationError("--limit \(limit): a number from 0 is wanted") }
    let groups = (countBy ?? "").split(separator: ",").map { FieldReference($0.filter { !$0.isWhitespace }) }
    if countBy != nil, groups.isEmpty { throw ValidationError("--count-by names no field") }
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
        throw ValidationError("--percentiles \(text): percentages from 0 to 100 are wanted, such as \(name)=50,99.9")
      }
      measures.append(.percentiles(FieldReference(name), known))
    }
    measures += distinct.map { .distinct(FieldReference($0)) }
    for text in top {
      let (name, number) = Self.split(text)
      guard let most = number.map({ Int($0) }) ?? 5, (1...10_000).contains(most) else {
        throw ValidationError("--top \(text): a number from 1 to 10000 is wanted, such as \(name)=20")
      }
      measures.append(.top(FieldReference(name), most))
    }
    return StatisticsRequest(groups: groups, bucket: span, measures: measures, rows: limit == 0 ? nil : limit)
  }

  private static func split(_ text: String) -> (name: String, value: String?) {
    guard let sign = text.lastIndex(of: "=") else { return (text, nil) }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }
}
