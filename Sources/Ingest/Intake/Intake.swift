package import Bytes
package import Events

/// What every protocol ends in: bytes are decoded, events are handed on, and only then is anything acknowledged.
package struct Intake: Sendable {
  private let sink: any IngestSink
  private let options: DecodeOptions
  private let now: @Sendable () -> Timestamp
  private let stamp: @Sendable (_ protocolName: String, _ sender: String) -> [Envelope.Entry]

  /// - Parameters:
  ///   - now: the time of receipt.
  ///   - stamp: fields that say how and from where events came.
  package init(
    _ sink: any IngestSink, options: DecodeOptions = DecodeOptions(), now: @escaping @Sendable () -> Timestamp,
    stamp: @escaping @Sendable (_ protocolName: String, _ sender: String) -> [Envelope.Entry] = { _, _ in [] }
  ) {
    self.sink = sink
    self.options = options
    self.now = now
    self.stamp = stamp
  }

  /// What became of the records of one request.
  package struct Outcome: Sendable {
    package let count: Int
    /// Places of events that had been taken before.
    package let repeated: Set<Int>
  }

  /// Why nothing was taken.
  package enum Refusal: Error, Sendable, Hashable {
    case busy
    case failed
    /// The input holds something that cannot be kept as an event; the line is from 1.
    case unreadable(line: Int)
    case empty
  }

  package func take(
    _ bytes: [UInt8], _ protocolName: String, from sender: String, envelope: [Envelope.Entry] = [],
    key: EventDelivery.Key = .none
  ) async throws(Refusal) -> Outcome {
    var options = options
    options.receivedAt = now()
    let batch = EventDecoder.decode(
      bytes, options: options, envelope: Envelope(stamp(protocolName, sender) + envelope))
    // What would be lost is not acknowledged; what was not understood is kept as it is.
    if let lost = batch.problems.first(where: \.losesInput) { throw .unreadable(line: lost.line) }
    guard batch.count > 0 else { throw .empty }
    var key = key
    // A record that holds several events has one id, which cannot tell these apart.
    if case .each(let ids) = key, ids.count != batch.count { key = .none }
    do throws(IngestFailure) {
      return Outcome(count: batch.count, repeated: try await sink.take(EventDelivery(batch, key: key)))
    } catch {
      throw error == .busy ? .busy : .failed
    }
  }
}
