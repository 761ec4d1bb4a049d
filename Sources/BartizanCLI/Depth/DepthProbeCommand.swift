import ArgumentParser
import Collect
import Depth
import Findings
import Operations
import Reach
import Report

struct DepthProbeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Ask servers that you name whether their doors are open, and compare with the graph.",
    discussion: """
      EXAMPLES
        bartizan depth probe --active kubelet:10.0.0.5 etcd:10.0.0.4 \\
          api:https://10.0.0.1:6443
        bartizan depth probe --active service:https://shop.example --from internet \\
          --context prod
        bartizan depth probe --active rights metadata     in a pod: what it is given
        bartizan depth probe --plan kubelet:10.0.0.5      what would be sent

      Targets are \(ProbeTarget.spellings); ranges are not probed. Nothing is sent without --active, and then to these targets alone: a \
      request at a time, each told beforehand on standard error with --verbose and afterwards in the answer, without credentials, \
      reading at most 64 KiB of an answer; none changes anything, runs anything or reads a secret. Only `rights` uses credentials: the \
      pod's, or those of the context, at their own API server.

      With a cluster (-f or --context) and --from, the place where this runs, what the graph of `bartizan depth` believes is compared \
      with what was found. Exit code 1: a door is open, or the graph is wrong, at least as severely as --fail-on; 3: not that, and a \
      probe had no answer.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "What is asked.") var targets: [String] = []
  @Flag(help: "Send the requests.") var active = false
  @Flag(help: "Show the requests, and send none.") var plan = false
  @Option(help: "Where this runs, as a position of the graph: internet, network, pod:NAMESPACE/WORKLOAD.")
  var from: String?
  @Option(help: "Exit with 1 when a door that is open is at least this severe.")
  var failOn: Threshold = Threshold(.low)
  @Option(help: ArgumentHelp("Give up on an answer after this time, such as 2s.", valueName: "duration"))
  var answerTimeout: RequestTimeout?
  @Option(help: "Certificates, as PEM, of an authority to trust besides those of the machine.", completion: .file())
  var authority: String?
  @Flag(name: .shortAndLong, help: "Tell each request on standard error before it is sent.") var verbose = false
  @OptionGroup var reach: ReachOptions
  @OptionGroup var output: OutputOptions<DepthProbesAnswer>

  /// Whether a live cluster is compared with: a kubeconfig alone may be there for the contexts of `rights`.
  private var readsCluster: Bool {
    cluster.context != nil || cluster.inCluster || cluster.kubeconfig != nil && from != nil && input.file.isEmpty
  }

  private var hasCluster: Bool { !input.file.isEmpty || readsCluster }

  func validate() throws {
    guard !targets.isEmpty else {
      throw ValidationError("name what is probed: \(ProbeTarget.spellings)")
    }
    if active, plan { throw ValidationError("--active sends the requests and --plan does not; choose one") }
    if !active, !plan {
      throw ValidationError("depth probe sends requests to the targets: say so with --active, or see them with --plan")
    }
    if from != nil, !hasCluster {
      throw ValidationError("--from is compared with a cluster; name it with -f or --context")
    }
    if hasCluster, from == nil, !plan {
      throw ValidationError("say with --from where this runs: internet, network or pod:NAMESPACE/WORKLOAD")
    }
  }

  func run() async throws {
    let time = SourceDate.text ?? Today.moment
    var targets = try DepthProbeOperation.targets(targets)
    if plan {
      try output.give(DepthProbesAnswer(planned: targets, time: time))
      return
    }
    var operation = DepthProbeOperation()
    operation.authorities = authority
    if let duration = answerTimeout?.duration { operation.limits.timeout = duration }
    for (index, target) in targets.enumerated() where target.kind == .rights {
      do throws(BartizanError) {
        let endpoint = try endpoint(of: target)
        targets[index].namespace = endpoint.namespace ?? "default"
        operation.identities[target.text] = .success(endpoint)
      } catch { operation.identities[target.text] = .failure(error) }
    }
    // The cluster first: what is wrong with the input is told before anything is sent.
    var picture: (graph: DepthGraph, start: DepthPosition)?
    if hasCluster, let from {
      let name = try DepthOperation.name(from)
      let snapshot = try await input.snapshot(readsCluster ? cluster : nil)
      let graph = DepthOperation(reach: reach.operation).graph(of: snapshot, names: [name])
      StandardError.lines(graph.input.reach.problems)
      let found = try DepthOperation.positions(of: name, called: from, in: graph)
      picture = (graph, found[0])
    }
    let isTold = verbose
    let results = try await operation.run(targets, environment: Environment.value) { request in
      if isTold { StandardError.line("asks \(request.text)") }
    }
    let answer = DepthProbesAnswer(
      results, of: targets, beliefs: picture.map { $0.graph.beliefs(about: results, from: $0.start) },
      from: picture?.start, time: time, notSeen: picture.map { DepthOperation.notSeen($0.graph) } ?? [])
    try output.give(answer)
    if let severity = failOn.severity, let worst = answer.worst, worst >= severity {
      throw ExitCode(ExitStatus.findings)
    }
    if answer.isPartial { throw ExitCode(ExitStatus.unknown) }
    try ExitStatus.finish(answer)
  }

  private func endpoint(of target: ProbeTarget) throws(BartizanError) -> ClusterEndpoint {
    guard let context = DepthProbeOperation.context(of: target) else {
      return try InClusterEndpoint.find(environment: Environment.value)
    }
    return try Kubeconfig.load(cluster.kubeconfig, environment: Environment.value).endpoint(context)
  }
}
