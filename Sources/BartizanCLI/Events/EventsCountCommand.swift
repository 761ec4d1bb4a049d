import ArgumentParser
import Events
import Findings
import Operations
import Report

struct EventsCountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count", abstract: "How many events match: by field, over time, with sums and percentiles.",
    discussion: """
      EXAMPLES
        bartizan events count 'http.response.status_code >= 400' --input audit.log
        bartizan events count '*' --count-by user.name,event.action --limit 20 \\
          --input audit.log
        bartizan events count 'event.action: list' --bucket 5m --distinct user.name \\
          --input audit.log
        bartizan events count '*' --count-by url.domain --sum http.response.bytes \\
          --percentiles event.duration --input access.log

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
    let counted = try await input.ask {
      try await $0.statistics(
        question, statistics.question, reveals: self.question.reveal)
    }
    let basis = EventTelling.tell(counted.reading, timeless: counted.timeless)
    if counted.statistics.total == 0 { EventTelling.tellNothingFound(question) }
    EventTelling.tellNames(statistics.question.names)
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

  func validate() throws {
    let wanted = question
    if countBy != nil, wanted.countBy.isEmpty { throw ValidationError("--count-by names no field") }
    do throws(BartizanError) { _ = try wanted.request(.options) } catch { throw ValidationError(error.message) }
  }

  var question: StatisticsQuestion {
    var wanted = StatisticsQuestion()
    wanted.countBy = (countBy ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }
    wanted.bucket = bucket
    wanted.sum = sum
    wanted.min = min
    wanted.max = max
    wanted.avg = avg
    wanted.percentiles = percentiles
    wanted.distinct = distinct
    wanted.top = top
    wanted.limit = limit
    return wanted
  }
}
