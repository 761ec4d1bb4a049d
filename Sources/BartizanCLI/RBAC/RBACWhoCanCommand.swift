import Access
import ArgumentParser
import Bytes
import Report

struct RBACWhoCanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "who-can", abstract: "Everybody who may do something, and by which binding.",
    discussion: """
      EXAMPLES
        bartizan rbac who-can get secrets -n payments -f manifests/
        bartizan rbac who-can create pods/exec -f cluster.yaml
        bartizan rbac who-can '*' '*' -f cluster.yaml

      Without -n, those who may do it everywhere, then those who may do it in single namespaces. The group
      system:masters may do everything without any binding.
      """)

  @OptionGroup var input: RBACSources
  @Argument(help: "get, list, create, … or *.") var verb: String
  @Argument(help: "pods, deployments.apps/scale, … or a path.") var resource: String
  @Option(name: .shortAndLong, help: "In this namespace.") var namespace: String?
  @Option(help: "Name of the object.") var name: String = ""
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let inventory = try await input.inventory()
    let authorizer = Authorizer(inventory)
    var rows: [(namespace: String?, answer: WhoCan.Answer)] = []
    func ask(_ namespace: String) -> [WhoCan.Answer] {
      WhoCan.subjects(
        verb: verb, target: ResourceArgument.target(resource, namespace: namespace, name: name), authorizer: authorizer,
        namedToo: name.isEmpty)
    }
    if let namespace {
      rows = ask(namespace).map { (inventory.bindings[$0.binding].namespace, $0) }
    } else {
      rows = ask("").map { (nil, $0) }
      let everywhere = Set(rows.filter(\.answer.names.isEmpty).map(\.answer.subject))
      for namespace in Set(inventory.bindings.compactMap(\.namespace)).sorted() {
        rows += ask(namespace).filter {
          inventory.bindings[$0.binding].namespace != nil && !everywhere.contains($0.subject)
        }
        .map { (namespace, $0) }
      }
    }
    switch format {
    case .json:
      StandardOutput.answer("WhoCan") { writer in
        writer.field("verb", verb)
        writer.field("resource", resource)
        writer.field("namespace", namespace)
        writer.key("subjects")
        writer.array(of: rows) { writer, row in
          writer.object { writer in
            writer.field("kind", row.answer.subject.kind)
            writer.field("name", row.answer.subject.name)
            writer.field("namespace", row.namespace)
            writer.field("binding", inventory.describe(binding: row.answer.binding))
            writer.field("location", inventory.place(binding: row.answer.binding))
            writer.field("names", row.answer.names)
          }
        }
      }
    case .table:
      let sheet = TextTable(
        "", columns: ["subject", "where", "by", "place"],
        rows: rows.map { row in
          [
            row.answer.subject.text,
            (row.namespace ?? "everywhere")
              + (row.answer.names.isEmpty ? "" : ": " + row.answer.names.joined(separator: ",")),
            inventory.describe(binding: row.answer.binding), inventory.place(binding: row.answer.binding),
          ]
        })
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      let people = Set(rows.map(\.answer.subject)).count
      StandardOutput.write(
        sheet.text(terminal)
          + "\(people) subject\(people == 1 ? "" : "s") may \(verb) \(resource)\(namespace.map { " in " + $0 } ?? ""), beside system:masters.\n"
      )
    }
  }
}
