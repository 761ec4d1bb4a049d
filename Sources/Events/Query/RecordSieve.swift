import Bytes

/// Tells by the bytes of an original that its event cannot match, without decoding it: of a block of some thousand events
/// a few are looked for.
///
/// Only for events whose columns stand in the original as they are. What may be spelled otherwise passes.
package struct RecordSieve: Sendable {
  private indirect enum Test: Sendable, Equatable {
    case all([Test])
    case any([Test])
    /// In any case, as a part of any word.
    case holds([UInt8])
  }

  private let test: Test
  private let columns: [Column]

  /// - Parameters:
  ///   - requirement: what the query needs of an event.
  ///   - dataset: that of all events.
  /// - Returns: nil where every original has to be decoded.
  package init?(_ requirement: QueryRequirement, of dataset: Dataset) {
    guard dataset == .kubernetesAudit else { return nil }
    var columns: [Column] = []
    guard let test = Self.test(requirement, &columns) else { return nil }
    self.test = test
    self.columns = columns
  }

  private static func test(_ requirement: QueryRequirement, _ columns: inout [Column]) -> Test? {
    switch requirement {
    case .anything: return nil
    case .impossible: return .any([])
    case .token(let word): return .holds(word)
    case .value(let column, let value):
      guard copied.contains(column), value.allSatisfy(isPlain) else { return nil }
      columns.append(column)
      // Its words are what else is looked for, and each of them is enough to pass over a record.
      let words = Tokens.of(String(decoding: value, as: UTF8.self)).map { Test.holds($0) }
      return words.isEmpty ? nil : .all(words.sorted { size($0) > size($1) })
    case .all(let parts):
      let tests = parts.compactMap { test($0, &columns) }
      return tests.isEmpty ? nil : tests.count == 1 ? tests[0] : .all(tests.sorted { size($0) > size($1) })
    case .any(let parts):
      var tests: [Test] = []
      for part in parts {
        guard let made = test(part, &columns) else { return nil }
        if !tests.contains(made) { tests.append(made) }
      }
      return tests.count == 1 ? tests[0] : .any(tests)
    }
  }

  /// Long words are rare ones: they are looked for first.
  private static func size(_ test: Test) -> Int {
    if case .holds(let word) = test { word.count } else { 0 }
  }

  /// What JSON spells in one way only, but for escapes of code points.
  private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x22 && byte != 0x5C && byte != 0x2F }

  /// Columns of audit events that are copied from the record, whatever carried it.
  private static let copied: [Column] = [
    .action, .userName, .effectiveUserName, .userAgent, .namespace, .resourceType, .resourceName, .subresource,
    .podName,
  ]

  /// Whether the events of a context have the columns from their originals.
  package func isUsable(_ context: RecordContext) -> Bool {
    context.fault == nil && context.table == nil
      && !context.envelope.entries.contains { entry in entry.field.column.map(columns.contains) ?? false }
  }

  /// Whether words of originals may be spelled otherwise than they read: by escapes, or cut where lines were joined.
  ///
  /// - Parameters:
  ///   - originals: one after the other, with a line feed after each.
  ///   - count: their number.
  package static func isSpelled(_ originals: Span<UInt8>, count: Int) -> Bool {
    EventDecoder.lineFeeds(originals, 0..<originals.count) != count || originals.contains("\\u")
  }

  /// Whether the event of an original may match.
  ///
  /// - Parameter isSpelled: as it is for some originals that this one is among.
  package func passes(_ original: Span<UInt8>, isSpelled: Bool) -> Bool {
    if Self.holds(test, original) { return true }
    return isSpelled && (original.first(0x0A, from: 0) != nil || original.contains("\\u"))
  }

  private static func holds(_ test: Test, _ original: Span<UInt8>) -> Bool {
    switch test {
    case .all(let tests): tests.allSatisfy { holds($0, original) }
    case .any(let tests): tests.contains { holds($0, original) }
    case .holds(let word): WordSequence.holds(original, word.span)
    }
  }
}
