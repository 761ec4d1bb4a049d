package import Bytes

/// What is known of one vulnerability, or of several that one notice speaks of: an OSV record without what no analysis
/// reads.
///
/// Source: OSV schema 1.7.
package struct Advisory: Sendable {
  package struct Event: Sendable, Equatable {
    package enum Kind: String, Sendable {
      case introduced
      case fixed
      case lastAffected = "last_affected"
      case limit
    }
    package let kind: Kind
    package let version: String

    package init(kind: Kind, version: String) {
      self.kind = kind
      self.version = version
    }
  }

  package struct Affected: Sendable {
    package let ecosystem: Ecosystem
    package let name: String
    /// Each list of events is one range.
    package let ranges: [[Event]]
    /// Versions that are affected whatever the ranges say.
    package let versions: [String]

    package init(ecosystem: Ecosystem, name: String, ranges: [[Event]], versions: [String]) {
      self.ecosystem = ecosystem
      self.name = name
      self.ranges = ranges
      self.versions = versions
    }
  }

  package let id: String
  package let aliases: [String]
  package let summary: String
  /// CVSS vectors.
  package let severity: [String]
  package let published: String
  package let withdrawn: Bool
  package let affected: [Affected]

  /// What it tells of, by its CVEs; by its own id and other names where it has none.
  package var vulnerabilities: Set<String> {
    let names = [id] + aliases
    let cves = names.compactMap { RiskIndex.cve(in: $0) }
    return Set(cves.isEmpty ? names : cves)
  }

  /// Longest text that is kept of a record without a summary.
  private static let longestSummary = 200

  /// The first line of a text, as much of it as is kept.
  static func summary(of text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.count > longestSummary ? line.prefix(longestSummary) + "…" : line
  }

  /// - Returns: nil for a document that is no OSV record.
  package init?(_ record: DocumentNode) {
    guard let id = record["id"]?.string, !id.isEmpty else { return nil }
    self.id = id
    var aliases = record["aliases"]?.strings ?? []
    for other in (record["upstream"]?.strings ?? []) where !aliases.contains(other) { aliases.append(other) }
    self.aliases = aliases
    summary = Self.summary(of: record["summary"]?.string ?? record["details"]?.string ?? "")
    severity = (record["severity"]?.elements ?? []).compactMap { $0["score"]?.string }
    published = String((record["published"]?.string ?? "").prefix(10))
    withdrawn = record["withdrawn"] != nil
    affected = (record["affected"]?.elements ?? []).compactMap { item in
      guard let name = item["package"]?["name"]?.string, let ecosystem = item["package"]?["ecosystem"]?.string else {
        return nil
      }
      let ranges = (item["ranges"]?.elements ?? []).compactMap { range -> [Event]? in
        // Commits are no versions.
        guard range["type"]?.string != "GIT" else { return nil }
        return (range["events"]?.elements ?? []).flatMap { event in
          event.entries.compactMap { entry in
            guard let kind = Event.Kind(rawValue: entry.key), let version = entry.value.text else { return nil }
            return Event(kind: kind, version: version)
          }
        }
      }
      return Affected(
        ecosystem: Ecosystem(ecosystem), name: name, ranges: ranges, versions: item["versions"]?.strings ?? [])
    }
  }

  package init(
    id: String, aliases: [String], summary: String, severity: [String], published: String, withdrawn: Bool,
    affected: [Affected]
  ) {
    self.id = id
    self.aliases = aliases
    self.summary = summary
    self.severity = severity
    self.published = published
    self.withdrawn = withdrawn
    self.affected = affected
  }
}

extension Advisory.Affected {
  /// Whether a version is affected, and by which rule; nil where that cannot be told.
  ///
  /// Source: OSV schema, "Evaluation".
  package func verdict(on version: String) -> Verdict? {
    guard let order = ecosystem.order else { return verdict(on: version, compare: nil) }
    return inOrder.verdict(on: version) { order.compare($0, version) }
  }

  /// The same for events that are in order.
  ///
  /// - Parameter compare: an event's version with the one asked for; nil where the ecosystem has no order.
  func verdict(on version: String, compare: ((String) -> VersionOrder.Outcome?)?) -> Verdict? {
    if versions.contains(version) { return Verdict(isAffected: true, events: [], isListed: true) }
    guard let compare else { return ranges.isEmpty ? Verdict(isAffected: false, events: [], isListed: false) : nil }
    for listed in versions where compare(listed) == .equal {
      return Verdict(isAffected: true, events: [], isListed: true)
    }
    var isUnknown = false
    for range in ranges {
      var affected = false
      var decisive: [Advisory.Event] = []
      for event in range {
        // `0` stands for the very first version, which no order need know.
        guard let outcome = event.version == "0" ? .less : compare(event.version) else {
          isUnknown = true
          continue
        }
        switch event.kind {
        case .introduced where outcome != .greater: affected = true
        case .fixed where outcome != .greater: affected = false
        case .lastAffected where outcome == .less: affected = false
        case .limit where outcome != .greater: affected = false
        default: continue
        }
        decisive = affected ? [event] : []
      }
      if affected {
        let end = range.first { event in
          guard event.kind != .introduced, let outcome = compare(event.version) else { return false }
          return outcome == .greater || event.kind == .lastAffected && outcome == .equal
        }
        return Verdict(isAffected: true, events: decisive + (end.map { [$0] } ?? []), isListed: false)
      }
    }
    return isUnknown ? nil : Verdict(isAffected: false, events: [], isListed: false)
  }

  /// With the events of each range in the order of their versions.
  var inOrder: Advisory.Affected {
    guard let order = ecosystem.order else { return self }
    return Advisory.Affected(
      ecosystem: ecosystem, name: name, ranges: ranges.map { sorted($0, order) }, versions: versions)
  }

  private func sorted(_ events: [Advisory.Event], _ order: VersionOrder) -> [Advisory.Event] {
    // Records list their events in order; sorting is for those that do not.
    events.enumerated().sorted { a, b in
      if a.element.version == "0" || b.element.version == "0" {
        return a.element.version == "0" && b.element.version != "0"
      }
      switch order.compare(a.element.version, b.element.version) {
      case .less: return true
      case .greater: return false
      default: return a.offset < b.offset
      }
    }.map(\.element)
  }

  package struct Verdict: Sendable {
    package let isAffected: Bool
    /// The events between which the version lies.
    package let events: [Advisory.Event]
    /// Named by the record itself.
    package let isListed: Bool
  }

  /// The fixed versions, in the order of the record.
  package var fixes: [String] { ranges.flatMap { $0.filter { $0.kind == .fixed }.map(\.version) } }

  /// In order, with those versions of the list that no range tells, as far as that can be told: the rest need not be kept.
  var withoutRepetition: Advisory.Affected {
    guard !ranges.isEmpty, let order = ecosystem.order else { return self }
    let bare = Advisory.Affected(ecosystem: ecosystem, name: name, ranges: inOrder.ranges, versions: [])
    return Advisory.Affected(
      ecosystem: ecosystem, name: name, ranges: bare.ranges,
      versions: versions.filter { version in
        !(bare.verdict(on: version) { order.compare($0, version) }?.isAffected ?? false)
      })
  }
}
