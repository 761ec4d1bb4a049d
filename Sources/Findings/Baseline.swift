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

    package init(check: String, subject: String, fingerprint: String) {
      self.check = check
      self.subject = subject
      self.fingerprint = fingerprint
    }
  }

  private let entries: Set<Entry>

  package init(_ entries: some Sequence<Entry>) { self.entries = Set(entries) }

  package var count: Int { entries.count }

  package func knows(_ finding: Finding) -> Bool {
    entries.contains(Entry(finding))
      || finding.aliases.contains { alias in
        entries.contains(
          Entry(
            check: alias.rawValue, subject: Entry.subject(finding.subject),
            fingerprint: finding.fingerprint(as: alias).text))
      }
  }
}

extension Baseline.Entry {
  /// How a subject is written in a baseline. All images are `Image`, since the tag of an image changes with every
  /// build.
  package static func subject(_ subject: Subject) -> String { subject.isImage ? "Image" : subject.text }

  package init(_ finding: Finding) {
    self.init(
      check: finding.check.rawValue, subject: Self.subject(finding.subject), fingerprint: finding.fingerprint.text)
  }
}
