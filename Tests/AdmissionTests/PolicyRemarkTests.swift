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

  /// Who is told to serve a version must be told so by somebody.
  @Test(arguments: [
    (
      "ValidatingAdmissionPolicy", "v1alpha1",
      ["1.26", "v1alpha1=true", "--feature-gates=ValidatingAdmissionPolicy=true"]
    ),
    ("ValidatingAdmissionPolicyBinding", "v1beta1", ["1.28", "v1beta1=true", "1.30"]),
    ("MutatingAdmissionPolicy", "v1alpha1", ["1.32", "--feature-gates=MutatingAdmissionPolicy=true", "1.36"]),
    ("MutatingAdmissionPolicyBinding", "v1beta1", ["1.34", "v1beta1=true"]),
    ("ValidatingWebhookConfiguration", "v1beta1", ["1.22"]), ("ValidatingAdmissionPolicy", "v1", []),
    ("MutatingAdmissionPolicy", "v1", []), ("ValidatingWebhookConfiguration", "v1", []),
  ])
  func versionsThatAreNotServedAsAServerComes(_ kind: String, _ version: String, _ words: [String]) throws {
    let object = try #require(
      KubeObject(
        ["apiVersion": .init(.string("admissionregistration.k8s.io/\(version)")), "kind": .init(.string(kind))],
        file: "p.yaml"))
    let remark = PolicyVersions.remark(object)
    #expect((remark == nil) == words.isEmpty)
    for word in words { #expect(remark?.contains(word) == true) }
    #expect(
      PolicyVersions.remark(object, minor: 29)?.contains("does not serve")
        == (version == "v1" && !kind.hasSuffix("Configuration") ? true : remark == nil ? nil : false))
  }

  @Test func bindingsThatGiveWhatIsNotTaken() throws {
    let rule = "apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]"
    func told(_ yaml: String) throws -> [String] {
      try Self.remarks(yaml).map { "\($0.kind.rawValue) \($0.field) \($0.message)" }
    }
    #expect(
      try told(Self.policy(rule, "paramKind: {apiVersion: v1, kind: ConfigMap}"))
        == ["caution spec.paramRef policy \"p\" has a paramKind, and this binding no paramRef: params is null"])
    let given = Self.policy(rule).replacing(
      "validationActions: [Deny]",
      with: "validationActions: [Deny], paramRef: {name: x, parameterNotFoundAction: Deny}")
    #expect(try told(given) == ["ineffective spec.paramRef policy \"p\" has no paramKind: it gets no params"])
  }

  /// Policies of Kyverno are Kyverno's: nothing is made up in the server's name, and no object is told of that the file lacks.
  @Test func policiesOfAnotherEngine() throws {
    func policy(_ name: String, _ expression: String) -> String {
      """
      apiVersion: policies.kyverno.io/v1
      kind: ValidatingPolicy
      metadata: {name: \(name)}
      spec:
        validationActions: [Deny]
        matchConstraints:
          resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
        validations: [{expression: "\(expression)", message: "x"}]
      """
    }
    let remarks = try Self.remarks(
      policy("plain", "'a' in object.metadata.labels") + "\n---\n"
        + policy("more", "resource.Get('v1', 'configmaps', 'a', 'b').data.x == 'y'") + "\n---\n"
        + "{apiVersion: policies.kyverno.io/v1, kind: GeneratingPolicy, metadata: {name: gen}, spec: {}}")
    #expect(
      remarks.map { "\($0.kind.rawValue) \($0.object.kind)/\($0.object.name)" } == [
        "other-engine ValidatingPolicy/plain", "not-understood ValidatingPolicy/more",
        "not-understood GeneratingPolicy/gen",
      ])
    #expect(remarks.allSatisfy { $0.message.hasPrefix("a policy of Kyverno") })
  }

  /// What a server has stored it took once; what is new it would not take. Whoever asks gets the same answer.
  @Test func aPolicyThatDoesNotCompile() throws {
    let broken = Self.policy("apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps]")
      .replacing("expression: \"true\"", with: "expression: \"object.x(\"")
    let object = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"
    for isCluster in [true, false] {
      let set = PolicySet(
        try AdmissionChainTests.objects(broken).compactMap { KubeObject($0, file: "p.yaml") }, isCluster: isCluster)
      #expect(set.refused.count == 1 && set.count == 0 && set.untranslated.isEmpty && set.dangling.isEmpty)
    }
    #expect(try ObjectReadingTests.said(object, policies: broken) == [])
    let stored = broken.replacing("metadata: {name: p}", with: "metadata: {name: p, uid: 7d9b}")
    let said = try ObjectReadingTests.said(object, policies: stored)
    #expect(said.count == 1 && said[0].hasPrefix("a Deny: compilation error: compilation failed"))
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
