package import Bytes
package import Findings

/// A vulnerability of one package of an image.
package struct ImageFinding: Sendable {
  package let package: SoftwarePackage
  /// The record that tells of it; an erratum tells of several.
  package let advisory: Advisory
  /// Its CVE; the id of the record where it has none.
  package let vulnerability: String
  /// The fixed version; nil where none is known.
  package private(set) var fix: String?
  /// Where none is: the last version that is affected; every one behind it is not. Nil where none is known.
  package private(set) var lastAffected: String?
  /// The events of the range, or that the record names the version.
  package let because: [String]
  package private(set) var priority: Priority
  /// Other records that say the same of this package: the notice of an update beside the record of each vulnerability.
  package var also: [String] = []
  /// Other scanners that say it too, or alone.
  package var sources: [String] = []
  /// Whether no advisory of the store tells of it, and another scanner does.
  package var isToldByOthers: Bool { advisory.affected.isEmpty && !sources.isEmpty }

  init(
    package: SoftwarePackage, advisory: Advisory, vulnerability: String, fix: String?, lastAffected: String? = nil,
    because: [String], priority: Priority
  ) {
    self.package = package
    self.advisory = advisory
    self.vulnerability = vulnerability
    self.fix = fix
    self.lastAffected = lastAffected
    self.because = because
    self.priority = priority
  }

  /// What the finding is known by, in exceptions and from one scan to the next: the id of its record, and of an erratum that fixes
  /// several vulnerabilities that of the vulnerability.
  package var id: String { advisory.cves.count > 1 ? vulnerability : advisory.id }

  /// All other names of it: whoever writes one of them means it. An erratum's own name means all that it fixes.
  package var names: Set<String> {
    let own = advisory.cves.count > 1 ? [advisory.id, vulnerability] : [advisory.id] + advisory.aliases
    return Set(own + [vulnerability] + also)
  }

  /// What statements about it may call it; one about an erratum means all that it fixes, and one about another vulnerability of the
  /// same erratum does not mean it.
  package var vulnerabilityNames: Set<String> {
    names.union(RiskIndex.cve(in: advisory.id).map { [$0] } ?? []).subtracting(also)
      .union(also.filter { RiskIndex.cve(in: $0) == vulnerability })
  }

  /// Other names of the vulnerability, as documents for other tools give them: none of them means another one, as that of an
  /// erratum would.
  package var otherNames: [String] {
    let whole = advisory.cves.count > 1 ? Set([advisory.id] + advisory.cves) : []
    return vulnerabilityNames.subtracting(whole).subtracting([vulnerability]).sorted()
  }

  /// As every report of findings speaks of it.
  ///
  /// - Parameter image: as the user named it.
  package func finding(image: String) -> Finding {
    let name = package.name
    let what = advisory.summary.isEmpty ? vulnerability : advisory.summary
    let isCVE = RiskIndex.cve(in: vulnerability) == vulnerability
    return Finding(
      check: CheckID(id), severity: priority.level.severity, title: "\(vulnerability) in \(name)",
      message:
        "\(name) \(package.version) (\(package.ecosystem.text)): \(what)\(fix.map { "; fixed in \($0)" } ?? lastAffected.map { "; versions after \($0) are not affected" } ?? "; no fixed version yet")\(isToldByOthers ? "; told by \(sources.joined(separator: ", "))" : "")",
      subject: .image(image), location: Location(file: package.path),
      evidence: [
        // The version is no part of it: a finding stays the same while an upgrade does not fix it.
        Evidence(
          path: "\(package.ecosystem.text) \(name) \(package.path)", value: package.version, line: 0, column: 0)
      ],
      remediation: fix.map { fix in
        "Upgrade to \(fix): \(ImageAdvice.command(package.ecosystem, package.source ?? name, [name], fix))."
      }
        ?? lastAffected.map { "Upgrade to a version after \($0): none of those is affected." }
        ?? "No fixed version yet: remove the package, or state in a VEX document why it does not matter here.",
      references: [Reference(advisory.id, "https://osv.dev/vulnerability/\(advisory.id)")]
        + (isCVE ? [Reference(vulnerability, "https://www.cve.org/CVERecord?id=\(vulnerability)")] : []),
      controls: [], why: priority.level.rawValue >= Priority.Level.likely.rawValue ? priority.reason : nil,
      // The same vulnerability of the next build is the same finding, wherever the image lies.
      identity: "image", aliases: names.subtracting([id]).sorted().map { CheckID($0) })
  }
}

/// What was found in one image.
package struct ImageReport: Sendable {
  /// Nil where no distribution was recognised; packages of languages are still matched.
  package let system: OperatingSystem?
  package let packages: [SoftwarePackage]
  package private(set) var findings: [ImageFinding] = []
  /// Packages that no advisory of the store speaks of, by ecosystem: they are not covered, and not clean.
  package private(set) var uncovered: [String: Int] = [:]
  /// Packages that advisories were asked for.
  package var judged: Int { packages.count - uncovered.values.reduce(0, +) }
  /// How many of the judged packages were judged in part only: there are advisories of which it cannot be told.
  package private(set) var judgedInPart = 0
  /// Advisories whose versions could not be compared, as `package: advisory`.
  package private(set) var undecided: [String] = []
  /// Dependencies and components of which it is not known what they are, in order: no advisory was asked about them.
  package let unresolved: [UnresolvedDependency]
  /// All that was to be judged.
  package var total: Int { packages.count + unresolved.count }

  /// - Parameters:
  ///   - unresolved: what is named beside the packages, and not known well enough to be one of them.
  ///   - covered: ecosystems, with their releases, that the store holds advisories for.
  package init(
    system: OperatingSystem?, packages: [SoftwarePackage], unresolved: [UnresolvedDependency] = [],
    store: AdvisoryStore, covered: Set<String>, risks: RiskIndex = .empty
  ) throws(DocumentError) {
    self.system = system
    self.unresolved = unresolved.sorted(by: UnresolvedDependency.precedes)
    self.packages = packages.sorted(by: SoftwarePackage.precedes)
    var memory = AdvisoryQuery.Memory()
    var coverage = AdvisoryCoverage(covered)
    for package in self.packages {
      // Files of a distribution's packages are spoken for by the distribution, if anybody speaks for that.
      if package.owner != nil {
        guard let own = system?.packageEcosystem else {
          uncovered["a distribution that is not told", default: 0] += 1
          continue
        }
        if !own.isCovered(by: covered) { uncovered[own.text, default: 0] += 1 }
        continue
      }
      if let gap = coverage.gap(package) {
        uncovered[gap.text, default: 0] += 1
        if !gap.mayApply { continue }
      }
      let answer = try ImageFinding.all(of: package, store, risks, &memory)
      if !answer.undecided.isEmpty { judgedInPart += 1 }
      undecided += answer.undecided.map { "\(package.name) \(package.version): \($0.id)" }
      findings += answer.findings
    }
    sort()
  }

  /// Packages with a finding among these, and all that there are: of each of them only what is in both numbers.
  ///
  /// - Parameter findings: also of packages that another scanner alone found.
  package func share(of findings: [ImageFinding]) -> (affected: Int, all: Int) {
    // Other scanners do not always say of which ecosystem a package is.
    func key(_ package: SoftwarePackage) -> String {
      "\(Ecosystem("PyPI").normalized(package.name))\0\(package.version)"
    }
    var affected = Set(findings.map { key($0.package) })
    let own = packages.count { affected.contains(key($0)) }
    for package in packages { affected.remove(key(package)) }
    return (own + affected.count, packages.count + affected.count)
  }

  /// Takes in what another scanner says: its name is put to what is known, and what is not is added.
  ///
  /// - Returns: how many were added.
  package mutating func merge(_ report: ScannerReport, _ comparison: ScannerComparison, _ risks: RiskIndex) -> Int {
    let agreed = Set(
      comparison.both.map { "\($0.ours.id)\0\($0.ours.package.name)\0\($0.ours.package.version)" })
    for index in findings.indices {
      let finding = findings[index]
      if agreed.contains("\(finding.id)\0\(finding.package.name)\0\(finding.package.version)"),
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
  /// What advisories say of one package, one finding for one vulnerability; and those whose versions cannot be compared with the
  /// package's.
  package static func all(
    of package: SoftwarePackage, _ store: AdvisoryStore, _ risks: RiskIndex, _ memory: inout AdvisoryQuery.Memory
  ) throws(DocumentError) -> (findings: [ImageFinding], undecided: [Advisory]) {
    let answer = try AdvisoryQuery(package).run(store, &memory)
    return (joined(answer.matches, package, risks), answer.undecided)
  }

  /// Of several records that tell of one vulnerability the narrowest counts, and of equals one with a fix and a score; the others
  /// stand beside it.
  private static func joined(
    _ matches: [AdvisoryQuery.Match], _ package: SoftwarePackage, _ risks: RiskIndex
  ) -> [ImageFinding] {
    let order = matches.indices.map { (index: $0, cves: matches[$0].advisory.cves) }.sorted { a, b in
      let (x, y) = (matches[a.index], matches[b.index])
      if a.cves.count != b.cves.count { return a.cves.count < b.cves.count }
      if (x.fix == nil) != (y.fix == nil) { return y.fix == nil }
      if x.advisory.severity.isEmpty != y.advisory.severity.isEmpty { return y.advisory.severity.isEmpty }
      return a.index < b.index
    }
    var kept: [(index: Int, finding: ImageFinding)] = []
    var teller: [String: Int] = [:]
    for (index, cves) in order {
      let match = matches[index]
      let fix = match.fix
      // Without a CVE it is known by any of its names.
      let known = cves.isEmpty ? [[match.advisory.id] + match.advisory.aliases] : cves.map { [$0] }
      for names in known {
        if let other = names.lazy.compactMap({ teller[$0] }).first {
          if !kept[other].finding.also.contains(match.advisory.id) {
            kept[other].finding.also.append(match.advisory.id)
          }
          if kept[other].finding.fix == nil {
            kept[other].finding.fix = fix
            let last = kept[other].finding.lastAffected ?? match.wayOut.lastAffected
            kept[other].finding.lastAffected = fix == nil ? last : nil
          }
          // What nobody rated in the one record somebody may have rated in the other.
          let told = Priority(match.advisory, risks, names: cves.isEmpty ? nil : names)
          if kept[other].finding.priority.level == .unknown { kept[other].finding.priority = told }
          continue
        }
        for name in names { teller[name] = kept.count }
        var priority = Priority(match.advisory, risks, names: cves.isEmpty ? nil : names)
        if package.holdsNoCode, priority.level.rawValue < Priority.Level.likely.rawValue {
          priority = priority.lowered("the package holds no code: headers, documentation or translations")
        }
        kept.append(
          (
            index,
            ImageFinding(
              package: package, advisory: match.advisory, vulnerability: cves.isEmpty ? match.advisory.id : names[0],
              fix: fix, lastAffected: match.wayOut.lastAffected, because: match.because, priority: priority)
          ))
      }
    }
    return kept.sorted { a, b in
      (a.index, a.finding.vulnerability) < (b.index, b.finding.vulnerability)
    }.map(\.finding)
  }
}
