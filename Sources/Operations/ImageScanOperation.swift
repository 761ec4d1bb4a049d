import Bytes
package import Collect
package import Findings
package import Images
package import Report
package import Store
import Transport

/// Matches the packages of an image with the advisories, merges reports of other scanners, and applies suppressions.
package struct ImageScanOperation: Sendable {
  /// All that is known of one image, for the report and for the exit code.
  package struct Outcome: Sendable {
    package let image: ReportedImage
    package let report: ImageReport
    /// The findings that count, the most urgent first.
    package let findings: [ImageFinding]
    /// Findings that VEX statements suppress.
    package let suppressed: [SuppressedFinding]
    package let tally: Suppressions.Tally
    /// The findings that count, those of the image as a whole, and those about exceptions.
    package private(set) var result: ScanResult
    package let merged: [Merged]
    /// Names of VEX documents that contain no statement.
    package let emptyStatements: [String]

    /// Statements of suppliers that would take out a finding, or should, and do not.
    package let unapplied: [UnappliedStatement]

    /// Reports that were given along and are about something else, or not known to be about this image.
    package let otherReports: [OtherReport]

    /// What is to be told of exceptions: those that have ended, and those that nothing was suppressed by.
    package var exceptions: [Finding] { result.findings.filter(\.subject.isException) }

    /// Findings that exceptions accept or the baseline knows, the most urgent first.
    package let accepted: [ImageFinding]

    /// Takes out what is to be told of exceptions, but for these.
    fileprivate mutating func keepExceptions(_ fingerprints: Set<Fingerprint>) {
      result.findings.removeAll { $0.subject.isException && !fingerprints.contains($0.fingerprint) }
    }

    /// Whether packages were not judged, or a part of the image could not be read.
    package var isPartial: Bool {
      !report.uncovered.isEmpty || !report.undecided.isEmpty || !report.unresolved.isEmpty
        || otherReports.contains(where: \.isCertain) || image.problems.contains(where: \.hidesInput)
        || report.packages.isEmpty
    }

    /// Whether the absence of findings means nothing, since something could not be read.
    package var isBlind: Bool {
      findings.isEmpty && (report.packages.isEmpty || image.problems.contains(where: \.hidesInput))
    }
  }

  /// A report of another scanner that was merged.
  package struct Merged: Sendable {
    package let file: String
    package let tool: String
    /// Number of findings in the report.
    package let findings: Int
    /// Number of findings that only the other report has.
    package let added: Int
    /// Whether it is about another image, so that nothing of it was taken.
    package let isOther: Bool
  }

  package var state: AdvisoryState
  package var suppressions: Suppressions
  /// Paths of VEX documents: OpenVEX, CSAF, or CycloneDX with an analysis.
  package var statements: [String] = []
  /// Paths of reports of other scanners.
  package var otherScanners: [String] = []
  package var ignoresUnfixed = false
  /// `YYYY-MM-DD`.
  package var today: String

  package init(state: AdvisoryState, suppressions: Suppressions, today: String) {
    self.state = state
    self.suppressions = suppressions
    self.today = today
  }

  /// - Parameter source: the image, as the user named it.
  package func run(_ contents: ImageSource.Contents, source: String) throws(BartizanError) -> Outcome {
    let covered = state.store.ecosystems
    var report: ImageReport
    do throws(DocumentError) {
      report = try ImageReport(
        system: contents.system, packages: contents.packages, unresolved: contents.unresolved, store: state.store,
        covered: covered, risks: state.risks)
    } catch {
      throw BartizanError(error)
    }
    let subject = ReportSubject.Image(contents, source)
    let (merged, otherMerged) = try merge(into: &report, subject, covered)
    let (known, otherBaseline) = suppressions.known(of: subject)
    let (vex, empty) = try readStatements()
    var identity = contents.identity
    for title in [source, source.split(separator: "/").last.map(String.init) ?? source] { identity.add(title: title) }
    if vex.namesDocuments {
      identity.add(serial: contents.bill(named: source, created: nil, toolVersion: "").serialNumber)
    }
    let fixable = report.findings.filter { !ignoresUnfixed || $0.fix != nil }
    let (open, suppressed, unapplied) = Self.clear(fixable, vex, identity)
    let (findings, accepted, rest, tally) = suppress(open, contents, report.gaps(image: source), source, known)
    var result = rest
    if ignoresUnfixed {
      result.filters = ["--ignore-unfixed"]
      result.setAside += report.findings.filter { $0.fix == nil }.map { SetAside($0.finding(image: source), .filter) }
    }
    result.setAside += suppressed.map {
      SetAside($0.finding.finding(image: source), .statement, reason: $0.justification)
    }
    return Outcome(
      image: ReportedImage(contents, source: source), report: report, findings: findings, suppressed: suppressed,
      tally: tally, result: result, merged: merged, emptyStatements: empty, unapplied: unapplied,
      otherReports: otherMerged + [otherBaseline].compactMap { $0 }, accepted: accepted)
  }

  /// Takes out what statements clear.
  ///
  /// - Returns: the others, what was taken out, and the statements that would have taken out more.
  private static func clear(
    _ findings: [ImageFinding], _ vex: VEX, _ identity: ImageIdentity
  ) -> (open: [ImageFinding], suppressed: [SuppressedFinding], unapplied: [UnappliedStatement]) {
    var suppressed: [SuppressedFinding] = []
    var unapplied = vex.unusable.map { UnappliedStatement($0) }
    /// Statements that were of use, or are told of already.
    var told = Set<String>()
    var elsewhere: [VEX.Unapplied] = []
    func key(_ statement: VEX.Unapplied) -> String { "\(statement.file)\0\(statement.statement)" }
    let open = findings.filter { finding in
      let answer = vex.answer(finding.vulnerabilityNames, in: finding.package, of: identity)
      guard let statement = answer.statement, statement.clears else {
        for item in answer.unapplied {
          guard !item.obstacle.isOtherPackage else {
            elsewhere.append(item)
            continue
          }
          told.insert(key(item))
          let line = UnappliedStatement(item, finding: "\(finding.vulnerability) in \(finding.package.name)")
          if !unapplied.contains(line) { unapplied.append(line) }
        }
        return true
      }
      told.insert("\(statement.file)\0\(statement.place)")
      suppressed.append(
        SuppressedFinding(
          finding: finding, status: statement.status, justification: statement.justification, file: statement.file))
      return false
    }
    // Of a statement on several packages one may be the right one.
    for item in elsewhere where told.insert(key(item)).inserted { unapplied.append(UnappliedStatement(item)) }
    return (open, suppressed, unapplied)
  }

  /// The outcomes of one run: an exception is unused when no image has a use for it.
  package static func together(_ outcomes: [Outcome]) -> [Outcome] {
    let told = outcomes.map { Set($0.exceptions.map(\.fingerprint)) }
    let everywhere = told.dropFirst().reduce(told.first ?? []) { $0.intersection($1) }
    return outcomes.map { outcome in
      var outcome = outcome
      outcome.keepExceptions(everywhere)
      return outcome
    }
  }

  private func merge(
    into report: inout ImageReport, _ image: ReportSubject.Image, _ covered: Set<String>
  ) throws(BartizanError) -> (merged: [Merged], others: [OtherReport]) {
    var merged: [Merged] = []
    var others: [OtherReport] = []
    for path in otherScanners {
      let scan = try ScannerReportFile.read(path)
      let other = scan.about.other(than: image, file: path, isBuild: false) { $0 ? .notMerged : .merged }
      if let other { others.append(other) }
      guard other?.isCertain != true else {
        merged.append(Merged(file: path, tool: scan.tool, findings: scan.findings.count, added: 0, isOther: true))
        continue
      }
      do throws(DocumentError) {
        let comparison = try ScannerComparison(report, scan, store: state.store, covered: covered)
        let added = report.merge(scan, comparison, state.risks)
        merged.append(
          Merged(file: path, tool: scan.tool, findings: scan.findings.count, added: added, isOther: false))
      } catch {
        throw BartizanError(error)
      }
    }
    return (merged, others)
  }

  private func readStatements() throws(BartizanError) -> (vex: VEX, empty: [String]) {
    var vex = VEX()
    var empty: [String] = []
    for path in statements {
      let bytes = try FileReader.named(path)
      do throws(DocumentError) {
        if try vex.add(bytes, file: path) == 0 { empty.append(path) }
      } catch {
        throw BartizanError(error, in: path)
      }
    }
    return (vex, empty)
  }

  /// Sets aside findings that exceptions and the baseline cover.
  private func suppress(
    _ open: [ImageFinding], _ contents: ImageSource.Contents, _ gaps: [NotEvaluated], _ source: String,
    _ suppressions: Suppressions
  ) -> (findings: [ImageFinding], accepted: [ImageFinding], result: ScanResult, tally: Suppressions.Tally) {
    let general = open.map { $0.finding(image: source) }
    var all = general
    if let system = contents.system, let day = EndOfLife.passed(system, today: today) {
      all.append(
        Finding(
          check: .unsupportedDistribution, severity: .medium, title: "Distribution without support",
          message:
            "\(system.title, as: "system") has been without support since \(day, as: "endOfLife"): new vulnerabilities in it are not fixed",
          subject: .image(source), location: Location(file: OperatingSystem.paths[0]), evidence: [],
          remediation: "Build the image on a release that is supported.", references: [], controls: []))
    }
    var result = ScanResult(
      findings: all, problems: contents.problems + suppressions.problems,
      notEvaluated: gaps + contents.problems.filter(\.hidesInput).map(NotEvaluated.init(unread:)),
      tally: ScanResult.Tally(),
      objects: contents.packages.count, workloads: 0, namespaces: 0, checks: 1)
    let tally = suppressions.apply(to: &result, today: today) {
      AdvisoryName.isOne($0) || $0 == CheckID.unsupportedDistribution.rawValue
    }
    let left = Set(result.findings.map(\.fingerprint))
    let judged = zip(open, general).map { (finding: $0, isLeft: left.contains($1.fingerprint)) }
    return (
      judged.filter(\.isLeft).map(\.finding), judged.filter { !$0.isLeft }.map(\.finding), result, tally
    )
  }
}

extension ReportedImage {
  /// - Parameter source: as the user named it.
  package init(_ contents: ImageSource.Contents, source: String) {
    self.init(
      source: source, identifier: contents.identifier, purl: contents.identity.purl?.text,
      names: contents.identity.references.map(\.text), digests: contents.identity.digests.sorted(),
      system: contents.system,
      layers: contents.layers,
      configuration: contents.configuration, problems: contents.problems, skipped: contents.skipped)
  }
}
