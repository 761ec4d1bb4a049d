import Bytes
import Console
import Findings
import Server
import TestKit
import Testing
import Transport

/// Fluent Forward and syslog beside HTTP: what is forbidden is said before anything listens.
@Suite struct SenderListenerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let change: @Sendable (inout SenderSettings) -> Void
    var isSecure = false
    var testDescription: String { name }
  }

  private static let everywhere = ListenAddress(host: "::", port: 0)

  static let forbidden = [
    Case(name: "Forward without a key and TLS", change: { $0.fluent = everywhere }),
    Case(name: "Forward without a key", change: { $0.fluent = everywhere }, isSecure: true),
    Case(
      name: "Forward without TLS",
      change: {
        $0.fluent = everywhere
        $0.fluentKey = "0123456789abcdef"
      }),
    Case(name: "a key for nothing", change: { $0.fluentKey = "0123456789abcdef" }),
    Case(name: "syslog from everywhere", change: { $0.syslog = everywhere }),
    Case(name: "TLS without a certificate", change: { $0.syslogTLS = everywhere }),
    Case(name: "TLS for everybody", change: { $0.syslogTLS = everywhere }, isSecure: true),
    Case(name: "networks for nothing", change: { $0.syslogFrom = [.allV4] }),
  ]

  @Test(arguments: forbidden) func whatEverybodyCouldUseIsRefused(_ example: Case) throws {
    var settings = EventServer.Settings(
      address: ListenAddress(host: "127.0.0.1", port: 0), folder: "/nowhere", tokens: TokenRegister(TokenList()))
    example.change(&settings.senders)
    if example.isSecure { settings.certificate = .own(folder: "/nowhere", names: []) }
    let surroundings = Surroundings(metrics: Metrics(), tell: { _ in }, now: { EventFixture.start })
    let error = #expect(throws: BartizanError.self) { _ = try EventServer.prepare(settings, surroundings) }
    #expect(error?.code == .usage)
  }

  @Test func listenersStandBesideHTTPAndAreMeasured() async throws {
    let loopback = ListenAddress(host: "127.0.0.1", port: 0)
    let fixture = try await EventFixture { settings, _ in
      settings.senders.fluent = loopback
      settings.senders.syslog = loopback
    }
    #expect(fixture.server.fluent?.port != 0 && fixture.server.syslog?.port != 0 && fixture.server.syslogTLS == nil)
    #expect(fixture.server.senderLines.count == 2)
    let text = try await fixture.ask(.get, "/metrics", as: .read).text
    #expect(text.contains("bartizan_ingest_connections{listener=\"fluent\"} 0"))
    #expect(text.contains("bartizan_ingest_queued_datagrams{listener=\"syslog\"} 0"))
    await fixture.close()
  }
}
