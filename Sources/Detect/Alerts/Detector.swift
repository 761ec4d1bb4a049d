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
  /// Fields that are read of each event that matched, and where they stand in the frame.
  private let slots: [String: Int]
  private let ruleFields: [[String]]
  private let messageFields: [[String]]
  /// The latest time seen, for events without one.
  private var latest = Timestamp(nanoseconds: 0)

  /// Number of events that were looked at.
  package private(set) var eventCount = 0
  /// Events of which nothing is known but that they are JSON or text, and those that could not be understood.
  package private(set) var unknownCount = 0
  package private(set) var unparsedCount = 0
  /// Matches by rule.
  package private(set) var matchCounts: [String: Int] = [:]

  /// Expressions that were not tried on texts too long for them.
  package var skippedExpressions: Int { state.skipped }
  package var tooLate: Int { correlator.tooLate }
  package var throttled: [String: Int] { book.throttled }

  /// - Parameter lateness: see `Correlator`.
  package init(_ rules: RuleSet, lateness: Int64? = nil) {
    self.rules = rules
    let correlator = Correlator(rules, lateness: lateness)
    var slots: [String: Int] = [:]
    var names: [FieldNames] = Self.own
    var fields: [[String]] = []
    var messages: [[String]] = []
    func add(_ field: String, _ source: LogSource) {
      let key = source.text + "|" + field
      guard slots[key] == nil else { return }
      slots[key] = names.count
      names.append(FieldTaxonomy.names(field, source))
    }
    let correlationFields = Set(rules.correlations.flatMap { MessageTemplate.fields($0.info.message) })
    for (index, rule) in rules.rules.enumerated() {
      let message = MessageTemplate.fields(rule.info.message)
      let wanted = correlator.fields(of: index).union(correlator.takes(index) ? correlationFields : [])
      fields.append(wanted.sorted())
      messages.append(message)
      for field in message + wanted.sorted() { add(field, rule.info.logSource) }
    }
    matcher = RuleMatcher(rules.rules.map { ($0.tree, $0.info.logSource) }, fields: names)
    self.slots = slots
    self.correlator = correlator
    ruleFields = fields
    messageFields = messages
  }

  private static let own: [FieldNames] = [
    FieldNames(["user.username", "user.name"]), FieldNames(["impersonatedUser.username", "user.effective.name"]),
    FieldNames(["source.ip"]), FieldNames(["auditID", "event.id"]), FieldNames(["event.start"]),
    FieldNames(["user.extra.authentication.kubernetes.io/pod-name", "kubernetes.pod.name"]),
    FieldNames(["objectRef.resource", "orchestrator.resource.type"]),
    FieldNames(["objectRef.namespace", "orchestrator.namespace"]),
    FieldNames(["objectRef.name", "orchestrator.resource.name"]), FieldNames(["requestURI", "url.original"]),
    FieldNames(["kubernetes.node.name"]), FieldNames(["host.name"]), FieldNames(["requestReceivedTimestamp"]),
  ]

  private enum Own: Int {
    case user, effective, address, id, start, pod, resource, namespace, name, uri, node, host, received
  }

  private func own(_ field: Own) -> String? { state.frame.text(matcher.extraStart + field.rawValue) }

  /// Looks at all events of a batch.
  ///
  /// - Parameters:
  ///   - source: the input as the user named it.
  ///   - line: number of lines of the input before the batch.
  package mutating func detect(_ batch: EventBatch, source: String, line: Int = 0) {
    for event in batch.events { detect(event, source: source, line: line) }
    for match in correlator.advance() { report(match) }
  }

  private mutating func detect(_ event: Event, source: String, line: Int) {
    eventCount += 1
    if let time = event.time, time > latest { latest = time }
    if event.fault != nil {
      unparsedCount += 1
      return
    }
    if event.dataset == .json || event.dataset == .text || event.dataset == .csv { unknownCount += 1 }
    let matches = matcher.match(event, &state)
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
      correlator.add(detected(), rule: rule)
      if !rules.rules[rule].isQuiet {
        book.add(info, [detected()]) { MessageTemplate.text(info, $0) }
      }
    }
    guard let falco else { return }
    // Falco reports the first rule that matches.
    if let rule = rules.falco.rules.first(where: { $0.condition.holds(falco) }) {
      matchCounts[rule.info.id, default: 0] += 1
      book.add(rule.info, [detected()]) { _ in FalcoCondition.output(rule.output, falco) }
    }
  }

  private func describe(_ event: Event, _ matches: [Int], source: String, line: Int) -> DetectedEvent {
    var values: [String: [String]] = [:]
    for rule in matches {
      let logSource = rules.rules[rule].info.logSource.text
      for field in ruleFields[rule] + messageFields[rule] where values[field] == nil {
        guard let slot = slots[logSource + "|" + field] else { continue }
        let found = state.frame.texts(matcher.extraStart + slot)
        if !found.isEmpty { values[field] = found.count > 16 ? Array(found.prefix(16)) : found }
      }
    }
    let user = own(.user) ?? ""
    let address = own(.address) ?? ""
    var entities: [Entity] = []
    func add(_ kind: Entity.Kind, _ name: String?) {
      if let name, !name.isEmpty, name != "system:anonymous" { entities.append(Entity(kind, name)) }
    }
    func account(_ name: String) {
      let parts = name.split(separator: ":", omittingEmptySubsequences: false)
      if parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" {
        add(.serviceAccount, parts[2] + "/" + parts[3])
      } else if name.hasPrefix("system:node:") {
        add(.node, String(name.dropFirst("system:node:".count)))
      } else {
        add(.user, name)
      }
    }
    account(user)
    account(own(.effective) ?? "")
    if let range = IPAddress(address), !Self.isLocal(range) { add(.address, address) }
    let namespace = own(.namespace) ?? ""
    if let pod = own(.pod) { add(.pod, pod) }
    switch own(.resource) {
    case "pods": if let name = own(.name) { add(.pod, name) }
    case "serviceaccounts": if let name = own(.name) { add(.serviceAccount, namespace + "/" + name) }
    case "nodes": add(.node, own(.name))
    default: break
    }
    if !namespace.isEmpty { add(.namespace, namespace) }
    if event.dataset != .kubernetesAudit { add(.host, own(.host)) }
    let id = own(.id) ?? ""
    let time = own(.received).flatMap { Timestamp($0) } ?? event.time ?? latest
    let identity =
      event.dataset == .kubernetesAudit
      ? [id, own(.received) ?? "", user, own(.uri) ?? ""].joined(separator: "\u{0}")
      : event.deliveryKey ?? source + "\u{0}" + String(event.line + line)
    return DetectedEvent(
      source: source, line: event.line + line, id: id, time: time, identity: identity, actor: user,
      sourceAddress: address, entities: entities, values: values)
  }

  private static let local = ["127.0.0.0/8", "::1/128"].compactMap { IPRange(cidr: $0) }

  private static func isLocal(_ address: IPAddress) -> Bool { local.contains { $0.contains(address) } }

  private mutating func report(_ match: CorrelationMatch) {
    let info = rules.correlations[match.correlation].info
    matchCounts[info.id, default: 0] += match.isNew ? 1 : 0
    book.add(info, match.events, opens: match.isNew) { MessageTemplate.text(info, $0) }
  }

  /// Judges what is open.
  package mutating func finish() { for match in correlator.finish() { report(match) } }

  package var alerts: [Alert] { book.ordered }
}

/// Texts in which `%field%` stands for the value of a field.
enum MessageTemplate {
  static func fields(_ text: String) -> [String] {
    var fields: [String] = []
    each(text) { part, isField in if isField { fields.append(String(part)) } }
    return fields
  }

  static func text(_ info: RuleInfo, _ event: DetectedEvent) -> String {
    guard !info.message.isEmpty else { return info.title }
    var output = ""
    each(info.message) { part, isField in
      guard isField else {
        output += part
        return
      }
      let values = event.values[String(part)] ?? []
      output += values.isEmpty ? "-" : values.prefix(4).joined(separator: ", ")
    }
    return output
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
