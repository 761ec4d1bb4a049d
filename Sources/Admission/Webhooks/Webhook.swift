package import Bytes
import Expressions
import Kube
import Validation

/// One webhook of a ValidatingWebhookConfiguration or MutatingWebhookConfiguration.
package struct Webhook: Sendable {
  package let configuration: String
  package let name: String
  package let isMutating: Bool
  package let match: MatchResources
  let matchConditions: [PolicyExpression]
  package let ignoresFailures: Bool
  /// Whether it may be asked about a request that changes nothing.
  package let allowsDryRun: Bool
  /// Whether it is asked again after others changed the object.
  package let isReinvoked: Bool
  /// From 1 to 30; 10 where the configuration does not say.
  package let timeoutSeconds: Int64
  /// The version of AdmissionReview that it is sent: the first of its list that the server knows.
  package let reviewVersion: String
  /// Where it is asked, with the query of the server: `https://host/path?timeout=5s`.
  package let url: String

  /// The webhooks of a configuration, in its order.
  package static func read(_ root: DocumentNode) -> [Webhook] {
    guard let kind = root["kind"]?.string,
      kind == "ValidatingWebhookConfiguration" || kind == "MutatingWebhookConfiguration"
    else { return [] }
    let object = ServerObject.decoded(root) ?? root
    let environment = CELEnvironment.policies(params: false, authorizer: true)
    return (object["webhooks"]?.elements ?? []).map { hook in
      let seconds = hook["timeoutSeconds"]?.int ?? 10
      return Webhook(
        configuration: object.metadataName, name: hook["name"]?.string ?? "",
        isMutating: kind == "MutatingWebhookConfiguration", match: MatchResources(webhook: hook),
        matchConditions: (hook["matchConditions"]?.elements ?? []).map {
          PolicyExpression($0["expression"]?.string ?? "", environment, gives: [.bool])
        }, ignoresFailures: hook["failurePolicy"]?.string == "Ignore",
        allowsDryRun: ["None", "NoneOnDryRun"].contains(hook["sideEffects"]?.string ?? ""),
        isReinvoked: hook["reinvocationPolicy"]?.string == "IfNeeded", timeoutSeconds: seconds,
        reviewVersion: hook["admissionReviewVersions"]?.strings.first { $0 == "v1" || $0 == "v1beta1" } ?? "v1",
        url: Self.url(hook["clientConfig"] ?? [:]) + "?timeout=\(seconds)s")
    }
  }

  private static func url(_ client: DocumentNode) -> String {
    if let url = client["url"]?.string { return url }
    guard let service = client["service"] else { return "" }
    let path = service["path"]?.string ?? ""
    return
      "https://\(service["name"]?.string ?? "").\(service["namespace"]?.string ?? "").svc:\(service["port"]?.int ?? 443)"
      + (path.hasPrefix("/") || path.isEmpty ? path : "/" + path)
  }
}

/// What came back from a webhook.
package enum WebhookAnswer: Sendable {
  case body(status: Int, contentType: String, [UInt8])
  /// No connection, in the words of Go's client: `dial tcp 127.0.0.1:1: connect: connection refused`.
  case unreachable(String)
  case timedOut
}
