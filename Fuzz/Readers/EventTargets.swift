import Bytes
import Detect
import Events

@testable import Ingest

extension FuzzTarget {
  private static func csv(_ columns: [String]) -> DecodeOptions {
    var options = DecodeOptions()
    options.format = .csv(columns: columns, delimiter: 0x2C)
    return options
  }

  private static let rules = RuleSet(BuiltInRules.sources)
  private static let now = Timestamp("2026-06-01T00:00:00Z")

  static let events: [FuzzTarget] = [
    FuzzTarget(name: "events") { _ = EventDecoder.decode($0) },
    FuzzTarget(name: "events in parts") { bytes in
      var decoder = EventDecoder()
      let half = bytes.count / 2
      var batch = decoder.decode(Array(bytes[..<half]))
      for event in batch.events.prefix(100) { _ = event.masked }
      batch = decoder.decode(Array(bytes[half...]))
      _ = decoder.finish()
    },
    FuzzTarget(name: "events as rows") { bytes in
      _ = EventDecoder.decode(bytes, options: csv([]))
      _ = EventDecoder.decode(bytes, options: csv(["@timestamp", "", "message"]))
    },
    FuzzTarget(name: "audit log") { bytes in
      var log = AuditLog()
      log.add(bytes.span)
    },
    FuzzTarget(name: "detection") { bytes in
      var detector = Detector(rules)
      detector.detect(EventDecoder.decode(bytes), source: "fuzz")
      detector.finish()
      _ = detector.takeChanges()
    },
    FuzzTarget(name: "masking") { bytes in _ = SecretMask.masked(String(decoding: bytes, as: UTF8.self)) },
    FuzzTarget(name: "query") { bytes in
      guard let now, bytes.count < 4_000 else { return }
      let query = try CompiledQuery(String(decoding: bytes, as: UTF8.self), now: now)
      for event in sample.events { _ = query.matches(event) }
    },
    FuzzTarget(name: "moments") { bytes in
      guard let now else { return }
      let text = String(decoding: bytes, as: UTF8.self)
      _ = (TimeExpression.parse(text, now: now), TimeExpression.span(text))
    },
    FuzzTarget(name: "rules of detection") { bytes in
      _ = RuleSet([RuleSet.Source(path: "fuzz.yaml", bytes: bytes)])
    },
    FuzzTarget(name: "audit policy") { bytes in _ = try AuditPolicy(bytes, file: "fuzz.yaml") },
    FuzzTarget(name: "bulk body") { bytes in _ = try BulkBody(bytes, index: nil) },
    FuzzTarget(name: "forward message") { bytes in
      _ = try ForwardMessage.read(bytes, 0..<bytes.count)
    },
    FuzzTarget(name: "forward handshake") { bytes in
      let handshake = ForwardHandshake(
        key: "key", users: ["kim": "word"], name: "fuzz", nonce: [UInt8](repeating: 1, count: 16),
        salt: [UInt8](repeating: 2, count: 16))
      _ = handshake.pong(bytes, 0..<bytes.count)
    },
    FuzzTarget(name: "OTLP in JSON") { bytes in _ = try OTLPLogs.records(json: bytes) },
    FuzzTarget(name: "OTLP") { bytes in _ = try OTLPLogs.records(protobuf: bytes) },
    FuzzTarget(name: "syslog frames") { bytes in
      var frames = SyslogFrames(limit: 64)
      var length = 0
      for part in bytes.split(separator: 0xFF, omittingEmptySubsequences: false) {
        let cut = frames.take(Array(part))
        for message in cut.messages { length += cut.bytes[message].count }
      }
      let cut = frames.flush()
      for message in cut.messages { length += cut.bytes[message].count }
      precondition(length <= bytes.count, "syslog: more came out than went in")
    },
  ]

  private static let sample = EventDecoder.decode(
    Array(
      """
      {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"7","stage":"ResponseComplete",\
      "requestURI":"/api/v1/secrets","verb":"list","user":{"username":"kim","groups":["a","b"]},"sourceIPs":["192.0.2.7"],\
      "objectRef":{"resource":"secrets","apiVersion":"v1"},"responseStatus":{"code":200},\
      "requestReceivedTimestamp":"2026-05-01T10:00:00.000000Z","stageTimestamp":"2026-05-01T10:00:00.100000Z"}

      """.utf8))
}
