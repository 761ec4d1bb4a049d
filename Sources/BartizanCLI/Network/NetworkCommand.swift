import ArgumentParser
import Findings
import Kube
import Reach

struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network", abstract: "What can talk to what, why, and what is open to the outside.",
    discussion: """
      Policies understood: NetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy, Calico
      NetworkPolicy and GlobalNetworkPolicy with tiers, network sets and host endpoints, CiliumNetworkPolicy and the
      clusterwide one with names and layer 7, and Istio AuthorizationPolicy, PeerAuthentication and Sidecar. The network
      plugin is told by the objects that it installs, or by --cni: policies of a dialect that it does not enforce do
      nothing. --profile names whose behaviour counts where implementations differ.

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
  @Option(help: "spec, np-guard, calico, cilium or weave; by default that of the network plugin, or spec.")
  var profile: ProfileName?
  @Option(help: "The network plugin that enforces policies, where the input does not show it.") var cni: PluginName?

  func snapshot() async throws -> ClusterSnapshot {
    guard !file.isEmpty || cluster.isUsed else {
      throw BartizanError(.usage, "nothing to look at: name it with -f FILE, FOLDER or -, or with --context")
    }
    return try await SourceArguments.snapshot(file, cluster)
  }

  func model() async throws -> ReachModel {
    let snapshot = try await snapshot()
    return Self.model(snapshot, behaviour(for: snapshot))
  }

  func behaviour(for snapshot: ClusterSnapshot) -> ReachProfile { Self.behaviour(profile, cni, snapshot) }

  static func behaviour(_ name: ProfileName?, _ cni: PluginName?, _ snapshot: ClusterSnapshot) -> ReachProfile {
    let plugin = cni?.plugin ?? NetworkPlugin.detect(snapshot)
    guard let name else { return .of(plugin) }
    var profile = name.profile
    // Asking how another plugin would behave asks for its dialects, too.
    profile.plugin = cni?.plugin ?? (name.profile.name == "spec" ? plugin : nil)
    return profile
  }

  static func model(_ snapshot: ClusterSnapshot, _ profile: ReachProfile) -> ReachModel {
    let model = ReachModel(snapshot, profile: profile)
    for problem in model.problems { StandardError.line("bartizan: \(problem.text)") }
    return model
  }

  static func end(_ text: String, _ model: ReachModel) throws(BartizanError) -> ReachModel.End {
    guard let end = model.end(text) else {
      throw BartizanError(
        .input, "\"\(text)\" is not NAMESPACE/NAME of a pod, workload or Service in the input, an address or a DNS name")
    }
    return end
  }
}

struct PluginName: ExpressibleByArgument, Sendable {
  let plugin: NetworkPlugin
  init?(argument: String) {
    guard let plugin = NetworkPlugin.all.first(where: { $0.name == argument }) else { return nil }
    self.plugin = plugin
  }
  static var allValueStrings: [String] { NetworkPlugin.all.map(\.name) }
}

struct ProfileName: ExpressibleByArgument, Sendable {
  let profile: ReachProfile

  init?(argument: String) {
    guard let profile = ReachProfile.all.first(where: { $0.name == argument }) else { return nil }
    self.profile = profile
  }
  static var allValueStrings: [String] { ReachProfile.all.map(\.name) }
}
