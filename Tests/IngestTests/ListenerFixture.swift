import Bytes
import Events
import FakeCluster
import Server
import TestKit

@testable import Ingest

/// Listeners before a sink that keeps what it takes.
struct ListenerFixture {
  let sink = CollectingSink()
  let notes = Observed<ListenerNote>()

  var intake: Intake {
    let time = Timestamp("2026-11-28T12:00:00Z") ?? Timestamp(nanoseconds: 0)
    return Intake(
      sink, now: { time },
      stamp: { name, sender in
        [Envelope.Entry(.bartizanProtocol, name), Envelope.Entry(.bartizanSender, sender)]
      })
  }

  static let loopback = ListenAddress(host: "127.0.0.1", port: 0)

  func forward(_ change: (inout ForwardListener.Configuration) -> Void = { _ in }) async throws -> ForwardListener {
    var configuration = ForwardListener.Configuration(Self.loopback)
    change(&configuration)
    return try await ForwardListener(configuration, intake: intake) { [notes] in notes.add($0) }
  }

  func syslog(
    knowsClients: Bool = false, _ change: (inout SyslogListener.Configuration) -> Void = { _ in }
  ) async throws -> SyslogListener {
    var configuration = SyslogListener.Configuration(Self.loopback)
    change(&configuration)
    return try await SyslogListener(configuration, knowsClients: knowsClients, intake: intake) { [notes] in
      notes.add($0)
    }
  }

  /// Waits until so many events are kept.
  func events(_ count: Int) async -> [Event] {
    await notes.wait { notes in
      notes.reduce(0) { if case .taken(let events, _, _) = $1 { $0 + events } else { $0 } } >= count
    }
    return sink.events
  }

  /// A certificate for loopback with the authority that signed it.
  static func certificate() throws -> (pair: CertificatePair, authority: String) {
    let authority = try VirtualAuthority()
    let pair = try authority.server()
    return (
      CertificatePair(certificate: Array(pair.certificate.utf8), key: Array(pair.key.utf8)), authority.certificate
    )
  }
}
