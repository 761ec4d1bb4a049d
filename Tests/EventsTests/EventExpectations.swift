import Bytes
import Events
import TestKit
import Testing

/// Events of inputs written in tests, and what their fields must say.
enum EventExpectations {
  static let receivedAt = Timestamp("2026-11-28T12:00:00Z")

  static func batch(_ text: String, path: String? = nil, options: DecodeOptions? = nil) -> EventBatch {
    var options = options ?? DecodeOptions()
    if options.receivedAt == nil { options.receivedAt = receivedAt }
    return EventDecoder.decode(
      Array(text.utf8), options: options, envelope: path.map { Envelope(path: $0) } ?? .none)
  }

  static func event(_ text: String, path: String? = nil, options: DecodeOptions? = nil) throws -> Event {
    let batch = batch(text, path: path, options: options)
    #expect(batch.count == 1, "\(batch.count) events of \(text.prefix(80))")
    return try #require(batch.events.first)
  }

  /// The values of a field or path, several joined by a comma; empty where there are none.
  static func text(_ event: Event, _ name: String) -> String {
    event.values(at: name).map(\.text).joined(separator: ",")
  }

  static func expect(
    _ event: Event, _ dataset: String, _ fields: KeyValuePairs<String, String>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(event.dataset.rawValue == dataset, sourceLocation: sourceLocation)
    for (name, value) in fields {
      #expect(text(event, name) == value, "\(name)", sourceLocation: sourceLocation)
    }
    // The normalised event says the same as each question by itself.
    let all = Dictionary(uniqueKeysWithValues: event.fields().map { ($0.field, $0.values) })
    for field in FieldID.allCases where field != .eventOriginal && field != .eventModule {
      #expect(
        all[field] ?? [] == event.values(field), "\(field.name) of the whole event", sourceLocation: sourceLocation)
    }
  }

  /// Files of the shared data, decompressed.
  static func shared(_ path: String) throws -> [UInt8] {
    let bytes = try SharedData.bytes(path)
    return Gzip.isGzip(bytes) ? try Gzip.decompress(bytes) : bytes
  }
}
