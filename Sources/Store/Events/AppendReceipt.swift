/// What became of a call of `append`.
package struct AppendReceipt: Sendable, Hashable {
  /// What became of one delivery.
  package struct Delivery: Sendable, Hashable {
    /// Number of events that were stored.
    package var stored = 0
    /// Places in the delivery of events that had been stored before.
    package var repeated: [Int] = []
  }

  /// In the order of the deliveries.
  package let deliveries: [Delivery]
  /// The position of the last event that is stored.
  package let last: EventPosition

  package var stored: Int { deliveries.reduce(0) { $0 + $1.stored } }
  package var repeated: Int { deliveries.reduce(0) { $0 + $1.repeated.count } }
}
