import ArgumentParser
import Operations
import Reach
import Report

struct NetworkLintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Find policies without effect, shadowed rules, and pods without policies.",
    discussion: """
      EXAMPLES
        bartizan network lint -f manifests/
        bartizan network lint --profile weave -f manifests/

      Exit code 1: something was found.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var options: ReachOptions
  @OptionGroup var place: NetworkNamespace
  @OptionGroup var output: OutputOptions<PolicyLintAnswer>

  func run() async throws {
    let snapshot = try place.validated(try await input.snapshot(cluster))
    let model = options.operation.model(of: snapshot)
    let answer = PolicyLintAnswer(PolicyLint(model), namespace: place.namespace, notSeen: model.notSeenOfAll)
    try output.give(answer)
    try ExitStatus.finish(answer, hasFound: !answer.isClean)
  }
}
