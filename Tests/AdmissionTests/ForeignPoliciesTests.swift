import Bytes
import Kube
import TestKit
import Testing

@testable import Admission

/// Policies of Kyverno and Gatekeeper, as policies of the server.
@Suite struct ForeignPoliciesTests {
  static func set(_ yaml: String) throws -> (set: PolicySet, judge: PolicyJudge) {
    let documents = try AdmissionChainTests.objects(yaml)
    let set = PolicySet(documents.compactMap { KubeObject($0, file: "policies.yaml") })
    let judge = PolicyJudge(set, AdmissionCluster(documents, ignorance: "a test")) {
      KubescapePolicyTests.authorizer($0)
    }
    return (set, judge)
  }

  static func said(_ yaml: String, _ judge: PolicyJudge) throws -> [String] {
    let object = try #require(try AdmissionChainTests.objects(yaml).first.flatMap { KubeObject($0, file: "o.yaml") })
    var verdicts = ObjectVerdicts()
    verdicts.judge(object, judge, .init(user: .init(name: "kim")))
    return verdicts.violations.map { "\($0.policy)/\($0.binding ?? "-") \($0.action.rawValue): \($0.message)" }
      + verdicts.gaps.map { "not evaluated: \($0.reason)" }
  }

  static func pod(_ namespace: String, _ labels: String = "") -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: a, namespace: \(namespace), labels: {\(labels)}}
    spec: {containers: [{name: a, image: a}]}
    """
  }

  @Test func gatekeeperTemplateWithConstraints() throws {
    let (set, judge) = try Self.set(
      """
      apiVersion: templates.gatekeeper.sh/v1
      kind: ConstraintTemplate
      metadata: {name: requiredlabel}
      spec:
        crd: {spec: {names: {kind: RequiredLabel}}}
        targets:
        - target: admission.k8s.gatekeeper.sh
          code:
          - engine: K8sNativeValidation
            source:
              variables:
              - {name: label, expression: variables.params.label}
              validations:
              - expression: variables.label in variables.anyObject.metadata.?labels.orValue({})
                messageExpression: "'missing ' + string(variables.label)"
      ---
      apiVersion: constraints.gatekeeper.sh/v1beta1
      kind: RequiredLabel
      metadata: {name: owner}
      spec:
        match: {kinds: [{apiGroups: [""], kinds: [Pod]}], excludedNamespaces: ["kube-*"]}
        parameters: {label: owner}
      ---
      apiVersion: constraints.gatekeeper.sh/v1beta1
      kind: RequiredLabel
      metadata: {name: team}
      spec:
        enforcementAction: warn
        match: {kinds: [{apiGroups: ["*"], kinds: ["*"]}], namespaces: [shop]}
        parameters: {label: team}
      """)
    #expect(set.refused.map(\.refusal.message) == [])
    #expect(set.untranslated.map(\.reason) == [])
    #expect(
      try Self.said(Self.pod("shop"), judge) == [
        "requiredlabel/owner Deny: missing owner", "requiredlabel/team Warn: missing team",
      ])
    #expect(try Self.said(Self.pod("other", "owner: kim"), judge) == [])
    #expect(try Self.said(Self.pod("kube-system"), judge) == [])
    #expect(
      try Self.said("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop}}", judge)
        == ["requiredlabel/team Warn: missing team"])
  }

  @Test func gatekeeperTemplateInRegoIsNotUnderstood() throws {
    let (set, _) = try Self.set(
      """
      apiVersion: templates.gatekeeper.sh/v1
      kind: ConstraintTemplate
      metadata: {name: rego}
      spec:
        crd: {spec: {names: {kind: Rego}}}
        targets: [{target: admission.k8s.gatekeeper.sh, rego: "package x"}]
      """)
    #expect(set.untranslated.map(\.object.name) == ["rego"])
    #expect(set.count == 0)
  }

  @Test func kyvernoValidatingPolicyIsAboutControllersToo() throws {
    let (set, judge) = try Self.set(
      """
      apiVersion: policies.kyverno.io/v1
      kind: ValidatingPolicy
      metadata: {name: owner}
      spec:
        validationActions: [Deny]
        matchConstraints:
          resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
        validations:
        - {expression: "object.spec.containers.all(c, c.image.contains(':'))", message: no version}
      """)
    #expect(set.refused.map(\.refusal.message) == [])
    #expect(try Self.said(Self.pod("shop"), judge) == ["owner/owner Deny: no version"])
    let deployment = """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: a, namespace: shop}
      spec:
        selector: {matchLabels: {app: a}}
        template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: a}]}}
      """
    #expect(
      try Self.said(deployment, judge) == ["autogen-defaults-owner/autogen-defaults-owner Deny: no version"])
  }

  @Test func kyvernoClusterPolicyWithCEL() throws {
    let (set, judge) = try Self.set(
      """
      apiVersion: kyverno.io/v1
      kind: ClusterPolicy
      metadata: {name: labels}
      spec:
        rules:
        - name: owner
          match: {any: [{resources: {kinds: [ConfigMap, "apps/v1/Deployment"], namespaces: ["sho*"]}}]}
          exclude: {any: [{resources: {names: [free]}}]}
          validate:
            failureAction: Enforce
            message: no owner
            cel:
              expressions:
              - expression: "'owner' in object.metadata.?labels.orValue({})"
      ---
      apiVersion: kyverno.io/v1
      kind: ClusterPolicy
      metadata: {name: pattern}
      spec:
        rules:
        - {name: x, match: {any: [{resources: {kinds: [Pod]}}]}, validate: {pattern: {metadata: {}}}}
      """)
    #expect(set.refused.map(\.refusal.message) == [])
    #expect(set.untranslated.map(\.object.name) == ["pattern"])
    func map(_ name: String, _ namespace: String) -> String {
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: \(name), namespace: \(namespace)}}"
    }
    #expect(try Self.said(map("a", "shop"), judge) == ["labels/labels Deny: no owner"])
    #expect(try Self.said(map("free", "shop"), judge) == [])
    #expect(try Self.said(map("a", "lab"), judge) == [])
  }
}
