import ArgumentParser
import Findings
import Kube
import Operations
import Posture
import Report

/// An edition of the benchmark on the command line.
struct EditionName: ExpressibleByArgument {
  let edition: BenchmarkEdition

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
        bartizan cis --context prod --node cp-1.json worker-1.json --output html=cis.html
        bartizan cis --node node.json --benchmark cis-1.11 --format json

      Records of nodes are made by `bartizan node collect`. Without them nodes are seen through the API alone: their static \
      pods and what kubeadm keeps in ConfigMaps. A check passes by what was seen only; what was not is not evaluated, with the \
      reason. Exit code 1: a check fails; 3: none fails, and not all could be judged.
      """)

  @OptionGroup var files: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(
    name: .long, parsing: .upToNextOption, help: "Records of nodes; all files up to the next option.",
    completion: .file()) var node: [String] = []
  @Option(help: "The edition; by default that for the cluster's version.") var benchmark: EditionName?
  @Flag(name: .shortAndLong, help: "Also what passes and what is not applicable, with all evidence.") var verbose =
    false
  @OptionGroup var output: OutputOptions<CISBenchmarkAnswer>

  func run() async throws {
    let review = try await Self.review(files, cluster, node, benchmark)
    let answer = CISBenchmarkAnswer(review, sources: files.file + node, verbose: verbose)
    try output.give(answer)
    if answer.hasFailures { throw ExitCode(ExitStatus.findings) }
    try ExitStatus.finish(answer)
    if answer.hasGaps { throw ExitCode(ExitStatus.unknown) }
  }

  static func review(
    _ files: FileOptions, _ cluster: ClusterOptions, _ nodes: [String], _ edition: EditionName?
  ) async throws -> BenchmarkReview {
    var operation = BenchmarkOperation()
    operation.edition = edition?.edition
    operation.records = nodes
    let endpoint = try cluster.endpoint(beside: files.file + nodes)
    if !files.file.isEmpty || endpoint != nil {
      operation.snapshot = try await Input.snapshot(files.file, cluster)
    } else if nodes.isEmpty {
      throw BartizanError(
        .usage, "no input: name records of nodes with --node, manifests with -f, or a cluster with --context")
    }
    return try await operation.run()
  }
}
