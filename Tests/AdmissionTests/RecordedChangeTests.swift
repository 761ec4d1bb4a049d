import Bytes
import Kube
import TestKit
import Testing

@testable import Admission

/// Events of audit logs, as requests that can be judged again, or with the reason why not.
@Suite struct RecordedChangeTests {
  @Test(arguments: [
    (#""verb":"get""#, "reading"), (#""verb":"create","responseStatus":{"code":403}"#, "refused"),
    (#""verb":"create","stage":"RequestReceived""#, "unfinished"), (#""verb":"create""#, "withoutBody"),
    (#""verb":"patch","requestObject":{"spec":{}}"#, "patchWithoutResult"), (#""verb":"delete""#, "deletion"),
    (#""verb":"create","requestObject":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}"#, "sent a"),
    (
      #""verb":"patch","requestObject":{"spec":{}},"responseObject":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}"#,
      "stored b"
    ),
    (#""verb":"create","requestObject":{"kind":"Pod"},"annotations":{"audit.k8s.io/truncated":"true"}"#, "truncated"),
  ])
  func event(_ fields: String, _ expected: String) throws {
    let text =
      #"{"kind":"Event","user":{"username":"kim"},"objectRef":{"resource":"pods","apiVersion":"v1","namespace":"shop","name":"a"},"#
      + fields + "}"
    let node = try #require(JSONReader.readStream(Array(text.utf8).span, limits: .standard).documents.first)
    let change = try #require(RecordedChange(node, ResourceTable()))
    let found =
      switch change {
      case .irrelevant(let reason): "\(reason)"
      case .notEvaluated(_, let gap): "\(gap)"
      case .request(let request, let isStored):
        "\(isStored ? "stored" : "sent") \(request.object[path: "metadata", "name"]?.string ?? "")"
      }
    #expect(found == expected)
  }

  @Test(arguments: [
    (
      "create", "/api/v1/namespaces/shop/pods?fieldManager=kubectl-create&fieldValidation=Strict&timeout=5s", false,
      #"{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1","fieldManager":"kubectl-create","fieldValidation":"Strict"}"#
    ),
    (
      "patch", "/api/v1/namespaces/shop/pods/a?dryRun=All&fieldManager=a%20b", true,
      #"{"kind":"UpdateOptions","apiVersion":"meta.k8s.io/v1","dryRun":["All"],"fieldManager":"a b"}"#
    ),
    ("update", "/api/v1/namespaces/shop/pods/a", false, #"{"kind":"UpdateOptions","apiVersion":"meta.k8s.io/v1"}"#),
  ])
  func options(_ verb: String, _ uri: String, _ isDryRun: Bool, _ expected: String) throws {
    let text =
      #"{"kind":"Event","verb":"\#(verb)","requestURI":"\#(uri)","user":{"username":"kim"},"objectRef":{"resource":"pods","apiVersion":"v1"},"#
      + #""responseObject":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}}"#
    let node = try #require(JSONReader.readStream(Array(text.utf8).span, limits: .standard).documents.first)
    guard case .request(let request, _)? = RecordedChange(node, ResourceTable()) else {
      Issue.record("no request")
      return
    }
    #expect(JSONWriter.compact(request.options) == expected)
    #expect(request.isDryRun == isDryRun)
  }
}
