/// Reads many fields of events at once, each by the names under which a source may have it, the first that is there.
///
/// A name is one of the catalogue (`user.name`) or a path in the original with or without the prefix of its source, as
/// in `Event.values(at:)`. One pass over a JSON record finds all of them.
package struct FieldReader: Sendable {
  /// How the fields are read from the records of one mapping. A class, since a copy for each event would cost more than
  /// what is asked of it.
  final class Plan: Sendable {
    /// A field of the catalogue under one of the names.
    struct Entry: Sendable {
      let slot: Int
      let rank: UInt16
      let field: FieldID
    }

    let automaton: PathAutomaton
    /// Fields that are stored with the event, or known without its record.
    let stored: [Entry]
    /// Fields that are made of the record.
    let computed: [Entry]
    /// What makes the computed fields, all at once.
    let extraction: ExtractionPlan
    /// Fields that the envelope may have where the record has none.
    let enveloped: [Entry]

    fileprivate init(
      automaton: PathAutomaton, stored: [Entry], computed: [Entry], extraction: ExtractionPlan, enveloped: [Entry]
    ) {
      self.automaton = automaton
      self.stored = stored
      self.computed = computed
      self.extraction = extraction
      self.enveloped = enveloped
    }
  }

  /// The names of each field, the best first; names side by side are equally good, and values of all of them count. A
  /// field without a name is the whole record as text.
  package let names: [[[String]]]
  private let wholes: [Int]

  package init(_ names: [[[String]]]) {
    self.names = names
    wholes = names.indices.filter { names[$0].isEmpty }
  }

  /// Reads all fields of an event: one pass over each record finds what it says itself, one more what is computed.
  package func read(_ event: Event, into frame: inout FieldFrame) {
    frame.begin(names.count)
    if frame.plans.isEmpty { frame.plans = [Plan?](repeating: nil, count: MappingCatalogue.all.count * 2) }
    let isSingle = event.record.layers.count == 1
    var first: Plan?
    var offset: UInt16 = 0
    event.eachLayer { mapping, payload, _ in
      let plan = plan(mapping, isSingle, &frame)
      if first == nil { first = plan }
      event.withBytes(payload) { bytes in
        switch mapping.form {
        case .object: plan.automaton.read(bytes, 0, offset: offset, into: &frame)
        case .line(let parse):
          var parts = LineParts()
          guard mapping.parseLine(bytes, event.batch.header, event.batch.options, parse, &parts) else { return }
          let scratch = parts.scratch
          for part in parts.parts {
            let node = plan.automaton.child(0, scratch.span.extracting(part.key))
            guard node >= 0 else { continue }
            if part.isScratch {
              plan.automaton.emit(scratch.span, part.value, .string, node: node, offset: offset, into: &frame)
            } else {
              plan.automaton.emit(bytes, part.value, .string, node: node, offset: offset, into: &frame)
            }
          }
        }
      }
      offset &+= 4096
      return true
    }
    if let first {
      for entry in first.stored where frame.wants(entry.slot, rank: entry.rank) { read(event, entry, into: &frame) }
      if first.computed.contains(where: { frame.wants($0.slot, rank: $0.rank) }) {
        compute(event, first, isSingle, into: &frame)
      }
      if isSingle, !event.envelope.entries.isEmpty {
        for entry in first.enveloped where frame.wants(entry.slot, rank: entry.rank) {
          addEnveloped(event, entry, into: &frame)
        }
      }
    }
    guard !wholes.isEmpty else { return }
    event.withOriginal { bytes in
      let isEscaped = bytes.first(0x5C, from: 0) != nil && bytes.count > 0 && bytes[0] == 0x7B
      for slot in wholes { frame.add(slot, rank: 0, .text, bytes, 0..<bytes.count, escaped: isEscaped) }
    }
  }

  private func plan(_ mapping: Mapping, _ isSingle: Bool, _ frame: inout FieldFrame) -> Plan {
    let place = mapping.place * 2 + (isSingle ? 1 : 0)
    if let known = frame.plans[place] { return known }
    let plan = Plan(names, mapping, isSingle: isSingle)
    frame.plans[place] = plan
    return plan
  }

  private func read(_ event: Event, _ entry: Plan.Entry, into frame: inout FieldFrame) {
    if let column = entry.field.column, column.isText {
      _ = event.withBytes(column) {
        frame.add(entry.slot, rank: entry.rank, .text, $0, 0..<$0.count, escaped: false)
      }
      return
    }
    for value in event.values(entry.field) { add(value, entry, into: &frame) }
  }

  private func add(_ value: FieldValue, _ entry: Plan.Entry, into frame: inout FieldFrame) {
    let kind: FieldFrame.Kind =
      switch value {
      case .text, .time: .text
      case .integer, .number: .number
      case .flag(let flag): flag ? .yes : .no
      }
    frame.add(entry.slot, rank: entry.rank, kind, value.text)
  }

  /// - Returns: whether the envelope has the field.
  @discardableResult
  private func addEnveloped(_ event: Event, _ entry: Plan.Entry, into frame: inout FieldFrame) -> Bool {
    guard let text = event.envelope[entry.field] else { return false }
    add(Extractor.value(entry.field, text, .string), entry, into: &frame)
    return true
  }

  /// Makes the computed fields of an event, all in one pass over each of its records, as `Event.values(_:)` makes one.
  private func compute(_ event: Event, _ plan: Plan, _ isSingle: Bool, into frame: inout FieldFrame) {
    var extractor: Extractor
    if let known = frame.extractor, frame.batch === event.batch {
      extractor = known
    } else {
      extractor = Extractor(options: event.batch.options)
      extractor.keepsCold = true
    }
    // Held here alone while it works, so that nothing is copied.
    frame.extractor = nil
    extractor.begin()
    var isOverridden = false
    event.eachLayer { mapping, payload, role in
      isOverridden = isOverridden || role.overrides
      let plan = self.plan(mapping, isSingle, &frame)
      guard !plan.extraction.steps.isEmpty else { return true }
      event.withBytes(payload) { bytes in
        extractor.enter(
          at: 0, isMade: true, overrides: role.overrides, isAroundService: role.isAroundService)
        extractor.read(
          mapping, plan.extraction, bytes, header: event.batch.header, options: event.batch.options)
      }
      return true
    }
    for entry in plan.computed where frame.wants(entry.slot, rank: entry.rank) {
      if isOverridden, addEnveloped(event, entry, into: &frame) { continue }
      var isFound = false
      for cold in extractor.cold where cold.field == entry.field {
        add(cold.value, entry, into: &frame)
        isFound = true
      }
      if !isFound { addEnveloped(event, entry, into: &frame) }
    }
    frame.extractor = extractor
    frame.batch = event.batch
  }
}

extension FieldReader.Plan {
  private struct Draft {
    var paths: [(path: [UInt8], goal: PathAutomaton.Goal)] = []
    var stored: [Entry] = []
    var computed: [Entry] = []
    var enveloped: [Entry] = []
    /// Fields that are computed of the records of any mapping.
    var fields = FieldSet()
  }

  convenience init(_ names: [[[String]]], _ mapping: Mapping, isSingle: Bool) {
    var draft = Draft()
    for (slot, alternatives) in names.enumerated() {
      var next: UInt16 = 0
      for group in alternatives.prefix(32) {
        let first = next
        for name in group.prefix(32) {
          var rank = first
          Self.add(name, slot, &rank, mapping, isSingle, &draft)
          next = max(next, rank)
        }
      }
    }
    let fields = draft.fields
    self.init(
      automaton: PathAutomaton(draft.paths), stored: draft.stored, computed: draft.computed,
      extraction: ExtractionPlan(mapping.rules.filter { $0.fields.contains { fields[$0] } }),
      enveloped: draft.enveloped)
  }

  private static func add(
    _ name: String, _ slot: Int, _ rank: inout UInt16, _ mapping: Mapping, _ isSingle: Bool, _ draft: inout Draft
  ) {
    if let field = FieldID(name: name) {
      let rules = mapping.rules.filter { $0.fields.contains(field) }
      let isCopied = rules.allSatisfy { rule in
        switch rule.action {
        case .copy, .all: true
        case .time, .constant, .compute: false
        }
      }
      if field.isKnownWithoutRecord {
        draft.stored.append(Entry(slot: slot, rank: rank, field: field))
      } else if isSingle, isCopied {
        for rule in rules {
          for input in rule.inputs {
            draft.paths.append(
              (Array(input.text.utf8), PathAutomaton.Goal(slot: slot, rank: rank, skipsEmpty: true)))
            if case .copy = rule.action { rank += 1 }
          }
        }
        draft.enveloped.append(Entry(slot: slot, rank: rank + 1, field: field))
        rank += 1
      } else {
        draft.computed.append(Entry(slot: slot, rank: rank, field: field))
        draft.fields[field] = true
      }
      rank += 1
    }
    for native in PathPlan.natives(name, mapping) {
      draft.paths.append((native, PathAutomaton.Goal(slot: slot, rank: rank, skipsEmpty: false)))
      rank += 1
    }
  }
}

extension FieldID {
  /// Whether it is stored with the event, or told by its kind and carriers.
  fileprivate var isKnownWithoutRecord: Bool {
    if column != nil { return true }
    switch self {
    case .eventKind, .eventModule, .eventOriginal, .bartizanCarrier, .bartizanParseError: return true
    default: return false
    }
  }
}
