import Events

/// Finds one event in logs by the place at which it begins.
package enum EventFileLookup {
  /// The first event at the place, and how many there are.
  package struct Found: Sendable {
    package let event: FoundEvent
    package fileprivate(set) var matches: Int
  }

  /// - Parameters:
  ///   - line: from 1.
  ///   - file: as it was named or found; nil for any.
  package static func event(
    _ files: EventFiles, line: Int, file: String?
  ) throws -> (found: Found?, reading: EventReading) {
    var found: Found?
    let reading = try files.read { piece in
      guard file == nil || piece.file == file else { return }
      for event in piece.batch.events where event.line == line {
        if found == nil {
          found = Found(event: FoundEvent(id: .line(line, file: piece.file), event: event.detached()), matches: 1)
        } else {
          found?.matches += 1
        }
      }
    }
    return (found, reading)
  }
}
