package import Bytes

/// What became of alerts or incidents by somebody's hand (`alerts close` and the like).
package struct TriageChangeAnswer: KindOfAnswer {
  package static let kind = "TriageChange"

  private let ids: [String]
  private let action: String

  /// - Parameters:
  ///   - action: what was done, such as `closed`.
  package init(ids: [String], action: String) {
    self.ids = ids
    self.action = action
  }

  package init?(_ document: DocumentNode) {
    guard document["kind"]?.string == Self.kind, let action = document["action"]?.string else { return nil }
    self.init(ids: document["ids"]?.strings ?? [], action: action)
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("action", action)
    writer.field("ids", ids)
  }

  package func text(_ terminal: Terminal) -> String {
    ids.reduce(into: "") { $0 += "\(Terminal.printable($1)) \(action)\n" }
  }
}
