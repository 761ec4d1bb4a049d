import TestKit
import Testing

@testable import BartizanCLI

/// What shells complete, by what the parser writes their scripts from.
@Suite struct CompletionTests {
  /// Where the values of an option can be listed, the shell completes them.
  @Test func everyListedValueIsCompleted() {
    for leaf in CommandTree.leaves {
      for option in CommandOption.all(of: leaf.type) {
        #expect(
          Set(option.completions).isSuperset(of: option.values),
          "\(leaf.words.joined(separator: " ")) --\(option.name)")
      }
    }
  }

  /// Contexts come from the kubeconfig that is named, and from nowhere else.
  @Test func contextsAreCompleted() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "kc.yaml",
      "apiVersion: v1\nkind: Config\ncontexts:\n- {name: prod, context: {cluster: a, user: b}}\n- {name: dev, context: {cluster: a, user: b}}\n"
    )
    let path = folder.path + "/kc.yaml"
    #expect(ClusterOptions.contexts(["scan", "--kubeconfig", path, "--context", ""]) == ["prod", "dev"])
    #expect(ClusterOptions.contexts(["scan", "--kubeconfig=\(path)"]) == ["prod", "dev"])
    #expect(ClusterOptions.contexts(["scan", "--kubeconfig", folder.path + "/none"]).isEmpty)
    // As the shell asks.
    let run = try await CommandRun(
      ["---completion", "scan", "--", "--context", "3", "0", "scan", "--context", ""],
      environment: ["KUBECONFIG": path, "HOME": folder.path])
    #expect(run.outputText == "prod\ndev\n", "\(run.errorText)")
  }

  @Test(arguments: [
    (["scan"], "output", "sarif"), (["scan"], "only", "severity:high"), (["scan"], "exclude", "framework:nsa"),
    (["image", "scan"], "fail-on", "not-covered"), (["incidents", "close"], "reason", "benign"),
    (["alerts", "list"], "severity", "critical"), (["network", "can"], "protocol", "UDP"),
  ]) func valuesWithinTextAreCompletedToo(_ words: [String], _ option: String, _ value: String) throws {
    let leaf = try #require(CommandTree.leaf(words))
    let own = try #require(CommandOption.all(of: leaf.type).first { $0.name == option })
    #expect(own.completions.contains(value))
  }
}
