import ArgumentParser
import Report

struct RBACSubjectsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subjects", abstract: "List everybody who is in a binding, with the worst that it allows.",
    discussion: """
      EXAMPLES
        bartizan rbac subjects -f manifests/
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var output: OutputOptions<SubjectListAnswer>

  func run() async throws {
    let answer = SubjectListAnswer(try await input.inventory(cluster))
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}
