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
    let batch = EventDecoder.decode(
      bytes, options: received, envelope: Envelope(stamp(protocolName, sender) + envelope))
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

  /// Keeps messages that something outside of them bounds, such as the frames of a stream. Every message is kept; while there is no
  /// room, or storing fails, it is tried again and again, during which whoever sends is not read.
  ///
  /// - Parameters:
  ///   - messages: ranges of the bytes, ascending.
  ///   - waits: told before every further try.
  /// - Returns: once all are durable; nil where the task was cancelled before.
  package func keep(
    _ bytes: [UInt8], messages: [Range<Int>], _ protocolName: String, from sender: String,
    envelope: [Envelope.Entry] = [], key: EventDelivery.Key = .none, waits: @Sendable (IngestFailure) -> Void
  ) async -> Outcome? {
    let batch = EventDecoder.decode(
      bytes, messages: messages, options: received, envelope: Envelope(stamp(protocolName, sender) + envelope))
    guard batch.count > 0 else { return Outcome(count: 0, repeated: []) }
    let delivery = EventDelivery(batch, key: key)
    var pause = Self.firstPause
    while true {
      do throws(IngestFailure) {
        return Outcome(count: batch.count, repeated: try await sink.take(delivery))
      } catch {
        waits(error)
        do { try await Task.sleep(for: pause) } catch { return nil }
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }

  /// Between a try to store and the next.
  private static let firstPause = Duration.milliseconds(50)
  private static let longestPause = Duration.seconds(5)

  private var received: DecodeOptions {
    var options = options
    options.receivedAt = now()
    return options
  }
}
