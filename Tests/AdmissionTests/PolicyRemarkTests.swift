import Bytes
import Findings
import Kube
import TestKit
import Testing

@testable import Admission

/// What is said of policies beyond what the server's validation says.
@Suite struct PolicyRemarkTests {
  static func remarks(_ yaml: String) throws -> [PolicyRemarks.Remark] {
    var builder = ClusterSnapshot.Builder()
    for document in try AdmissionChainTests.objects(yaml) { builder.add(document, file: "p.yaml") }
    return PolicyRemarks(builder.build()).remarks
  }

  static func policy(_ rule: String, _ rest: String = "") -> String {
    """
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: p}
    spec:
      \(rest)
      matchConstraints:
        resourceRules:
        - {\(rule)}
      validations:
      - expression: "true"
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: p}
    spec: {policyName: p, validationActions: [Deny]}
    """
  }

  @Test(arguments: [
    ("apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods, pods/exec, '*/scale']", []),
    ("apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*']", []),
    ("apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*']", []),
    ("apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [services/proxy, nodes/proxy]", []),
    (
      "apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pod]",
      ["ineffective there is no resource pod in v1; did you mean pods?"]
    ),
    (
      "apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods, deployments]",
      ["ineffective there is no resource deployments in v1; it is in apps/v1"]
    ),
    (
      "apiGroups: [app], apiVersions: [v1], operations: [CREATE], resources: [deployments]",
      ["ineffective there is no resource deployments in app/v1; it is in apps/v1"]
    ),
    (
      "apiGroups: [apps], apiVersions: [v1beta1], operations: [CREATE], resources: [deployments]",
      ["ineffective there is no resource deployments in apps/v1beta1; it is in apps/v1"]
    ),
    (
      "apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [nodes], scope: Namespaced",
      ["ineffective scope Namespaced leaves nodes out, which is in none"]
    ),
    (
      "apiGroups: [shop.example.com], apiVersions: [v1], operations: [CREATE], resources: [widgets]",
      [
        "not-known whether there is a resource widgets in shop.example.com is not known: no CustomResourceDefinition in the input has it"
      ]
    ),
    (
      "apiGroups: [authentication.k8s.io], apiVersions: [v1], operations: [CREATE], resources: [tokenreviews]",
      ["ineffective no policy and no webhook is ever asked about tokenreviews"]
    ),
  ])
  func rulesThatNameNoResource(_ rule: String, _ expected: [String]) throws {
    let told = try Self.remarks(Self.policy(rule)).map { "\($0.kind.rawValue) \($0.message)" }
    #expect(told == expected)
  }

  @Test func definedResourcesAreKnown() throws {
    let definition = """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: widgets.shop.example.com}
      spec:
        group: shop.example.com
        scope: Namespaced
        names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
        versions:
        - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
      ---

      """
    let rule = "apiGroups: [shop.example.com], apiVersions: [v1], operations: [CREATE], resources: [widgets, gadgets]"
    // Schemas of definitions are left out of a snapshot that nobody asks for them.
    let told = try Self.remarks(definition + Self.policy(rule)).filter { $0.object.kind == "ValidatingAdmissionPolicy" }
    #expect(told.map(\.field) == ["spec.matchConstraints.resourceRules[0].resources[1]"])
    #expect(told.map(\.kind) == [.ineffective])
  }

  @Test func fieldsThatTheTypeDoesNotHave() throws {
    let rule =
      "apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods], resourceName: [a]"
    let told = try Self.remarks(Self.policy(rule, "failurPolicy: Ignore"))
    #expect(told.map(\.kind) == [.strict, .strict])
    #expect(
      told.map(\.message) == [
        "unknown field \"spec.failurPolicy\"",
        "unknown field \"spec.matchConstraints.resourceRules[0].resourceName\"",
      ])
    #expect(told.map(\.location.line) == [5, 8])
  }

  @Test func valuesOfTheWrongTypeAreRefused() throws {
    let rule = "apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]"
    let yaml = Self.policy(rule).replacing("expression: \"true\"", with: "expression: true")
    let objects = try AdmissionChainTests.objects(yaml)
    let refusal = try #require(PolicyLint.check(objects[0])?.refusal)
    #expect(refusal.status == 400)
    #expect(refusal.reason == "BadRequest")
    #expect(
      refusal.message
        == "ValidatingAdmissionPolicy in version \"v1\" cannot be handled as a ValidatingAdmissionPolicy: json: cannot unmarshal bool into Go struct field Validation.spec.validations.expression of type string"
    )
    // What cannot be read is in force nowhere.
    #expect(try Self.remarks(yaml).map(\.kind).contains(.refused))
  }
}
