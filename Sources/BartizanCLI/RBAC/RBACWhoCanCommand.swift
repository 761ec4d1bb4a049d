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
  @Option(name: .shortAndLong, help: "In this namespace.", transform: Input.namespace) var namespace: String?
  @Option(help: "Name of the object.") var name: String = ""
  @OptionGroup var output: OutputOptions<WhoCanAnswer>

  func run() async throws {
    let inventory = try await input.inventory(cluster)
    let names = ResourceNames(inventory)
    let question = try ResourceName(resource, verb: verb, namespace: namespace ?? "", name: name, names)
    for remark in question.remarks + inventory.remarks(onNamespace: namespace ?? "") { StandardError.line(remark) }
    let isAskedInNamespaces = question.resource.map { names.isAskedInNamespaces($0, verb: verb) } ?? false
    let rows = WhoCanOperation.rows(verb: verb, question, isAskedInNamespaces: isAskedInNamespaces, inventory)
    let answer = WhoCanAnswer(
      verb: verb, resource: question.text, namespace: namespace, isAskedInNamespaces: isAskedInNamespaces, rows,
      builtIn: WhoCan.builtInSubjects(verb: verb, target: question.target, inventory), inventory)
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}
