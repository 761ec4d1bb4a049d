import ArgumentParser
import Findings
import Kube
import Operations
import Reach

struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network", abstract: "What can talk to what, why, and what is exposed to the outside.",
    discussion: """
      Supported are NetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy, Calico \
      NetworkPolicy and GlobalNetworkPolicy with tiers, network sets and host endpoints, CiliumNetworkPolicy and the \
      clusterwide one with names and layer 7, and Istio AuthorizationPolicy, PeerAuthentication and Sidecar. The \
      network plugin is detected by the objects that it installs, or named by --cni: policies of a dialect that it \
      does not enforce have no effect. --profile names whose behavior counts where implementations differ.

      EXAMPLES
        bartizan network reach -f manifests/
        bartizan network explain frontend/shop-front payments/orders-db 5432 \\
          -f examples/cluster
        bartizan network exposure -f examples/cluster
      """,
    subcommands: [
      NetworkCanCommand.self, NetworkReachCommand.self, NetworkExplainCommand.self, NetworkDiffCommand.self,
      NetworkBlastRadiusCommand.self, NetworkExposureCommand.self, NetworkLintCommand.self,
      NetworkGenerateCommand.self, NetworkMapCommand.self,
    ])
}

/// The network plugin whose behaviour is modelled.
struct ReachOptions: ParsableArguments {
  @Option(help: "spec, np-guard, calico, cilium or weave; that of the network plugin, or spec, by default.")
  var profile: ProfileName?
  @Option(help: "The network plugin that enforces policies, where the input does not show it.") var cni: PluginName?

  var operation: ReachOperation { ReachOperation(profile: profile?.profile, plugin: cni?.plugin) }
}

/// `-n`, as kubectl has it.
struct NetworkNamespace: ParsableArguments {
  @Option(name: .shortAndLong, help: "Only what is in this namespace, or connects with it.", transform: Input.namespace)
  var namespace: String?

  /// - Throws: `BartizanError` for a namespace of which the input has nothing: an empty answer would pass for a good one.
  func validated(_ snapshot: ClusterSnapshot) throws(BartizanError) -> ClusterSnapshot {
    try snapshot.validate(namespaces: [namespace].compactMap { $0 })
    return snapshot
  }
}

extension ReachOperation {
  /// The model of a snapshot; its problems are printed to standard error.
  func tellingModel(of snapshot: ClusterSnapshot) -> ReachModel {
    let model = model(of: snapshot)
    StandardError.lines(model.problems)
    if snapshot.workloads.isEmpty {
      StandardError.line("the input holds no pods and no workloads: nothing in it can connect or be reached")
    }
    return model
  }
}

extension ReachModel {
  /// - Parameters:
  ///   - namespace: where to look for a name without one.
  ///   - home: the namespace from which a name is asked for.
  /// - Throws: `BartizanError` when nothing has this name.
  func end(named text: String, in namespace: String? = nil, from home: String? = nil) throws(BartizanError) -> End {
    let local = text.contains("/") ? nil : namespace.flatMap { end("\($0)/\(text)") }
    guard let end = local ?? end(text, home: home) else {
      throw BartizanError(
        .input, "\"\(text)\" is not NAMESPACE/NAME of a pod, workload or Service in the input, an address or a DNS name"
      )
    }
    return end
  }
}

struct PluginName: ListedArgument, Sendable {
  let plugin: NetworkPlugin
  init?(argument: String) {
    guard let plugin = NetworkPlugin.all.first(where: { $0.name == argument }) else { return nil }
    self.plugin = plugin
  }
  static var allValueStrings: [String] { NetworkPlugin.all.map(\.name) }
}

struct ProfileName: ListedArgument, Sendable {
  let profile: ReachProfile

  init?(argument: String) {
    guard let profile = ReachProfile.all.first(where: { $0.name == argument }) else { return nil }
    self.profile = profile
  }
  static var allValueStrings: [String] { ReachProfile.all.map(\.name) }
}
