import ArgumentParser
import Bytes
import Findings
import Operations
import Posture
import Report
import Transport

struct CISImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Read a report of kube-bench, and compare it with our own verdicts.",
    discussion: """
      EXAMPLES
        bartizan cis import kube-bench.json --node node.json -f cluster/
        kube-bench --json | bartizan cis import -

      The report may be JSON or the text that kube-bench prints. It is compared with the edition that it is of, by number; the text \
      does not say which, and is compared where both speak of the same flags, or as --benchmark says. What is not compared is \
      named. Exit code 1: we fail what it passes, or the other way round; 3: neither, and something was not compared.
      """)

  @Argument(help: "The report, or - for standard input.", completion: .file()) var report: String
  @OptionGroup var files: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(
    name: .long, parsing: .upToNextOption, help: "Records of nodes; all files up to the next option.",
    completion: .file()) var node: [String] = []
  @Option(help: "The edition of ours; by default that for the cluster's version.") var benchmark: EditionName?
  @OptionGroup var output: OutputOptions<CISComparisonAnswer>

  func run() async throws {
    let theirs = try KubeBenchReportFile.read(report)
    let hasInput = !files.file.isEmpty || !node.isEmpty || cluster.context != nil || cluster.inCluster
    let edition = benchmark ?? theirs.edition.map(EditionName.init)
    let ours = hasInput ? try await CISReviewCommand.review(files, cluster, node, edition) : nil
    let answer = CISComparisonAnswer(theirs, ours, isOfOurEdition: benchmark != nil)
    try output.give(answer)
    if !answer.hasContradictions, answer.hasGaps { throw ExitCode(ExitStatus.unknown) }
    try ExitStatus.finish(answer, hasFound: answer.hasContradictions)
  }
}
