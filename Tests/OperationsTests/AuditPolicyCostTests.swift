import Bytes
import Detect
import Events
import Findings
import Operations
import Testing

/// What a policy costs by the logs seen.
@Suite struct AuditPolicyCostTests {
  private static let policy = """
    apiVersion: audit.k8s.io/v1
    kind: Policy
    omitStages: [RequestReceived]
    rules:
    - level: RequestResponse
      verbs: [create]
      resources: [{group: "", resources: [pods]}]
    - level: Metadata
      verbs: [get, list]
      resources: [{group: "", resources: [secrets]}]
    """

  private static func line(
    _ verb: String, _ resource: String, level: String, second: Int, stage: String = "ResponseComplete",
    body: String = ""
  ) -> String {
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"\#(level)","auditID":"\#(second)","stage":"\#(stage)","verb":"\#(verb)","requestURI":"/api/v1/\#(resource)","user":{"username":"kim","groups":["dev"]},"objectRef":{"resource":"\#(resource)","apiVersion":"v1"},"responseStatus":{"code":200},"stageTimestamp":"2026-01-01T10:00:\#(second).000000Z"\#(body)}"#
  }

  private static func cost(_ lines: [String]) throws -> AuditPolicyCost {
    var cost = AuditPolicyCost(try AuditPolicy(Array(policy.utf8), file: "policy.yaml"))
    cost.add(EventDecoder.decode(Array((lines.joined(separator: "\n") + "\n").utf8)))
    return cost
  }

  @Test func countsByRule() throws {
    let cost = try Self.cost([
      Self.line("list", "secrets", level: "Metadata", second: 10),
      Self.line("get", "secrets", level: "Metadata", second: 11),
      Self.line("get", "secrets", level: "Metadata", second: 11, stage: "RequestReceived"),
      Self.line("get", "pods", level: "Metadata", second: 12),
      Self.line("create", "pods", level: "Metadata", second: 13),
      Self.line("create", "pods", level: "RequestResponse", second: 40, body: #","requestObject":{"kind":"Pod"}"#),
    ])
    #expect(cost.seen == 5 && cost.logged == 4 && cost.withoutBody == 1)
    #expect(cost.parts.map(\.events) == [2, 2])
    #expect(cost.parts.map(\.requests) == ["create of pods", "get, list of secrets"])
    #expect(cost.text.hasPrefix("of 5 events seen in 30 s 4 would be logged, "))
    #expect(
      cost.text.hasSuffix("of 1 of them the body that the policy asks for was not logged, so that the size is larger"))
  }

  /// A body that the policy does not ask for costs nothing.
  @Test func bodiesThatAreNotAskedFor() throws {
    let bare = try Self.cost([Self.line("list", "secrets", level: "Metadata", second: 10)])
    let whole = try Self.cost([
      Self.line("list", "secrets", level: "Metadata", second: 10, body: #","responseObject":{"kind":"SecretList"}"#)
    ])
    #expect(bare.bytes == whole.bytes && bare.bytes > 200)
  }

  @Test func nothingSeen() throws { #expect(try Self.cost(["hello"]).seen == 0) }
}
