import Bytes
import Events
import Server
import TestKit
import Testing

@testable import Ingest

/// Fluent Forward over sockets: what clients get back, and what becomes of those that do not behave.
@Suite(.timeLimit(.minutes(2))) struct ForwardListenerTests {
  private static func ack(_ chunk: String) -> [UInt8] { Pack.map([("ack", .str(Array(chunk.utf8)))]).bytes }

  private static let message = Pack.array(["app", 5, ["log": "a line"]]).bytes

  @Test(.enabled(if: SharedData.isPresent)) func aCaptureOfFluentLoggerIsTaken() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.forward()
    let client = try await StreamClient(port: listener.address.port)
    try await client.send(try SharedData.bytes("siem/captures/fluent-logger-message.msgpack"))
    let events = await fixture.events(2)
    #expect(events.map { $0.text(.userName) } == ["bob", "eve"])
    #expect(
      events.allSatisfy { $0.text(.eventProvider) == "kube.audit.login" && $0.text(.bartizanProtocol) == "forward" })
    #expect(
      events.allSatisfy { $0.text(.bartizanSender) == "unauthenticated" && $0.text(.logSourceAddress) == "127.0.0.1" })
    #expect(events.map { $0.time?.text } == ["2026-11-23T07:11:08.375031051Z", "2023-11-14T22:13:20Z"])
    await client.close()
    await listener.stop()
  }

  @Test(arguments: ForwardMessageTests.modes) func chunksAreAcknowledgedOnce(_ mode: ForwardMessageTests.Mode)
    async throws
  {
    let fixture = ListenerFixture()
    let listener = try await fixture.forward()
    // A sender whose acknowledgement was lost sends it again, on another connection.
    for _ in 0..<2 {
      let client = try await StreamClient(port: listener.address.port)
      try await client.send(mode.bytes)
      #expect(await client.received.wait { $0.count >= 8 } == Self.ack("id"))
      await client.close()
    }
    #expect(fixture.sink.events.count == 2)
    #expect(fixture.notes.all.contains { if case .taken(2, repeated: 2, _) = $0 { true } else { false } })
    // The same id with another content is another sender's.
    let client = try await StreamClient(port: listener.address.port)
    try await client.send(Pack.array(["kube.a", [[5, ["log": "other"]]], ["chunk": "id"]]).bytes)
    await client.received.wait { $0.count >= 8 }
    #expect(fixture.sink.events.count == 3)
    await listener.stop()
  }

  @Test(arguments: [IngestFailure.busy, .failed]) func nothingIsAcknowledgedBeforeItIsStored(_ failure: IngestFailure)
    async throws
  {
    let fixture = ListenerFixture()
    fixture.sink.fail(failure)
    let listener = try await fixture.forward()
    let client = try await StreamClient(port: listener.address.port)
    try await client.send(Pack.array(["t", [[5, ["a": 1]]], ["chunk": "c1"]]).bytes)
    await fixture.notes.wait(for: .waiting(failure))
    #expect(client.received.all.isEmpty && fixture.sink.events.isEmpty)
    fixture.sink.fail(nil)
    #expect(await client.received.wait { !$0.isEmpty } == Self.ack("c1"))
    #expect(fixture.sink.events.count == 1)
    await client.close()
    await listener.stop()
  }

  @Test func whatCannotBeStoredBeforeTheEndIsSaid() async throws {
    let fixture = ListenerFixture()
    fixture.sink.fail(.failed)
    let listener = try await fixture.forward { $0.limits.stop = .milliseconds(20) }
    let client = try await StreamClient(port: listener.address.port)
    try await client.send(Self.message)
    await fixture.notes.wait(for: .waiting(.failed))
    await listener.stop()
    await fixture.notes.wait(for: .lost(messages: 1))
    await client.ended()
  }

  @Test func heartbeatsAreNoEvents() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.forward()
    #expect(try await StreamClient.datagram([0], port: listener.address.port, expecting: 1) == [0])
    let client = try await StreamClient(port: listener.address.port)
    try await client.send([0xC0] + Pack.array(["", []]).bytes + [0xC0] + Self.message)
    #expect(await fixture.events(1).count == 1)
    // A connection that says nothing and ends is one, too.
    await (try await StreamClient(port: listener.address.port)).close()
    await client.close()
    await listener.stop()
    #expect(!fixture.notes.all.contains { if case .refused = $0 { true } else { false } })
  }

  @Test func aKeyIsWantedWhereThereIsOne() async throws {
    let fixture = ListenerFixture()
    let (pair, authority) = try ListenerFixture.certificate()
    let identity = try TLSIdentity(pair, clientAuthorities: nil)
    let listener = try await fixture.forward {
      $0.sharedKey = "secret"
      $0.users = ["ann": "right"]
      $0.tls = identity
      $0.handshake = .seconds(5)
    }
    func greet(_ key: String, _ password: String) async throws -> (StreamClient, answer: [UInt8]) {
      let client = try await StreamClient(port: listener.address.port, trusting: authority)
      let hello = await client.received.wait { $0.count >= 65 }
      // ["HELO", {"nonce": 16 bytes, "auth": 16 bytes, …}]
      let nonce = Array(hello[15..<31])
      let salt = Array(hello[38..<54])
      try await client.send(
        ForwardClient.ping(key: key, nonce: nonce, user: "ann", password: password, salt: salt) + Self.message)
      let all = await client.received.wait { $0.count > hello.count + 6 }
      return (client, Array(all[hello.count...]))
    }
    let (known, answer) = try await greet("secret", "right")
    #expect(answer.starts(with: [0x95, 0xA4] + Array("PONG".utf8) + [0xC3]))
    let events = await fixture.events(1)
    #expect(events.map { $0.text(.bartizanSender) } == ["ann@127.0.0.1"])
    await known.close()
    for (key, password) in [("secret", "wrong"), ("wrong", "right")] {
      let (stranger, answer) = try await greet(key, password)
      #expect(answer.starts(with: [0x95, 0xA4] + Array("PONG".utf8) + [0xC2]))
      await stranger.ended()
    }
    // Whoever sends at once is none who knows the key, and no TLS is no connection.
    let rude = try await StreamClient(port: listener.address.port, trusting: authority)
    try await rude.send(Self.message)
    await rude.ended()
    let plain = try await StreamClient(port: listener.address.port)
    try await plain.send(Self.message)
    await plain.ended()
    await fixture.notes.wait(for: .refused(.handshake))
    #expect(fixture.notes.all.filter { $0 == .refused(.unauthorized) }.count == 3)
    #expect(fixture.sink.events.count == 1)
    await listener.stop()
  }

  struct Hostile: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let refusal: FrameRefusal
    var ends = true
    var testDescription: String { name }
  }

  static let hostile = [
    Hostile(name: "HTTP", bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8), refusal: .malformed),
    Hostile(name: "a reserved byte", bytes: [0xC1], refusal: .malformed),
    Hostile(name: "a string of 4 GiB", bytes: [0x93, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF], refusal: .tooLarge),
    Hostile(name: "an array of 4 billion", bytes: [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], refusal: .tooLarge),
    Hostile(name: "a map of 4 billion", bytes: [0x92, 0xA1, 0x74, 0xDF, 0xFF, 0xFF, 0xFF, 0xFF], refusal: .tooLarge),
    Hostile(name: "nested 100,000 deep", bytes: Array(repeating: 0x91, count: 100_000), refusal: .tooDeep),
    Hostile(
      name: "a chunk that expands to 80 MiB",
      bytes: Pack.array(["t", .bin(ForwardMessageTests.bomb), ["compressed": "gzip", "chunk": "c"]]).bytes,
      refusal: .compression),
    Hostile(
      name: "an entry that lies about its length",
      bytes: Pack.array(["t", .bin([0x92, 5, 0xDB, 0, 0, 0xFF, 0xFF])]).bytes,
      refusal: .malformed),
    Hostile(
      name: "metrics", bytes: Pack.array(["t", .bin([]), ["fluent_signal": 1, "chunk": "c"]]).bytes, refusal: .signal),
    Hostile(name: "an end in the middle", bytes: [0x93, 0xA1], refusal: .cut, ends: false),
    Hostile(name: "a stop in the middle", bytes: [0x93, 0xA1], refusal: .late),
  ]

  /// Whoever sends such things is refused, the event before them is kept, and others go on.
  @Test(arguments: hostile) func hostileClientsHarmNobody(_ hostile: Hostile) async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.forward { $0.stall = .milliseconds(hostile.refusal == .late ? 50 : 60_000) }
    let client = try await StreamClient(port: listener.address.port)
    try await client.send(Self.message)
    #expect(await fixture.events(1).count == 1)
    try? await client.send(hostile.bytes)
    if !hostile.ends { await client.close() }
    await fixture.notes.wait(for: .refused(hostile.refusal))
    await client.ended()
    #expect(client.received.all.isEmpty)
    let other = try await StreamClient(port: listener.address.port)
    try await other.send(Self.message)
    #expect(await fixture.events(2).count == 2)
    await other.close()
    await listener.stop()
  }

  /// A record that is a list of something else is kept as it is, and the chunk is not refused for it again and again.
  @Test(arguments: [#"{"Records":[1]}"#, #"{"Records":[]}"#, #"{"kind":"EventList","items":[{},2]}"#])
  func noRecordSpoilsItsChunk(
    _ record: String
  ) async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.forward()
    let client = try await StreamClient(port: listener.address.port)
    let list: Pack =
      record.contains("items")
      ? ["kind": "EventList", "items": [[:], 2]] : ["Records": record.contains("1") ? [1] : []]
    try await client.send(Pack.array(["t", [[0, list], [5, ["log": "x"]]], ["chunk": "c"]]).bytes)
    #expect(await client.received.wait { !$0.isEmpty } == Self.ack("c"))
    #expect(fixture.sink.events.count == 2)
    #expect(fixture.sink.events.first.map { String(decoding: $0.original, as: UTF8.self) } == record)
    await client.close()
    await listener.stop()
  }

  @Test func textThatIsNoUTF8IsKept() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.forward()
    let client = try await StreamClient(port: listener.address.port)
    try await client.send(Pack.array(["t", 5, ["message": .bin([0x61, 0xFF, 0xFE, 0x62])]]).bytes)
    let event = try #require(await fixture.events(1).first)
    #expect(Array(event.original).contains(0xFF) && event.text(.message) == "a\u{FFFD}\u{FFFD}b")
    await client.close()
    await listener.stop()
  }

  /// A chunk that is small on the wire and large in memory counts as what it becomes.
  @Test func whatIsHeldIsBounded() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.forward { $0.limits.heldBytes = 1 << 20 }
    let entry = Pack.array([5, ["a": .str(Array(repeating: 0x61, count: 1_000))]]).bytes
    let packed = try Gzip.compress((0..<2_000).flatMap { _ in entry })
    let client = try await StreamClient(port: listener.address.port)
    try await client.send(Pack.array(["t", .bin(packed), ["compressed": "gzip", "chunk": "c"]]).bytes)
    await fixture.notes.wait(for: .refused(.memory))
    await client.ended()
    #expect(fixture.sink.events.isEmpty && client.received.all.isEmpty)
    let other = try await StreamClient(port: listener.address.port)
    try await other.send(Self.message)
    #expect(await fixture.events(1).count == 1)
    await other.close()
    await listener.stop()
    #expect(listener.heldBytes == 0)
  }

  @Test func connectionsAreCounted() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.forward { $0.limits.connectionsPerAddress = 2 }
    let first = try await StreamClient(port: listener.address.port)
    let second = try await StreamClient(port: listener.address.port)
    for (index, client) in [first, second].enumerated() {
      try await client.send(Self.message)
      #expect(await fixture.events(index + 1).count == index + 1)
    }
    let third = try await StreamClient(port: listener.address.port)
    await third.ended()
    await fixture.notes.wait(for: .refused(.connections))
    await first.close()
    await second.close()
    await listener.stop()
  }

  @Test(
    arguments: [
      ("0.0.0.0", nil), ("0.0.0.0", "secret"), ("127.0.0.1", ""),
    ] as [(String, String?)]) func nothingListensBeyondThisMachineWithoutAKeyAndTLS(_ host: String, _ key: String?)
    async
  {
    var configuration = ForwardListener.Configuration(ListenAddress(host: host, port: 0))
    configuration.sharedKey = key
    #expect(configuration.fault != nil)
    await #expect(throws: ListenFailure.self) {
      _ = try await ForwardListener(configuration, intake: ListenerFixture().intake)
    }
  }
}
