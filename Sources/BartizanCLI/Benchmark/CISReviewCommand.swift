import ArgumentParser
import Findings
import Kube
import Operations
import Posture
import Report

/// An edition of the benchmark on the command line.
struct EditionName: ListedArgument {
  let edition: BenchmarkEdition

  init(_ edition: BenchmarkEdition) { self.edition = edition }

  init?(argument: String) {
    guard let edition = BenchmarkEdition(name: argument) else { return nil }
    self.edition = edition
  }

  static var allValueStrings: [String] { BenchmarkEdition.allCases.map { "cis-\($0.rawValue)" } }
}

struct CISReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Judge nodes and a cluster by the benchmark.",
    discussion: """
      EXAMPLES
        bartizan cis -f cluster/ --node nodes/*.json
        bartizan cis --context prod --node cp-1.json worker-1.json \\
          --output html=cis.html
        bartizan cis --node node.json --benchmark cis-1.11 --format json
        bartizan cis --context prod --baseline last-month.json -o oscal=results.json \\
          -o json=cis.json

      Records of nodes are made by `bartizan node collect`; those that nodes left in ConfigMaps (`node manifest`) are found in \
      the cluster. Without them nodes are seen through the API alone: their static pods, what kubelets say they run with \
      (nodes/NAME/proxy/configz, where you may get it), and what kubeadm keeps in ConfigMaps. A check passes by what was seen \
      only; what was not is not evaluated, with the reason. Exit code 1: a check fails, with --baseline one that did not fail \
      then; 3: none does, and not all could be judged.
      """)

  @OptionGroup var files: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(
    name: .long, parsing: .upToNextOption, help: "Records of nodes; all files up to the next option.",
    completion: .file()) var node: [String] = []
  @Option(help: "The edition; by default that for the cluster's version.") var benchmark: EditionName?
  @Option(
    help: "An earlier report in JSON: what got better or worse is told, and only new failures count.",
    completion: .file())
  var baseline: String?
  @Option(help: "The namespace in which nodes leave their records.")
  var nodeNamespace = NodeRecordMap.usualNamespace
  @Flag(name: .shortAndLong, help: "Also what passes and what is not applicable, with all evidence.") var verbose =
    false
  @OptionGroup var output: OutputOptions<CISBenchmarkAnswer>

  func run() async throws {
    let review = try await Self.review(files, cluster, node, benchmark, namespace: nodeNamespace)
    let trend = try baseline.map { file throws(BartizanError) in try BenchmarkOperation.trend(since: file, review) }
    let answer = CISBenchmarkAnswer(
      review, sources: files.file + (cluster.isUsed ? [cluster.context ?? "the current context"] : []) + node,
      moment: SourceDate.text ?? Today.moment, toolVersion: Version.text, trend: trend, verbose: verbose)
    try output.give(answer)
    if answer.hasFailures { throw ExitCode(ExitStatus.findings) }
    try ExitStatus.finish(answer)
    if answer.hasGaps { throw ExitCode(ExitStatus.unknown) }
  }

  static func review(
    _ files: FileOptions, _ cluster: ClusterOptions, _ nodes: [String], _ edition: EditionName?,
    namespace: String = NodeRecordMap.usualNamespace
  ) async throws -> BenchmarkReview {
    var operation = BenchmarkOperation()
    operation.edition = edition?.edition
    operation.records = nodes
    operation.recordNamespace = namespace
    let endpoint = try cluster.endpoint(beside: files.file + nodes)
    if !files.file.isEmpty || endpoint != nil {
      operation.snapshot = try await files.snapshot(cluster)
      operation.endpoint = endpoint
      operation.settings = cluster.settings
      operation.environment = Environment.value
    } else if nodes.isEmpty {
      throw BartizanError(
        .usage, "no input: name records of nodes with --node, manifests with -f, or a cluster with --context")
    }
    let outcome = try await operation.run()
    for remark in outcome.remarks { StandardError.line(remark) }
    return outcome.review
  }
}
