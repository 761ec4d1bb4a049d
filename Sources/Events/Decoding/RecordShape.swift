/// Whether lists of a body in JSON hold records.
///
/// A file that holds a list of numbers is read as lines of text, and nothing of it is lost. A sender that posts one is told, since it
/// takes its own answer for a receipt of records.
package enum RecordShape {
  /// A list that holds something else than records.
  package struct Stranger: Sendable, Equatable {
    /// From 1.
    package let element: Int
    /// Where the element begins, from 1.
    package let line: Int
  }

  /// The first element that is no object of an input that is one JSON array, or a list of Kubernetes (`EventList`).
  ///
  /// - Returns: nil where there is none, and for an input that is neither.
  package static func stranger(in input: [UInt8]) -> Stranger? {
    let bytes = input.span
    let first = JSONScan.skipSpace(bytes, 0)
    guard first < bytes.count else { return nil }
    switch bytes[first] {
    case 0x5B: return stranger(in: first, of: bytes)
    case 0x7B:
      var members = JSONMembers()
      guard members.read(bytes, first) >= 0, RecordList.isKubernetesList(bytes, members),
        let items = members.member(bytes, "items"), items.kind == .array
      else { return nil }
      return stranger(in: items.value.lowerBound, of: bytes)
    default: return nil
    }
  }

  private static func stranger(in list: Int, of bytes: Span<UInt8>) -> Stranger? {
    var count = 0
    var found: (element: Int, place: Int)?
    let end = JSONScan.elements(bytes, list) { range, kind in
      count += 1
      if kind != .object, found == nil { found = (count, range.lowerBound) }
      return true
    }
    // What is no JSON is lines, some of which begin with a bracket.
    guard end >= 0, let found else { return nil }
    return Stranger(element: found.element, line: EventDecoder.lineFeeds(bytes, 0..<found.place) + 1)
  }
}
