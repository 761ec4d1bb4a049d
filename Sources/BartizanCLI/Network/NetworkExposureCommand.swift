import ArgumentParser
import Findings
import Kube
import Operations
import Reach
import Report

struct NetworkExposureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exposure", abstract: "What is reachable from outside, and through what.",
    discussion: """
      EXAMPLES
        bartizan network exposure -f examples/cluster
        bartizan network exposure --to-come -f examples/cluster

      Entry points are Services (LoadBalancer, NodePort, externalIPs), Ingresses, OpenShift Routes, Gateway API \
      routes, host ports and the node's network. One that network policies block is shown as blocked; an ingress \
      controller that is not in the input is taken for a pod of an unknown namespace. --to-come shows instead what \
      is open to workloads that do not exist yet: to any pod of the cluster, and to those that selectors of policies \
      would select. Exit code 3: of something it is not known whether it is open, or not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @OptionGroup var options: ReachOptions
  @OptionGroup var place: NetworkNamespace
  @Flag(help: "What is open to workloads that do not exist yet.") var toCome = false
  @OptionGroup var output: OutputOptions<ExposureAnswer>

  func run() async throws {
    let snapshot = try place.validated(try await input.snapshot(cluster))
    let profile = options.operation.profile(for: snapshot)
    let notSeen = ReachModel.notSeen(ofRoutesIn: snapshot)
    if toCome {
      let answer = PotentialExposureAnswer(
        PotentialExposure(snapshot, profile: profile), namespace: place.namespace, notSeen: notSeen)
      try output.give(answer)
      try ExitStatus.finish(answer)
    } else {
      let exposure = Exposure(snapshot, profile: profile)
      let answer = ExposureAnswer(exposure, namespace: place.namespace, notSeen: notSeen)
      try output.give(answer)
      try ExitStatus.finish(answer)
      if !answer.isKnown { throw ExitCode(ExitStatus.unknown) }
    }
  }
}
