/// Findings that are already known, so that only new ones count.
///
/// A finding is known when its check, its object and its fingerprint are: fingerprints alone can be made to collide.
package struct Baseline: Sendable {
  /// One known finding.
  package struct Entry: Sendable, Hashable {
    package let check: String
    /// Kind, namespace and name of the object.
    package let subject: String
    package let fingerprint: String
    /// Where it was found; empty where the report does not say. The same object may stand in several files, as in those
    /// of two environments.
    package let file: String

    package init(check: String, subject: String, fingerprint: String, file: String = "") {
      self.file = file
      self.check = check
      self.subject = subject
      self.fingerprint = fingerprint
    }
  }

  /// How often each is known, by file; the entries are without theirs.
  private let known: [Entry: [String: Int]]

  package init(_ entries: some Sequence<Entry>) {
    var known: [Entry: [String: Int]] = [:]
    for entry in entries { known[entry.withoutFile, default: [:]][entry.file, default: 0] += 1 }
    self.known = known
  }

  package var count: Int { known.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

  /// The findings that are not known. Each entry stands for one of them: first for that of its own file, then, since
  /// files are renamed, for that of any other.
  package func unknown(among findings: [Finding]) -> [Finding] {
    var left = known
    var isKnown = [Bool](repeating: false, count: findings.count)
    for isSameFile in [true, false] {
      for (index, finding) in findings.enumerated() where !isKnown[index] {
        for name in Self.names(of: finding) {
          guard let files = left[name] else { continue }
          let file =
            isSameFile
            ? finding.location.file : files.filter { $0.value > 0 }.keys.min() ?? finding.location.file
          guard let count = files[file], count > 0 else { continue }
          left[name]?[file] = count - 1
          isKnown[index] = true
          break
        }
      }
    }
    return zip(findings, isKnown).filter { !$1 }.map(\.0)
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
    Baseline.Entry(check: check, subject: subject, fingerprint: fingerprint)
  }

  /// How a subject is written in a baseline. All images are `Image`, since the tag of an image changes with every
  /// build.
  package static func subject(_ subject: Subject) -> String { subject.isImage ? "Image" : subject.text }

  package init(_ finding: Finding) {
    self.init(
      check: finding.check.rawValue, subject: Self.subject(finding.subject), fingerprint: finding.fingerprint.text,
      file: finding.location.file)
  }
}
