import ArgumentParser
import Bytes
import Findings
import Images
import Operations
import Report
import Transport

struct AdvisoriesQueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "List the advisories that affect a version of a package.",
    discussion: """
      EXAMPLES
        bartizan advisories query PyPI django 2.2
        bartizan advisories query Debian:12 openssl 3.0.9-1
        bartizan advisories query --batch packages.jsonl

      A line of a batch is {"ecosystem":"PyPI","name":"django","version":"2.2"}, answered with the same and "ids"; \
      "undecided" names advisories whose versions could not be compared, and "notCovered" is true where the store has \
      no advisories of the ecosystem (then the exit code is 3). Exit code 1: an advisory affects it; 3: none is known to, and one may.
      """)

  @Argument(help: "OSV's name of the ecosystem, with the release of a distribution behind a colon.") var ecosystem:
    String?
  @Argument(help: "The package.") var name: String?
  @Argument(help: "Its version; none: any.") var version: String?
  @Option(help: "Questions, one JSON object a line; - for standard input.", completion: .file()) var batch: String?
  @OptionGroup var output: OutputOptions<AdvisoryMatchesAnswer>
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.files.open()
    if let batch {
      guard ecosystem == nil else { throw BartizanError(.usage, "either a package or --batch, not both") }
      return try answer(batch: batch, store)
    }
    guard let ecosystem, let name else {
      throw BartizanError(.usage, "name an ecosystem and a package, or --batch FILE")
    }
    // No advisory of an ecosystem that the store does not know would look like none for the package.
    let wanted = Ecosystem(ecosystem)
    guard wanted.isCovered(by: store.ecosystems) else {
      let known = store.ecosystems.sorted()
      let hint = NearestName.of(wanted.text, in: known).map { "; did you mean \($0)?" }
      throw BartizanError(
        .input,
        "the store has no advisories for \(wanted.text)\(hint ?? "; it has some for \(Phrase.list(known, shown: 8))")")
    }
    let query = AdvisoryQuery(ecosystem: wanted, name: name, version: version)
    let answer: AdvisoryMatchesAnswer
    do throws(DocumentError) { answer = AdvisoryMatchesAnswer(try query.run(store)) } catch {
      throw BartizanError(error)
    }
    try output.give(answer)
    if !answer.isEmpty { throw ExitCode(ExitStatus.findings) }
    // Whether one of these affects it nobody knows.
    if answer.hasUndecided { throw ExitCode(ExitStatus.unknown) }
  }

  private func answer(batch: String, _ store: AdvisoryStore) throws {
    let (failed, notCovered) = try AdvisoryBatch.answer(try FileReader.named(batch), store) { StandardOutput.write($0) }
    for line in failed { StandardError.line("\(batch):\(line): expected {\"ecosystem\", \"name\", \"version\"}") }
    if !notCovered.isEmpty {
      StandardError.line("\(batch): the store has no advisories for \(Phrase.list(notCovered, shown: 8))")
    }
    if !failed.isEmpty { throw ExitCode(ExitStatus.usage) }
    if !notCovered.isEmpty { throw ExitCode(ExitStatus.unknown) }
  }
}
