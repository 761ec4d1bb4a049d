import Bytes

extension DocumentNode {
  /// The items of an answer that lists them.
  ///
  /// - Returns: nil for an answer of another kind, and where one of them is not understood.
  func list<Item>(_ key: String, of kind: String, _ read: (DocumentNode) -> Item?) -> [Item]? {
    guard self["kind"]?.string == kind, let nodes = self[key]?.array else { return nil }
    let items = nodes.compactMap(read)
    return items.count == nodes.count ? items : nil
  }
}

extension JSONWriter {
  /// Writes an object a line.
  static func lines<Item>(_ items: [Item], to sink: ([UInt8]) -> Void, _ write: (inout JSONWriter, Item) -> Void) {
    var writer = JSONWriter(pretty: false)
    for item in items {
      writer.object { write(&$0, item) }
      writer.endLine()
      writer.drain(to: sink)
    }
    writer.drain(to: sink, atLeast: 0)
  }
}
