package import Bytes
import Kube

/// The AdmissionReview that the server sends to a webhook, and what it makes of the answer.
///
/// Source: k8s.io/apiserver `pkg/admission/plugin/webhook/request/admissionreview.go` and `webhook/errors`.
package enum WebhookReview {
  package static func request(
    _ request: AdmissionRequest, _ kind: AdmissionRequest.Kind, _ resource: AdmissionRequest.Resource,
    _ version: String
  ) -> DocumentNode {
    var body = RequestVariables.document(request, kind, resource)
    body = body.setting("uid", DocumentNode(.string(request.uid)))
    body = body.setting("object", RequestVariables.converted(request.object, request, to: kind) ?? request.object)
    body = body.setting(
      "oldObject", RequestVariables.converted(request.oldObject, request, to: kind) ?? request.oldObject)
    if request.options.isNull { body = body.setting("options", .null) }
    return [
      "kind": "AdmissionReview", "apiVersion": DocumentNode(.string("admission.k8s.io/" + version)), "request": body,
    ]
  }

  /// An answer that can be used.
  struct Response {
    var isAllowed: Bool
    var status: DocumentNode?
    var warnings: [String]
    var auditAnnotations: [(key: String, value: String)]
    /// Undecoded.
    var patch: [UInt8]
  }

  /// The call failed, in the server's words, which failurePolicy decides about.
  struct CallFailure: Error {
    let message: String
  }

  static func read(_ answer: WebhookAnswer, _ webhook: Webhook, uid: String) throws(CallFailure) -> Response {
    let bytes: [UInt8]
    switch answer {
    case .timedOut:
      throw CallFailure(message: "failed to call webhook: Post \"\(webhook.url)\": context deadline exceeded")
    case .unreachable(let reason):
      throw CallFailure(message: "failed to call webhook: Post \"\(webhook.url)\": \(reason)")
    case .body(let status, let contentType, let body):
      guard status == 200 || status == 201 || status == 202 else {
        throw CallFailure(message: "failed to call webhook: " + Self.statusText(status, body))
      }
      if body.isEmpty {
        throw CallFailure(
          message:
            "failed to call webhook: 0-length response with status code: \(status) and content type: \(contentType)")
      }
      bytes = body
    }
    return try response(try document(bytes), webhook, uid: uid)
  }

  private static func document(_ bytes: [UInt8]) throws(CallFailure) -> DocumentNode {
    let head = "failed to call webhook: couldn't get version/kind; json parse error: "
    if let fault = GoDecoding.syntaxFault(bytes) { throw CallFailure(message: head + fault) }
    let node = JSONReader.readStream(bytes.span, limits: .standard).documents.first ?? .null
    guard node.mapping != nil else {
      throw CallFailure(
        message: head
          + "json: cannot unmarshal \(GoDecoding.word(node)) into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }"
      )
    }
    return node
  }

  private static func response(
    _ review: DocumentNode, _ webhook: Webhook, uid: String
  ) throws(CallFailure) -> Response {
    let (group, version) = APIResource.split(apiVersion: review["apiVersion"]?.string ?? "")
    let kind = review["kind"]?.string ?? ""
    let wanted = webhook.reviewVersion
    if kind.isEmpty {
      throw CallFailure(message: "failed to call webhook: Object 'Kind' is missing in '\(JSONWriter.compact(review))'")
    }
    guard kind == "AdmissionReview", group == "admission.k8s.io", version == wanted else {
      throw CallFailure(
        message:
          "failed to call webhook: converting (\(version).\(kind)) to (\(wanted).AdmissionReview): unknown conversion")
    }
    let head = "received invalid webhook response: "
    guard let response = review["response"] else {
      throw CallFailure(message: head + "webhook response was absent")
    }
    let patch = response["patch"]?.string.flatMap { Base64.decode(exactly: $0) } ?? []
    let patchType = response["patchType"]?.string
    if wanted == "v1" {
      let given = response["uid"]?.string ?? ""
      if given != uid {
        throw CallFailure(
          message: head + "expected response.uid=\(GoText.quoted(uid)), got \(GoText.quoted(given))")
      }
      if webhook.isMutating {
        if !patch.isEmpty, patchType ?? "" == "" {
          throw CallFailure(message: head + "webhook returned response.patch but not response.patchType")
        }
        if patch.isEmpty, let patchType, !patchType.isEmpty {
          throw CallFailure(message: head + "webhook returned response.patchType but not response.patch")
        }
      } else {
        if !patch.isEmpty { throw CallFailure(message: head + "validating webhook may not return response.patch") }
        if patchType != nil {
          throw CallFailure(message: head + "validating webhook may not return response.patchType")
        }
      }
    }
    return Response(
      isAllowed: response["allowed"]?.bool ?? false, status: response["status"],
      warnings: response["warnings"]?.strings ?? [],
      auditAnnotations: (response["auditAnnotations"]?.entries ?? []).compactMap { entry in
        entry.value.string.map { (entry.key, $0) }
      }, patch: webhook.isMutating ? patch : [])
  }

  /// The refusal of a webhook that said no.
  static func refusal(_ webhook: Webhook, _ status: DocumentNode?) -> AdmissionRefusal {
    let head = "admission webhook \(GoText.quoted(webhook.name)) denied the request"
    let code = Int(status?["code"]?.int ?? 0)
    let message = status?["message"]?.string ?? ""
    let reason = status?["reason"]?.string ?? ""
    let text =
      !message.isEmpty ? "\(head): \(message)" : !reason.isEmpty ? "\(head): \(reason)" : "\(head) without explanation"
    return AdmissionRefusal(status: code < 400 ? 400 : code, reason: reason, message: text)
  }

  /// As Go's client for the API words a status that is none of success.
  private static func statusText(_ status: Int, _ body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(2048), as: UTF8.self)
    switch status {
    case 400: return "the server rejected our request for an unknown reason"
    case 401: return "the server has asked for the client to provide credentials"
    case 403: return text.isEmpty ? "unknown" : text
    case 404: return "the server could not find the requested resource"
    case 405: return "the server does not allow this method on the requested resource"
    case 409: return "the server reported a conflict"
    case 415: return "the body of the request was in an unknown format - accepted media types include: \(text)"
    case 429:
      return "the server has received too many requests and has asked us to try again later"
    case 500...599:
      if status == 503 { return "the server is currently unable to handle the request" }
      if status == 504 {
        return
          "the server was unable to return a response in the time allotted, but may still be processing the request"
      }
      return "an error on the server (\(GoText.quoted(text))) has prevented the request from succeeding"
    default: return "the server responded with the status code \(status) but did not return more information"
    }
  }
}
