import Bytes
import Crypto

/// The body of Elasticsearch's `_bulk`: an action on a line, and, for most, a document on the next.
///
/// Source: elastic.co, "Bulk API".
struct BulkBody: Sendable {
  enum Action: String, Sendable {
    case index
    case create
    case update
    case delete
  }

  struct Item: Sendable {
    let action: Action
    let index: String
    /// Nil where the client leaves it to the server.
    let id: String?
    /// The document; nil for one that cannot be taken.
    let document: Range<Int>?
  }

  /// Why the whole body is refused.
  enum Refusal: Error, Sendable, Equatable {
    /// A line is no action, or its document is missing. From 1.
    case malformed(line: Int)
    /// Neither the path nor an action says for which index it is. From 1, counting actions.
    case noIndex(action: Int)
    case empty
  }

  private static let mostItems = 100_000
  private static let longestName = 512

  let items: [Item]

  /// - Parameter index: of the path, for actions that name none.
  init(_ body: [UInt8], index: String?) throws(Refusal) {
    var items: [Item] = []
    var place = 0
    var line = 0
    func next() -> Range<Int>? {
      guard place < body.count else { return nil }
      let end = body[place...].firstIndex(of: 0x0A) ?? body.count
      let range = place..<end
      place = end + 1
      line += 1
      return range
    }
    func isBlank(_ range: Range<Int>) -> Bool { !body[range].contains { $0 > 0x20 } }
    while let head = next() {
      if isBlank(head) { continue }
      guard items.count < Self.mostItems, let node = try? JSONReader.read(Array(body[head])),
        let entry = node.entries.first, node.entries.count == 1, let action = Action(rawValue: entry.key),
        entry.value.mapping != nil
      else { throw .malformed(line: line) }
      let named = entry.value["_index"]?.string ?? index ?? ""
      let id = entry.value["_id"]?.text
      guard !named.isEmpty else { throw .noIndex(action: items.count + 1) }
      guard named.utf8.count <= Self.longestName, (id?.utf8.count ?? 0) <= Self.longestName else {
        throw .malformed(line: line)
      }
      var document: Range<Int>?
      if action != .delete {
        guard let range = next() else { throw .malformed(line: line) }
        let isTaken = action == .index || action == .create
        if isTaken, (try? JSONReader.read(Array(body[range])))?.mapping != nil { document = range }
      }
      items.append(Item(action: action, index: named, id: id, document: document))
    }
    guard !items.isEmpty else { throw .empty }
    self.items = items
  }

  /// By what a repetition of an item is known. `create` refuses a second document of an id; `index` replaces it, so that another
  /// document of the same id is another event.
  static func key(_ item: Item, _ document: some Sequence<UInt8>) -> String? {
    guard let id = item.id else { return nil }
    let own = "bulk:\(item.index):\(id)"
    return item.action == .create ? own : own + ":" + Hex.text(SHA256.hash(data: Array(document)))
  }
}
