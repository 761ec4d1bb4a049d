import Bytes
package import Events
import Findings

/// Detection over events: rules, correlations, alerts. One after the other or file after file; at the end everything
/// that was open is judged.
package struct Detector: Sendable {
  package let rules: RuleSet
  private let matcher: RuleMatcher
  private var state = MatchState()
  private var correlator: Correlator
  private var book = AlertBook()
  private var addresses = AddressBook()
  private var facts: ClusterFacts?
  /// Digests under which images run, by reference.
  private var digests: [String: Set<String>]
  private static let mostImages = 100_000
  private let layout: EventLayout
  private var scratch: [UInt8] = []
  /// The latest time seen, for events without one.
  private var latest: Timestamp?
  /// Of matches that are older than what was judged: a log that comes hours late is judged for itself.
  private var backlog: Correlator?
  /// When the last of them came, by the clock.
  private var backlogAt = Int64.min
  private let lateness: Int64?

  /// Number of events that were looked at.
  package private(set) var eventCount = 0
  /// Events of which nothing is known but that they are JSON or text, and those that could not be understood.
  package private(set) var unknownCount = 0
  package private(set) var unparsedCount = 0
  /// Matches by rule.
  package private(set) var matchCounts: [String: Int] = [:]

  /// Nanoseconds from any moment on, by which the conditions of rules are timed; nil: they are not.
  package var clock: (@Sendable () -> UInt64)? {
    get { state.clock }
    set { state.clock = newValue }
  }

  /// About how many nanoseconds conditions took since this was asked before, by rule, as far as a part of the events tells.
  package mutating func takeTimes() -> [String: UInt64] {
    var times: [String: UInt64] = [:]
    for (rule, time) in state.times {
      times[rules.rules[rule].info.id, default: 0] += time * UInt64(MatchState.timedEvery)
    }
    state.times = [:]
    return times
  }

  /// From now on alerts are weighed by what is known of the cluster at this moment. Images that have run are not forgotten.
  package mutating func know(_ facts: ClusterFacts) {
    self.facts = facts
    for (image, known) in facts.digests where digests[image] != nil || digests.count < Self.mostImages {
      digests[image, default: []].formUnion(known)
    }
  }

  /// Expressions that were not tried on texts too long for them.
  package var skippedExpressions: Int { state.skipped }
  package var tooLate: Int { correlator.tooLate + (backlog?.tooLate ?? 0) + lateBefore }
  package var forgotten: Int { correlator.forgotten + (backlog?.forgotten ?? 0) }
  /// Of backlogs that were judged.
  private var lateBefore = 0
  package var throttled: [String: Int] { book.throttled }

  /// - Parameters:
  ///   - lateness: see `Correlator`.
  ///   - facts: what is known of the cluster; nil where nothing is.
  package init(_ rules: RuleSet, lateness: Int64? = nil, facts: ClusterFacts? = nil) {
    self.rules = rules
    self.facts = facts
    self.lateness = lateness
    digests = facts?.digests ?? [:]
    let correlator = Correlator(rules, lateness: lateness)
    var slots: [String: Int] = [:]
    var names = PackedEvent.fields
    func slot(_ field: String, _ source: LogSource) -> Int {
      let key = source.text + "|" + field
      if let known = slots[key] { return known }
      slots[key] = names.count
      names.append(FieldTaxonomy.names(field, source))
      return names.count - 1
    }
    let correlationFields = Set(rules.correlations.flatMap { MessageTemplate.fields($0.info.message) })
    var fields: [[(field: String, slot: Int)]] = []
    for (index, rule) in rules.rules.enumerated() {
      let wanted = correlator.fields(of: index).union(correlator.takes(index) ? correlationFields : [])
        .union(MessageTemplate.fields(rule.info.message))
      fields.append(wanted.sorted().map { ($0, slot($0, rule.info.logSource)) })
    }
    matcher = RuleMatcher(
      rules.rules.map { ($0.tree, $0.info.logSource) },
      watched: Watched.allCases.map { PackedEvent.fields[$0.own.rawValue] },
      details: names)
    self.correlator = correlator
    layout = fields
  }

  /// What is read of every event, whether a rule matches it or not.
  private enum Watched: Int, CaseIterable {
    case user, address, images, runningImages, imageIDs

    var own: PackedEvent.Own {
      switch self {
      case .user: .user
      case .address: .address
      case .images: .images
      case .runningImages: .runningImages
      case .imageIDs: .imageIDs
      }
    }
  }

  private func slot(_ field: Watched) -> Int { matcher.slot(ofWatched: field.rawValue) }

  /// Looks at all events of a batch.
  ///
  /// - Parameters:
  ///   - source: the input as the user named it.
  ///   - line: number of lines of the input before the batch.
  package mutating func detect(_ batch: EventBatch, source: String, line: Int = 0) {
    for event in batch.events { detect(event, source: source, line: event.line + line) }
    for match in correlator.advance() { report(match) }
  }

  /// Looks at one event.
  ///
  /// - Parameters:
  ///   - source: where it is.
  ///   - line: its place there.
  package mutating func detect(_ event: Event, at line: Int, of source: String) {
    detect(event, source: source, line: line)
  }

  // MARK: Following

  /// Judges correlations up to `lateness` before a moment, which is the present: nothing that claims to be of the future
  /// brings others to an end.
  ///
  /// - Parameter isIdle: whether nothing is waiting, so that time passes although no event shows it.
  package mutating func follow(now: Int64, isIdle: Bool) {
    correlator.present = now
    for match in correlator.follow(isIdle: isIdle) { report(match) }
    guard var late = backlog else { return }
    late.present = now
    // A late log has come whole when nothing more of it has come for a while.
    let (rest, isOver) = now.subtractingReportingOverflow(backlogAt)
    let isWhole = isIdle && (isOver || rest >= lateness ?? 0)
    for match in isWhole ? late.finish() : late.follow(isIdle: false) { report(match) }
    if isWhole {
      lateBefore += late.tooLate
      backlog = nil
    } else {
      backlog = late
    }
  }

  /// Alerts that are new or have grown since this was asked before, as severe as they are in this cluster.
  package mutating func takeChanges() -> [AlertBook.Change] {
    book.takeChanges().map { change in
      guard let facts else { return change }
      var alert = change.alert
      facts.weigh(&alert)
      return AlertBook.Change(alert, absorbed: change.absorbed)
    }
  }

  /// Forgets alerts that ended before a time and that were taken.
  package mutating func forget(before time: Int64) { book.forget(before: time) }

  /// Whether many accounts come from an address, so that it ties nothing.
  package func isSharedAddress(_ address: String) -> Bool { addresses.isShared(address) }

  /// How far back an event may matter to what comes, in nanoseconds: the longest timespan of a correlation, with what is
  /// allowed to be late, and the time in which matches join an alert.
  package var memory: Int64 {
    let longest = rules.correlations.map(\.timespan).max() ?? 0
    let (sum, overflow) = longest.addingReportingOverflow((lateness ?? 0) + AlertBook.joining)
    return overflow ? .max : sum
  }

  private mutating func detect(_ event: Event, source: String, line: Int) {
    eventCount += 1
    if let time = event.time, latest.map({ time > $0 }) ?? true { latest = time }
    if event.fault != nil {
      unparsedCount += 1
      return
    }
    if [.json, .text, .csv, .shipper].contains(event.dataset) { unknownCount += 1 }
    let isAudit = event.dataset == .kubernetesAudit
    let matches = isAudit ? matchAudit(event) : matcher.match(event, &state)
    if isAudit { seeAddress() }
    let falco = rules.falco.rules.isEmpty || event.dataset != .kubernetesAudit ? nil : FalcoFields.Record(event)
    guard !matches.isEmpty || falco != nil else { return }
    var made: DetectedEvent?
    func detected() -> DetectedEvent {
      if let made { return made }
      let value = describe(event, matches, source: source, line: line)
      made = value
      return value
    }
    for rule in matches {
      let info = rules.rules[rule].info
      matchCounts[info.id, default: 0] += 1
      let what = detected()
      correlate(what, rule)
      if correlator.takes(rule) {
        for number in 1..<max(1, event.repetitions) { correlate(what.again(number), rule) }
      }
      if !rules.rules[rule].isQuiet { book.add(info, [what]) { MessageTemplate.text(info, $0, $1) } }
    }
    guard let falco else { return }
    // Falco reports the first rule that matches.
    if let rule = rules.falco.rules.first(where: { $0.condition.holds(falco) }) {
      matchCounts[rule.info.id, default: 0] += 1
      let what = detected()
      book.add(rule.info, [what]) { _, _ in (SecretMask.masked(FalcoCondition.output(rule.output, falco)), nil) }
    }
  }

  private mutating func correlate(_ event: DetectedEvent, _ rule: Int) {
    guard lateness != nil, correlator.isTooLate(event), correlator.takes(rule) else {
      correlator.add(event, rule: rule)
      return
    }
    var late = backlog ?? Correlator(rules, lateness: lateness)
    backlog = nil
    late.add(event, rule: rule)
    backlog = late
    backlogAt = correlator.present
  }

  /// Matches a request with the commands of the pods that it writes, where rules ask for them, and with the fields
  /// `cluster.newRegistry` and `cluster.movedTag`, where the cluster is known.
  private mutating func matchAudit(_ event: Event) -> [Int] {
    let commandSlot = matcher.slot(PodCommands.field)
    let commands = commandSlot == nil ? [] : PodCommands.lines(event)
    let isKnown = facts != nil
    let known = facts?.registries ?? []
    let registry = matcher.slot("cluster.newRegistry")
    let moved = matcher.slot("cluster.movedTag")
    let images = slot(.images)
    let runningImages = slot(.runningImages)
    let imageIDs = slot(.imageIDs)
    var digests = digests
    self.digests = [:]
    let matches = matcher.match(event, &state) { frame in
      func derive(_ slot: Int?, _ text: String) { if let slot { frame.derive(slot, text) } }
      for command in commands { derive(commandSlot, command) }
      guard isKnown else { return }
      if frame.isPresent(images), !known.isEmpty {
        let images = frame.texts(images)
        let new = Set(images.prefix(256).compactMap { ImageOrigin.registry(of: $0) }).subtracting(known)
        for name in new.sorted() { derive(registry, name) }
      }
      guard frame.isPresent(imageIDs) else { return }
      let running = frame.texts(runningImages)
      let ids = frame.texts(imageIDs)
      // A container that has not started has no id: then the two cannot be paired.
      guard running.count == ids.count else { return }
      for (image, id) in zip(running, ids) where !image.contains("@") {
        guard let digest = ImageOrigin.digest(of: id) else { continue }
        if let before = digests[image] {
          if !before.contains(digest) { derive(moved, image) }
        } else if digests.count < Self.mostImages {
          digests[image] = [digest]
        }
      }
    }
    self.digests = digests
    return matches
  }

  private mutating func describe(_ event: Event, _ matches: [Int], source: String, line: Int) -> DetectedEvent {
    matcher.readDetails(event, &state)
    let isAudit = event.dataset == .kubernetesAudit
    // What was derived is in no record, but in the frame that was matched.
    var scratch: [UInt8] = []
    swap(&scratch, &self.scratch)
    let packed = PackedEvent(
      layout, matches, state.details, isAudit: isAudit, key: isAudit ? nil : event.deliveryKey, scratch: &scratch
    ) { field in
      matcher.slot(field).map { state.frame.texts($0) } ?? []
    }
    swap(&scratch, &self.scratch)
    let received = state.details.text(PackedEvent.Own.received.rawValue).flatMap { Timestamp($0) }
    return DetectedEvent(source: source, line: line, time: received ?? event.time ?? arrival(event), packed: packed)
  }

  /// When an event without a time happened as far as anybody knows: when it was received, else when what stood before it did, else
  /// when it was read.
  private func arrival(_ event: Event) -> Timestamp {
    event.ingested ?? latest ?? event.readAt ?? Timestamp(nanoseconds: 0)
  }

  /// Takes note of the account and address of a request.
  private mutating func seeAddress() {
    var user: Range<Int>?
    var address: Range<Int>?
    func first(_ field: Watched, _ range: inout Range<Int>?) {
      state.frame.forEach(slot(field)) { value in
        if value.kind != .null { range = value.range }
        return range == nil
      }
    }
    first(.user, &user)
    first(.address, &address)
    guard let user, let address, !user.isEmpty, !address.isEmpty else { return }
    state.frame.bytes.withUnsafeBytes { bytes in
      addresses.see(
        account: UnsafeRawBufferPointer(rebasing: bytes[user]),
        address: UnsafeRawBufferPointer(rebasing: bytes[address]))
    }
  }

  private mutating func report(_ match: CorrelationMatch) {
    let correlation = rules.correlations[match.correlation]
    let info = correlation.info
    matchCounts[info.id, default: 0] += match.isNew ? 1 : 0
    guard !correlation.isQuiet else { return }
    book.add(info, match.events, opens: match.isNew) { MessageTemplate.text(info, $0, $1) }
  }

  /// Judges what is open.
  package mutating func finish() { for match in correlator.finish() { report(match) } }

  /// What was found, by time, as severe as it is in this cluster.
  package var alerts: [Alert] {
    guard let facts else { return book.ordered }
    return book.ordered.map { alert in
      var alert = alert
      facts.weigh(&alert)
      return alert
    }
  }

  /// Alerts that belong together.
  package var incidents: [Incident] {
    let alerts = alerts
    let all = Set(alerts.map(\.sourceAddress))
    return Incidents.join(alerts, shared: all.filter { addresses.isShared($0) }, facts: facts)
  }
}

/// Texts in which `%field%` stands for the value of a field.
enum MessageTemplate {
  static func fields(_ text: String) -> [String] {
    var fields: [String] = []
    each(text) { part, isField in if isField { fields.append(String(part)) } }
    return fields
  }

  /// What stands for a field that an event does not have.
  private static let absent = [
    "user.username": "somebody unknown", "objectRef.namespace": "the whole cluster", "objectRef.name": "(unnamed)",
    "objectRef.resource": "a path", "source.ip": "an unknown address",
  ]

  /// The text, and what of it follows the actor where it begins with the actor.
  static func text(
    _ info: RuleInfo, _ event: DetectedEvent, _ details: DetectedEvent.Details
  ) -> (text: String, predicate: String?) {
    guard !info.message.isEmpty else { return (info.title, nil) }
    let all = event.values
    var parts: [String] = []
    each(info.message) { part, isField in
      guard isField else {
        parts.append(String(part))
        return
      }
      let values = all[String(part)] ?? []
      parts.append(
        values.isEmpty ? absent[String(part)] ?? "-" : SecretMask.masked(values.prefix(4).joined(separator: ", ")))
    }
    let begins = info.message.hasPrefix("%user.username% ") && all["user.username"]?.first == details.actor
    let predicate = begins && !details.actor.isEmpty ? String(parts.dropFirst(2).joined().drop { $0 == " " }) : nil
    return (parts.joined(), predicate)
  }

  private static func each(_ text: String, _ body: (Substring, Bool) -> Void) {
    var rest = text[...]
    while let start = rest.firstIndex(of: "%"), let end = rest[rest.index(after: start)...].firstIndex(of: "%") {
      body(rest[..<start], false)
      body(rest[rest.index(after: start)..<end], true)
      rest = rest[rest.index(after: end)...]
    }
    body(rest, false)
  }
}
