import Events
package import Server

/// Sumo Logic's HTTP source: `/receiver/v1/http/CODE` takes lines; the code is the token.
///
/// Source: help.sumologic.com, "Upload data to an HTTP logs and metrics source".
package struct SumoEndpoint: IngestEndpoint {
  package static let name = "sumo"
  private static let prefix = "/receiver/v1/http/"

  package init() {}

  package static func owns(_ path: String) -> Bool { path.hasPrefix(prefix) && path.utf8.count > prefix.utf8.count }

  package static func token(_ head: RequestHead) -> String? {
    head.path.hasPrefix(prefix) ? String(head.path.dropFirst(prefix.count)) : nil
  }

  package func answer(_ request: ServerRequest, _ intake: Intake, from sender: String) async -> ServerResponse {
    guard request.head.method == "POST" else { return .methods("POST") }
    var envelope: [Envelope.Entry] = []
    for (header, field) in [
      ("X-Sumo-Host", FieldID.hostName), ("X-Sumo-Name", .logFilePath), ("X-Sumo-Category", .eventProvider),
    ] {
      if let value = request.head.field(header), !value.isEmpty { envelope.append(Envelope.Entry(field, value)) }
    }
    do throws(Intake.Refusal) {
      _ = try await intake.take(request.body, Self.name, from: sender, envelope: envelope)
      return ServerResponse(200)
    } catch {
      return .refused(error)
    }
  }
}
