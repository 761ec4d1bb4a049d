/// Where implementations of network policy differ, as switches; presets are named after who behaves so.
package struct ReachProfile: Sendable {
  package let name: String
  /// Policies select pods on the node's network, and selectors match them as peers.
  package var hostNetworkPodsAreSelected = false
  /// `ipBlock` of a NetworkPolicy matches the addresses of pods.
  package var ipBlockMatchesPods = false
  /// A policy with a named port is dropped as a whole, which leaves its pods open.
  package var namedPortDropsPolicy = false
  /// A range of ports counts as its first port alone.
  package var endPortIgnored = false

  package static let spec = ReachProfile(name: "spec")

  package static let all: [ReachProfile] = {
    var npGuard = ReachProfile(name: "np-guard")
    npGuard.hostNetworkPodsAreSelected = true
    var calico = ReachProfile(name: "calico")
    calico.ipBlockMatchesPods = true
    let cilium = ReachProfile(name: "cilium")
    var weave = ReachProfile(name: "weave")
    weave.ipBlockMatchesPods = true
    weave.namedPortDropsPolicy = true
    weave.endPortIgnored = true
    return [.spec, npGuard, calico, cilium, weave]
  }()
}
