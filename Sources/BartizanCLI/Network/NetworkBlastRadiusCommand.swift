import ArgumentParser
import Findings
import Operations
import Reach
import Report

struct NetworkBlastRadiusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blast-radius", abstract: "What an attacker in one workload reaches in one, two, … steps.",
    discussion: """
      EXAMPLES
        bartizan network blast-radius frontend/shop-front -f examples/cluster
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var options: ReachOptions
  @Argument(help: "NAMESPACE/NAME of the workload or pod.") var workload: String
  @Option(
    name: .shortAndLong, help: "The namespace of a workload that is named without one.", transform: Input.namespace)
  var namespace: String?
  @Option(help: "Only what is reached in this many steps.") var steps: Int?
  @OptionGroup var output: OutputOptions<BlastRadiusAnswer>

  func run() async throws {
    let model = options.operation.tellingModel(of: try await input.snapshot(cluster))
    let wanted = try model.end(named: workload, in: namespace)
    guard let endpoint = wanted.pod,
      let radius = BlastRadius(model.cluster[endpoint].workload, model)
    else { throw BartizanError(.input, "\"\(workload)\" is no workload in the input") }
    let answer = BlastRadiusAnswer(of: model.cluster[endpoint].workload, radius, steps: steps, model)
    try output.give(answer)
    try ExitStatus.finish(answer)
  }
}

extension ReachModel.End {
  /// A pod of it; nil for what is no workload or pod.
  fileprivate var pod: EndpointID? {
    switch self {
    case .endpoint(let id): id
    case .workload(_, let pods): pods.first
    case .service, .address, .name, .unknownName: nil
    }
  }
}
