import ArgumentParser
import Findings
import Kube
import Reach

struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network", abstract: "What can talk to what, why, and what is open to the outside.",
    discussion: """
      Policies understood: NetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy, Calico
      NetworkPolicy and GlobalNetworkPolicy with tiers and network sets, CiliumNetworkPolicy and the clusterwide one (to
      layer 4). --profile names whose behaviour counts where
      implementations differ: spec, np-guard, calico, cilium or weave.

      EXAMPLES
        bartizan network reach -f manifests/
        bartizan network explain frontend/shop-front payments/orders-db 5432 -f examples/cluster
        bartizan network exposure -f examples/cluster
      """,
    subcommands: [
      NetworkCanCommand.self, NetworkReachCommand.self, NetworkExplainCommand.self, NetworkDiffCommand.self,
      NetworkBlastRadiusCommand.self, NetworkExposureCommand.self, NetworkLintCommand.self,
      NetworkGenerateCommand.self, NetworkMapCommand.self,
    ])
}

/// What the network commands look at, and by whose rules.
struct NetworkSources: ParsableArguments {
  @Option(
    name: [.customShort("f"), .long],
    help: "A file, folder or archive of manifests or of a cluster's dump, or -. Repeatable.", completion: .file())
  var file: [String] = []
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(help: "spec, np-guard, calico, cilium or weave.") var profile: ProfileName = ProfileName(.spec)

  func snapshot() async throws -> ClusterSnapshot {
    guard !file.isEmpty || cluster.isUsed else {
      throw BartizanError(.usage, "nothing to look at: name it with -f FILE, FOLDER or -, or with --context")
    }
    return try await SourceArguments.snapshot(file, cluster)
  }

  func model() async throws -> ReachModel { Self.model(try await snapshot(), profile.profile) }

  static func model(_ snapshot: ClusterSnapshot, _ profile: ReachProfile) -> ReachModel {
    let model = ReachModel(snapshot, profile: profile)
    for problem in model.problems { StandardError.line("bartizan: \(problem.text)") }
    // A dialect that is not understood may forbid what looks open.
    for (group, kind) in [
      ("security.istio.io", "AuthorizationPolicy")
    ] {
      let count = snapshot.objects(GroupKind(group, kind)).count
      if count > 0 {
        StandardError.line(
          "bartizan: \(count) \(kind) of the input \(count == 1 ? "was" : "were") left out: the dialect is not evaluated yet, so less may be allowed than shown"
        )
      }
    }
    return model
  }

  static func end(_ text: String, _ model: ReachModel) throws(BartizanError) -> ReachModel.End {
    guard let end = model.end(text) else {
      throw BartizanError(
        .input, "\"\(text)\" is neither NAMESPACE/NAME of a pod or workload of the input nor an address")
    }
    return end
  }
}

struct ProfileName: ExpressibleByArgument, Sendable {
  let profile: ReachProfile
  init(_ profile: ReachProfile) { self.profile = profile }
  init?(argument: String) {
    guard let profile = ReachProfile.all.first(where: { $0.name == argument }) else { return nil }
    self.profile = profile
  }
  var defaultValueDescription: String { profile.name }
  static var allValueStrings: [String] { ReachProfile.all.map(\.name) }
}
