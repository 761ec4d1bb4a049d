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
    /// A list of records holds something that is none; both are from 1.
    case stranger(element: Int, line: Int)
    /// JSON is wanted.
    case noJSON(line: Int)
    case empty
  }

  /// What a protocol says of its bodies.
  package enum Shape: Sendable {
    /// Lines, whatever they hold.
    case lines
    /// Lines or JSON, whose lists hold records.
    case records
    /// JSON, whose lists hold records.
    case json
  }

  package func take(
    _ bytes: [UInt8], _ protocolName: String, from sender: String, envelope: [Envelope.Entry] = [],
    key: EventDelivery.Key = .none, shape: Shape = .lines
  ) async throws(Refusal) -> Outcome {
    let batch = EventDecoder.decode(
      bytes, options: received, envelope: Envelope(stamp(protocolName, sender) + envelope))
    // What would be lost is not acknowledged; what was not understood is kept as it is.
    if let lost = batch.problems.first(where: \.losesInput) { throw .unreadable(line: lost.line) }
    guard batch.count > 0 else { throw .empty }
    try Self.check(batch, bytes, shape)
    var key = key
    // A record that holds several events has one id, which cannot tell these apart.
    if case .each(let ids) = key, ids.count != batch.count { key = .none }
    do throws(IngestFailure) {
      return Outcome(count: batch.count, repeated: try await sink.take(EventDelivery(batch, key: key)))
    } catch {
      throw error == .busy ? .busy : .failed
    }
  }

  /// Refuses what the decoder keeps as text although its sender meant records.
  private static func check(_ batch: EventBatch, _ bytes: [UInt8], _ shape: Shape) throws(Refusal) {
    guard shape != .lines else { return }
    // One document that is cut off or broken: its sender has it whole.
    if shape == .json, batch.count == 1, let only = batch.events.first, only.dataset == .unparsed {
      throw .noJSON(line: only.line)
    }
    // A list of records has become one event, or text, where it holds none.
    let isSuspicious = batch.events.contains { $0.dataset == .text || $0.dataset == .json && batch.count == 1 }
    guard isSuspicious else { return }
    if let stranger = RecordShape.stranger(in: bytes) {
      throw .stranger(element: stranger.element, line: stranger.line)
    }
    if shape == .json, let text = batch.events.first(where: { $0.dataset == .text }) { throw .noJSON(line: text.line) }
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
