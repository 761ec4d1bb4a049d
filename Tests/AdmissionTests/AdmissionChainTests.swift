import Bytes
import Expressions
import Kube
import TestKit
import Testing

@testable import Admission

/// Everything at the door, in the server's order.
@Suite struct AdmissionChainTests {
  static func objects(_ yaml: String) throws -> [DocumentNode] {
    let stream = DocumentReader.read(Array(yaml.utf8))
    #expect(stream.errors.isEmpty)
    return stream.documents
  }

  static let cluster = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop, labels: {kubernetes.io/metadata.name: shop, pod-security.kubernetes.io/enforce: baseline}}
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: lab, labels: {kubernetes.io/metadata.name: lab, pod-security.kubernetes.io/warn: restricted}}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: default, namespace: shop}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: default, namespace: lab}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: registry}
    spec:
      matchConstraints:
        resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
      validations:
      - expression: object.spec.containers.all(c, c.image.startsWith('registry.example/'))
        message: only our registry
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: registry}
    spec: {policyName: registry, validationActions: [Deny]}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: outside}
    webhooks:
    - name: outside.example.com
      admissionReviewVersions: [v1]
      sideEffects: None
      clientConfig: {url: "https://outside.example.com/"}
      rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
    """

  static func decide(_ pod: String, namespace: String, ask: Webhooks.Ask? = nil) throws -> AdmissionChain.Decision {
    let cluster = AdmissionCluster(try objects(cluster))
    let user = AdmissionRequest.User(name: "kim", groups: ["system:authenticated"])
    let object = try #require(objects(pod).first)
    let request = try #require(
      RecordedRows.creation(object, namespace: namespace, user: user, cluster.resources))
    return AdmissionChain(cluster).decide(request, KubescapePolicyTests.authorizer(user), ask: ask)
  }

  static func pod(image: String, spec: String = "") -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop}
    spec: {\(spec)containers: [{name: web, image: \(image)}]}
    """
  }

  /// Steps that did more than let the request pass.
  static func told(_ decision: AdmissionChain.Decision) -> [String] {
    decision.steps.compactMap { step in
      switch step.answer {
      case .passed, .changed: nil
      case .warned: "\(step.name) warned"
      case .audited: "\(step.name) audited"
      case .refused: "\(step.name) refused"
      case .ignored: "\(step.name) ignored"
      case .unknown: "\(step.name) unknown"
      }
    }
  }

  @Test func podSecurityIsAskedBeforePolicies() throws {
    let decision = try Self.decide(
      Self.pod(image: "docker.io/nginx", spec: "hostNetwork: true, "), namespace: "shop")
    #expect(Self.told(decision) == ["PodSecurity refused"])
    #expect(
      decision.refusal?.message
        == "pods \"web\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)")
    #expect(decision.report == nil)
  }

  @Test func policyRefusesAfterDefaulting() throws {
    let decision = try Self.decide(Self.pod(image: "docker.io/nginx"), namespace: "shop")
    #expect(Self.told(decision) == ["registry refused"])
    #expect(decision.refusal?.message.hasSuffix("denied request: only our registry") == true)
    #expect(decision.object[path: "spec", "restartPolicy"]?.string == "Always")
    #expect(decision.object[path: "spec", "serviceAccountName"]?.string == "default")
  }

  @Test func whatCannotBeAskedIsUnknown() throws {
    let pod = Self.pod(image: "registry.example/web:1")
    let blind = try Self.decide(pod, namespace: "shop")
    #expect(Self.told(blind) == ["outside.example.com unknown"])
    #expect(blind.unknown.map(\.name) == ["outside.example.com"])
    let down = try Self.decide(pod, namespace: "shop") { _, _ in
      .unreachable("dial tcp 127.0.0.1:1: connect: connection refused")
    }
    #expect(Self.told(down) == ["outside.example.com refused"])
    #expect(down.refusal?.status == 500)
  }

  @Test func warningsOfPodSecurityAreTold() throws {
    let decision = try Self.decide(Self.pod(image: "registry.example/web:1"), namespace: "lab") { webhook, review in
      let uid = review[path: "request", "uid"]?.string ?? ""
      let body = """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"\(uid)","allowed":true}}
        """
      return .body(status: 200, contentType: "application/json", Array(body.utf8))
    }
    #expect(decision.refusal == nil)
    #expect(decision.warnings.count == 1)
    #expect(decision.warnings.first?.hasPrefix("would violate PodSecurity \"restricted:latest\"") == true)
  }

  @Test func missingNamespaceIsToldFirst() throws {
    let decision = try Self.decide(Self.pod(image: "x"), namespace: "nowhere")
    #expect(decision.refusal?.status == 404)
    #expect(Self.told(decision) == ["NamespaceLifecycle refused"])
  }
}
