import FakeCluster
import TestKit
import Testing

/// Called as a plugin of kubectl, the program reads the current context, as kubectl does.
@Suite struct PluginTests {
  private static let plugin = "/home/kim/.krew/bin/kubectl-bartizan"

  @Test(
    "newcomer/15-kubectl-habits: the current context is the input",
    arguments: [
      ["scan", "--fail-on", "never"], ["rbac", "subjects"], ["network", "exposure"], ["pss", "headroom"],
    ])
  func theCurrentContextIsTheInput(_ words: [String]) async throws {
    let folder = try TemporaryFolder()
    let cluster = try await FakeCluster(SmallShop.resources, tls: nil)
    try ClusterCommands.write(to: folder, port: cluster.port)
    let environment = ["KUBECONFIG": folder.path + "/kubeconfig", "HOME": folder.path, "PATH": ""]
    let named = try await CommandRun(words + ["--context", "shop"], environment: environment)
    let run = try await CommandRun(words, environment: environment, program: Self.plugin)
    #expect(run.status == 0 && run.output == named.output, "\(run.errorText)")
    // By its own name it reads what it is told to.
    #expect(try await CommandRun(words, environment: environment).status == 2)
    // What is named is read, and nothing else.
    let before = cluster.log.count
    try folder.write("applied.json", SmallShop.list(ofServer: false))
    let files = try await CommandRun(
      words + ["-f", folder.path + "/applied.json"], environment: environment, program: Self.plugin)
    #expect(files.status == 0 && cluster.log.count == before)
    await cluster.close()
  }

  @Test("newcomer/15-kubectl-habits: options mean what they mean to kubectl") func optionsMeanWhatTheyMeanToKubectl()
    async throws
  {
    let folder = try TemporaryFolder()
    let cluster = try await FakeCluster(SmallShop.resources, tls: nil)
    try ClusterCommands.write(to: folder, port: cluster.port)
    let environment = ["KUBECONFIG": folder.path + "/kubeconfig", "HOME": folder.path, "PATH": ""]
    for words in [
      ["scan", "-n", "vault", "--fail-on", "never"], ["scan", "-A", "--fail-on", "never"],
      ["pss", "check", "--level", "privileged", "-n", "till", "--request-timeout", "30s"],
      ["rbac", "who-can", "get", "secrets", "-n", "vault", "--request-timeout=0"],
    ] {
      let run = try await CommandRun(words, environment: environment, program: Self.plugin)
      #expect(run.status == 0, "\(words): \(run.errorText)")
    }
    let one = try await CommandRun(["pss", "check", "-n", "vault"], environment: environment, program: Self.plugin)
    #expect(one.outputText.contains("vault/StatefulSet/safe") && !one.outputText.contains("till/"))
    for words in [
      ["pss", "check", "-n", "nowhere"], ["scan", "-A", "-n", "vault"], ["scan", "--request-timeout", "soon"],
    ] {
      #expect(try await CommandRun(words, environment: environment, program: Self.plugin).status == 2, "\(words)")
    }
    await cluster.close()
  }

  /// Nothing was judged: that is no matter of strictness.
  @Test func aServerThatGoesAwayIsAFailure() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.diesAfterDiscovery = true
    let folder = try TemporaryFolder()
    let cluster = try await FakeCluster(SmallShop.resources, behaviour, tls: nil)
    try ClusterCommands.write(to: folder, port: cluster.port)
    for command in ClusterCommands.all(folder.path) {
      let run = try await CommandRun(
        command.arguments(command.formats[0]) + ["--kubeconfig", folder.path + "/kubeconfig", "--context", "shop"],
        environment: ["HOME": folder.path, "PATH": ""])
      #expect(run.status == 3 && run.output.isEmpty, "\(command): \(run.status) \(run.errorText)")
      #expect(run.errorText.split(separator: "\n").count == 1, "\(command): \(run.errorText)")
    }
    await cluster.close()
  }
}
