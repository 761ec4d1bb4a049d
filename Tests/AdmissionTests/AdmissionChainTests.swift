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
    let pod = Self.pod(image: "registry.example/web:1").replacing(", namespace: shop", with: "")
    let decision = try Self.decide(pod, namespace: "lab") { webhook, review in
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

  @Test func whatTheServerWouldNotStoreIsRefused() throws {
    let bad = try Self.decide(
      "{apiVersion: v1, kind: Pod, metadata: {name: Web_, namespace: lab}, spec: {containers: [{name: a}]}}",
      namespace: "lab")
    #expect(Self.told(bad) == ["Pod refused"])
    #expect(bad.refusal?.status == 422)
    #expect(bad.refusal?.message.hasPrefix("Pod \"Web_\" is invalid: [metadata.name: Invalid value: \"Web_\"") == true)
    #expect(bad.refusal?.message.contains("spec.containers[0].image: Required value") == true)
    // What cannot be decoded is refused before anybody is asked.
    let unreadable = try Self.decide(
      "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: a, image: 3}]}}", namespace: "lab")
    #expect(unreadable.steps.count == 1)
    #expect(unreadable.refusal?.status == 400)
    // An unknown field is dropped with a warning.
    let extra = try Self.decide(
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, dta: {}}", namespace: "lab")
    #expect(extra.refusal == nil)
    #expect(extra.warnings == ["unknown field \"dta\""])
  }

  @Test func systemFieldsAreThereForWhoValidates() throws {
    let policy = """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: named}
      spec:
        matchConstraints:
          resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
        validations:
        - expression: has(object.metadata.uid) && object.metadata.name.startsWith('web-') && request.name == object.metadata.name
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: named}
      spec: {policyName: named, validationActions: [Deny]}
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: timed}
      spec:
        matchConstraints:
          resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
        validations:
        - expression: timestamp(object.metadata.creationTimestamp).getFullYear() > 2020
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: timed}
      spec: {policyName: timed, validationActions: [Deny]}
      ---
      {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
      """
    let cluster = AdmissionCluster(try Self.objects(policy))
    let user = AdmissionRequest.User(name: "kim", groups: ["system:authenticated"])
    let object = try #require(
      Self.objects("{apiVersion: v1, kind: ConfigMap, metadata: {generateName: web-}}").first)
    let request = try #require(RecordedRows.creation(object, namespace: "shop", user: user, cluster.resources))
    let decision = AdmissionChain(cluster).decide(request, KubescapePolicyTests.authorizer(user))
    #expect(decision.report?.applied == ["named"])
    #expect(decision.refusal == nil)
    #expect(decision.unknown.map(\.name) == ["timed"])
  }

  /// What a real server took passes its own validation here, too.
  @Test(.enabled(if: SharedData.isPresent)) func whatTheServerTookIsValid() throws {
    let rows = try RecordedRows.read("admission/defaulting-more.jsonl").filter { $0["kind"]?.string == "dry-run" }
    let user = DefaultingTests.user
    let cluster = AdmissionCluster([["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "defaulting"]]])
    let chain = AdmissionChain(cluster)
    var refused: [String] = []
    for row in rows {
      let submitted = try #require(row["submitted"])
      let request = try #require(
        RecordedRows.creation(submitted, namespace: "defaulting", user: user, cluster.resources))
      let decision = chain.decide(request, KubescapePolicyTests.authorizer(user))
      guard let step = decision.steps.last(where: { $0.kind == .validation }), case .refused(let message) = step.answer
      else { continue }
      // Ports of nodes are drawn, and their range is asked for, only when an object is really made.
      if message.contains("provided port is not in the valid range") { continue }
      refused.append("\(RecordedRows.text(row, "id")): \(message)")
    }
    for line in refused { print(line) }
    #expect(refused.isEmpty)
  }

  /// Files are not a cluster: of what they hold no object of at all, nothing is known.
  @Test func absenceFromFilesIsNotAbsence() throws {
    func cluster(_ yaml: String) throws -> AdmissionCluster {
      var builder = ClusterSnapshot.Builder()
      for object in try Self.objects(yaml) { builder.add(object, file: "c.yaml") }
      return AdmissionCluster(builder.build(), isWhole: true)
    }
    let part = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"
    let whole = part + "\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}"
    let account = "\n---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop}}"
    func isKnown(_ cluster: AdmissionCluster, _ kind: GroupKind) -> Bool { cluster.knowledge(of: kind) == .all }
    let quota = GroupKind("", "ResourceQuota")
    #expect(try !isKnown(cluster(part), .serviceAccount))
    #expect(try !isKnown(cluster(part), quota))
    #expect(try !isKnown(cluster(whole), .serviceAccount))
    #expect(try isKnown(cluster(whole), quota))
    #expect(try isKnown(cluster(whole + account), .serviceAccount))
    #expect(try isKnown(cluster(part), .namespace))
  }

  @Test func missingNamespaceIsToldFirst() throws {
    let decision = try Self.decide(Self.pod(image: "x"), namespace: "nowhere")
    #expect(decision.refusal?.status == 404)
    #expect(Self.told(decision) == ["NamespaceLifecycle refused"])
  }
}
