package import Bytes
package import Kube

/// What is answered to an admission request, as the API server's client would see it, or as a webhook would.
package struct AdmissionResponse: Sendable {
  package var uid: String
  package var isAllowed: Bool
  /// HTTP status: of the refusal; 201 for what is made, 200 for everything else that passes.
  package var status: Int
  /// Empty where the request passes.
  package var message = ""
  /// As the Status of the API has it; empty where the request passes.
  package var reason = ""
  package var causes: [AdmissionRefusal.Cause] = []
  /// As they reach the client.
  package var warnings: [String] = []
  package var auditAnnotations: [(key: String, value: String)] = []
  /// What policies changed; nil where they changed nothing.
  package var patch: JSONPatch?
  /// Policies whose verdict is not in this, each with the reason.
  package var notEvaluated: [PolicyReport.NotEvaluated] = []

  package init(_ request: AdmissionRequest, _ verdict: PolicyVerdict) {
    uid = request.uid
    auditAnnotations = verdict.report.auditAnnotations
    notEvaluated = verdict.notEvaluated
    var recorder = WarningRecorder()
    for warning in verdict.report.warnings { recorder.add(warning) }
    warnings = recorder.warnings
    if let refusal = verdict.refusal {
      isAllowed = false
      status = refusal.status
      message = refusal.message
      reason = refusal.reason
      causes = refusal.causes
    } else {
      isAllowed = true
      status = request.operation == .create ? 201 : 200
      patch = verdict.patch
    }
  }

  /// As an `AdmissionReview` of `admission.k8s.io/v1` with a response.
  package var review: DocumentNode {
    func text(_ value: String) -> DocumentNode { DocumentNode(.string(value)) }
    var entries: [Mapping.Entry] = []
    func add(_ key: String, _ value: DocumentNode) { entries.append(Mapping.Entry(key: key, value: value)) }
    add("uid", text(uid))
    add("allowed", DocumentNode(.bool(isAllowed)))
    if !isAllowed {
      var status: DocumentNode = [
        "status": "Failure", "message": text(message), "reason": text(reason),
        "code": DocumentNode(.int(Int64(status))),
      ]
      if !causes.isEmpty {
        let list = causes.map { cause -> DocumentNode in
          var node: DocumentNode = ["message": text(cause.message)]
          if !cause.reason.isEmpty { node = node.setting("reason", text(cause.reason)) }
          if !cause.field.isEmpty { node = node.setting("field", text(cause.field)) }
          return node
        }
        status = status.setting("details", ["causes": DocumentNode(.array(list))])
      }
      add("status", status)
    }
    if let patch {
      add("patch", text(Base64.encode(JSONWriter.compact(patch.document, escapesHTML: false).utf8)))
      add("patchType", "JSONPatch")
    }
    if !auditAnnotations.isEmpty {
      let pairs = auditAnnotations.map { Mapping.Entry(key: $0.key, value: text($0.value)) }
      add("auditAnnotations", DocumentNode(.object(Mapping(pairs))))
    }
    if !warnings.isEmpty { add("warnings", DocumentNode(.array(warnings.map(text)))) }
    return [
      "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
      "response": DocumentNode(.object(Mapping(entries))),
    ]
  }
}
