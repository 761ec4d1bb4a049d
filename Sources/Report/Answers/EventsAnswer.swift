package import Bytes
package import Events

/// An event of an answer, by the name under which it can be asked for again.
package struct ReportedEvent: Sendable {
  /// A line, a file with a line, or a position of a store.
  package let id: String
  package let event: Event

  package init(id: String, _ event: Event) {
    self.id = id
    self.event = event
  }
}

/// Events in the order of their time (`events search`, `events tail`).
package struct EventsAnswer: KindOfAnswer {
  package static let kind = "Events"
  package static let formats: [OutputFormat] = [.table, .json, .jsonl, .csv]

  /// Which of the events that match are shown.
  package enum Shown: Sendable {
    case latest
    case earliest
  }

  private let events: [ReportedEvent]
  private let matches: Int?
  private let shown: Shown
  private let isTail: Bool
  private let fields: [FieldReference]
  private let next: String?
  private let basis: EventBasis

  /// - Parameters:
  ///   - matches: number of all events that match; nil where nobody counted them.
  ///   - fields: to show in place of the usual ones.
  ///   - next: where the next page continues; nil where there is none.
  ///   - isTail: whether nobody asked for more than the latest.
  package init(
    _ events: [ReportedEvent], of matches: Int?, shown: Shown, fields: [FieldReference] = [], next: String? = nil,
    isTail: Bool = false, basis: EventBasis
  ) {
    self.isTail = isTail
    self.events = events
    self.matches = matches
    self.shown = shown
    self.fields = fields
    self.next = next
    self.basis = basis
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .jsonl:
      var writer = JSONWriter(pretty: false)
      for event in events {
        writer.event(event, fields)
        writer.endLine()
        writer.drain(to: sink)
      }
      writer.drain(to: sink, atLeast: 0)
    case .csv: csv(to: sink)
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("matches")
    if let matches { writer.value(matches) } else { writer.null() }
    writer.key("events")
    writer.array(of: events) { writer, event in
      writer.event(event, fields)
      writer.drain(to: sink)
    }
    writer.field("next", next)
    basis.write(&writer)
  }

  // MARK: Text

  package func text(_ terminal: Terminal) -> String {
    let table =
      fields.isEmpty
      ? TextTable(
        columns: ["event", "time", "who", "action", "object", "result", "from"],
        rows: events.map { [$0.id] + EventLine($0.event).cells })
      : TextTable(
        columns: ["event"] + fields.map(\.name),
        rows: events.map { event in
          [event.id] + fields.map { $0.values(event.event).map(\.text).joined(separator: ", ") }
        })
    return table.text(terminal) + summary + basis.text
  }

  private var summary: String {
    if matches == events.count { return Phrase.count(events.count, "event") + "\n" }
    let total = matches.map { Phrase.count($0, "event") } ?? "There are more events"
    let which =
      switch shown {
      case .latest: "these are the latest \(events.count)"
      case .earliest: "these are the first \(events.count)"
      }
    return "\(total); \(which)\(isTail ? "" : ", --limit 0 shows all")\n"
  }

  private func csv(to sink: ([UInt8]) -> Void) {
    let columns = fields.isEmpty ? Column.allCases.map { FieldReference($0.field.name) } : fields
    var text = CSV.heading(["event"] + columns.map(\.name))
    for event in events {
      text += CSV.text([
        [event.id] + columns.map { $0.values(event.event).map(\.text).joined(separator: "; ") }
      ])
      if text.utf8.count > 1 << 18 {
        sink(Array(text.utf8))
        text = ""
      }
    }
    sink(Array(text.utf8))
  }
}

/// An event in one line: when, who, what, on what, with which result, from where.
struct EventLine {
  let cells: [String]

  /// Longer messages are shown by their beginning.
  private static let mostLetters = 160

  init(_ event: Event) {
    cells = [
      event.moment?.text(digits: 3) ?? "", Self.actor(event), Self.action(event), Self.object(event),
      Self.result(event), event[.sourceAddress] ?? "",
    ]
  }

  private static func actor(_ event: Event) -> String {
    if let user = event[.userName] {
      guard let effective = event[.effectiveUserName], effective != user else { return user }
      return "\(user) as \(effective)"
    }
    if let pod = event[.podName] { return (event[.namespace].map { $0 + "/" } ?? "") + pod }
    return event[.hostName] ?? event.text(.processName) ?? ""
  }

  private static func action(_ event: Event) -> String {
    event[.ruleName] ?? event[.action] ?? event.dataset.rawValue
  }

  private static func object(_ event: Event) -> String {
    guard let type = event[.resourceType] else {
      if let address = event[.destinationAddress] {
        return address + (event.text(.destinationPort).map { ":" + $0 } ?? "")
      }
      if let url = event.text(.urlOriginal) { return Terminal.clipped(url, mostLetters) }
      let message = event.text(.message) ?? event.originalText
      let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      return Terminal.clipped(line, mostLetters)
    }
    var text = type
    if let part = event[.subresource] { text += "/" + part }
    let name = [event[.namespace], event[.resourceName]].compactMap { $0 }.joined(separator: "/")
    return name.isEmpty ? text : text + " " + name
  }

  private static func result(_ event: Event) -> String {
    if let code = event.statusCode { return String(code) }
    if event.outcome != .unknown { return event.outcome.rawValue }
    return event.level?.name ?? ""
  }
}

extension JSONWriter {
  /// An event as an object of its fields, by their names in the schema; a list where a field has several values.
  ///
  /// - Parameter fields: to write in place of all.
  package mutating func event(_ reported: ReportedEvent, _ fields: [FieldReference]) {
    object { writer in
      if fields.isEmpty {
        for (field, values) in reported.event.fields() {
          writer.key(field.name)
          writer.values(values)
        }
        writer.key(FieldID.eventOriginal.name)
        writer.value(reported.event.originalText)
      } else {
        for field in fields {
          let values = field.values(reported.event)
          guard !values.isEmpty else { continue }
          writer.key(field.name)
          writer.values(values)
        }
      }
      writer.field("bartizan.event", reported.id)
    }
  }

  private mutating func values(_ values: [FieldValue]) {
    if values.count == 1 { return value(values[0]) }
    array(of: values) { $0.value($1) }
  }

  private mutating func value(_ value: FieldValue) {
    switch value {
    case .text(let text): self.value(text)
    case .integer(let number):
      // Beyond 2^53 most readers of JSON would round.
      if number.magnitude <= 1 << 53 { self.value(Int(number)) } else { self.value(String(number)) }
    case .number(let number): self.value(number)
    case .flag(let flag): self.value(flag)
    case .time(let time): self.value(time.text)
    }
  }
}
