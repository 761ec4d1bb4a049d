import Bytes
import Events
package import Server

/// The webhook backend of the API server's audit log: `/audit` takes an `EventList`. Any 2xx acknowledges it.
///
/// Source: kubernetes.io, "Auditing", "Webhook backend".
package struct AuditEndpoint: IngestEndpoint {
  package static let name = "kubernetes-audit"
  /// In bytes; the API server's own is shorter than 100.
  private static let longestEmptyList = 1024

  package init() {}

  package static func owns(_ path: String) -> Bool { path == "/audit" }

  package func answer(_ request: ServerRequest, _ intake: Intake, from sender: String) async -> ServerResponse {
    guard request.head.method == "POST" else { return .methods("POST") }
    // An empty list is one: the server would send it again and again. Whatever holds events is longer, and is read once.
    if request.body.count <= Self.longestEmptyList, let document = try? JSONReader.read(request.body),
      document["items"]?.array?.isEmpty == true
    {
      return .json(200, Array("{}".utf8))
    }
    do throws(Intake.Refusal) {
      _ = try await intake.take(request.body, Self.name, from: sender, shape: .json)
      return .json(200, Array("{}".utf8))
    } catch {
      return .refused(error)
    }
  }
}

/// Falco's `http_output` and falcosidekick: `/falco` takes one alert.
package struct FalcoEndpoint: IngestEndpoint {
  package static let name = "falco"

  package init() {}

  package static func owns(_ path: String) -> Bool { path == "/falco" }

  package func answer(_ request: ServerRequest, _ intake: Intake, from sender: String) async -> ServerResponse {
    guard request.head.method == "POST" else { return .methods("POST") }
    do throws(Intake.Refusal) {
      _ = try await intake.take(request.body, Self.name, from: sender, shape: .json)
      return .json(200, Array("{}".utf8))
    } catch {
      return .refused(error)
    }
  }
}

/// Lines, JSON or not: `/ingest`. An `Idempotency-Key` makes it safe to send a body again.
package struct LinesEndpoint: IngestEndpoint {
  package static let name = "http"
  private static let longestKey = 256

  package init() {}

  package static func owns(_ path: String) -> Bool { path == "/ingest" }

  package func answer(_ request: ServerRequest, _ intake: Intake, from sender: String) async -> ServerResponse {
    guard request.head.method == "POST" || request.head.method == "PUT" else { return .methods("POST, PUT") }
    let key = request.head.field("Idempotency-Key")
    if let key, key.isEmpty || key.utf8.count > Self.longestKey {
      return .text(400, "an Idempotency-Key has from 1 to \(Self.longestKey) bytes")
    }
    do throws(Intake.Refusal) {
      let outcome = try await intake.take(
        request.body, Self.name, from: sender, key: key.map { .whole("http:\($0)") } ?? .none,
        shape: .records)
      return .json(200, Array("{\"events\":\(outcome.count),\"repeated\":\(outcome.repeated.count)}".utf8))
    } catch {
      return .refused(error)
    }
  }
}
