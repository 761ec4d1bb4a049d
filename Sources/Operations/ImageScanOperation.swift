import Bytes
package import Collect
package import Findings
package import Images
package import Report
package import Store
import Transport

/// Matches the packages of one image with the advisories, merges what other scanners found, and takes out what is suppressed.
package struct ImageScanOperation: Sendable {
  package struct Outcome: Sendable {
    package let image: ReportedImage
    package let report: ImageReport
    /// Those that count, the most urgent first.
    package let findings: [ImageFinding]
    /// Those that statements (VEX) take out.
    package let suppressed: [SuppressedFinding]
    package let tally: Suppressions.Tally
    /// The findings that count, and those of the image as a whole and of exceptions.
    package let result: ScanResult
    package let merged: [Merged]
    /// VEX documents without any statement.
    package let emptyStatements: [String]

    /// Whether nothing was found because something could not be read.
    package var isBlind: Bool {
      findings.isEmpty && (report.packages.isEmpty || image.problems.contains(where: \.hidesInput))
    }
  }

  /// A report of another scanner that was merged.
  package struct Merged: Sendable {
    package let file: String
    package let tool: String
    package let findings: Int
    /// Findings that the advisories know nothing of.
    package let added: Int
    /// Digests of the other image that the report speaks of; nil where it speaks of this one, or does not say.
    package let otherImage: OtherImage?
  }

  package var state: AdvisoryState
  package var suppressions: Suppressions
  /// VEX documents: OpenVEX, CSAF, or CycloneDX with an analysis.
  package var statements: [String] = []
  /// Reports of other scanners.
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
        system: contents.system, packages: contents.packages, store: state.store, covered: covered, risks: state.risks)
    } catch {
      throw BartizanError(error)
    }
    let merged = try merge(into: &report, contents, covered)
    let (vex, empty) = try readStatements()
    var suppressed: [SuppressedFinding] = []
    let open = report.findings.filter { finding in
      if ignoresUnfixed, finding.fix == nil { return false }
      guard let statement = vex.statement(finding.advisory, finding.package), statement.clears else { return true }
      suppressed.append(
        SuppressedFinding(
          finding: finding, status: statement.status, justification: statement.justification, file: statement.file))
      return false
    }
    let (findings, result, tally) = suppress(open, contents, source)
    return Outcome(
      image: ReportedImage(contents, source: source), report: report, findings: findings, suppressed: suppressed,
      tally: tally, result: result, merged: merged, emptyStatements: empty)
  }

  private func merge(
    into report: inout ImageReport, _ contents: ImageSource.Contents, _ covered: Set<String>
  ) throws(BartizanError) -> [Merged] {
    var merged: [Merged] = []
    for path in otherScanners {
      let (other, image) = try ScannerReportFile.read(path, for: contents)
      do throws(DocumentError) {
        let comparison = try ScannerComparison(report, other, store: state.store, covered: covered)
        let added = report.merge(other, comparison, state.risks)
        merged.append(
          Merged(file: path, tool: other.tool, findings: other.findings.count, added: added, otherImage: image))
      } catch {
        throw BartizanError(error)
      }
    }
    return merged
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

  /// Takes out what exceptions and the baseline cover.
  private func suppress(
    _ open: [ImageFinding], _ contents: ImageSource.Contents, _ source: String
  ) -> (findings: [ImageFinding], result: ScanResult, tally: Suppressions.Tally) {
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
      findings: all, problems: contents.problems, notEvaluated: [], tally: ScanResult.Tally(),
      objects: contents.packages.count, workloads: 0, namespaces: 0, checks: 1)
    // An exception may name an advisory by any of its names.
    var names: [String: Set<String>] = [:]
    for finding in open {
      for alias in finding.advisory.aliases + finding.also { names[alias, default: []].insert(finding.advisory.id) }
    }
    let known = Set(open.map(\.advisory.id))
    let tally = suppressions.renamed { known.contains($0) ? [] : (names[$0] ?? []).sorted() }
      .apply(to: &result, today: today) {
        $0.contains(where: \.isUppercase) || $0 == CheckID.unsupportedDistribution.rawValue
      }
    let left = Set(result.findings.map(\.fingerprint))
    return (zip(open, general).filter { left.contains($0.1.fingerprint) }.map(\.0), result, tally)
  }
}

extension ReportedImage {
  /// - Parameter source: as the user named it.
  package init(_ contents: ImageSource.Contents, source: String) {
    self.init(
      source: source, identifier: contents.identifier, system: contents.system, layers: contents.layers,
      configuration: contents.configuration, problems: contents.problems)
  }
}
