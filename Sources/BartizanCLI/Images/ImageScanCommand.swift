import ArgumentParser
import Bytes
import Findings
import Images
import Operations
import Report
import Store

struct ImageScanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Scan the packages of an image for known vulnerabilities.",
    discussion: """
      EXAMPLES
        bartizan advisories update --source mirror/osv
        bartizan image scan app.tar.gz
        bartizan image scan registry.example/team/app:1.4 \\
          registry.example/team/web:2.0
        bartizan image scan --all layout/
        bartizan image scan --ignore-unfixed -o table -o sarif=image.sarif rootfs/
        bartizan image scan --strict --fail-on high,not-covered \\
          --vex app.openvex.json app.tar.gz
        bartizan image scan --with trivy.json --with grype.json app.tar.gz

      A package of a distribution is matched by its source package and release; files that the distribution's \
      packages installed are left to the distribution's advisories. Packages of an ecosystem that is not in the \
      store are reported as not covered, never as clean; --fail-on not-covered, or high,not-covered, makes them fail \
      the scan, and --strict whatever could not be read or judged. So are dependencies whose version nobody tells: \
      ranges, addresses, manifests without a lock file, components without a package URL. What is exploited comes first, then what is likely to be, \
      then by CVSS (`advisories update --risk`). Exit code 1: a vulnerability has at least the priority of \
      --fail-on.

      Several images give one report with a part for each, and what could not be read is told in it. An archive or layout \
      that holds several is asked for one, as PATH:NAME, or for all of them with --all.

      Known and accepted findings: --baseline takes an earlier report in JSON; --exceptions a YAML file with the id \
      of an advisory or a CVE as `check`, a reason and a date. gitlab, cyclonedx (with an analysis) and openvex are \
      for other tools.
      """)

  @OptionGroup var image: ImageSourcesArgument
  @OptionGroup var output: OutputOptions<ImageScanReport>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @OptionGroup var store: StoreOptions
  @Flag(
    help:
      "Leave nothing out: every image of an archive or layout with several, and in the table every vulnerability, not only the most urgent."
  ) var all = false
  @Flag(help: "Leave out vulnerabilities without a fix.") var ignoreUnfixed = false
  @Option(
    help: "What is known not to affect this image: OpenVEX, CSAF or CycloneDX with an analysis. Repeatable.",
    completion: .file())
  var vex: [String] = []
  @Option(
    name: .customLong("with"),
    help: "A report of Trivy, Grype, Anchore or Clair (JSON) on the same image, to merge with ours. Repeatable.",
    completion: .file())
  var others: [String] = []
  @OptionGroup var suppression: SuppressionOptions
  @Option(
    help:
      "Exit with 1 from this priority on: unknown, low, medium, high, critical, likely or exploited. Behind a comma, unknown adds what nobody rated, which counts as medium otherwise, and not-covered packages that no advisory of the store speaks of, or of which nobody tells the version."
  )
  var failOn: ImageThreshold = ImageThreshold(.unknown)
  @Flag(help: "Exit with 3 when something could not be read or judged.") var strict = false

  func run() async throws {
    let state = try store.state()
    try refuseWhatCannotBeTold(state.risks)
    var scan = ImageScanOperation(
      state: state, suppressions: try suppression.suppressions(), today: Today.text)
    scan.statements = vex
    scan.otherScanners = others
    scan.ignoresUnfixed = ignoreUnfixed
    let images = try await reading.read(image.all, access, everyOne: all)
    if images.count > 1 { try refuseForSeveral() }
    var outcomes: [ImageScanOperation.Outcome] = []
    var unread: [ImageReportsAnswer.Unread] = []
    for image in images {
      switch image.contents {
      case .success(let contents): outcomes.append(try scan.run(contents, source: image.name))
      case .failure(let error):
        unread.append(ImageReportsAnswer.Unread(source: image.name, reason: error.message(about: image.name)))
      }
    }
    // What is unused for one image may be used for another.
    outcomes = ImageScanOperation.together(outcomes)
    StandardError.lines(scan.suppressions.problems)
    for outcome in outcomes { tell(outcome) }
    var tally = Suppressions.Tally()
    for outcome in outcomes { tally.add(outcome.tally) }
    suppression.tell(tally)
    let told = Dictionary(grouping: outcomes.flatMap(\.exceptions), by: \.fingerprint).values.compactMap(\.first)
    for finding in told.sorted(by: Finding.isOrderedBefore) {
      StandardError.line("\(finding.location.text): \(finding.message)")
    }
    try give(outcomes, unread)
    try judge(outcomes, unread)
  }

  private func give(_ outcomes: [ImageScanOperation.Outcome], _ unread: [ImageReportsAnswer.Unread]) throws {
    let time = SourceDate.text ?? Today.moment
    let reports = outcomes.map { outcome in
      ImageScanReport(
        outcome.image, outcome.report, findings: outcome.findings, suppressed: outcome.suppressed,
        accepted: outcome.accepted, unapplied: outcome.unapplied, otherReports: outcome.otherReports,
        result: outcome.result, toolVersion: Version.text, time: time, showsAll: all)
    }
    if reports.count == 1, unread.isEmpty { return try output.give(reports[0]) }
    try output.give(ImageReportsAnswer(reports, unread: unread, toolVersion: Version.text, time: time))
  }

  private func judge(_ outcomes: [ImageScanOperation.Outcome], _ unread: [ImageReportsAnswer.Unread]) throws {
    for item in unread { StandardError.line("\(item.source): not read: \(item.reason)") }
    let findings = outcomes.flatMap(\.findings)
    if findings.contains(where: { failOn.isReached(by: $0.priority.level) }) {
      throw ExitCode(ExitStatus.findings)
    }
    if failOn.countsUncovered,
      outcomes.contains(where: { !$0.report.uncovered.isEmpty || !$0.report.unresolved.isEmpty })
    {
      throw ExitCode(ExitStatus.findings)
    }
    // An exception that holds no longer, or covers nothing, is a finding: a list of them cleans itself up.
    if outcomes.flatMap(\.exceptions).contains(where: { failOn.isReached(byException: $0.severity) }) {
      throw ExitCode(ExitStatus.findings)
    }
    let unrated = findings.count { failOn.cannotJudge($0.priority.level) }
    if unrated > 0 {
      StandardError.line(
        "\(Phrase.count(unrated, "vulnerability")) that nobody rated may be \(failOn.level.name) or worse; `--fail-on \(failOn.level.name),unknown` counts \(Phrase.noun(unrated, "it", "them")), `advisories update --risk` takes ratings"
      )
    }
    for outcome in outcomes where outcome.isBlind {
      let what = outcomes.count > 1 ? outcome.image.source + ": " : ""
      StandardError.line("\(what)nothing was found in what could be read; that does not mean that the image is clean")
    }
    // An image that was named and not read is not known to be clean.
    if !unread.isEmpty { throw ExitCode(ExitStatus.unknown) }
    let blind = outcomes.filter { $0.isBlind && $0.report.packages.isEmpty }
    // There is something, and nobody knows what: the input was no mistake.
    if blind.contains(where: { $0.report.unresolved.isEmpty }) { throw ExitCode(ExitStatus.usage) }
    if !blind.isEmpty { throw ExitCode(ExitStatus.unknown) }
    if strict, unrated > 0 || outcomes.contains(where: \.isPartial) { throw ExitCode(ExitStatus.internalFailure) }
  }

  /// A threshold that nothing could reach, since the store has nothing that tells of it.
  private func refuseWhatCannotBeTold(_ risks: RiskIndex) throws(BartizanError) {
    let what =
      switch failOn.level {
      case .exploited where !risks.knowsExploitation: "which vulnerabilities are exploited (CISA's catalogue, SSVC)"
      case .likely where !risks.knowsLikelihood: "how likely exploitation is (EPSS)"
      default: ""
      }
    guard !what.isEmpty else { return }
    throw BartizanError(
      .usage,
      "--fail-on \(failOn.level.name): the store does not know \(what), so that nothing would fail; `advisories update --risk` takes it"
    )
  }

  /// What is about one image.
  private func refuseForSeveral() throws(BartizanError) {
    if let format = ImageReportsAnswer.refused(output.formats).first {
      throw BartizanError(.usage, "\(format.rawValue) is a document about one image; scan the images one by one")
    }
    if !others.isEmpty {
      throw BartizanError(.usage, "a report of another scanner is about one image; scan the images one by one")
    }
  }

  /// Statements that were not applied and are told one by one.
  private static let mostStatements = 5

  private func tell(_ outcome: ImageScanOperation.Outcome) {
    for other in outcome.otherReports { StandardError.line(other.text) }
    for merged in outcome.merged where !merged.isOther {
      StandardError.line(
        "\(merged.file): \(Phrase.count(merged.findings, "finding")) of \(merged.tool), \(merged.added) of which the advisories do not know; `bartizan image compare` says why"
      )
    }
    for item in outcome.unapplied.prefix(Self.mostStatements) { StandardError.line(item.text) }
    if outcome.unapplied.count > Self.mostStatements {
      StandardError.line(
        "\(Phrase.count(outcome.unapplied.count - Self.mostStatements, "more statement")) not applied; the report in JSON names all"
      )
    }
    for file in outcome.emptyStatements { StandardError.line("\(file): no statement in it") }
  }
}
