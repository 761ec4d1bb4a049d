/// Where implementations of network policy differ, as switches; presets are named after who behaves so.
package struct ReachProfile: Sendable {
  package let name: String
  /// Policies select pods on the node's network, and selectors match them as peers.
  package var hostNetworkPodsAreSelected = false
  /// `ipBlock` of a NetworkPolicy matches the addresses of pods.
  package var ipBlockMatchesPods = false
  /// Whether it does is not known: all plugins but Cilium look at the addresses alone, and the API leaves it open.
  package var ipBlockOnPodsIsOpen = false
  /// It matches the addresses of nodes, and so of pods on their network.
  package var ipBlockMatchesNodes = true
  /// A policy with a named port is dropped as a whole, which leaves its pods open.
  package var namedPortDropsPolicy = false
  /// A range of ports counts as its first port alone.
  package var endPortIgnored = false

  /// Isolation denies ICMP and other protocols without ports; otherwise that is left open.
  package var deniesPortless = false

  /// Calico leaves some ports of host endpoints open, whatever its policies say.
  package var hostsHaveFailsafePorts = true

  /// Istio Sidecars whose proxies pass unknown traffic on are taken as if they stopped it between pods.
  package var sidecarsLimitWhatTheyPassOn = false

  /// What enforces the policies, where that is known: policies of other dialects do nothing then.
  package var plugin: NetworkPlugin?

  package static let spec = ReachProfile(name: "spec")

  package static let all: [ReachProfile] = {
    var npGuard = ReachProfile(name: "np-guard")
    npGuard.hostNetworkPodsAreSelected = true
    npGuard.ipBlockMatchesNodes = false
    npGuard.hostsHaveFailsafePorts = false
    npGuard.sidecarsLimitWhatTheyPassOn = true
    var calico = ReachProfile(name: "calico")
    calico.ipBlockMatchesPods = true
    calico.deniesPortless = true
    var cilium = ReachProfile(name: "cilium")
    cilium.deniesPortless = true
    cilium.ipBlockMatchesNodes = false
    var weave = ReachProfile(name: "weave")
    weave.ipBlockMatchesPods = true
    weave.namedPortDropsPolicy = true
    weave.deniesPortless = true
    weave.endPortIgnored = true
    return [.spec, npGuard, calico, cilium, weave]
  }()
}
