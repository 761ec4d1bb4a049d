import Bytes
import Crypto
import Events
package import Server

/// Logs of OpenTelemetry over HTTP: `/v1/logs`, protobuf and JSON.
///
/// Source: OTLP specification 1.x, "OTLP/HTTP".
package struct OTLPEndpoint: IngestEndpoint {
  package static let name = "otlp"

  package init() {}

  package static func owns(_ path: String) -> Bool { path == "/v1/logs" }

  private enum Form {
    case json
    case protobuf
  }

  package func answer(_ request: ServerRequest, _ intake: Intake, from sender: String) async -> ServerResponse {
    guard request.head.method == "POST" else { return .methods("POST") }
    let form: Form
    switch request.head.mediaType {
    case "application/x-protobuf", "application/protobuf": form = .protobuf
    case "application/json": form = .json
    default: return .text(415, "application/x-protobuf or application/json is wanted")
    }
    let records: [DocumentNode]
    do throws(OTLPLogs.Malformed) {
      records =
        form == .json
        ? try OTLPLogs.records(json: request.body) : try OTLPLogs.records(protobuf: request.body)
    } catch {
      return Self.status(400, 3, "the body is no ExportLogsServiceRequest", form)
    }
    if records.isEmpty { return Self.accepted(form) }
    var lines: [UInt8] = []
    for record in records {
      lines += JSONWriter.compact(record, escapesHTML: false).utf8
      lines.append(0x0A)
    }
    let key = "otlp:" + Hex.text(SHA256.hash(data: request.body))
    do throws(Intake.Refusal) {
      _ = try await intake.take(lines, Self.name, from: sender, key: .whole(key))
      return Self.accepted(form)
    } catch {
      switch error {
      case .busy: return Self.status(429, 8, "no room at this moment", form, retryAfter: "5")
      case .failed: return Self.status(503, 14, "the events could not be stored", form, retryAfter: "10")
      case .unreadable, .stranger, .noJSON, .empty:
        return Self.status(400, 3, "a record cannot be kept as an event", form)
      }
    }
  }

  /// An `ExportLogsServiceResponse` without a partial success, which is empty in both forms.
  private static func accepted(_ form: Form) -> ServerResponse {
    form == .json
      ? .json(200, Array("{}".utf8)) : ServerResponse(200, fields: [("Content-Type", "application/x-protobuf")])
  }

  /// A `google.rpc.Status`, as the specification wants of every failure.
  private static func status(
    _ status: Int, _ code: UInt8, _ message: String, _ form: Form, retryAfter: String? = nil
  ) -> ServerResponse {
    var response: ServerResponse
    switch form {
    case .json:
      var writer = JSONWriter(pretty: false)
      writer.object { writer in
        writer.field("code", Int(code))
        writer.field("message", message)
      }
      response = .json(status, writer.bytes)
    case .protobuf:
      let text = Array(message.utf8.prefix(127))
      response = ServerResponse(
        status, fields: [("Content-Type", "application/x-protobuf")],
        body: [0x08, code, 0x12, UInt8(text.count)] + text)
    }
    if let retryAfter { response.fields.append(("Retry-After", retryAfter)) }
    return response
  }
}
