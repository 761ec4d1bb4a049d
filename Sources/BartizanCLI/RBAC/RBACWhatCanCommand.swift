import Access
import ArgumentParser
import Operations
import Report

struct RBACWhatCanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-can", abstract: "Show all that a subject may do, as a matrix.",
    discussion: """
      EXAMPLES
        bartizan rbac what-can ci/runner -f manifests/
        bartizan rbac what-can kim@example.com --group developers -f cluster.yaml
        bartizan rbac what-can group:developers -n payments -f cluster.yaml
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "NAMESPACE/NAME, group:NAME or a user's name.") var subject: String
  @Option(name: .shortAndLong, help: "Only this namespace and what holds everywhere.", transform: Input.namespace)
  var namespace: String?
  @OptionGroup var groups: GroupOptions
  @OptionGroup var output: OutputOptions<WhatCanAnswer>

  func run() async throws {
    let (subject, inventory) = try groups.subject(self.subject, in: try await input.inventory(cluster))
    for remark in inventory.remarks(onNamespace: namespace ?? "") { StandardError.line(remark) }
    let answer = WhatCanAnswer(subject, namespace: namespace, inventory)
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}
