import Bytes
import TestKit
import Testing

/// No command on access gives a definite answer that rests on a kind that was not seen, in any format.
@Suite struct UnseenKindTests {
  static let kinds = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]

  /// Questions whose answers rest on all four kinds, with their formats.
  static let questions: [(words: [String], formats: [String])] = [
    (["rbac", "can", "till/clerk", "get", "secrets", "-n", "vault"], ["table", "json"]),
    (["rbac", "who-can", "get", "secrets", "-n", "vault"], ["table", "json"]),
    (["rbac", "what-can", "till/clerk"], ["table", "json"]), (["rbac", "subjects"], ["table", "json"]),
    (["rbac", "unused"], ["table", "json"]), (["rbac", "review"], ["table", "json", "csv", "html"]),
    (["rbac", "paths"], ["table", "json"]), (["rbac", "component", "till"], ["table", "json"]),
    (["component", "review", "till"], ["table", "json", "markdown", "html"]),
    (["component", "list"], ["table", "json", "markdown", "html"]),
    (["depth"], ["table", "json", "markdown", "html", "sarif"]),
    (["depth", "paths", "cluster-admin"], ["table", "json", "dot", "svg", "html"]),
  ]

  @Test(arguments: kinds) func noAnswerRestsOnWhatWasRefused(_ kind: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "partly.yaml",
      Array(
        """
        apiVersion: bartizan.dev/v1
        kind: ClusterSnapshot
        source: small
        refused: [{group: rbac.authorization.k8s.io, kind: \(kind), reason: not for you}]
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: clerk, namespace: till}

        """.utf8))
    let file = folder.path + "/partly.yaml"
    for (words, formats) in Self.questions {
      for format in formats {
        let run = try await CommandRun(words + ["--format", format, "-f", file])
        #expect(run.status == 3, "\(words) \(format)")
        #expect(run.outputText.contains(kind), "\(words) \(format): \(run.outputText)")
        guard format == "json" else { continue }
        let document = try JSONReader.read(run.output)
        #expect(document["notSeen"]?.elements.contains { $0["kind"]?.string == kind } == true, "\(words)")
      }
    }
    // What was seen stands: RBAC only adds.
    try folder.write(
      "granting.yaml",
      Array(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: boss}
        roleRef: {kind: ClusterRole, name: cluster-admin}
        subjects: [{kind: User, name: boss}]

        """.utf8))
    let run = try await CommandRun(
      ["rbac", "can", "boss", "get", "secrets", "-n", "vault", "-f", file, "-f", folder.path + "/granting.yaml"])
    #expect(run.status == 0)
  }

  /// Questions on connections, which a policy, a namespace or a pod that was not seen may change in either direction.
  static let connections: [(words: [String], formats: [String])] = [
    (["network", "can", "till/desk", "till/safe", "80"], ["table", "json"]),
    (["network", "explain", "till/desk", "till/safe", "80"], ["table", "json"]),
    (["network", "reach"], ["table", "json", "csv", "dot"]), (["network", "exposure"], ["table", "json"]),
    (["network", "exposure", "--to-come"], ["table", "json"]), (["network", "lint"], ["table", "json"]),
    (["network", "blast-radius", "till/desk"], ["table", "json"]), (["network", "map"], ["svg", "html", "dot"]),
    (["network", "generate"], ["yaml"]),
  ]

  @Test(arguments: [("networking.k8s.io", "NetworkPolicy"), ("", "Namespace"), ("projectcalico.org", "NetworkPolicy")])
  func noConnectionRestsOnWhatWasRefused(_ group: String, _ kind: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "partly.yaml",
      Array(
        """
        apiVersion: bartizan.dev/v1
        kind: ClusterSnapshot
        source: small
        refused: [{group: "\(group)", kind: \(kind), reason: not for you}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: desk, namespace: till}
        spec: {containers: [{name: c, image: a}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: safe, namespace: till}
        spec: {containers: [{name: c, image: a}]}

        """.utf8))
    let file = folder.path + "/partly.yaml"
    for (words, formats) in Self.connections {
      for format in formats {
        let run = try await CommandRun(words + ["--format", format, "-f", file])
        #expect(run.status == 3, "\(words) \(format): \(run.status)")
        #expect((run.outputText + run.errorText).contains(kind), "\(words) \(format): \(run.outputText)")
        guard format == "json" else { continue }
        let document = try JSONReader.read(run.output)
        #expect(document["notSeen"]?.elements.first?["kind"]?.string == kind, "\(words)")
      }
    }
    let run = try await CommandRun(["network", "can", "till/desk", "till/safe", "80", "-f", file])
    #expect(run.outputText.hasPrefix("unknown"), "\(run.outputText)")
  }

  @Test(arguments: ["sarif", "junit", "csv", "json"]) func scanSaysItInEachFormat(_ format: String) async throws {
    let run = try await CommandRun(
      ["scan", "Tests/BartizanCLITests/Fixtures/partly-seen.yaml", "--format", format])
    #expect(run.outputText.contains("rolebindings is forbidden"), "\(format): \(run.outputText)")
    #expect(format != "sarif" || run.outputText.contains("\"executionSuccessful\": false"))
  }
}
