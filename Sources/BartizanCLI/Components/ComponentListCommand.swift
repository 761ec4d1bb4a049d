import Access
import ArgumentParser
import Depth
import Operations
import Report

struct ComponentListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Platforms that are installed, each with its grade and the worst reason for it.",
    discussion: """
      EXAMPLES
        bartizan component list -f examples/cluster
        bartizan component list --format json --context prod
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var reach: ReachOptions
  @OptionGroup var output: OutputOptions<ComponentDossiersAnswer>

  func run() async throws {
    let review = ComponentOperation(
      try await input.snapshot(cluster), reach: reach.operation, today: Today.text)
    let answer = ComponentDossiersAnswer(
      review.platforms.map { review.dossier($0) }, unused: nil, needed: nil, earlier: nil,
      others: review.applications, isBrief: true,
      notSeen: DepthOperation.notSeen(review.graph))
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}
