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
}
