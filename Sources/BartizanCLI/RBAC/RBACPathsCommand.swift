import Access
import ArgumentParser
import Bytes
import Depth
import Findings
import Report

struct RBACPathsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paths", abstract: "How subjects become cluster admin, own a node or read secrets, step by step.",
    discussion: """
      EXAMPLES
        bartizan rbac paths -f manifests/
        bartizan rbac paths pseios-system/pseios-operator --to secrets:payments -f manifests/
        bartizan rbac paths --to node --within 2 -f cluster.yaml
        bartizan rbac paths --to payments/orders -f cluster.yaml

      Each step names the object that allows it. Exit code 1: there is a way.
      """)

  @OptionGroup var input: RBACSources
  @Argument(help: "Only from this subject.") var subject: String?
  @Option(help: "cluster-admin, node, secrets, secrets:NAMESPACE, or a subject.") var to: String = "cluster-admin"
  @Option(help: "Only those who need at most this many steps.") var within: Int?
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let inventory = try await input.inventory()
    let goal: EscalationGraph.Position
    switch to {
    case "cluster-admin": goal = .clusterAdmin
    case "node": goal = .node
    case "secrets": goal = .secrets(namespace: nil)
    case let word where word.hasPrefix("secrets:"): goal = .secrets(namespace: String(word.dropFirst(8)))
    case let word: goal = .subject(AccessSubject(argument: word))
    }
    var named = Set<String>()
    if case .secrets(let namespace?) = goal { named.insert(namespace) }
    let graph = EscalationGraph(AccessProfile(inventory), namespaces: named)
    let paths = graph.paths(to: goal)
    var ways: [(subject: AccessSubject, steps: [EscalationGraph.Step])]
    if let subject {
      let parsed = AccessSubject(argument: subject)
      ways = graph.steps(from: parsed, paths).map { [(parsed, $0)] } ?? []
    } else {
      ways = graph.reaching(paths).filter { $0.subject != .group("system:masters") }
    }
    if let within { ways.removeAll { EscalationGraph.length($0.steps) > within } }
    switch format {
    case .json:
      StandardOutput.answer("EscalationPaths") { writer in
        writer.field("to", goal.text)
        writer.key("paths")
        writer.array(of: ways) { writer, way in
          writer.object { writer in
            writer.field("subject", way.subject.text)
            writer.field("length", EscalationGraph.length(way.steps))
            writer.key("steps")
            writer.array(of: way.steps) { writer, step in
              writer.object { writer in
                writer.field("from", step.from.text)
                writer.field("to", step.to.text)
                writer.field("technique", step.text)
                writer.field("techniqueID", step.technique.id)
                writer.field("attack", step.technique.attack?.id)
                writer.field("binding", step.binding.map(inventory.describe))
                writer.field("location", step.binding.map(inventory.place(binding:)))
              }
            }
          }
        }
      }
    case .table:
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      var text = ""
      for way in ways {
        let length = EscalationGraph.length(way.steps)
        text += "\(Terminal.printable(way.subject.text)): \(length) step\(length == 1 ? "" : "s") to \(goal.text)\n"
        for step in way.steps {
          let by = step.binding.map { ", by \(inventory.describe(binding: $0)), \(inventory.place(binding: $0))" } ?? ""
          text += terminal.wrapped("→ \(step.to.text): \(step.text)\(by)", indent: 2) + "\n"
        }
      }
      text +=
        ways.isEmpty
        ? "No way to \(goal.text) found.\n"
        : "\(ways.count) subject\(ways.count == 1 ? "" : "s") can get to \(goal.text).\n"
      StandardOutput.write(text)
    }
    throw ExitCode(ways.isEmpty ? ExitStatus.clean : ExitStatus.findings)
  }
}
