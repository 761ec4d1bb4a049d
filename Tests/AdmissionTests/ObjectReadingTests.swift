import Bytes
import Kube
import TestKit
import Testing

@testable import Admission

/// Objects that no server could read or has a place for are told of, and nothing else suffers for them.
@Suite struct ObjectReadingTests {
  static let everything = """
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: p}
    spec:
      matchConstraints:
        resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE], resources: ["*"]}]
      validations:
      - expression: "!('bad' in object.metadata.?labels.orValue({}))"
        message: bad label
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: b}
    spec: {policyName: p, validationActions: [Deny]}
    """

  static let widgets = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.shop.example.com}
    spec:
      group: shop.example.com
      scope: Namespaced
      names: {plural: widgets, kind: Widget, singular: widget, listKind: WidgetList}
      versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                properties:
                  mode: {type: string, default: fast}
                  tags: {type: array, x-kubernetes-list-type: set, items: {type: string}}
                  ports:
                    type: array
                    x-kubernetes-list-type: map
                    x-kubernetes-list-map-keys: [port]
                    items:
                      type: object
                      required: [port]
                      properties: {port: {type: integer}, proto: {type: string, default: TCP}}
    """

  /// What is said of objects by policies, each with its name.
  static func said(_ objects: String, policies: String = everything, cluster: String = "") throws -> [String] {
    let documents = try [policies, objects, cluster].flatMap { try AdmissionChainTests.objects($0) }
    let set = PolicySet(documents.compactMap { KubeObject($0, file: "p.yaml") }, unbound: .deniesEverywhere)
    let judge = PolicyJudge(set, AdmissionCluster(documents, ignorance: "a test")) {
      KubescapePolicyTests.authorizer($0)
    }
    var verdicts = ObjectVerdicts()
    for object in try AdmissionChainTests.objects(objects).compactMap({ KubeObject($0, file: "o.yaml") }) {
      verdicts.judge(object, judge, .init(user: .init(name: "kim")))
    }
    return verdicts.violations.map { "\($0.object.name) \($0.action.rawValue): \($0.message)" }
      + verdicts.gaps.map { "\($0.object.name) not judged: \($0.reason)" }
  }

  @Test(arguments: [
    (
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: x}}",
      "Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container"
    ),
    (
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: 3}}",
      "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string"
    ),
    (
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {b: true}}}",
      "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string"
    ),
    (
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, resources: {limits: {cpu: 1x}}}]}}",
      "Pod in version \"v1\" cannot be handled as a Pod: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    ),
  ])
  func wrongTypesAreNotJudged(_ object: String, _ words: String) throws {
    #expect(try Self.said(object) == ["a not judged: the server cannot read it: \(words)"])
  }

  @Test(arguments: [
    ("{apiVersion: a/b/c, kind: Pod, metadata: {name: a}}", "unexpected GroupVersion string: a/b/c"),
    (
      "{apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: a}}",
      "no matches for kind \"Deployment\" in version \"apps/v1beta1\": no server of release 1.36 has it as it comes (it serves apps/v1)"
    ),
    (
      "{apiVersion: apps/v1, kind: Foo, metadata: {name: a}}",
      "no matches for kind \"Foo\" in version \"apps/v1\": no server of release 1.36 has it as it comes"
    ),
    (
      "{apiVersion: x.example.com/v1, kind: Foo, metadata: {name: a}}",
      "its kind is not known; give its CustomResourceDefinition"
    ),
  ])
  func versionsThatNobodyServes(_ object: String, _ reason: String) throws {
    #expect(try Self.said(object) == ["a not judged: \(reason)"])
  }

  /// One object of an old version says nothing of the others of its kind.
  @Test func oneOldObjectBlindsNothingElse() throws {
    let said = try Self.said(
      """
      {apiVersion: networking.k8s.io/v1beta1, kind: Ingress, metadata: {name: old, labels: {bad: x}}}
      ---
      {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: new, labels: {bad: x}}}
      ---
      {apiVersion: shop.example.com/v2, kind: Widget, metadata: {name: two, labels: {bad: x}}}
      ---
      {apiVersion: shop.example.com/v1, kind: Widget, metadata: {name: one, labels: {bad: x}}}
      """, cluster: Self.widgets)
    #expect(said.prefix(2) == ["new Deny: bad label", "one Deny: bad label"])
    #expect(said.count == 4 && said[2].hasPrefix("old not judged") && said[3].hasPrefix("two not judged"))
  }

  /// What the schema refuses has its defaults before.
  @Test func defaultsComeBeforeTheSchemasVerdict() throws {
    let policy = """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: p}
      spec:
        matchConstraints:
          resourceRules: [{apiGroups: [shop.example.com], apiVersions: [v1], operations: [CREATE], resources: [widgets]}]
        validations:
        - expression: object.spec.mode == 'slow'
          messageExpression: string(object.spec.mode)
        - expression: object.spec.ports.all(p, p.proto == 'UDP')
          messageExpression: string(object.spec.ports[0].proto)
      """
    let widget = """
      apiVersion: shop.example.com/v1
      kind: Widget
      metadata: {name: a, namespace: default}
      spec: {tags: [x, y, x], ports: [{port: 1}, {port: 1}]}
      """
    #expect(
      try Self.said(widget, policies: policy, cluster: Self.widgets) == ["a Deny: fast", "a Deny: TCP"])
    let cluster = AdmissionCluster(try AdmissionChainTests.objects(Self.widgets))
    let object = try #require(try AdmissionChainTests.objects(widget).first)
    let user = AdmissionRequest.User(name: "kim")
    let request = try #require(RecordedRows.creation(object, namespace: "default", user: user, cluster.resources))
    let decision = AdmissionChain(cluster).decide(request, KubescapePolicyTests.authorizer(user))
    #expect(
      decision.refusal?.message
        == "Widget.shop.example.com \"a\" is invalid: [spec.tags[2]: Duplicate value: \"x\", spec.ports[1]: Duplicate value: {\"port\":1}]"
    )
    #expect(decision.object[path: "spec", "mode"]?.string == "fast")
  }

  /// A server makes these when it starts.
  @Test(arguments: ["default", "kube-system", "kube-public", "kube-node-lease", "shop"])
  func namespacesOfEveryCluster(_ name: String) throws {
    let cluster = AdmissionCluster([])
    let user = AdmissionRequest.User(name: "kim")
    let object = try #require(
      try AdmissionChainTests.objects("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}").first)
    let request = try #require(RecordedRows.creation(object, namespace: name, user: user, cluster.resources))
    let decision = AdmissionChain(cluster).decide(request, KubescapePolicyTests.authorizer(user))
    #expect(decision.refusal?.message == (name == "shop" ? "namespaces \"shop\" not found" : nil))
  }
}
