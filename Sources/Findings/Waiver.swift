/// A finding that somebody decided to live with, and why.
package struct Waiver: Sendable {
  /// Id of the check, or `*`.
  package let check: String
  /// Nil matches any; in patterns, `*` stands for any text at the end.
  package let kind: String?
  package let namespace: String?
  package let name: String?
  package let reason: String
  /// Last day on which it holds, `YYYY-MM-DD`; nil for no end.
  package let expires: String?
  /// Where it is written.
  package let location: Location
  /// The object that it is written on; nil for one from a file.
  package let subject: Subject?

  package init(
    check: String, kind: String? = nil, namespace: String? = nil, name: String? = nil, reason: String,
    expires: String? = nil, location: Location, subject: Subject? = nil
  ) {
    self.check = check
    self.kind = kind
    self.namespace = namespace
    self.name = name
    self.reason = reason
    self.expires = expires
    self.location = location
    self.subject = subject
  }

  /// The same exception for another check.
  package func with(check: String) -> Waiver {
    Waiver(
      check: check, kind: kind, namespace: namespace, name: name, reason: reason, expires: expires, location: location,
      subject: subject)
  }

  package func covers(_ finding: Finding) -> Bool {
    guard check == "*" || check == finding.check.rawValue else { return false }
    if let subject { return subject == finding.subject }
    let namespaceOfFinding =
      finding.subject.namespace ?? (finding.subject.kind == "Namespace" ? finding.subject.name : "")
    return Self.matches(kind, finding.subject.kind) && Self.matches(namespace, namespaceOfFinding)
      && Self.matches(name, finding.subject.name)
  }

  private static func matches(_ pattern: String?, _ text: String) -> Bool {
    guard let pattern else { return true }
    return pattern.hasSuffix("*") ? text.hasPrefix(pattern.dropLast()) : pattern == text
  }

  /// `YYYY-MM-DD`, which compares as text.
  package static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return false }
    let parts = text.split(separator: "-").compactMap { Int($0) }
    return parts.count == 3 && (1...12).contains(parts[1]) && (1...31).contains(parts[2])
  }
}

extension ScanResult {
  /// Takes out what waivers cover. A waiver that is expired covers nothing, and one that covers nothing is itself worth
  /// a word: both become findings.
  ///
  /// - Parameters:
  ///   - today: `YYYY-MM-DD`.
  ///   - judged: whether a check ran at all; a waiver for one that did not is not unused.
  /// - Returns: how many findings were taken out.
  package mutating func apply(_ waivers: [Waiver], today: String, judged: (String) -> Bool) -> Int {
    var used = [Bool](repeating: false, count: waivers.count)
    var kept: [Finding] = []
    for finding in findings {
      var covered = false
      for (index, waiver) in waivers.enumerated() where waiver.covers(finding) {
        used[index] = true
        if waiver.expires.map({ $0 >= today }) ?? true { covered = true }
      }
      if !covered { kept.append(finding) }
    }
    let removed = findings.count - kept.count
    for (waiver, isUsed) in zip(waivers, used) {
      let expired = waiver.expires.map { $0 < today } ?? false
      guard expired || !isUsed && judged(waiver.check) else { continue }
      let message =
        expired
        ? "the exception for \(waiver.check) ended on \(waiver.expires ?? ""): \(waiver.reason)"
        : "the exception for \(waiver.check) covers no finding: \(waiver.reason)"
      kept.append(
        Finding(
          check: CheckID(expired ? "expired-exception" : "unused-exception"), severity: expired ? .medium : .low,
          title: expired ? "Exception that has expired" : "Exception that covers nothing", message: message,
          subject: waiver.subject ?? Subject(.exception(waiver.check)), location: waiver.location,
          evidence: [
            Evidence(
              path: waiver.check, value: waiver.reason, line: waiver.location.line, column: waiver.location.column)
          ],
          remediation: expired ? "Mend what it excuses, or decide again and give it a new date." : "Remove it.",
          references: [], controls: []))
    }
    findings = kept.sorted(by: Finding.isOrderedBefore)
    return removed
  }
}
