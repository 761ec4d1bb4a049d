/// Reads many fields of events at once, each by the names under which a source may have it, the first that is there.
///
/// A name is one of the catalogue (`user.name`) or a path in the original with or without the prefix of its source, as
/// in `Event.values(at:)`. One pass over a JSON record finds all of them.
package struct FieldReader: Sendable {
  /// How the fields are read from the records of one mapping.
  struct Plan: Sendable {
    let automaton: PathAutomaton
    /// Fields of the catalogue that are stored or computed.
    let fields: [(slot: Int, rank: UInt16, field: FieldID)]
  }

  /// The names of each field, the best first; names side by side are equally good, and values of all of them count. A
  /// field without a name is the whole record as text.
  package let names: [[[String]]]
  private let wholes: [Int]

  package init(_ names: [[[String]]]) {
    self.names = names
    wholes = names.indices.filter { names[$0].isEmpty }
  }

  /// Reads all fields of an event.
  package func read(_ event: Event, into frame: inout FieldFrame) {
    frame.begin(names.count)
    let isSingle = event.record.layers.count == 1 && event.envelope.entries.isEmpty
    var offset: UInt16 = 0
    event.eachLayer { mapping, payload, _ in
      let place = mapping.place * 2 + (isSingle ? 1 : 0)
      if frame.plans.isEmpty {
        frame.plans = [Plan?](repeating: nil, count: MappingCatalogue.all.count * 2)
      }
      let plan: Plan
      if let known = frame.plans[place] {
        plan = known
      } else {
        plan = Plan(names, mapping, isSingle: isSingle)
        frame.plans[place] = plan
      }
      if offset == 0 {
        for (slot, rank, field) in plan.fields { read(event, field, slot, rank, into: &frame) }
      }
      event.withBytes(payload) { bytes in
        switch mapping.form {
        case .object:
          plan.automaton.read(bytes, 0..<bytes.count, .object, offset: offset, into: &frame)
        case .line(let parse):
          var parts = LineParts()
          guard mapping.parseLine(bytes, event.batch.header, event.batch.options, parse, &parts) else { return }
          let scratch = parts.scratch
          for part in parts.parts {
            let node = plan.automaton.child(0, scratch.span.extracting(part.key))
            guard node >= 0 else { continue }
            if part.isScratch {
              plan.automaton.emit(
                scratch.span, part.value, .string, node: node, offset: offset, isInner: true, into: &frame)
            } else {
              plan.automaton.emit(bytes, part.value, .string, node: node, offset: offset, isInner: true, into: &frame)
            }
          }
        }
      }
      offset &+= 4096
      return true
    }
    guard !wholes.isEmpty else { return }
    event.withOriginal { bytes in
      let isEscaped = bytes.first(0x5C, from: 0) != nil && bytes.count > 0 && bytes[0] == 0x7B
      for slot in wholes { frame.add(slot, rank: 0, .text, bytes, 0..<bytes.count, escaped: isEscaped) }
    }
  }

  private func read(_ event: Event, _ field: FieldID, _ slot: Int, _ rank: UInt16, into frame: inout FieldFrame) {
    if let column = field.column, column.isText {
      _ = event.withBytes(column) { frame.add(slot, rank: rank, .text, $0, 0..<$0.count, escaped: false) }
      return
    }
    for value in event.values(field) {
      let kind: FieldFrame.Kind =
        switch value {
        case .text, .time: .text
        case .integer, .number: .number
        case .flag(let flag): flag ? .yes : .no
        }
      frame.add(slot, rank: rank, kind, value.text)
    }
  }
}

extension FieldReader.Plan {
  init(_ names: [[[String]]], _ mapping: Mapping, isSingle: Bool) {
    var paths: [(path: [UInt8], goal: PathAutomaton.Goal)] = []
    var fields: [(slot: Int, rank: UInt16, field: FieldID)] = []
    for (slot, alternatives) in names.enumerated() {
      var next: UInt16 = 0
      for group in alternatives.prefix(32) {
        let first = next
        for name in group.prefix(32) {
          var rank = first
          Self.add(name, slot, &rank, mapping, isSingle, &paths, &fields)
          next = max(next, rank)
        }
      }
    }
    self.init(automaton: PathAutomaton(paths), fields: fields)
  }

  private static func add(
    _ name: String, _ slot: Int, _ rank: inout UInt16, _ mapping: Mapping, _ isSingle: Bool,
    _ paths: inout [(path: [UInt8], goal: PathAutomaton.Goal)],
    _ fields: inout [(slot: Int, rank: UInt16, field: FieldID)]
  ) {
    if let field = FieldID(name: name) {
      let rules = mapping.rules.filter { $0.fields.contains(field) }
      let isCopied = rules.allSatisfy { rule in
        switch rule.action {
        case .copy, .all: true
        case .time, .constant, .compute: false
        }
      }
      if isSingle, field.column == nil, !rules.isEmpty, isCopied {
        for rule in rules {
          for input in rule.inputs {
            paths.append(
              (Array(input.text.utf8), PathAutomaton.Goal(slot: slot, rank: rank, skipsEmpty: true)))
            if case .copy = rule.action { rank += 1 }
          }
        }
      } else {
        fields.append((slot, rank, field))
      }
      rank += 1
    }
    for native in PathPlan.natives(name, mapping) {
      paths.append((native, PathAutomaton.Goal(slot: slot, rank: rank, skipsEmpty: false)))
      rank += 1
    }
  }
}
