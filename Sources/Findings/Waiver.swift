/// A finding that somebody has decided to accept, with the reason.
package struct Waiver: Sendable {
  /// Id of the check, or `*`.
  package let check: String
  /// Whether the id may be one of an advisory, whose letters are of any case.
  private let isAdvisory: Bool
  /// The checks that it means by an id of another tool; empty for an id of our own.
  package let meant: Set<String>
  /// Nil matches any. In patterns, a trailing `*` stands for any text.
  package let kind: String?
  package let namespace: String?
  package let name: String?
  package let reason: String
  /// The last day on which it holds, `YYYY-MM-DD`; nil for no end.
  package let expires: String?
  /// Where it is written.
  package let location: Location
  /// The object whose annotation it is; nil for one from an exceptions file.
  package let subject: Subject?

  package init(
    check: String, kind: String? = nil, namespace: String? = nil, name: String? = nil, reason: String,
    expires: String? = nil, location: Location, subject: Subject? = nil, meant: Set<String> = []
  ) {
    self.meant = meant
    isAdvisory = AdvisoryName.isOne(check)
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

  /// Ignores the expiry date, which `ScanResult.apply` checks. A waiver in an annotation covers its own object only.
  package func covers(_ finding: Finding) -> Bool {
    guard
      check == "*" || check == finding.check.rawValue || meant.contains(finding.check.rawValue)
        || isAdvisory
          && ([finding.check] + finding.aliases).contains(where: { AdvisoryName.isSame($0.rawValue, check) })
    else { return false }
    // The same name in another file is another object.
    if let subject { return subject == finding.subject && location.file == finding.location.file }
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
  /// Sets aside the findings that waivers cover. A waiver that has expired covers nothing. Expired waivers, and those that
  /// cover nothing, become findings themselves.
  ///
  /// - Parameters:
  ///   - today: `YYYY-MM-DD`.
  ///   - judged: whether a check ran at all. A waiver for a check that did not run is not reported as unused.
  /// - Returns: how many findings were removed.
  package mutating func apply(_ waivers: [Waiver], today: String, judged: (String) -> Bool) -> Int {
    var used = [Bool](repeating: false, count: waivers.count)
    var kept: [Finding] = []
    for finding in findings {
      var accepted: Waiver?
      for (index, waiver) in waivers.enumerated() where waiver.covers(finding) {
        used[index] = true
        if waiver.expires.map({ $0 >= today }) ?? true { accepted = accepted ?? waiver }
      }
      if let accepted {
        setAside.append(SetAside(finding, .exception, reason: accepted.reason))
      } else {
        kept.append(finding)
      }
    }
    let removed = findings.count - kept.count
    for (waiver, isUsed) in zip(waivers, used) {
      let expired = waiver.expires.map { $0 < today } ?? false
      let isJudged = judged(waiver.check) || waiver.meant.contains(where: judged)
      guard expired || !isUsed && isJudged else { continue }
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
