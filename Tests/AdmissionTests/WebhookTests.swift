import Bytes
import Expressions
import Kube
import TestKit
import Testing

@testable import Admission

/// What clients got from a server of release 1.36.2 that asked webhooks, foretold from what the webhooks answered.
@Suite struct WebhookTests {
  /// The request that the server made of an HTTP request.
  static func request(_ row: DocumentNode, _ resources: ResourceTable) -> AdmissionRequest? {
    if let call = row["calls"]?.elements.first, let review = call["review"] { return try? AdmissionRequest(review) }
    guard let http = row["request"], let body = http["body"] else { return nil }
    let parts = RecordedRows.text(http, "path").split(separator: "?")[0].split(separator: "/")
    let namespace =
      parts.firstIndex(of: "namespaces").flatMap { $0 + 2 < parts.count ? String(parts[$0 + 1]) : nil } ?? ""
    let user = AdmissionRequest.User(
      name: RecordedRows.text(http["user"], "username"), groups: http["user"]?["groups"]?.strings ?? [])
    guard var request = RecordedRows.creation(body, namespace: namespace, user: user, resources) else { return nil }
    if http["method"]?.string == "PUT" {
      request.operation = .update
      request.oldObject = row["existing"]?.elements.first ?? .null
    }
    request.object = ServerObject.decoded(request.object) ?? request.object
    return request
  }

  @Test(.enabled(if: SharedData.isPresent)) func clients() throws {
    var equal = 0
    var others: [String] = []
    for row in try RecordedRows.read("admission/admission-reviews.jsonl") {
      let id = RecordedRows.text(row, "id")
      let configuration = try #require(row["webhookConfiguration"])
      let webhooks = Webhooks(configuration.array ?? [configuration])
      let namespace =
        RecordedRows.text(row["request"], "path").split(separator: "/").drop { $0 != "namespaces" }.dropFirst().first
        .map(String.init) ?? ""
      var objects = row["existing"]?.elements ?? []
      let name = DocumentNode(.string(namespace.split(separator: "?").first.map(String.init) ?? ""))
      objects.append([
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": ["name": name, "labels": ["kubernetes.io/metadata.name": name]],
      ])
      let cluster = AdmissionCluster(objects, ignorance: "a test")
      let response = try #require(row["response"])
      guard let request = Self.request(row, cluster.resources) else {
        others.append("\(id): no request")
        continue
      }
      var calls = row["calls"]?.elements ?? []
      var sent: [String] = []
      let ask: Webhooks.Ask = { webhook, review in
        guard !calls.isEmpty else { return .unreachable("dial tcp 127.0.0.1:27995: connect: connection refused") }
        let call = calls.removeFirst()
        let recorded = call["review"]?["request"] ?? [:]
        let own = review["request"] ?? [:]
        for key in [
          "kind", "resource", "requestKind", "requestResource", "name", "namespace", "operation", "object", "oldObject",
        ]
        where own[key] ?? .null != recorded[key] ?? .null { sent.append(key) }
        let answer = call["answer"]
        let delay =
          answer?["delaySeconds"]?.int.map(Double.init)
          ?? { if case .double(let value)? = answer?["delaySeconds"]?.content { value } else { 0 } }()
        if delay >= Double(webhook.timeoutSeconds) { return .timedOut }
        let body = answer?["body"] ?? ""
        let bytes = body.string == "" ? [] : Array(JSONWriter.compact(body, escapesHTML: false).utf8)
        return .body(status: Int(answer?["status"]?.int ?? 200), contentType: "application/json", bytes)
      }
      var memory = Webhooks.Memory()
      let authorizer = KubescapePolicyTests.authorizer(request.user)
      var outcome =
        webhooks.mutating.isEmpty
        ? Webhooks.Outcome(object: request.object)
        : webhooks.mutate(request, cluster, authorizer, memory: &memory, ask: ask)
      if outcome.refusal == nil, !webhooks.validating.isEmpty {
        var changed = request
        changed.object = outcome.object
        let second = webhooks.validate(changed, cluster, authorizer, ask: ask)
        outcome.refusal = second.refusal
        outcome.warnings += second.warnings
        outcome.auditAnnotations += second.auditAnnotations
      }
      var differences = sent
      if !calls.isEmpty { differences.append("\(calls.count) webhooks were not asked") }
      var recorder = WarningRecorder()
      for warning in outcome.warnings { recorder.add(warning) }
      let recordedWarnings = (response["warnings"]?.strings ?? []).filter { !$0.hasPrefix("unknown field") }
      if recorder.warnings != recordedWarnings {
        differences.append("warnings \(recorder.warnings.count) | \(recordedWarnings.count)")
      }
      var annotations: [String: String] = [:]
      for (key, value) in outcome.auditAnnotations where annotations[key] == nil { annotations[key] = value }
      let recordedAnnotations = (response["auditAnnotations"]?.stringMap ?? [:]).filter {
        !$0.key.hasPrefix("authentication.")
      }
      if annotations != recordedAnnotations {
        differences.append("annotations \(annotations) | \(recordedAnnotations)")
      }
      let body = response["body"]
      if let refusal = outcome.refusal {
        if refusal.message != RecordedRows.text(body, "message") || refusal.reason != RecordedRows.text(body, "reason")
          || Int64(refusal.status) != response["status"]?.int
        {
          differences.append(
            "\(refusal.status) \(refusal.reason) \(refusal.message) | \(response["status"]?.int ?? 0) \(RecordedRows.text(body, "reason")) \(RecordedRows.text(body, "message"))"
          )
        }
      } else if RecordedRows.text(body, "message").contains("webhook") {
        differences.append("passed | \(RecordedRows.text(body, "message"))")
      } else if let object = response["object"], request.operation != .delete, outcome.isChanged {
        differences += RecordedRows.differences(
          CustomResourceTests.withoutTimes(outcome.object), CustomResourceTests.withoutTimes(object))
      }
      if differences.isEmpty { equal += 1 } else { others.append("\(id): \(differences)") }
    }
    RecordedRows.expect(
      "webhooks", equal, of: others, count: 73,
      known: ["review/v-cr/1": "a PUT without a resourceVersion is refused before any webhook is asked"])
  }
}
