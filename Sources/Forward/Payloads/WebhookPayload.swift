import Bytes
import Findings

/// One document a request: `{"apiVersion","kind":"Notification","notices":[…]}`, each of them as in
/// `detect --format jsonl`.
enum WebhookPayload {
  private static let limit = 1 << 20

  static func make(_ notices: [Notice]) -> [Payload] {
    let head = Array("{\"apiVersion\":\"bartizan.dev/v1\",\"kind\":\"Notification\",\"notices\":[".utf8)
    return Payload.packed(notices.map { ($0.id, $0.json() + [0x2C]) }, limit: limit).map { pack in
      Payload(
        path: nil, contentType: "application/json", body: head + pack.body.dropLast() + Array("]}".utf8),
        ids: pack.ids)
    }
  }
}
