import ArgumentParser
import PodSecurity
import Report

struct PSSHeadroomCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "headroom",
    abstract: "The strictest level that each namespace meets today, and the edits to reach the next.",
    discussion: """
      EXAMPLES
        bartizan pss headroom manifests/
        kubectl get ns,deploy,sts,ds,cronjob -A -o json | bartizan pss headroom - -o json
      """)

  @OptionGroup var input: SourceArguments
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var output: OutputOptions<PodSecurityHeadroomAnswer>

  func run() async throws {
    try output.give(PodSecurityHeadroomAnswer(PodSecurityHeadroom.all(try await input.snapshot(cluster))))
  }
}
