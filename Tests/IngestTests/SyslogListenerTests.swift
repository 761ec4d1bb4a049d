import Bytes
import Events
import FakeCluster
import Server
import TestKit
import Testing

@testable import Ingest

/// Syslog over sockets.
@Suite(.timeLimit(.minutes(2))) struct SyslogListenerTests {
  private static let failed = "Failed password for invalid user admin from 203.0.113.9 port 40022 ssh2"
  private static let accepted = "Accepted publickey for deploy from 10.0.0.4 port 50000 ssh2"

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      ("rsyslog-rfc5424-octet.tcp", [failed, accepted]),
      ("logger-rfc5424.tcp", ["Failed password for root from 198.51.100.3 port 22 ssh2"]),
    ]) func capturesOfTCPAreTaken(_ name: String, _ messages: [String]) async throws
  {
    let fixture = ListenerFixture()
    let listener = try await fixture.syslog()
    let client = try await StreamClient(port: listener.address.port)
    try await client.send(try SharedData.bytes("siem/captures/" + name))
    let events = await fixture.events(messages.count)
    #expect(events.map { $0.text(.message) } == messages)
    #expect(
      events.allSatisfy { $0.text(.bartizanProtocol) == "syslog" && $0.text(.bartizanSender) == "unauthenticated" })
    #expect(events.allSatisfy { $0.text(.logSourceAddress) == "127.0.0.1" && $0.text(.hostName) == "vm" })
    await client.close()
    await listener.stop()
  }

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      ("rsyslog-rfc3164.udp", [failed, accepted]),
      ("logger-rfc3164.udp", ["pam_unix(sudo:auth): authentication failure; user=bob"]),
    ]) func capturesOfUDPAreTaken(_ name: String, _ messages: [String]) async throws
  {
    let fixture = ListenerFixture()
    let listener = try await fixture.syslog()
    let bytes = try SharedData.bytes("siem/captures/" + name)
    // The capture has a line feed between datagrams.
    for datagram in bytes.split(separator: 0x0A) {
      _ = try await StreamClient.datagram(Array(datagram), port: listener.address.port)
    }
    let events = await fixture.events(messages.count)
    #expect(Set(events.map { $0.text(.message) ?? "" }) == Set(messages))
    #expect(events.allSatisfy { $0.text(.bartizanSender) == "unauthenticated" })
    await listener.stop()
  }

  /// The last message of a client that ends without anything behind it, as `logger --tcp` does.
  @Test func theEndOfAStreamEndsAMessage() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.syslog()
    let client = try await StreamClient(port: listener.address.port)
    try await client.send("<13>Nov 23 07:11:08 vm app: one\n<13>Nov 23 07:11:08 vm app: two")
    try await client.finish()
    #expect(await fixture.events(2).map { $0.text(.message) } == ["one", "two"])
    await client.ended()
    await listener.stop()
  }

  /// A message is one event, whatever it contains.
  @Test func aMessageWithLineFeedsIsOneEvent() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.syslog()
    let client = try await StreamClient(port: listener.address.port)
    let trace = "<11>1 2026-11-23T07:11:08Z vm app - - - Exception\n  at A\n<0>fake\n{\"a\":1}"
    try await client.send("\(trace.utf8.count) \(trace)<13>1 2026-11-23T07:11:08Z vm app - - - next\n")
    let events = await fixture.events(2)
    #expect(events.map { $0.text(.message) } == ["Exception\n  at A\n<0>fake\n{\"a\":1}", "next"])
    #expect(events.map { String(decoding: $0.original, as: UTF8.self) }.first == trace)
    // As the store makes it of its original again.
    let first = try #require(events.first)
    let restored = EventDecoder.restore(
      Array(first.original) + [0x0A], lengths: [first.original.count], context: first.context)
    #expect(restored.map { $0.text(.message) } == [first.text(.message)] && restored.first?.dataset == first.dataset)
    await client.close()
    await listener.stop()
  }

  @Test func aLineOfTenMegabytesIsKeptInParts() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.syslog()
    let client = try await StreamClient(port: listener.address.port)
    let line = Array("<13>Nov 23 07:11:08 vm app: ".utf8) + Array(repeating: UInt8(ascii: "x"), count: 10 << 20)
    try await client.send(line + Array("\n<13>Nov 23 07:11:08 vm app: next\n".utf8))
    await fixture.notes.wait { _ in fixture.sink.events.last?.text(.message) == "next" }
    #expect(fixture.sink.events.dropLast().reduce(0) { $0 + $1.original.count } == line.count)
    #expect(fixture.notes.all.contains(.parted))
    await client.close()
    await listener.stop()
  }

  @Test func bytesOfAnyKindAreKept() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.syslog()
    let client = try await StreamClient(port: listener.address.port)
    let bytes: [UInt8] = Array("10 <13>".utf8) + [0xFF, 0, 1, 2, 0xFE, 0x80]
    try await client.send(bytes)
    let event = try #require(await fixture.events(1).first)
    #expect(Array(event.original) == Array(bytes.dropFirst(3)))
    await client.close()
    await listener.stop()
  }

  @Test func aSenderThatStopsInAMessageIsNotWaitedFor() async throws {
    let fixture = ListenerFixture()
    let listener = try await fixture.syslog { $0.stall = .milliseconds(50) }
    let client = try await StreamClient(port: listener.address.port)
    try await client.send("<13>Nov 23 07:11:08 vm app: half")
    #expect(await fixture.events(1).map { $0.text(.message) } == ["half"])
    try await client.send("<13>Nov 23 07:11:08 vm app: whole\n")
    #expect(await fixture.events(2).map { $0.text(.message) } == ["half", "whole"])
    await client.close()
    await listener.stop()
  }

  @Test func aFullStoreMakesSendersWait() async throws {
    let fixture = ListenerFixture()
    fixture.sink.fail(.failed)
    let listener = try await fixture.syslog()
    let client = try await StreamClient(port: listener.address.port)
    try await client.send("<13>Nov 23 07:11:08 vm app: one\n")
    _ = try await StreamClient.datagram(Array("<13>Nov 23 07:11:08 vm app: two".utf8), port: listener.address.port)
    await fixture.notes.wait { $0.filter { $0 == .waiting(.failed) }.count >= 2 }
    fixture.sink.fail(nil)
    let events = await fixture.events(2)
    #expect(Set(events.map { $0.text(.message) ?? "" }) == ["one", "two"])
    await client.close()
    await listener.stop()
  }

  @Test func datagramsBeyondTheQueueAreCounted() async throws {
    let fixture = ListenerFixture()
    fixture.sink.fail(.busy)
    let listener = try await fixture.syslog { $0.queuedDatagrams = 1 }
    func send(_ text: String) async throws {
      _ = try await StreamClient.datagram(
        Array("<13>Nov 23 07:11:08 vm app: \(text)".utf8), port: listener.address.port)
    }
    try await send("one")
    await fixture.notes.wait(for: .waiting(.busy))
    try await send("two")
    try await send("three")
    await fixture.notes.wait(for: .refused(.queue))
    fixture.sink.fail(nil)
    #expect(await fixture.events(2).map { $0.text(.message) } == ["one", "two"])
    await listener.stop()
  }

  @Test func onlyAllowedAddressesMaySend() async throws {
    let fixture = ListenerFixture()
    let range = try #require(IPRange(cidr: "192.0.2.0/24"))
    let listener = try await fixture.syslog { $0.allowed = [range] }
    let client = try await StreamClient(port: listener.address.port)
    await client.ended()
    _ = try await StreamClient.datagram(Array("<13>a".utf8), port: listener.address.port)
    await fixture.notes.wait { $0.filter { $0 == .refused(.address) }.count >= 2 }
    #expect(fixture.sink.events.isEmpty)
    await listener.stop()
  }

  @Test func withTLSACertificateIsWanted() async throws {
    let fixture = ListenerFixture()
    let (pair, authority) = try ListenerFixture.certificate()
    let clients = try VirtualAuthority("clients")
    let identity = try TLSIdentity(pair, clientAuthorities: Array(clients.certificate.utf8))
    let range = try #require(IPRange(cidr: "192.0.2.0/24"))
    let listener = try await fixture.syslog(knowsClients: true) {
      $0.tls = identity
      $0.allowed = [range]
    }
    let own = try clients.client("node-7")
    let known = try await StreamClient(port: listener.address.port, trusting: authority, identity: own)
    try await known.send("5 <13>a")
    #expect(await fixture.events(1).map { $0.text(.bartizanSender) } == ["node-7@127.0.0.1"])
    await known.close()
    let stranger = try await StreamClient(port: listener.address.port, trusting: authority)
    await stranger.ended()
    await fixture.notes.wait(for: .refused(.unauthorized))
    await listener.stop()
  }

  @Test func nothingListensBeyondThisMachineWithoutSayingForWhom() async throws {
    let configuration = SyslogListener.Configuration(ListenAddress(host: "0.0.0.0", port: 0))
    #expect(configuration.fault(knowsClients: false) != nil)
    await #expect(throws: ListenFailure.self) {
      _ = try await SyslogListener(configuration, intake: ListenerFixture().intake)
    }
    let listener = try await ListenerFixture().syslog { $0.transports = [.udp] }
    var again = SyslogListener.Configuration(listener.address)
    again.transports = [.udp]
    let taken = again
    await #expect(throws: ListenFailure.self) { _ = try await SyslogListener(taken, intake: ListenerFixture().intake) }
    await listener.stop()
  }
}
