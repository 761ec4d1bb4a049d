import Access
import Bytes
import Expressions
import Kube
import TestKit
import Testing

@testable import Admission

/// Requests that a server of release 1.36.2 changed by policies, changed by ours.
@Suite struct MutatingPolicyTests {
  static func withoutTimes(_ object: DocumentNode) -> DocumentNode {
    let plain = CustomResourceTests.withoutTimes(object)
    return DefaultingTests.withoutChoices(plain)
  }

  @Test(.enabled(if: SharedData.isPresent)) func requests() throws {
    let rows = try RecordedRows.read("admission/map.jsonl").filter { $0["kind"]?.string == "request" }
    var equal = 0
    var others: [String] = []
    for row in rows {
      let response = try #require(row["response"])
      guard let node = row["admissionRequests"]?.elements.first else {
        others.append("\(RecordedRows.text(row, "id")): no request")
        continue
      }
      let request = try AdmissionRequest(node)
      let cluster = ValidatingPolicyTests.cluster(row)
      let policies = MutatingPolicies(
        (row["policies"]?.elements ?? []).map { MutatingPolicy($0) },
        (row["bindings"]?.elements ?? []).map { PolicyBinding($0) })
      let outcome = MutationPass.run(
        request, cluster, policies, ValidatingPolicyTests.authorizer(row, request.user),
        subresourceOf: row["existing"]?.elements.first)
      var differences: [String] = []
      if let refusal = outcome.refusal {
        let body = response["body"]
        var recorded = [body]
        for other in row["otherAnswers"]?.elements ?? [] { recorded.append(other["body"]) }
        let own = "\(refusal.status) \(refusal.reason) \(refusal.message) \(refusal.causes.map(\.message).sorted())"
        let theirs = recorded.map { body in
          let causes = (body?[path: "details", "causes"]?.elements ?? []).map { $0["message"]?.string ?? "" }
          return
            "\(body?["code"]?.int ?? 0) \(RecordedRows.text(body, "reason")) \(RecordedRows.text(body, "message")) \(causes.sorted())"
        }
        let isSet = row["orderDependent"]?.bool == true && Int64(refusal.status) == body?["code"]?.int
        if !theirs.contains(own), !isSet { differences.append("\(own) | \(theirs)") }
      } else if let object = response["object"], object["kind"]?.string != "Status" {
        differences = RecordedRows.differences(Self.withoutTimes(outcome.object), Self.withoutTimes(object))
        for other in row["otherAnswers"]?.elements ?? [] {
          if let object = other["object"], Self.withoutTimes(outcome.object) == Self.withoutTimes(object) {
            differences = []
          }
        }
      } else if let message = response["body"]?["message"]?.string, message.hasPrefix("policy ") {
        differences.append("passed | \(message)")
      }
      if differences.isEmpty { equal += 1 } else { others.append("\(RecordedRows.text(row, "id")): \(differences)") }
    }
    RecordedRows.expect("map requests", equal, of: others, count: 53)
  }

  static func policy(_ name: String, _ rule: String, _ expression: String, _ rest: String = "") -> String {
    """
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingAdmissionPolicy
    metadata: {name: \(name)}
    spec:
      reinvocationPolicy: Never
      \(rest)
      matchConstraints:
        resourceRules: [{\(rule), operations: [CREATE]}]
      mutations:
      - patchType: ApplyConfiguration
        applyConfiguration: {expression: "\(expression)"}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingAdmissionPolicyBinding
    metadata: {name: \(name)}
    spec: {policyName: \(name)\(rest.isEmpty ? "" : ", paramRef: {name: none, parameterNotFoundAction: Deny}")}

    """
  }

  static func outcome(_ yaml: String, _ object: String) throws -> MutationPass.Outcome {
    let objects = try AdmissionChainTests.objects(
      yaml + "\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")
    let cluster = AdmissionCluster(objects)
    let user = AdmissionRequest.User(name: "kim", groups: ["system:authenticated"])
    let node = try #require(AdmissionChainTests.objects(object).first)
    var request = try #require(RecordedRows.creation(node, namespace: "shop", user: user, cluster.resources))
    request.object = ServerObject.decoded(request.object) ?? request.object
    let policies = MutatingPolicies(
      objects.filter { $0["kind"]?.string == "MutatingAdmissionPolicy" }.map { MutatingPolicy($0) },
      objects.filter { $0["kind"]?.string == "MutatingAdmissionPolicyBinding" }.map { PolicyBinding($0) })
    return MutationPass.run(request, cluster, policies, KubescapePolicyTests.authorizer(user))
  }

  private static let configMap = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}"

  /// Source: `policyDispatcher.Dispatch`: only errors of expressions bear the reason Invalid.
  @Test func missingParamsRefuseWithThePlainReason() throws {
    let yaml = Self.policy(
      "p", "apiGroups: [''], apiVersions: [v1], resources: [configmaps]", "Object{}",
      "paramKind: {apiVersion: v1, kind: ConfigMap}")
    let refusal = try #require(Self.outcome(yaml, Self.configMap).refusal)
    #expect(refusal.status == 403)
    #expect(refusal.reason == "Forbidden")
    #expect(
      refusal.message
        == "policy 'p' with binding 'p' denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"
    )
  }

  /// Source: `dispatchInvocations`: each version that policies match as is patched by itself, and the last one counts.
  @Test func whatIsDoneToAnotherVersionIsLost() throws {
    func labels(_ order: [(String, String)]) throws -> [String: String] {
      var yaml: [String] = []
      for (name, version) in order {
        yaml.append(
          Self.policy(
            name, "apiGroups: [autoscaling], apiVersions: [\(version)], resources: [horizontalpodautoscalers]",
            "Object{metadata: Object.metadata{labels: {'\(name)': 'x'}}}"))
      }
      let object = """
        {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a, namespace: shop},
         spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: a}}}
        """
      let outcome = try Self.outcome(yaml.joined(separator: "---\n"), object)
      #expect(outcome.refusal == nil)
      #expect(outcome.object["apiVersion"]?.string == "autoscaling/v2")
      return outcome.object.metadataLabels
    }
    #expect(try labels([("a", "v1"), ("b", "v1")]) == ["a": "x", "b": "x"])
    #expect(try labels([("a", "v2"), ("b", "v1")]) == ["b": "x"])
    #expect(try labels([("a", "v1"), ("b", "v2")]) == ["b": "x"])
  }

  @Test func customResourcesGetTheirDefaultsAgain() throws {
    let yaml =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: widgets.example.com}
      spec:
        group: example.com
        scope: Namespaced
        names: {plural: widgets, kind: Widget}
        versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec: {type: object, properties: {box: {type: object, properties: {size: {type: integer, default: 3}, name: {type: string}}}}}
      ---

      """
      + Self.policy(
        "p", "apiGroups: [example.com], apiVersions: [v1], resources: [widgets]",
        "Object{spec: Object.spec{box: Object.spec.box{name: 'n'}}}")
    let outcome = try Self.outcome(
      yaml, "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a, namespace: shop}, spec: {}}")
    #expect(outcome.refusal == nil)
    #expect(outcome.object[path: "spec", "box", "size"]?.int == 3)
  }
}
