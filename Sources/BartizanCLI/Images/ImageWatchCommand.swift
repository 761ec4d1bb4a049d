import ArgumentParser
import Bytes
import Findings
import Images
import Operations
import Report
import Store
import Transport

struct ImageWatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Report what became known of images since the last run, without reading them again.",
    discussion: """
      EXAMPLES
        bartizan image watch registry.example/team/app:1.4 web.tar.gz
        bartizan advisories update --source mirror/osv && bartizan image watch
        bartizan image watch --refresh
        bartizan image watch --every 1h -o json
        bartizan image watch --forget registry.example/team/app:1.3

      Images that are named are read once, and their packages are kept. From then on nothing is pulled: when the \
      store of advisories has changed, the packages whose advisories changed are matched again, and what is new is \
      reported with the images: vulnerabilities, fixes for what had none, what is exploited by now, and what no \
      longer applies. A vulnerability that another advisory describes as well is not new. For an image that was not \
      known, everything is new.

      `scan --images --watch-images` adds the images of a cluster. Of a name that means another image by now, only \
      the newer image is watched; --refresh asks registries for such names, by their digests alone. Exit code 1: \
      something is new or more urgent, from the priority of --fail-on on; 3: --strict, and packages of watched images are \
      such as the store does not cover or cannot compare, which is told in any case.
      """)

  @Argument(help: "Images to add, as for `image scan`; none: only those that are watched already.", completion: .file())
  var sources: [String] = []
  @Option(help: "A file with more of them, one a line.", completion: .file()) var from: String?
  @Option(help: "Stop watching an image: a name, or a digest or the beginning of one. Repeatable.")
  var forget: [String] = []
  @Flag(help: "Ask registries which names mean another image by now, and read those images.") var refresh = false
  @Option(help: "Run again after this time, until stopped: 90s, 30m, 6h, 1d.") var every: Interval?
  @OptionGroup var output: OutputOptions<ImageWatchAnswer>
  @Flag(help: "In the table: everything, not only the most urgent.") var all = false
  @Option(
    help: "Exit with 1 from this priority on: unknown, low, medium, high, critical, likely or exploited.")
  var failOn: PriorityName = PriorityName(.unknown)
  @Flag(help: "Exit with 3 when packages of a watched image cannot be judged: the store does not cover them.")
  var strict = false
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions

  /// A number with a unit of time.
  struct Interval: ExpressibleByArgument {
    let seconds: Int
    init?(argument: String) {
      let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
      guard let unit = argument.last.flatMap({ units[$0] }), let number = Int(argument.dropLast()),
        (1...10_000).contains(number)
      else { return nil }
      seconds = number * unit
    }
  }

  func run() async throws {
    let ledger = try ledger.open()
    for name in forget { try await ledger.forget(try await LedgerNames.entry(of: name, in: ledger)) }
    if !forget.isEmpty, sources.isEmpty, from == nil, every == nil {
      StandardOutput.write("\(Phrase.count(forget.count, "image")) no longer watched.\n")
      return
    }
    let (reading, access) = (reading, access)
    // Registries are asked more than once in a run, and again with --every.
    let password = try access.password()
    let watch = ImageWatchOperation(ledger) { try reading.options(access, for: $0, password: password) }
    let first = try await run(watch, adding: sources + listed())
    guard first.report.images > 0 else {
      throw BartizanError(first.isComplete ? .usage : .remote, "no image is watched yet; name those to watch")
    }
    try output.give(ImageWatchAnswer(first.report, showsAll: all))
    guard let every else { throw ExitCode(status(first)) }
    while true {
      try await Task.sleep(for: .seconds(every.seconds))
      do {
        let next = try await run(watch, adding: [])
        if !next.report.news.isEmpty { try output.give(ImageWatchAnswer(next.report, showsAll: all)) }
      } catch let error as BartizanError {
        // A store that is being replaced, or a full disk, may be fine in the next round.
        StandardError.line(error.message)
      }
    }
  }

  private func run(
    _ watch: ImageWatchOperation, adding sources: [String]
  ) async throws -> ImageWatchOperation.Outcome {
    let progress = Progress()
    defer { progress.finish() }
    let outcome = try await watch.run(
      try store.state(), adding: sources, refreshing: refresh, progress: progress.handler)
    progress.finish()
    for trouble in outcome.troubles { StandardError.line(trouble) }
    for source in outcome.unread { StandardError.line("\(source): not watched, since it could not be read whole") }
    return outcome
  }

  private func status(_ outcome: ImageWatchOperation.Outcome) -> Int32 {
    guard outcome.isComplete else { return ExitStatus.internalFailure }
    if outcome.report.isUrgent(from: failOn.level) { return ExitStatus.findings }
    return strict && !outcome.report.gaps.isEmpty ? ExitStatus.unknown : ExitStatus.clean
  }

  private func listed() throws(BartizanError) -> [String] {
    guard let from else { return [] }
    return String(decoding: try FileReader.named(from), as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.drop { $0 == " " } }.filter { !$0.isEmpty && !$0.hasPrefix("#") }.map(String.init)
  }
}
