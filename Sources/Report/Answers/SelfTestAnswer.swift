package import Bytes

/// Whether an event that was sent for a trial raised its alert (`alerts self-test`).
package struct SelfTestAnswer: KindOfAnswer {
  package static let kind = "SelfTest"

  /// The audit ID of the event.
  package let event: String
  /// The alert; nil where none came.
  package let alert: String?
  /// What happened, without the event: `its alert came`.
  package let message: String

  package var isPassed: Bool { alert != nil }

  package init(event: String, alert: String?, message: String) {
    self.event = event
    self.alert = alert
    self.message = message
  }

  package init?(_ document: DocumentNode) {
    guard document["kind"]?.string == Self.kind, let event = document["event"]?.string,
      let message = document["message"]?.string
    else { return nil }
    self.init(event: event, alert: document["alert"]?.string, message: message)
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("isPassed", isPassed)
    writer.field("event", event)
    writer.field("alert", alert)
    writer.field("message", message)
  }

  package func text(_ terminal: Terminal) -> String {
    "\(isPassed ? "passed" : "FAILED"): event \(event) was sent, and \(message)\(alert.map { " (alert \($0))" } ?? "")\n"
  }
}
