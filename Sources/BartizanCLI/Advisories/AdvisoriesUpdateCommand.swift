import ArgumentParser
import Collect
import Findings
import Operations
import Report
import Transport

struct AdvisoriesUpdateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Build the store from published advisories.",
    discussion: """
      EXAMPLES
        bartizan advisories update --source mirror/osv \\
          --risk mirror/known_exploited_vulnerabilities.json
        bartizan advisories update \\
          --source https://osv-vulnerabilities.storage.googleapis.com \\
          --ecosystem PyPI --ecosystem Go

      A source is a folder of ECOSYSTEM/all.zip as OSV has it, on disk or behind a URL; a single archive; or a \
      document, or a folder of them: OSV records, the secdb of Alpine, Wolfi and Chainguard, and the data of \
      Debian's security tracker. The store is swapped at the end: until then, and when something fails, the old one \
      stays. What is behind a URL is kept beside the store: what has not changed is not fetched again, and a broken \
      download is resumed. The digest that is printed names the store wherever it is copied to; `advisories info` \
      prints it again.
      """)

  @Option(help: "A folder, a file, or the URL of a folder. Repeatable.", completion: .directory)
  var source: [String] = []
  @Option(help: "Only this ecosystem, by OSV's name. Repeatable.") var ecosystem: [String] = []
  @Option(
    help:
      "Data on exploitation: CISA's KEV in JSON, EPSS or SSVC in CSV, as file or URL, gzipped or not. Repeatable.",
    completion: .file())
  var risk: [String] = []
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions<AdvisoryUpdateAnswer>

  /// Maximum number of problems that are listed for a source.
  private static let namedProblems = 20

  func validate() throws {
    if source.isEmpty, risk.isEmpty { throw ValidationError("name where advisories come from with --source") }
  }

  func run() async throws {
    let files = store.files
    var update = AdvisoryUpdateOperation(
      files, time: Today.moment,
      download: Download(HTTPSettings(environment: Environment.value), keepingIn: files.downloads))
    update.sources = source
    update.ecosystems = ecosystem
    update.risks = risk
    let progress = Progress()
    defer { progress.finish() }
    let outcome = try await update.run(progress: progress.handler)
    progress.finish()
    StandardError.lines(outcome.problems.prefix(Self.namedProblems))
    let more = outcome.problems.count - Self.namedProblems
    if more > 0 { StandardError.line("and \(more) more") }
    try output.give(AdvisoryUpdateAnswer(store: outcome.store, risks: outcome.risks))
    // What was read can be used; the exit code says that something was not read.
    if !outcome.problems.isEmpty { throw ExitCode(ExitStatus.internalFailure) }
  }
}
