import Bytes
import FakeCluster
import Findings
import Forward
import NIOSSL
import Testing
import Transport

/// Receivers that are no servers of HTTP: some end the connection, are silent, or say what they should not.
@Suite struct StreamDeliveryTests {
  static func destination(_ kind: Destination.Kind, _ port: Int, isTLS: Bool = false) throws -> Destination {
    var made = try ReceiverTests.stream(kind, "\(isTLS ? "tls" : "tcp")://127.0.0.1:\(port)")
    made.allowsPlainHTTP = true
    return made
  }

  static func send(_ destination: Destination, tries: Int = 1, patience: Duration = .seconds(60)) async throws
    -> Delivery.Report
  {
    var delivery = DeliveryTests.delivery
    delivery.tries = tries
    delivery.patience = patience
    return try #require(
      await delivery.send(PayloadTests.found.alerts, PayloadTests.found.incidents, to: [destination]).first)
  }

  @Test func syslogArrivesWhole() async throws {
    let server = try await RawServer(RawServer.Script("", closes: false))
    let report = try await Self.send(try Self.destination(.syslog, server.port))
    #expect(report.sent == DeliveryTests.count && report.failed.isEmpty, "\(report.reason)")
    let frames = try ReceiverTests.frames(Array(server.received.utf8))
    #expect(frames.count == DeliveryTests.count)
    await server.close()
  }

  @Test func syslogGoesOverTLSToWhomItTrusts() async throws {
    let authority = try VirtualAuthority()
    let pair = try authority.server()
    let server = try await RawServer(
      RawServer.Script(""),
      tls: .makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(pair.certificate.utf8)).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(pair.key.utf8), format: .pem))))
    var destination = try Self.destination(.syslog, server.port, isTLS: true)
    let stranger = try await Self.send(destination)
    #expect(stranger.sent == 0 && stranger.reason.contains("unknown authority"), "\(stranger.reason)")
    #expect(server.received.isEmpty)
    destination.authorities = Array(authority.certificate.utf8)
    let report = try await Self.send(destination)
    #expect(report.sent == DeliveryTests.count, "\(report.reason)")
    #expect(try ReceiverTests.frames(Array(server.received.utf8)).count == DeliveryTests.count)
    await server.close()
  }

  @Test func whoIsGoneTookNothing() async throws {
    let port = try ReservedPort()
    for kind in [Destination.Kind.syslog, .fluentForward] {
      let report = try await Self.send(try Self.destination(kind, port.number), tries: 2)
      #expect(report.sent == 0 && report.failed.count == DeliveryTests.count && report.refused.isEmpty)
    }
  }

  /// A receiver of Fluent Forward that says nothing, goes away, or says something else has not taken anything.
  @Test(arguments: [
    RawServer.Script(""), RawServer.Script("", closes: true), RawServer.Script("\u{1}"),
    RawServer.Script("HTTP/1.1 400\r\n"),
  ])
  func nothingIsTakenThatIsNotAcknowledged(_ script: RawServer.Script) async throws {
    let server = try await RawServer(script)
    let report = try await Self.send(
      try Self.destination(.fluentForward, server.port), patience: .milliseconds(200))
    #expect(report.sent == 0 && report.failed.count == DeliveryTests.count && !report.reason.isEmpty)
    await server.close()
  }
}
