import Bytes
import Findings

/// An alert as it is kept: everything by which it is told, sent again and joined with others.
extension Alert {
  package var stored: [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("id", id)
      writer.key("rule")
      writer.object { writer in
        writer.field("id", rule.id)
        writer.field("language", rule.language.rawValue)
        writer.field("title", rule.title)
        writer.field("description", rule.description)
        writer.field("severity", rule.severity.name)
        writer.field("version", rule.version)
        writer.field("tags", rule.tags)
        writer.field("file", rule.location.file)
      }
      writer.field("severity", severity.name)
      writer.field("start", Int(start.nanoseconds))
      writer.field("end", Int(end.nanoseconds))
      if let completed { writer.field("completed", Int(completed.nanoseconds)) }
      writer.field("actor", actor)
      writer.field("address", sourceAddress)
      writer.field("message", message)
      if let predicate { writer.field("predicate", predicate) }
      writer.field("reasons", reasons)
      depthLeft?.write(&writer)
      writer.field("eventCount", eventCount)
      Reference.write(events, &writer)
      func entities(_ key: String, _ entities: Set<Entity>) {
        writer.key(key)
        writer.array(of: entities.sorted()) { writer, entity in writer.object { Self.write(&$0, entity) } }
      }
      entities("entities", self.entities)
      entities("targets", targets)
      for (key, links) in [("links", links), ("receives", receives), ("hands", hands)] {
        writer.key(key)
        let parts = links.map { link in JSONWriter.members(depth: 0, pretty: false) { Self.write(&$0, link) } }
        writer.array(of: parts.sorted { $0.lexicographicallyPrecedes($1) }) { writer, members in
          writer.object(members: members)
        }
      }
    }
    return writer.bytes
  }

  private static func write(_ writer: inout JSONWriter, _ entity: Entity) {
    writer.field("kind", entity.kind.rawValue)
    writer.field("name", entity.name)
  }

  private static func write(_ writer: inout JSONWriter, _ link: AlertLink) {
    func named(_ word: String, _ entity: Entity) {
      writer.field("link", word)
      write(&writer, entity)
    }
    switch link {
    case .person(let entity): named("person", entity)
    case .session(let entity, let address):
      named("session", entity)
      writer.field("address", address)
    case .pod(let entity): named("pod", entity)
    case .outside(let entity): named("outside", entity)
    case .rights(let entity): named("rights", entity)
    case .address(let address):
      writer.field("link", "address")
      writer.field("address", address)
    case .credential(let id):
      writer.field("link", "credential")
      writer.field("id", id)
    }
  }

  /// - Parameter bytes: as `stored` wrote them.
  /// - Returns: nil for anything else.
  package init?(stored bytes: [UInt8]) {
    guard let node = try? JSONReader.read(bytes), let rule = node["rule"], let id = node["id"]?.string,
      let ruleID = rule["id"]?.string, let title = rule["title"]?.string,
      let severity = node["severity"]?.string.flatMap({ Severity(name: $0) }), let start = node["start"]?.int,
      let end = node["end"]?.int, let count = node["eventCount"]?.int
    else { return nil }
    var info = RuleInfo(id: ruleID, title: title, location: Location(file: rule["file"]?.string ?? ""))
    info.language = rule["language"]?.string.flatMap { RuleInfo.Language(rawValue: $0) } ?? .sigma
    info.description = rule["description"]?.string ?? ""
    info.severity = rule["severity"]?.string.flatMap { Severity(name: $0) } ?? severity
    info.date = rule["version"]?.string ?? ""
    info.tags = rule["tags"]?.strings ?? []
    self.init(
      id: id, rule: info, severity: severity, start: Timestamp(nanoseconds: start), end: Timestamp(nanoseconds: end),
      actor: node["actor"]?.string ?? "", sourceAddress: node["address"]?.string ?? "",
      message: node["message"]?.string ?? "",
      events: (node["events"]?.elements ?? []).map { event in
        Reference(
          source: event["source"]?.string ?? "", line: Int(clamping: event["line"]?.int ?? 0),
          id: event["id"]?.string ?? "")
      }, eventCount: Int(clamping: count), entities: Set((node["entities"]?.elements ?? []).compactMap(Self.entity)))
    targets = Set((node["targets"]?.elements ?? []).compactMap(Self.entity))
    links = Set((node["links"]?.elements ?? []).compactMap(Self.link))
    receives = Set((node["receives"]?.elements ?? []).compactMap(Self.link))
    hands = Set((node["hands"]?.elements ?? []).compactMap(Self.link))
    reasons = node["reasons"]?.strings ?? []
    depthLeft = node["depthLeft"].flatMap { DepthLeft($0) }
    predicate = node["predicate"]?.string
    completed = node["completed"]?.int.map { Timestamp(nanoseconds: $0) }
  }

  private static func entity(_ node: DocumentNode) -> Entity? {
    guard let kind = node["kind"]?.string.flatMap({ Entity.Kind(rawValue: $0) }), let name = node["name"]?.string else {
      return nil
    }
    return Entity(kind, name)
  }

  private static func link(_ node: DocumentNode) -> AlertLink? {
    let address = node["address"]?.string ?? ""
    switch (node["link"]?.string, entity(node)) {
    case ("address", _): return .address(address)
    case ("credential", _): return node["id"]?.string.map { .credential($0) }
    case ("person", let entity?): return .person(entity)
    case ("session", let entity?): return .session(entity, address: address)
    case ("pod", let entity?): return .pod(entity)
    case ("outside", let entity?): return .outside(entity)
    case ("rights", let entity?): return .rights(entity)
    default: return nil
    }
  }

  /// The same alert with what another delivery of its events, or their continuation, has of it.
  ///
  /// - Returns: this alert's id with the events of both.
  package func joined(with other: Alert) -> Alert {
    var references = events
    var known = Set(events)
    for event in other.events where known.insert(event).inserted { references.append(event) }
    let first = start <= other.start ? self : other
    var alert = Alert(
      id: id, rule: other.rule, severity: max(severity, other.severity), start: first.start,
      end: max(end, other.end), actor: actor, sourceAddress: sourceAddress, message: first.message,
      events: Array(references.prefix(Self.mostEvents)),
      // Beyond the events that are listed nobody knows which of them both have.
      eventCount: max(references.count, eventCount, other.eventCount), entities: entities.union(other.entities))
    alert.links = links.union(other.links)
    alert.receives = receives.union(other.receives)
    alert.hands = hands.union(other.hands)
    alert.targets = targets.union(other.targets)
    alert.reasons = reasons + other.reasons.filter { !reasons.contains($0) }
    alert.depthLeft = [depthLeft, other.depthLeft].compactMap { $0 }.min()
    alert.predicate = first.predicate
    alert.completed = first.completed
    return alert
  }
}
