import Bytes
import Findings
import Operations
import Server
import TestKit
import Testing
import Transport

@testable import Console

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
    Case(
      name: "users without a key",
      change: {
        $0.fluent = ListenAddress(host: "127.0.0.1", port: 0)
        $0.fluentUsers = ["ann": "12345678"]
      }),
    Case(
      name: "users for nothing",
      change: {
        $0.fluentKey = "0123456789abcdef"
        $0.fluentUsers = ["ann": "12345678"]
      }),
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

  struct Users: Sendable {
    let text: String
    /// Nil where it is refused.
    let users: [String: String]?
    /// What is said of it.
    var message = ""
  }

  @Test(arguments: [
    Users(text: "ann:correct horse\nbob:a:b:c:d:e:f\n", users: ["ann": "correct horse", "bob": "a:b:c:d:e:f"]),
    Users(text: "# ours\r\n\r\nann:12345678\r\n", users: ["ann": "12345678"]),
    Users(text: "", users: nil, message: "users: no users; wanted are lines user:password"),
    Users(text: "ann:1234567\n", users: nil, message: "users:1: the password of ann has fewer than 8 characters"),
    Users(text: "\nann 12345678\n", users: nil, message: "users:2: wanted is a line user:password"),
    Users(text: ":12345678\n", users: nil, message: "users:1: wanted is a line user:password"),
    Users(text: "ann:12345678\nann:87654321\n", users: nil, message: "users:2: ann is named twice"),
  ]) func usersAreReadFromTheirFile(_ example: Users) {
    do {
      let users = try ForwardUsers.read(Array(example.text.utf8), file: "users")
      #expect(users == example.users)
    } catch {
      #expect(example.users == nil)
      #expect(error.message == example.message)
    }
  }

  @Test func usersOfFilesAndVariablesReachTheListener() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/users"
    try folder.write("users", "ann:correct horse\n")
    var written = EventConfiguration()
    written.fluent = EventConfiguration.Text("127.0.0.1:0", "--fluent")
    written.fluentKey = EventConfiguration.Text("0123456789abcdef", "BARTIZAN_FLUENT_KEY")
    var below = EventConfiguration()
    below.fluentUsers = EventConfiguration.Text(file, "serve.yaml:3: events.fluent.usersFile")
    let settings = try written.or(below).settings(folder: "/nowhere", tokens: TokenRegister(TokenList()))
    #expect(settings.senders.fluentUsers == ["ann": "correct horse"])
    #expect(settings.senders.fluentKey == "0123456789abcdef")
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
