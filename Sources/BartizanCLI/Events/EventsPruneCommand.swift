import ArgumentParser
import Bytes
import Events
import Findings
import Operations
import Report
import Store

struct EventsPruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Delete old events from a store.",
    discussion: """
      EXAMPLES
        bartizan events prune --retain 90d --data /var/lib/bartizan
        bartizan events prune --retain 30d --retain-source kubernetes.audit=365d \\
          --data /var/lib/bartizan
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
    let retention = try retention()
    if retention.isNone { throw ValidationError("name what to keep: --retain, --retain-size or --retain-source") }
  }

  private func retention() throws -> RetentionSettings {
    do throws(BartizanError) {
      return try RetentionSettings(
        age: retain.map { RetentionSettings.Text($0, "--retain") },
        size: retainSize.map { RetentionSettings.Text($0, "--retain-size") },
        sources: retainSource.map { RetentionSettings.Text($0, "--retain-source") })
    } catch {
      throw ValidationError(error.message)
    }
  }

  func run() async throws {
    let store = try data.writer()
    let report = try await store.prune(try retention().rules(Today.now), isTrial: dryRun)
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
