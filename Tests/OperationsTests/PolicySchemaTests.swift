import Findings
import Kube
import Operations
import TestKit
import Testing

/// A scan says of admission policies and webhooks what the server has against them.
@Suite struct PolicySchemaTests {
  private static func fields(_ text: String) async throws -> [String] {
    let filter = try FindingFilter(only: [FilterTerm(.check, "schema")], exclude: [])
    let scan = ScanOperation(filter: filter, suppressions: try Suppressions(), today: "2026-11-28")
    let outcome = try await scan.run(Fixtures.snapshot(text), cluster: nil) { _, _, _ in }
    return outcome.result.findings.flatMap { $0.evidence.map(\.path) }.sorted()
  }

  private static func webhook(_ rest: String) -> String {
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}\nwebhooks: [{admissionReviewVersions: [v1], \(rest)}]\n"
  }

  @Test(arguments: [
    ("name: a.b.c, sideEffects: None, clientConfig: {url: 'https://x.y/z'}", []),
    ("name: a.b.c, clientConfig: {url: 'https://x.y/z'}", ["webhooks[0].sideEffects"]),
    ("name: a.b.c, sideEffects: None", ["webhooks[0].clientConfig"]),
    (
      "name: a.b.c, sideEffects: None, failurePolicy: ignore, timeoutSeconds: 60, clientConfig: {url: 'https://x.y/z'}",
      ["webhooks[0].failurePolicy", "webhooks[0].timeoutSeconds"]
    ),
    (
      "name: a, sideEffects: None, clientConfig: {url: 'http://x.y/z'}",
      ["webhooks[0].clientConfig.url", "webhooks[0].name"]
    ),
  ]) func webhooks(_ rest: String, _ expected: [String]) async throws {
    #expect(try await Self.fields(Self.webhook(rest)) == expected)
  }

  @Test(arguments: [
    ("", ["spec.auditAnnotations", "spec.validations"]),
    (", validations: [{expression: object.spec.foo ===}]", ["spec.validations[0].expression"]),
    (", validations: [{expression: 'true'}]", []),
  ]) func policies(_ rest: String, _ expected: [String]) async throws {
    let text =
      "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: a}\nspec: {matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}\(rest)}\n"
    #expect(try await Self.fields(text) == expected)
  }
}
