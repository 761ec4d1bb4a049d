import Bytes
import Crypto
import Events
import TestKit
import Testing

@testable import Ingest

/// Messages of Fluent Forward in all modes, and what cannot be taken.
@Suite struct ForwardMessageTests {
  struct Mode: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    var testDescription: String { name }

    init(_ name: String, _ value: Pack) {
      self.name = name
      bytes = value.bytes
    }
  }

  private static let record: Pack = ["log": "a line", "n": 3]
  private static let entries: [UInt8] =
    Pack.array([.time(1_700_000_000, 1), record]).bytes + Pack.array([.int(1_700_000_001), record]).bytes
  static let records = [
    #"{"log":"a line","n":3,"@timestamp":"2023-11-14T22:13:20.000000001Z"}"#,
    #"{"log":"a line","n":3,"@timestamp":"2023-11-14T22:13:21Z"}"#,
  ]

  /// The same two entries.
  static let modes: [Mode] = {
    let gzip = (try? Gzip.compress(entries)) ?? []
    let half = Pack.array([.time(1_700_000_000, 1), record]).bytes
    let members =
      ((try? Gzip.compress(half)) ?? []) + ((try? Gzip.compress(Array(entries.dropFirst(half.count)))) ?? [])
    let zstd = (try? Zstandard.pack(entries)) ?? []
    let list = Pack.array([
      .array([.time(1_700_000_000, 1), record]), .array([.array([.int(1_700_000_001), [:]]), record]),
    ])
    return [
      Mode("Forward", ["kube.a", list, ["chunk": "id", "size": 2]]),
      Mode("PackedForward, bin", ["kube.a", .bin(entries), ["chunk": "id"]]),
      Mode("PackedForward, str", ["kube.a", .str(entries), ["chunk": "id", "compressed": "text"]]),
      Mode("CompressedPackedForward", ["kube.a", .bin(gzip), ["compressed": "gzip", "chunk": "id"]]),
      Mode("CompressedPackedForward, two members", ["kube.a", .bin(members), ["compressed": "gzip", "chunk": "id"]]),
      Mode(
        "CompressedPackedForward, zstd", ["kube.a", .bin(zstd), ["compressed": "zstd", "chunk": .bin([0x69, 0x64])]]),
    ]
  }()

  static func read(_ bytes: [UInt8], limits: ForwardMessage.Limits = .init()) throws(ForwardMessage.Failure) -> [String]
  {
    guard let message = try ForwardMessage.read(bytes, bytes.indices, limits: limits) else { return ["heartbeat"] }
    return message.ranges.map { String(decoding: message.records[$0], as: UTF8.self) }
  }

  @Test(arguments: modes) func allModesSayTheSame(_ mode: Mode) throws {
    let message = try #require(try ForwardMessage.read(mode.bytes, mode.bytes.indices))
    #expect(message.tag == "kube.a" && message.chunk == Array("id".utf8))
    #expect(try Self.read(mode.bytes) == Self.records)
  }

  @Test(
    arguments: [
      (["t", .time(1_700_000_000, 1), record], [records[0]]),
      (["t", 1_700_000_001, record, ["chunk": "c"]], [records[1]]),
      (["t", .float(1.5), ["a": .bin([0x62])]], [#"{"a":"b","@timestamp":"1970-01-01T00:00:01.5Z"}"#]),
      // The sender leaves the time to us.
      (["t", 0, ["a": 1]], [#"{"a":1}"#]), (["t", .null, ["a": 1]], [#"{"a":1}"#]),
      // A time of the record itself stays.
      (["t", 5, ["@timestamp": "x"]], [#"{"@timestamp":"x"}"#]),
      // Metadata of Fluent Bit.
      (["t", [5, ["m": 1]], ["a": 1]], [#"{"a":1,"@timestamp":"1970-01-01T00:00:05Z","@metadata":{"m":1}}"#]),
      (
        ["t", 5, ["a": 1], ["metadata": ["m": 1]]],
        [#"{"a":1,"@timestamp":"1970-01-01T00:00:05Z","@metadata":{"m":1}}"#]
      ),
      (
        [
          "t",
          [
            [[.time(.max), [:]], ["g": 1]], [[5, [:]], ["a": 1]], [[.time(.max - 1), [:]], [:]], [[6, [:]], [:]],
          ],
        ],
        [#"{"a":1,"@timestamp":"1970-01-01T00:00:05Z","@group":{"g":1}}"#, #"{"@timestamp":"1970-01-01T00:00:06Z"}"#]
      ),
      // What is no object is kept all the same; what is nothing is nothing.
      (["t", 5, "text"], [#"{"message":"text","@timestamp":"1970-01-01T00:00:05Z"}"#]), (["t", 5, .null], []),
      (.null, ["heartbeat"]), (["", []], []),
      // Seconds that no time has.
      (["t", .int(.max), ["a": 1]], [#"{"a":1}"#]), (["t", .float(.infinity), ["a": 1]], [#"{"a":1}"#]),
    ] as [(Pack, [String])]) func entriesAreRead(_ value: Pack, _ records: [String]) throws
  {
    #expect(try Self.read(value.bytes) == records)
  }

  static let bomb: [UInt8] = (try? Gzip.compress(Array(repeating: 0xC0, count: 80 << 20))) ?? []

  @Test(
    arguments: [
      (1, .malformed), ("text", .malformed), (["t"], .malformed), ([1, [], [:]], .malformed), (["t", 5], .malformed),
      (["t", [5]], .malformed), (["t", [[5]]], .malformed), (["t", [["x", [:]]]], .malformed),
      (["t", .bin([0x92, 5])], .malformed), (["t", .bin([0xC1])], .malformed), (["t", [], 5], .malformed),
      (["t", .flag(true), [:]], .malformed),
      (["t", .bin([1, 2, 3]), ["compressed": "gzip"]], .compression),
      (["t", .bin([0x1F, 0x8B, 8, 0]), ["compressed": "gzip"]], .compression),
      (["t", .bin([]), ["compressed": "lzma"]], .compression),
      (["t", .bin(bomb), ["compressed": "gzip"]], .compression),
      (["t", .bin([]), ["fluent_signal": 1]], .signal),
      (.array([.str(Array(repeating: 0x61, count: 5_000)), [], [:]]), .malformed),
    ] as [(Pack, ForwardMessage.Failure)]) func whatIsNoMessageIsRefused(
      _ value: Pack, _ failure: ForwardMessage.Failure
    )
  {
    #expect(throws: failure) { try Self.read(value.bytes) }
  }

  @Test func recordsAreBounded() {
    var limits = ForwardMessage.Limits()
    limits.records = 1_000
    let entry = Pack.array([5, ["a": .str(Array(repeating: 1, count: 100))]])
    #expect(throws: ForwardMessage.Failure.large) {
      try Self.read(Pack.array(["t", .array(Array(repeating: entry, count: 10))]).bytes, limits: limits)
    }
  }

  @Test func changedMessagesNeverTrap() {
    let seeds = Self.modes.map(\.bytes)
    var (random, mutation) = (SeededRandom(seed: 23), Mutation(seed: 23))
    var limits = ForwardMessage.Limits()
    limits.expanded = 1 << 16
    for _ in 0..<3_000 {
      let bytes = mutation.mutated(random.pick(seeds))
      guard let message = try? ForwardMessage.read(bytes, bytes.indices, limits: limits) else { continue }
      for range in message.ranges {
        #expect(message.records[range].first == 0x7B && message.records[range].last == 0x7D)
      }
      // Whatever a record says, it becomes an event.
      let batch = EventDecoder.decode(message.records, messages: message.ranges)
      #expect(batch.count >= message.ranges.count)
    }
  }

  @Test(arguments: [
    ("", []), ("app", ["event.provider=app"]),
    (
      "kube.var.log.containers.shop-1_prod_web-" + String(repeating: "a", count: 64) + ".log",
      [
        "event.provider=kube.var.log.containers.shop-1_prod_web-" + String(repeating: "a", count: 64) + ".log",
        "log.file.path=/var/log/containers/shop-1_prod_web-" + String(repeating: "a", count: 64) + ".log",
        "kubernetes.pod.name=shop-1", "kubernetes.namespace=prod", "orchestrator.namespace=prod",
        "kubernetes.container.name=web", "container.id=" + String(repeating: "a", count: 64),
      ]
    ),
  ]) func tagsOfContainersNameThePod(_ tag: String, _ fields: [String]) {
    #expect(ForwardTag.envelope(tag).map { "\($0.field.name)=\($0.value)" } == fields)
  }

  // MARK: Handshake

  private static let nonce = Array(repeating: UInt8(7), count: 16)
  private static let salt = Array(repeating: UInt8(9), count: 16)

  private static func handshake(users: [String: String] = [:]) -> ForwardHandshake {
    ForwardHandshake(key: "secret", users: users, name: "bartizan", nonce: nonce, salt: salt)
  }

  @Test func helloIsAsClientsReadIt() throws {
    let open = Self.handshake().helo
    #expect(
      try MessagePackTests.json(open)
        == #"["HELO",{"nonce":"\u0007\#(String(repeating: #"\u0007"#, count: 15))","auth":"","keepalive":true}]"#)
    #expect(open.starts(with: [0x92, 0xA4] + Array("HELO".utf8) + [0x83, 0xA5] + Array("nonce".utf8) + [0xC4, 16]))
  }

  @Test(arguments: [
    (ForwardClient.ping(key: "secret"), ForwardHandshake.Verdict.known("node-1")),
    (ForwardClient.ping(key: "wrong"), .refused(.key)),
    ([0x90], .refused(.malformed)), ([0xC0], .refused(.malformed)),
    (Pack.array(["PONG", "a", "b", "c", "d", "e"]).bytes, .refused(.malformed)),
    (Pack.array(["PING", "a", "b", 5, "d", "e"]).bytes, .refused(.malformed)),
  ]) func clientsProveThatTheyKnowTheKey(_ ping: [UInt8], _ verdict: ForwardHandshake.Verdict) throws {
    let (reply, found) = Self.handshake().pong(ping, ping.indices)
    #expect(found == verdict)
    let text = try MessagePackTests.json(reply)
    if case .known = verdict {
      #expect(text == "[\"PONG\",true,\"\",\"bartizan\",\"\(ForwardClient.proof(key: "secret"))\"]")
    } else {
      #expect(text.hasPrefix("[\"PONG\",false,\"") && text.hasSuffix("\",\"\",\"\"]"))
    }
  }

  @Test(arguments: [
    ("ann", "right", ForwardHandshake.Verdict.known("ann")), ("ann", "wrong", .refused(.user)),
    ("bob", "", .refused(.user)), ("", "", .refused(.user)),
  ]) func usersShowTheirPasswords(_ user: String, _ password: String, _ verdict: ForwardHandshake.Verdict) {
    let ping = ForwardClient.ping(key: "secret", user: user, password: password, salt: Self.salt)
    #expect(Self.handshake(users: ["ann": "right"]).pong(ping, ping.indices).verdict == verdict)
  }
}

/// The client's side of the handshake.
enum ForwardClient {
  static let host = "node-1"
  static let clientSalt = Array("0123456789abcdef".utf8)

  static func digest(_ parts: [UInt8]...) -> String { Hex.text(SHA512.hash(data: parts.flatMap { $0 })) }

  static func ping(
    key: String, nonce: [UInt8] = Array(repeating: 7, count: 16), user: String = "", password: String = "",
    salt: [UInt8] = []
  ) -> [UInt8] {
    let proof = digest(clientSalt, Array(host.utf8), nonce, Array(key.utf8))
    let shown = digest(salt, Array(user.utf8), Array(password.utf8))
    return Pack.array([
      "PING", .str(Array(host.utf8)), .str(clientSalt), .str(Array(proof.utf8)), .str(Array(user.utf8)),
      .str(Array(shown.utf8)),
    ]).bytes
  }

  static func proof(key: String, nonce: [UInt8] = Array(repeating: 7, count: 16)) -> String {
    digest(clientSalt, Array("bartizan".utf8), nonce, Array(key.utf8))
  }
}
