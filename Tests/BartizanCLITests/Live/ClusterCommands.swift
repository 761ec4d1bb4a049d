import ArgumentParser
import BartizanCLI
import FakeCluster
import TestKit

/// Every command that reads a live cluster, with a question to `SmallShop`.
enum ClusterCommands {
  struct Command: Sendable, CustomStringConvertible {
    /// Of the parser's tree: `network can`.
    let name: String
    /// What follows the name.
    let words: [String]
    /// With the format by default first; one that is empty for a command without formats.
    let formats: [String]

    var description: String { name }

    func arguments(_ format: String) -> [String] {
      name.split(separator: " ").map(String.init) + words + (format.isEmpty ? [] : ["--format", format])
    }
  }

  /// - Parameter folder: holds `grants.yaml`, `pod.yaml`, `kube-bench.json`, `policies.yaml`, `review.jsonl` and `audit.jsonl`.
  static func all(_ folder: String) -> [Command] {
    let questions: [(name: String, words: [String])] = [
      ("scan", ["--strict", "--fail-on", "never"]), ("snapshot save", [folder + "/saved.tar.gz"]),
      ("pss check", ["--level", "baseline", "--version", "v1.36"]), ("pss headroom", []),
      ("rbac can", ["till/clerk", "get", "secrets", "-n", "vault"]),
      ("rbac can-grant", ["till/clerk", folder + "/grants.yaml"]),
      ("rbac who-can", ["get", "secrets", "-n", "vault"]), ("rbac what-can", ["till/clerk"]), ("rbac subjects", []),
      ("rbac unused", []), ("rbac paths", []), ("rbac review", []), ("rbac component", ["till"]),
      ("network can", ["till/desk", "vault/safe", "8080"]), ("network explain", ["till/desk", "vault/safe", "8080"]),
      ("network reach", []), ("network blast-radius", ["till/desk"]), ("network exposure", []), ("network lint", []),
      ("network generate", []), ("network map", []),
      ("admission check", [folder + "/pod.yaml", "--policies", folder + "/policies.yaml"]), ("admission audit", []),
      ("admission review", [folder + "/review.jsonl", "--policies", folder + "/policies.yaml"]),
      ("admission replay", ["--audit-log", folder + "/audit.jsonl", "--policies", folder + "/policies.yaml"]),
      ("admission explain", [folder + "/pod.yaml"]), ("admission lint", []),
      ("depth table", []), ("depth paths", ["cluster-admin"]), ("depth explain", ["cluster-admin"]),
      ("depth cut", ["cluster-admin"]), ("depth what-if", ["--apply", folder + "/pod.yaml"]),
      ("depth probe", ["--active", "--from", "network", "kubelet:127.0.0.1:9"]),
      ("component list", []), ("component review", ["till"]),
      ("cis review", []), ("cis import", [folder + "/kube-bench.json"]),
    ]
    return questions.map { question in
      let type = CommandCoverage.commands.first { $0.words.joined(separator: " ") == question.name }?.type
      let formats = type.map(CommandCoverage.formats) ?? []
      return Command(name: question.name, words: question.words, formats: formats.isEmpty ? [""] : formats)
    }
  }

  /// The commands of the parser whose help offers `--context`.
  static var known: Set<String> {
    Set(
      CommandCoverage.commands.filter { BartizanCommand.helpMessage(for: $0.type).contains("--context <") }.map {
        $0.words.joined(separator: " ")
      }
      // It goes on until it is stopped; what it could not see is judged by its own tests.
    ).subtracting(["serve"])
  }

  /// Files that the questions speak of, and a kubeconfig for a cluster at a port.
  static func write(to folder: TemporaryFolder, port: Int) throws {
    try folder.write(
      "kubeconfig",
      """
      apiVersion: v1
      kind: Config
      current-context: shop
      clusters: [{name: shop, cluster: {server: "http://127.0.0.1:\(port)"}}]
      users: [{name: reader, user: {}}]
      contexts: [{name: shop, context: {cluster: shop, user: reader}}]

      """)
    try folder.write(
      "kube-bench.json",
      #"{"Controls": [{"id": "5", "version": "cis-1.12", "node_type": "policies", "tests": [{"section": "5.1", "results": [{"test_number": "5.1.2", "test_desc": "Secrets", "status": "PASS", "scored": false}]}]}]}"#
    )
    try folder.write(
      "grants.yaml",
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: more, namespace: vault}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: open-safe}
      subjects: [{kind: User, name: kim}]

      """)
    try folder.write(
      "pod.yaml",
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: desk, namespace: till}
      spec:
        selector: {matchLabels: {app: desk}}
        template:
          metadata: {labels: {app: desk}}
          spec: {containers: [{name: c, image: "registry.example/desk:1"}]}

      """)
    try folder.write(
      "policies.yaml",
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: labelled}
      spec:
        matchConstraints:
          namespaceSelector: {matchLabels: {pod-security.kubernetes.io/enforce: baseline}}
          resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]
        validations: [{expression: "object.metadata.name != 'desk'"}]
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: labelled}
      spec: {policyName: labelled, validationActions: [Deny]}

      """)
    let deployment =
      #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"desk","namespace":"till"},"spec":{"selector":{"matchLabels":{"app":"desk"}},"template":{"metadata":{"labels":{"app":"desk"}},"spec":{"containers":[{"name":"c","image":"a"}]}}}}"#
    try folder.write(
      "review.jsonl",
      #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","kind":{"group":"apps","version":"v1","kind":"Deployment"},"resource":{"group":"apps","version":"v1","resource":"deployments"},"name":"desk","namespace":"till","operation":"CREATE","userInfo":{"username":"kim"},"object":\#(deployment)}}"#
        + "\n")
    try folder.write(
      "audit.jsonl",
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"a","stage":"ResponseComplete","requestURI":"/apis/apps/v1/namespaces/till/deployments","verb":"create","user":{"username":"kim"},"objectRef":{"resource":"deployments","namespace":"till","name":"desk","apiGroup":"apps","apiVersion":"v1"},"responseStatus":{"code":201},"requestReceivedTimestamp":"2026-11-01T10:00:00.000000Z","requestObject":\#(deployment)}"#
        + "\n")
  }
}
