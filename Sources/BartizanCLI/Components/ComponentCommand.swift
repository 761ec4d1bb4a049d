import ArgumentParser

struct ComponentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "component",
    abstract: "Third-party platforms in the cluster: who they really are, and what falls with them.",
    discussion: """
      EXAMPLES
        bartizan component list -f examples/cluster
        bartizan component review pseios -f examples/cluster
        bartizan component review --all --format html -f cluster.yaml \\
          > components.html
        bartizan component review --all --baseline last.json --context prod

      Components are recognised by themselves: by the records and labels of Helm, bundles of operators, the recommended labels, \
      groups of custom resources, webhooks, namespaces and owners. docs/depth.md says how, and what the grades mean. Access alone \
      is `bartizan rbac component`.
      """,
    subcommands: [ComponentListCommand.self, ComponentReviewCommand.self])
}
