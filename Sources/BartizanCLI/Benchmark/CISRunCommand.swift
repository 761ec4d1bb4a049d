import ArgumentParser
import Findings
import Operations
import Posture
import Report

struct CISRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run kube-bench's definitions.",
    discussion: """
      EXAMPLES
        bartizan cis run --definitions cfg/ --benchmark cis-1.12 --node node.json
        bartizan cis run --definitions cfg/ --benchmark cis-1.12 --targets node \\
          --allow-commands --format json

      The definitions are evaluated as kube-bench does, and the report has its formats. Audits of the usual shapes are answered \
      from the record of a node. --allow-commands runs audits through /bin/sh on this machine: they are whatever the files say. \
      Exit code 1: a check is FAIL; 3: none is, and an audit was not run.
      """)

  @Option(help: "kube-bench's folder of definitions, with its config.yaml.", completion: .directory) var definitions:
    String
  @Option(help: "The benchmark, such as cis-1.12; by default that for the node's version.") var benchmark: String?
  @Option(parsing: .upToNextOption, help: "Only these of master, node, controlplane, etcd, policies, managedservices.")
  var targets: [String] = []
  @Option(help: "Only this section. Repeatable.") var group: [String] = []
  @Option(help: "Only this check. Repeatable.") var check: [String] = []
  @Option(help: "Leave out this check or section. Repeatable.") var skip: [String] = []
  @Flag(inversion: .prefixedNo, help: "Checks that kube-bench calls scored.") var scored = true
  @Flag(inversion: .prefixedNo, help: "Checks that are not scored.") var unscored = true
  @Option(help: "The record of the node.", completion: .file()) var node: String?
  @Flag(help: "Run the audits that the record cannot answer, on this machine.") var allowCommands = false
  @OptionGroup var output: OutputOptions<KubeBenchAnswer>

  func run() async throws {
    var operation = DefinitionRunOperation(folder: definitions)
    operation.benchmark = benchmark
    operation.targets = targets.flatMap { $0.split(separator: ",").map(String.init) }
    operation.filter = DefinitionFilter(
      groups: Set(group), checks: Set(check), scored: scored, unscored: unscored)
    operation.skipped = Set(skip)
    operation.allowsCommands = allowCommands
    if let node {
      let records = try BenchmarkOperation.read(node)
      guard records.count == 1 else {
        throw BartizanError(.usage, "\(node) holds the records of \(records.count) nodes; definitions are run on one")
      }
      operation.record = records[0]
    }
    let outcome = try await operation.run()
    for remark in outcome.remarks { StandardError.line(remark) }
    try output.give(KubeBenchAnswer(outcome.report))
    if outcome.report.totals.fail > 0 { throw ExitCode(ExitStatus.findings) }
    if outcome.isPartial { throw ExitCode(ExitStatus.unknown) }
  }
}
