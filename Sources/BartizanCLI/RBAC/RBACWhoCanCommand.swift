import Access
import ArgumentParser
import Operations
import Report

struct RBACWhoCanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "who-can", abstract: "List everybody who may do something, and by which binding.",
    discussion: """
      EXAMPLES
        bartizan rbac who-can get secrets -n payments -f manifests/
        bartizan rbac who-can create pods/exec -f cluster.yaml
        bartizan rbac who-can '*' '*' -f cluster.yaml

      Without -n: those who may do it everywhere, then those who may do it in single namespaces. The group \
      system:masters may do everything without any binding.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "get, list, create, … or *.") var verb: String
  @Argument(help: "pods, deployments.apps/scale, … or a path.") var resource: String
  @Option(name: .shortAndLong, help: "In this namespace.") var namespace: String?
  @Option(help: "Name of the object.") var name: String = ""
  @OptionGroup var output: OutputOptions<WhoCanAnswer>

  func run() async throws {
    let inventory = try await Input.inventory(input.file, cluster)
    let rows = WhoCanOperation.rows(
      verb: verb, resource: resource, namespace: namespace, name: name, inventory)
    try output.give(
      WhoCanAnswer(verb: verb, resource: resource, namespace: namespace, rows, inventory))
  }
}
