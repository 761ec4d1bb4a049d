import Bytes
import Kube
import TestKit
import Testing

@testable import Admission

/// What admission may not make of an object: another one.
@Suite struct ObjectIdentityTests {
  static func policy(_ patch: String, group: String = "", resource: String = "configmaps") -> String {
    """
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingAdmissionPolicy
    metadata: {name: m}
    spec:
      reinvocationPolicy: Never
      failurePolicy: Fail
      matchConstraints:
        resourceRules: [{apiGroups: ["\(group)"], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: [\(resource)]}]
      mutations:
      - patchType: JSONPatch
        jsonPatch: {expression: '[JSONPatch{\(patch)}]'}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingAdmissionPolicyBinding
    metadata: {name: m}
    spec: {policyName: m}
    """
  }

  static func decide(_ object: String, _ policies: String) throws -> AdmissionChain.Decision {
    let cluster = AdmissionCluster(try AdmissionChainTests.objects(policies))
    let user = AdmissionRequest.User(name: "kim")
    let object = try #require(try AdmissionChainTests.objects(object).first)
    let request = try #require(RecordedRows.creation(object, namespace: "default", user: user, cluster.resources))
    return AdmissionChain(cluster).decide(request, KubescapePolicyTests.authorizer(user))
  }

  static let object = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"

  @Test(arguments: [
    (
      "op: \"add\", path: \"/metadata/namespace\", value: \"other\"", 400,
      "the namespace of the provided object does not match the namespace sent on the request"
    ),
    ("op: \"add\", path: \"/metadata/namespace\", value: \"default\"", 0, ""),
    ("op: \"replace\", path: \"/metadata/name\", value: \"other\"", 0, ""),
    (
      "op: \"replace\", path: \"/metadata/name\", value: \"Other\"", 422,
      "ConfigMap \"Other\" is invalid: metadata.name: Invalid value: \"Other\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    ),
    (
      "op: \"replace\", path: \"/kind\", value: \"Secret\"", 500,
      "Internal error occurred: failed to convert object: converting (v1.Secret) to (core.ConfigMap): unknown conversion"
    ),
    (
      "op: \"replace\", path: \"/apiVersion\", value: \"v2\"", 500,
      "Internal error occurred: no kind \"ConfigMap\" is registered for version \"v2\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""
    ),
    ("op: \"remove\", path: \"/kind\"", 0, ""),
    (
      "op: \"add\", path: \"/metadata/resourceVersion\", value: \"7\"", 500,
      "resourceVersion should not be set on objects to be created"
    ),
  ])
  func patchesOfIdentity(_ patch: String, _ status: Int, _ message: String) throws {
    let decision = try Self.decide(Self.object, Self.policy(patch))
    #expect(decision.refusal?.status ?? 0 == status)
    #expect(decision.refusal?.message ?? "" == message.replacing("\\\\", with: "\\"))
  }

  @Test(arguments: [("12", true), ("0", false), ("", false), ("abc", false), ("-1", false)])
  func resourceVersionOfANewObject(_ version: String, _ isRefused: Bool) throws {
    let decision = try Self.decide(
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, resourceVersion: '\(version)'}}", "")
    #expect((decision.refusal?.status == 500) == isRefused)
    #expect(decision.steps.last?.kind == (isRefused ? .storage : .plugin))
  }

  /// A custom resource is told what it must be.
  @Test func customResourceOfAnotherKind() throws {
    let policy = Self.policy(
      "op: \"replace\", path: \"/kind\", value: \"Gadget\"", group: "shop.example.com", resource: "widgets")
    let decision = try Self.decide(
      "{apiVersion: shop.example.com/v1, kind: Widget, metadata: {name: a}}",
      policy + "\n---\n" + ObjectReadingTests.widgets)
    #expect(
      decision.refusal?.message
        == "Gadget.shop.example.com \"a\" is invalid: kind: Invalid value: \"Gadget\": must be Widget")
  }

  /// The same verdict for `check`, which asks the policies alone.
  @Test func policiesAloneSayTheSame() throws {
    let said = try ObjectReadingTests.said(
      Self.object, policies: Self.policy("op: \"add\", path: \"/metadata/namespace\", value: \"other\""))
    #expect(said == ["a Deny: the namespace of the provided object does not match the namespace sent on the request"])
  }
}
