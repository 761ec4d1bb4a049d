/// Findings that are already known, so that only new ones count.
///
/// A finding is known when its check, its object and its fingerprint are: fingerprints alone can be made to collide. It is not
/// when it is worse than what is known: of a higher severity, another credential, another folder of the node.
package struct Baseline: Sendable {
  /// One known finding. Entries are equal when they tell of the same thing, however bad it was.
  package struct Entry: Sendable, Hashable {
    package let check: String
    /// Kind, namespace and name of the object.
    package let subject: String
    package let fingerprint: String
    /// Where it was found; empty where the report does not say. The same object may stand in several files, as in those
    /// of two environments.
    package let file: String
    /// Nil where the report does not say.
    package let severity: Severity?
    /// What the finding is about beside its place, sorted; nil where the report does not say.
    package let values: [String]?

    package init(
      check: String, subject: String, fingerprint: String, file: String = "", severity: Severity? = nil,
      values: [String]? = nil
    ) {
      self.severity = severity
      self.values = values
      self.file = file
      self.check = check
      self.subject = subject
      self.fingerprint = fingerprint
    }

    package static func == (a: Entry, b: Entry) -> Bool {
      a.check == b.check && a.subject == b.subject && a.fingerprint == b.fingerprint && a.file == b.file
    }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(check)
      hasher.combine(subject)
      hasher.combine(fingerprint)
      hasher.combine(file)
    }

    private static let inside = "(hidden: "

    /// Whether a finding of the same identity is no worse than what this one tells of.
    package func covers(severity: Severity?, values: [String]?) -> Bool {
      if let own = self.severity, let severity, severity > own { return false }
      guard var left = self.values, let values else { return true }
      // An earlier version did not say what stands inside of a file.
      let saysInside = left.contains { $0.hasPrefix(Self.inside) }
      for value in values {
        if !saysInside, value.hasPrefix(Self.inside) { continue }
        guard let place = left.firstIndex(of: value) else { return false }
        left.remove(at: place)
      }
      return true
    }
  }

  /// Each by file, the least severe first; the entries are without theirs.
  private let known: [Entry: [String: [Entry]]]

  package init(_ entries: some Sequence<Entry>) {
    var known: [Entry: [String: [Entry]]] = [:]
    let lightestFirst = entries.sorted { ($0.severity ?? .critical) < ($1.severity ?? .critical) }
    for entry in lightestFirst { known[entry.withoutFile, default: [:]][entry.file, default: []].append(entry) }
    self.known = known
  }

  package var count: Int { known.values.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.count } } }

  /// The findings that are not known. Each entry stands for one of them: first for that of its own file, then, since
  /// files are renamed, for that of any other.
  package func unknown(among findings: [Finding]) -> [Finding] {
    zip(findings, known(among: findings)).filter { !$1 }.map(\.0)
  }

  /// Which of the findings are known.
  package func known(among findings: [Finding]) -> [Bool] {
    var left = known
    var isKnown = [Bool](repeating: false, count: findings.count)
    for isSameFile in [true, false] {
      for (index, finding) in findings.enumerated() where !isKnown[index] {
        let values = Entry.values(of: finding)
        for name in Self.names(of: finding) {
          guard let files = left[name] else { continue }
          let candidates = isSameFile ? [finding.location.file] : files.keys.sorted()
          for file in candidates {
            let place = files[file]?.firstIndex { $0.covers(severity: finding.severity, values: values) }
            guard let place else { continue }
            left[name]?[file]?.remove(at: place)
            isKnown[index] = true
            break
          }
          if isKnown[index] { break }
        }
      }
    }
    return isKnown
  }

  /// Whether an entry is about the finding, in whatever file.
  package func knows(_ finding: Finding) -> Bool { Self.names(of: finding).contains { known[$0] != nil } }

  /// Under its id and those that it had, with its fingerprint and that of earlier versions.
  private static func names(of finding: Finding) -> [Entry] {
    let subject = Entry.subject(finding.subject)
    var names: [Entry] = []
    for check in [finding.check] + finding.aliases {
      names.append(Entry(check: check.rawValue, subject: subject, fingerprint: finding.fingerprint(as: check).text))
      if let former = finding.formerFingerprint(as: check) {
        names.append(Entry(check: check.rawValue, subject: subject, fingerprint: former.text))
      }
    }
    return names
  }
}

extension Baseline.Entry {
  /// The same wherever it is found, as findings are compared whose files have moved.
  package var withoutFile: Baseline.Entry {
    Baseline.Entry(
      check: check, subject: subject, fingerprint: fingerprint, severity: severity, values: values)
  }

  /// What of a finding's evidence tells one thing from another at the same place: folders of the node, and how long a hidden
  /// credential is.
  package static func values(of evidence: some Sequence<(path: String, value: String?)>) -> [String] {
    evidence.compactMap { path, value in
      guard let value, path.hasSuffix("hostPath.path") || value.hasPrefix("(hidden") else { return nil }
      return value
    }.sorted()
  }

  package static func values(of finding: Finding) -> [String] {
    values(of: finding.evidence.lazy.map { ($0.path, $0.value) })
  }

  /// How a subject is written in a baseline. All images are `Image`, since the tag of an image changes with every
  /// build.
  package static func subject(_ subject: Subject) -> String { subject.isImage ? "Image" : subject.text }

  package init(_ finding: Finding) {
    self.init(
      check: finding.check.rawValue, subject: Self.subject(finding.subject), fingerprint: finding.fingerprint.text,
      file: finding.location.file, severity: finding.severity, values: Self.values(of: finding))
  }
}
