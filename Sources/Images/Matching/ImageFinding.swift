package import Bytes
package import Findings

/// A package of an image with the advisories that it falls under.
package struct ImageFinding: Sendable {
  package let package: SoftwarePackage
  package let advisory: Advisory
  /// The fixed version; nil where none is known.
  package let fix: String?
  /// The events of the range, or that the record names the version.
  package let because: [String]
  package let priority: Priority
  /// Other records that say the same of this package: the notice of an update beside the record of each vulnerability.
  package var also: [String] = []
  /// Other scanners that say it too, or alone.
  package var sources: [String] = []
  /// Whether no advisory of the store tells of it, and another scanner does.
  package var isToldByOthers: Bool { advisory.affected.isEmpty && !sources.isEmpty }

  /// As every report of findings speaks of it.
  ///
  /// - Parameter image: as the user named it.
  package func finding(image: String) -> Finding {
    let name = package.name
    let cve = RiskIndex.cve(in: advisory.id) ?? advisory.aliases.lazy.compactMap { RiskIndex.cve(in: $0) }.first
    let what = advisory.summary.isEmpty ? cve ?? advisory.id : advisory.summary
    return Finding(
      check: CheckID(advisory.id), severity: priority.level.severity, title: "\(cve ?? advisory.id) in \(name)",
      message:
        "\(name) \(package.version) (\(package.ecosystem.text)): \(what)\(fix.map { "; fixed in \($0)" } ?? "; no fixed version yet")\(isToldByOthers ? "; told by \(sources.joined(separator: ", "))" : "")",
      subject: .image(image), location: Location(file: package.path),
      evidence: [
        // The version is no part of it: a finding stays the same while an upgrade does not fix it.
        Evidence(
          path: "\(package.ecosystem.text) \(name) \(package.path)", value: package.version, line: 0, column: 0)
      ],
      remediation: fix.map { fix in
        "Upgrade to \(fix): \(ImageAdvice.command(package.ecosystem, package.source ?? name, [name], fix))."
      }
        ?? "No fixed version yet: remove the package, or state in a VEX document why it does not matter here.",
      references: [Reference(advisory.id, "https://osv.dev/vulnerability/\(advisory.id)")]
        + (cve.map { [Reference($0, "https://www.cve.org/CVERecord?id=\($0)")] } ?? []),
      controls: [], why: priority.level.rawValue >= Priority.Level.likely.rawValue ? priority.reason : nil,
      // The same vulnerability of the next build is the same finding, wherever the image lies.
      identity: "image")
  }
}

/// What was found in one image.
package struct ImageReport: Sendable {
  package let system: OperatingSystem?
  package let packages: [SoftwarePackage]
  package private(set) var findings: [ImageFinding] = []
  /// Packages that no advisory of the store speaks of, by ecosystem: they are not covered, and not clean.
  package private(set) var uncovered: [String: Int] = [:]
  /// Advisories whose versions could not be compared, as `package: advisory`.
  package private(set) var undecided: [String] = []

  /// - Parameter covered: ecosystems, with their releases, that the store holds advisories for.
  package init(
    system: OperatingSystem?, packages: [SoftwarePackage], store: AdvisoryStore, covered: Set<String>,
    risks: RiskIndex = .empty
  ) throws(DocumentError) {
    self.system = system
    self.packages = packages.sorted(by: SoftwarePackage.precedes)
    var memory = AdvisoryQuery.Memory()
    // Files of a distribution's packages are spoken for by the distribution.
    for package in self.packages where package.owner == nil {
      guard package.ecosystem.isCovered(by: covered) else {
        uncovered[package.ecosystem.text, default: 0] += 1
        continue
      }
      let answer = try ImageFinding.all(of: package, store, risks, &memory)
      undecided += answer.undecided.map { "\(package.name) \(package.version): \($0.id)" }
      findings += answer.findings
    }
    sort()
  }

  /// Takes in what another scanner says: its name is put to what is known, and what is not is added.
  ///
  /// - Returns: how many were added.
  package mutating func merge(_ report: ScannerReport, _ comparison: ScannerComparison, _ risks: RiskIndex) -> Int {
    let agreed = Set(
      comparison.both.map { "\($0.ours.advisory.id)\0\($0.ours.package.name)\0\($0.ours.package.version)" })
    for index in findings.indices {
      let finding = findings[index]
      if agreed.contains("\(finding.advisory.id)\0\(finding.package.name)\0\(finding.package.version)"),
        !finding.sources.contains(report.tool)
      {
        findings[index].sources.append(report.tool)
      }
    }
    findings += comparison.theirsAlone.map { $0.finding.imageFinding(tool: report.tool, risks) }
    sort()
    return comparison.theirsAlone.count
  }

  /// What is most urgent stands first; equals stay in the order of their packages.
  private mutating func sort() {
    findings = findings.enumerated().sorted { a, b in
      if a.element.priority < b.element.priority { return false }
      return b.element.priority < a.element.priority || a.offset < b.offset
    }.map(\.element)
  }
}

extension ImageFinding {
  /// What advisories say of one package, one finding for one vulnerability, in the order of their ids; and those whose versions cannot be
  /// compared with the package's.
  package static func all(
    of package: SoftwarePackage, _ store: AdvisoryStore, _ risks: RiskIndex, _ memory: inout AdvisoryQuery.Memory
  ) throws(DocumentError) -> (findings: [ImageFinding], undecided: [Advisory]) {
    let answer = try package.query.run(store, &memory)
    let findings = answer.matches.map { match in
      ImageFinding(
        package: package, advisory: match.advisory, fix: match.fix, because: match.because,
        priority: Priority(match.advisory, risks))
    }
    return (joined(findings), answer.undecided)
  }

  /// One row for one vulnerability: a record all of whose vulnerabilities others tell of, each by itself, stands beside those.
  private static func joined(_ findings: [ImageFinding]) -> [ImageFinding] {
    guard findings.count > 1 else { return findings }
    // The narrowest first, and of equals one with a fix and a score.
    let order = findings.indices.map { (index: $0, vulnerabilities: findings[$0].advisory.vulnerabilities) }.sorted {
      a, b in
      let (x, y) = (findings[a.index], findings[b.index])
      if a.vulnerabilities.count != b.vulnerabilities.count { return a.vulnerabilities.count < b.vulnerabilities.count }
      if (x.fix == nil) != (y.fix == nil) { return y.fix == nil }
      if x.advisory.severity.isEmpty != y.advisory.severity.isEmpty { return y.advisory.severity.isEmpty }
      return a.index < b.index
    }
    var kept: [Int: ImageFinding] = [:]
    var teller: [String: Int] = [:]
    for (index, vulnerabilities) in order {
      let tellers = Set(vulnerabilities.compactMap { teller[$0] })
      if vulnerabilities.allSatisfy({ teller[$0] != nil }) {
        for other in tellers { kept[other]?.also.append(findings[index].advisory.id) }
      } else {
        kept[index] = findings[index]
        for vulnerability in vulnerabilities where teller[vulnerability] == nil { teller[vulnerability] = index }
      }
    }
    return kept.sorted { $0.key < $1.key }.map(\.value)
  }
}
