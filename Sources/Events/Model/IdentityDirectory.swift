/// Knows who is who where events happen: the pod behind an address, the workload behind an account.
///
/// Events are joined with it when they are taken in, so that later questions are about workloads, whatever has become of
/// pods and addresses since. What an event says itself always counts.
package protocol IdentityDirectory: Sendable {
  /// - Returns: nil where nothing is known of what an event names.
  func identity(of event: Event) -> JoinedIdentity?
}

/// What a directory adds to events. The same for all of one kind, so that a batch keeps it once.
package final class JoinedIdentity: Sendable {
  package let entries: [Envelope.Entry]

  package init(_ entries: [Envelope.Entry]) { self.entries = entries }
}

extension EventBatch {
  private struct Join: Hashable {
    let identity: ObjectIdentifier
    let envelope: UInt32
  }

  /// The same events with what a directory knows of them, as fields of their envelopes and, where they are empty, columns.
  func joined(with directory: any IdentityDirectory) -> EventBatch {
    var records = records
    var columns = columns
    var envelopes = envelopes
    var arena = arena
    var known: [Join: UInt32] = [:]
    var slots: [ObjectIdentifier: [(place: Int, slot: Slot)]] = [:]
    // What a batch found stays, so that no two of them are at one address.
    var held: [JoinedIdentity] = []
    for index in records.indices where records[index].fault == nil {
      guard let identity = directory.identity(of: self[index]) else { continue }
      let key = Join(identity: ObjectIdentifier(identity), envelope: records[index].envelope)
      if let number = known[key] {
        records[index].envelope = number
      } else {
        held.append(identity)
        let base = envelopes[Int(records[index].envelope)]
        let own = Set(base.entries.map(\.field))
        envelopes.append(Envelope(base.entries + identity.entries.filter { !own.contains($0.field) }))
        let number = UInt32(envelopes.count - 1)
        known[key] = number
        records[index].envelope = number
      }
      if slots[key.identity] == nil {
        slots[key.identity] = identity.entries.compactMap { entry in
          guard let column = entry.field.column, column.isText else { return nil }
          let start = arena.count
          arena += Array(entry.value.utf8)
          return (column.slot, Slot(start, arena.count, isMade: true))
        }
      }
      for (place, slot) in slots[key.identity] ?? [] where columns[index * Column.textCount + place].isNone {
        columns[index * Column.textCount + place] = slot
      }
    }
    guard !known.isEmpty else { return self }
    return withExtendedLifetime(held) {
      EventBatch(
        input: input, arena: arena, records: records, layers: layers, columns: columns, envelopes: envelopes,
        header: header, problems: problems, options: options)
    }
  }
}
