import ArgumentParser
import Bytes
import Events
import Report
import Store

struct EventsPruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Delete old events from a store.",
    discussion: """
      EXAMPLES
        bartizan events prune --retain 90d --data /var/lib/bartizan
        bartizan events prune --retain 30d --retain-source kubernetes.audit=365d --data /var/lib/bartizan
        bartizan events prune --retain-size 50GB --dry-run --data /var/lib/bartizan

      Events are deleted by the day on which they were received, whole days at a time; the current day stays. With \
      --retain-size the oldest days go until the rest fits.
      """)

  @OptionGroup var data: EventDataOptions
  @Option(help: ArgumentHelp("Keep events for this long, such as 90d.", valueName: "span")) var retain: String?
  @Option(help: ArgumentHelp("Keep at most this much, such as 50GB or 500MiB.", valueName: "size"))
  var retainSize: String?
  @Option(
    help: ArgumentHelp(
      "Keep events of a source for this long in place of --retain, such as falco.alert=30d. Repeatable.",
      valueName: "dataset=span"))
  var retainSource: [String] = []
  @Flag(help: "Only say what would be deleted.") var dryRun = false
  @OptionGroup var output: OutputOptions<EventPruneAnswer>

  func validate() throws {
    _ = try rules()
    if retain == nil, retainSize == nil, retainSource.isEmpty {
      throw ValidationError("name what to keep: --retain, --retain-size or --retain-source")
    }
  }

  private func rules() throws -> RetentionRules {
    var rules = RetentionRules(now: Today.now)
    if let retain {
      guard let span = TimeExpression.span(retain) else {
        throw ValidationError("--retain \(retain): no span of time, such as 90d")
      }
      rules.age = span
    }
    if let retainSize {
      guard let size = ByteSize(retainSize) else {
        throw ValidationError("--retain-size \(retainSize): no size, such as 50GB or 500MiB")
      }
      rules.size = size.bytes
    }
    for text in retainSource {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let span = TimeExpression.span(parts[1]) else {
        throw ValidationError("--retain-source \(text): DATASET=SPAN is wanted, such as falco.alert=30d")
      }
      rules.sources[Dataset(rawValue: String(parts[0]))] = span
    }
    return rules
  }

  func run() async throws {
    let store = try data.writer()
    let report = try await store.prune(try rules(), isTrial: dryRun)
    try await store.close()
    try output.give(
      EventPruneAnswer(
        items: report.items.map {
          EventPruneAnswer.Item(
            day: $0.day.text, dataset: $0.dataset?.rawValue, events: $0.events, bytes: $0.bytes,
            reason: $0.reason.rawValue)
        }, remaining: report.remaining, isTrial: dryRun))
    if !store.problems.isEmpty { throw ExitCode(ExitStatus.unknown) }
  }
}

/// A number of bytes: `50GB`, `500MiB`, `1048576`. Units with an `i` are powers of 1,024, the others of 1,000.
struct ByteSize {
  let bytes: Int

  init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), number > 0 else { return nil }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.uppercased()
    let factors: [(String, Int)] = [
      ("", 1), ("B", 1), ("K", 1_000), ("KB", 1_000), ("M", 1_000_000), ("MB", 1_000_000), ("G", 1_000_000_000),
      ("GB", 1_000_000_000), ("T", 1_000_000_000_000), ("TB", 1_000_000_000_000), ("KIB", 1 << 10), ("MIB", 1 << 20),
      ("GIB", 1 << 30), ("TIB", 1 << 40),
    ]
    guard let factor = factors.first(where: { $0.0 == unit })?.1 else { return nil }
    let (product, over) = number.multipliedReportingOverflow(by: factor)
    guard !over else { return nil }
    bytes = product
  }
}
