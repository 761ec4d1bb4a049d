package import Bytes

/// What is known of one vulnerability, or of several that one notice speaks of: an OSV record without what no analysis
/// reads.
///
/// Source: OSV schema 1.7.
package struct Advisory: Sendable {
  /// A point of an OSV range at which versions become affected or stop being so.
  package struct Event: Sendable, Equatable {
    /// OSV's event types. `fixed` and `limit` exclude their version, `last_affected` includes it.
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

    /// A limit that no version reaches.
    var isEndless: Bool { kind == .limit && version == "*" }
  }

  /// One package that the advisory is about, with the versions concerned.
  package struct Affected: Sendable {
    package let ecosystem: Ecosystem
    package let name: String
    /// Each list of events is one range.
    package let ranges: [[Event]]
    /// Versions that are affected whatever the ranges say.
    package let versions: [String]
    /// The module streams that it speaks of, such as `nodejs:18`; empty where it does not say which; nil for packages outside of
    /// modules.
    package let modules: [String]?

    package init(
      ecosystem: Ecosystem, name: String, ranges: [[Event]], versions: [String], modules: [String]? = nil
    ) {
      self.ecosystem = ecosystem
      self.name = name
      self.ranges = ranges
      self.versions = versions
      self.modules = modules
    }
  }

  /// How bad somebody calls it in a word.
  package struct Rating: Sendable, Hashable {
    /// In lower case: `important`, `moderate`, `high`.
    package let word: String
    /// Whether the distribution itself says so, of its own package.
    package let isVendors: Bool

    package init(_ word: String, isVendors: Bool) {
      self.word = word.lowercased()
      self.isVendors = isVendors
    }
  }

  package let id: String
  /// Other names of the same, and the names of what an erratum fixes.
  package let aliases: [String]
  package let summary: String
  /// CVSS vectors.
  package let severity: [String]
  package let rating: Rating?
  package let published: String
  package let withdrawn: Bool
  package let affected: [Affected]

  /// Its CVEs, in order; several for an erratum that fixes several.
  package var cves: [String] {
    var seen = Set<String>()
    return ([id] + aliases).compactMap { RiskIndex.cve(in: $0) }.filter { seen.insert($0).inserted }.sorted()
  }

  /// What it tells of, by its CVEs; by its own id and other names where it has none.
  package var vulnerabilities: Set<String> {
    let cves = cves
    return Set(cves.isEmpty ? [id] + aliases : cves)
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
    let summary = Self.summary(of: record["summary"]?.string ?? record["details"]?.string ?? "")
    self.summary = summary
    let scores = (record["severity"]?.elements ?? []).compactMap { item in
      item["score"]?.string.map { (type: item["type"]?.string ?? "", score: $0) }
    }
    severity = scores.filter { $0.type.hasPrefix("CVSS") || $0.type.isEmpty }.map(\.score)
    published = String((record["published"]?.string ?? "").prefix(10))
    withdrawn = record["withdrawn"] != nil
    let items = record["affected"]?.elements ?? []
    affected = items.compactMap { Affected($0, summary: summary) }
    let isErratum = !affected.isEmpty && affected.allSatisfy(\.ecosystem.isDistribution)
    var aliases = record["aliases"]?.strings ?? []
    for other in (record["upstream"]?.strings ?? []) where !aliases.contains(other) { aliases.append(other) }
    // Errata of AlmaLinux, and older ones of others, name there what they fix. Elsewhere it is what has to do with it.
    if isErratum, !aliases.contains(where: { RiskIndex.cve(in: $0) != nil }), RiskIndex.cve(in: id) == nil {
      for other in (record["related"]?.strings ?? []) where RiskIndex.cve(in: other) == other { aliases.append(other) }
    }
    self.aliases = aliases
    rating = Self.rating(record, items, scores, isErratum, summary)
  }

  /// Of a distribution, as it calls its own errata; of others, what the database says.
  private static func rating(
    _ record: DocumentNode, _ items: [DocumentNode], _ scores: [(type: String, score: String)], _ isErratum: Bool,
    _ summary: String
  ) -> Rating? {
    let database = record["database_specific"]?["severity"]?.string
    guard isErratum else { return database.map { Rating($0, isVendors: false) } }
    if let own = scores.first(where: { !$0.type.hasPrefix("CVSS") && !$0.type.isEmpty })?.score {
      return Rating(own, isVendors: true)
    }
    let told = items.lazy.compactMap { item -> String? in
      let own = item["ecosystem_specific"]
      return own?["severity"]?.string ?? own?["urgency"]?.string ?? item["database_specific"]?["severity"]?.string
    }.first
    if let told = told ?? database { return Rating(told, isVendors: true) }
    // `Important: glibc security update`
    guard let colon = summary.firstIndex(of: ":") else { return nil }
    let word = summary[..<colon].lowercased()
    return Priority.isRating(word) ? Rating(word, isVendors: true) : nil
  }

  func with(aliases: [String]) -> Advisory {
    Advisory(
      id: id, aliases: aliases, summary: summary, severity: severity, rating: rating, published: published,
      withdrawn: withdrawn, affected: affected)
  }

  package init(
    id: String, aliases: [String], summary: String, severity: [String], rating: Rating? = nil, published: String,
    withdrawn: Bool, affected: [Affected]
  ) {
    self.id = id
    self.aliases = aliases
    self.summary = summary
    self.severity = severity
    self.rating = rating
    self.published = published
    self.withdrawn = withdrawn
    self.affected = affected
  }
}

extension Advisory.Affected {
  /// - Parameter summary: of the record, which names the stream of a module.
  fileprivate init?(_ item: DocumentNode, summary: String) {
    guard let name = item["package"]?["name"]?.string, let text = item["package"]?["ecosystem"]?.string else {
      return nil
    }
    let ecosystem = Ecosystem(text)
    let all = item["ranges"]?.elements ?? []
    var ranges = all.compactMap { range -> [Advisory.Event]? in
      // Commits are no versions.
      guard range["type"]?.string != "GIT" else { return nil }
      let events = (range["events"]?.elements ?? []).flatMap { event in
        event.entries.compactMap { entry -> Advisory.Event? in
          guard let kind = Advisory.Event.Kind(rawValue: entry.key), let version = entry.value.text else { return nil }
          return Advisory.Event(kind: kind, version: Self.plain(version, in: ecosystem))
        }
      }
      // Without a beginning it would hold no version: then it is not as it was meant.
      return events.contains { $0.kind == .introduced } ? events : []
    }
    let versions = item["versions"]?.strings ?? []
    // Commits alone tell nothing of a version, and nothing at all not even of those.
    if ranges.isEmpty, versions.isEmpty { ranges = [[]] }
    var modules: [String]?
    if ecosystem.order?.name == VersionOrder.rpm.name {
      if let purl = item["package"]?["purl"]?.string.flatMap({ try? PackageURL($0) }),
        let label = purl.qualifiers["rpmmod"]
      {
        modules = SoftwarePackage.stream(label).map { [$0] } ?? []
      } else if let label = item["ecosystem_specific"]?["rpm_modularity"]?.string, !label.isEmpty {
        modules = SoftwarePackage.stream(label).map { [$0] } ?? []
      } else if ranges.contains(where: { $0.contains { Self.isModular($0.version) } }) {
        modules = Self.streams(in: summary)
      }
    }
    self.init(
      ecosystem: ecosystem, name: name, ranges: ranges, versions: versions, modules: modules)
  }

  /// A version of an event as its ecosystem writes it: where it was made of a CPE, that says behind it that there is no update.
  ///
  /// Source: NIST IR 7695, "Common Platform Enumeration: Naming", the logical value NA.
  private static func plain(_ version: String, in ecosystem: Ecosystem) -> String {
    !ecosystem.isDistribution && version.hasSuffix("-NA") ? String(version.dropLast(3)) : version
  }

  /// Whether a version is one of a package of a module: its release says so.
  static func isModular(_ version: String) -> Bool {
    version.contains(".module_") || version.contains(".module+")
  }

  /// `nodejs:18` of `Important: nodejs:18 security update`; of several all.
  private static func streams(in summary: String) -> [String] {
    summary.split { $0.isWhitespace || $0 == "," || $0 == "(" || $0 == ")" }.filter { word in
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
      return parts.count == 2
        && parts.allSatisfy { part in
          !part.isEmpty
            && part.utf8.allSatisfy { byte in
              byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || [0x2D, 0x2E, 0x5F, 0x2B].contains(byte)
            }
        }
    }.map(String.init)
  }
}

extension Advisory.Affected {
  /// Whether a version is affected, and by which rule; nil where that cannot be told.
  ///
  /// Source: OSV schema, "Evaluation".
  package func verdict(on version: String) -> Verdict? {
    guard let order = ecosystem.order else { return verdict(on: version, compare: nil) }
    return inOrder.verdict(on: version, isVersion: order.isVersion(version)) { order.decide($0, version) }
  }

  /// The same for events that are in order.
  ///
  /// - Parameters:
  ///   - isVersion: whether the one asked for is a version of its ecosystem at all.
  ///   - compare: an event's version with the one asked for; nil where the ecosystem has no order.
  func verdict(
    on version: String, isVersion: Bool = true, compare: ((String) -> VersionOrder.Outcome?)?
  ) -> Verdict? {
    if versions.contains(version) { return Verdict(isAffected: true, events: [], isListed: true) }
    guard let compare else { return ranges.isEmpty ? Verdict(isAffected: false, events: [], isListed: false) : nil }
    for listed in versions where compare(listed) == .equal {
      return Verdict(isAffected: true, events: [], isListed: true)
    }
    // What is no version may stand for one of the list.
    var isUnknown = !isVersion && !versions.isEmpty
    for range in ranges {
      // Of a range that cannot be read nothing is known.
      if range.isEmpty { isUnknown = true }
      // Nil from an event on that cannot be compared, until one that decides.
      var affected: Bool? = false
      var decisive: [Advisory.Event] = []
      for event in range {
        // `0` stands for the very first version, which no order need know.
        guard let outcome = event.version == "0" ? .less : event.isEndless ? .greater : compare(event.version) else {
          if affected != (event.kind == .introduced) { affected = nil }
          continue
        }
        switch event.kind {
        case .introduced where outcome != .greater: affected = true
        case .fixed where outcome != .greater: affected = false
        case .lastAffected where outcome == .less: affected = false
        case .limit where outcome != .greater: affected = false
        default: continue
        }
        decisive = affected == true ? [event] : []
      }
      if affected == nil { isUnknown = true }
      if affected == true {
        let end = range.first { event in
          guard event.kind != .introduced, !event.isEndless, let outcome = compare(event.version) else { return false }
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
      ecosystem: ecosystem, name: name, ranges: ranges.map { sorted($0, order) }, versions: versions, modules: modules)
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

  /// Whether one version is affected, with what in the record says so.
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
        !(bare.verdict(on: version) { order.decide($0, version) }?.isAffected ?? false)
      }, modules: modules)
  }
}
