import ArgumentParser
import Operations
import Report

struct PSSHeadroomCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "headroom",
    abstract: "The strictest level that each namespace meets today, and the edits to reach the next.",
    discussion: """
      EXAMPLES
        bartizan pss headroom manifests/
        kubectl get ns,deploy,sts,ds,cronjob -A -o json | bartizan pss headroom - \\
          -o json
      """)

  @OptionGroup var input: SourceArguments
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(name: .shortAndLong, help: "Only this namespace. Repeatable.", transform: Input.namespace) var namespace:
    [String] = []
  @OptionGroup var output: OutputOptions<PodSecurityHeadroomAnswer>

  func run() async throws {
    let snapshot = try await input.snapshot(cluster, namespaces: namespace).only(inNamed: namespace)
    let answer = PodSecurityHeadroomAnswer(snapshot)
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}
