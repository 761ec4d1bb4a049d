import Bytes
import Findings

/// Collects what rules find: matches of one rule about the same actor from the same address are one alert while they
/// follow each other within `joining`. In which order they arrive, and whether twice, changes nothing.
package struct AlertBook: Sendable {
  private struct Key: Hashable {
    let rule: String
    let actor: String
    let address: String

    /// - Parameter address: who has one address of IPv6 has the others of its network.
    init(rule: String, actor: String, address: String) {
      self.rule = rule
      self.actor = actor
      self.address = SourceAddress.group(address, "source.ip")
    }
  }

  /// The order of events, whatever order they came in.
  private struct Place: Comparable {
    let time: Int64
    /// See `DetectedEvent`.
    let identity: String
    let source: String
    let line: Int
    let id: String

    init(_ event: DetectedEvent, _ details: DetectedEvent.Details) {
      time = event.time.nanoseconds
      identity = details.identity
      source = event.source
      line = event.line
      id = details.id
    }

    var reference: Alert.Reference { Alert.Reference(source: source, line: line, id: id) }

    static func < (a: Place, b: Place) -> Bool {
      (a.time, a.identity, a.source, a.line) < (b.time, b.identity, b.source, b.line)
    }
  }

  private struct Entry {
    let rule: RuleInfo
    let actor: String
    let address: String
    /// The first events, in their order.
    var places: [Place] = []
    /// Digests of all events; deliveries and stages of one thing count once.
    var seen: Set<Int> = []
    var span: AlertSpan
    var text = ""
    var predicate: String?
    /// The event from which the text is.
    var told: Place
    var entities: Set<Entity> = []
    var links: Set<AlertLink> = []
    var receives: Set<AlertLink> = []
    var hands: Set<AlertLink> = []
    var targets: Set<Entity> = []
    /// As it was told; what comes later, and before its first event, does not change it.
    var id: String?
    /// Ids of alerts that were told and are a part of this one since.
    var absorbed: [String] = []
  }

  /// An alert that is new, or has grown.
  package struct Change: Sendable {
    package var alert: Alert
    /// Ids of alerts that were told before and are a part of this one now.
    package let absorbed: [String]

    package init(_ alert: Alert, absorbed: [String] = []) {
      self.alert = alert
      self.absorbed = absorbed
    }
  }

  private var entries: [Entry?] = []
  /// Places of `entries` that nothing is in.
  private var free: [Int] = []
  /// Places of alerts that are new or have grown since they were told.
  private var changed: Set<Int> = []
  private struct Segment {
    var span: AlertSpan
    let place: Int
  }

  /// The alerts of each key, by time; they lie more than `joining` apart.
  private var segments: [Key: [Segment]] = [:]
  private var counts: [String: Int] = [:]
  private struct Hour: Hashable {
    let rule: String
    let hour: Int64
  }

  /// Alerts that a rule has opened, by the hour in which they begin.
  private var hours: [Hour: Int] = [:]
  /// Alerts that would have been, where a rule fired for more than `mostAlertsOfHour` accounts and addresses: all further ones
  /// are one alert; and those that were not kept because there were more than `mostAlerts`. By rule.
  package private(set) var throttled: [String: Int] = [:]

  /// Matches within this time of an alert join it, in nanoseconds.
  package static let joining: Int64 = 900_000_000_000
  /// In nanoseconds.
  private static let hour: Int64 = 3_600_000_000_000
  /// Maximum number of alerts of one rule.
  package static let mostAlerts = 10_000
  /// Maximum number of alerts of one rule that begin within one hour. What comes after them is one alert for all: nobody reads
  /// more, and neither store nor receivers are to drown.
  package static let mostAlertsOfHour = 500

  package init() {}

  /// Takes what a rule found, in any order of time.
  ///
  /// - Parameter opens: whether it may be an alert of its own; false for events that only continue something.
  package mutating func add(
    _ rule: RuleInfo, _ events: [DetectedEvent], opens: Bool = true,
    message: (DetectedEvent, DetectedEvent.Details) -> (text: String, predicate: String?)
  ) {
    guard let last = events.last, let first = events.first else { return }
    let details = last.details
    var key = Key(rule: rule.id, actor: details.actor, address: details.sourceAddress)
    var span = AlertSpan(start: first.time.nanoseconds, end: first.time.nanoseconds)
    for event in events { span.take(AlertSpan(start: event.time.nanoseconds, end: event.time.nanoseconds)) }
    var tell = message
    let hour = Hour(rule: rule.id, hour: span.start / Self.hour)
    if opens, hours[hour, default: 0] >= Self.mostAlertsOfHour, near(key, span) == nil {
      throttled[rule.id, default: 0] += 1
      key = Key(rule: rule.id, actor: "", address: "")
      tell = { _, _ in ("\(rule.title): so often that all further accounts and addresses are one alert", nil) }
    }
    let place: Int
    if let near = near(key, span) {
      place = segments[key]?[near.lowerBound].place ?? 0
      // What lay apart may be joined by what lies between.
      for other in near.dropFirst() { if let from = segments[key]?[other].place { merge(from, into: place) } }
      if near.count > 1 { segments[key]?.removeSubrange(near.dropFirst()) }
      var whole = entries[place]?.span ?? span
      whole.take(span)
      segments[key]?[near.lowerBound].span = whole
    } else {
      guard opens else { return }
      guard counts[rule.id, default: 0] < Self.mostAlerts else {
        throttled[rule.id, default: 0] += 1
        return
      }
      counts[rule.id, default: 0] += 1
      hours[hour, default: 0] += 1
      let said = tell(last, details)
      let entry = Entry(
        rule: rule, actor: key.actor, address: key.address.isEmpty ? "" : details.sourceAddress, span: span,
        text: said.text,
        predicate: said.predicate, told: Place(last, details))
      if let unused = free.popLast() {
        place = unused
        entries[place] = entry
      } else {
        place = entries.count
        entries.append(entry)
      }
      let made = Segment(span: span, place: place)
      let at = segments[key]?.lastIndex { $0.span.start < span.start }.map { $0 + 1 } ?? 0
      segments[key, default: []].insert(made, at: at)
    }
    changed.insert(place)
    // Taken out while it is changed, so that nothing is copied.
    guard var entry = entries[place] else { return }
    entries[place] = nil
    entry.span.take(span)
    for event in events {
      let its = event === last ? details : event.details
      let own = Place(event, its)
      var hasher = Hasher()
      hasher.combine(own.time)
      hasher.combine(own.identity)
      guard entry.seen.insert(hasher.finalize()).inserted else { continue }
      Self.insert(own, into: &entry.places)
      let most = Alert.mostLinks
      if entry.entities.count < most { entry.entities.formUnion(its.entities) }
      if entry.links.count < most { entry.links.formUnion(its.links) }
      if entry.receives.count < most { entry.receives.formUnion(its.receives) }
      if entry.hands.count < most { entry.hands.formUnion(its.hands) }
      if entry.targets.count < most { entry.targets.formUnion(its.targets) }
    }
    let own = Place(last, details)
    if opens, own < entry.told {
      (entry.text, entry.predicate) = tell(last, details)
      entry.told = own
    }
    entries[place] = entry
  }

  /// The alerts of a key that a span of time joins; nil for none.
  private func near(_ key: Key, _ span: AlertSpan) -> Range<Int>? {
    guard let known = segments[key], !known.isEmpty else { return nil }
    var low = 0
    var high = known.count
    while low < high {
      let middle = (low + high) / 2
      if known[middle].span.reaches(span, within: Self.joining) { high = middle } else { low = middle + 1 }
    }
    var last = low
    while last < known.count, span.reaches(known[last].span, within: Self.joining) { last += 1 }
    return last > low ? low..<last : nil
  }

  private static func insert(_ place: Place, into places: inout [Place]) {
    var at = places.count
    while at > 0, place < places[at - 1] { at -= 1 }
    guard at < Alert.mostEvents else { return }
    places.insert(place, at: at)
    if places.count > Alert.mostEvents { places.removeLast() }
  }

  private mutating func merge(_ other: Int, into place: Int) {
    guard let from = entries[other], var entry = entries[place] else { return }
    entries[other] = nil
    free.append(other)
    changed.remove(other)
    if let id = from.id {
      if entry.id == nil { entry.id = id } else { entry.absorbed.append(id) }
    }
    entry.absorbed += from.absorbed
    counts[from.rule.id, default: 1] -= 1
    for own in from.places { Self.insert(own, into: &entry.places) }
    entry.seen.formUnion(from.seen)
    entry.span.take(from.span)
    if from.told < entry.told {
      entry.told = from.told
      entry.text = from.text
      entry.predicate = from.predicate
    }
    entry.entities.formUnion(from.entities)
    entry.links.formUnion(from.links)
    entry.receives.formUnion(from.receives)
    entry.hands.formUnion(from.hands)
    entry.targets.formUnion(from.targets)
    entries[place] = entry
  }

  /// The alerts that are new or have grown since this was asked before, by time. An alert that was told keeps its id.
  package mutating func takeChanges() -> [Change] {
    var changes: [Change] = []
    for place in changed {
      guard var entry = entries[place] else { continue }
      let alert = Self.alert(entry)
      changes.append(Change(alert, absorbed: entry.absorbed))
      entry.id = alert.id
      entry.absorbed = []
      entries[place] = entry
    }
    changed = []
    return changes.sorted {
      ($0.alert.start.nanoseconds, $0.alert.rule.id, $0.alert.id)
        < ($1.alert.start.nanoseconds, $1.alert.rule.id, $1.alert.id)
    }
  }

  /// Forgets alerts that have been told and that ended before a time.
  package mutating func forget(before time: Int64) {
    hours = hours.filter { $0.key.hour >= time / Self.hour }
    for place in entries.indices where !changed.contains(place) {
      guard let entry = entries[place], entry.span.end < time else { continue }
      let key = Key(rule: entry.rule.id, actor: entry.actor, address: entry.address)
      segments[key]?.removeAll { $0.place == place }
      if segments[key]?.isEmpty ?? false { segments[key] = nil }
      counts[entry.rule.id, default: 1] -= 1
      entries[place] = nil
      free.append(place)
    }
  }

  /// Number of alerts that are held.
  package var count: Int { entries.count - free.count }

  /// All alerts by time.
  package var ordered: [Alert] {
    entries.compactMap { $0.map(Self.alert) }.sorted {
      ($0.start.nanoseconds, $0.rule.id, $0.id) < ($1.start.nanoseconds, $1.rule.id, $1.id)
    }
  }

  private static func alert(_ entry: Entry) -> Alert {
    // Neither file nor line: the same events in another file are the same alert.
    let identity = [entry.rule.id, entry.actor, entry.address, entry.places.first?.identity ?? ""]
    // One line may stand for several events.
    var references: [Alert.Reference] = []
    for place in entry.places where references.last != place.reference { references.append(place.reference) }
    var alert = Alert(
      id: entry.id ?? String(Fingerprint(identity).text.prefix(16)), rule: entry.rule, severity: entry.rule.severity,
      start: Timestamp(nanoseconds: entry.span.start), end: Timestamp(nanoseconds: entry.span.end), actor: entry.actor,
      sourceAddress: entry.address, message: entry.text, events: references,
      eventCount: entry.seen.count, entities: entry.entities)
    alert.links = entry.links
    alert.receives = entry.receives
    alert.hands = entry.hands
    alert.targets = entry.targets
    alert.predicate = entry.predicate
    if entry.rule.isSequence { alert.completed = Timestamp(nanoseconds: entry.told.time) }
    return alert
  }
}
