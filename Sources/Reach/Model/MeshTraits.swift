import Bytes
import Kube

/// What of a pod tells whether a mesh stands in front of it, and in front of what.
///
/// Source: Istio's reference of resource labels and annotations.
package struct MeshTraits: Sendable, Hashable {
  /// A container called `istio-proxy`, as injection names it.
  private(set) var hasProxy = false
  /// An actual pod: whatever is injected was injected when it was made.
  private(set) var isMade = false
  /// `sidecar.istio.io/inject`.
  private(set) var wantsSidecar: Bool?
  /// `istio.io/rev`.
  private(set) var hasRevision = false
  /// `istio.io/dataplane-mode`.
  private(set) var dataplaneMode: String?
  /// The node's proxy says that it takes the pod's traffic.
  private(set) var isRedirected = false
  /// `istio.io/use-waypoint`, and the namespace of that.
  private(set) var waypoint: String?
  private(set) var waypointNamespace: String?
  /// Ports to which traffic goes past the proxy.
  private(set) var excludedInbound: [UInt16] = []
  /// The only ports to which it does not; nil for all.
  private(set) var includedInbound: [UInt16]?
  /// Ports elsewhere to which traffic goes past the proxy.
  private(set) var excludedOutbound: [UInt16] = []

  init() {}

  /// - Parameter isMade: an actual pod, and no template of pods.
  init(_ template: PodTemplate, isMade: Bool) {
    self.isMade = isMade
    let labels = template.labels
    let annotations = template.annotations
    hasProxy = template.containers.contains { $0.name == "istio-proxy" }
    // The label wins over the annotation, which is the older form.
    wantsSidecar = (labels["sidecar.istio.io/inject"] ?? annotations["sidecar.istio.io/inject"]).flatMap {
      ["true", "y", "yes", "on"].contains($0.lowercased()) ? true : false
    }
    hasRevision = labels["istio.io/rev"] != nil
    dataplaneMode = labels["istio.io/dataplane-mode"]
    isRedirected = annotations["ambient.istio.io/redirection"] == "enabled"
    waypoint = labels["istio.io/use-waypoint"]
    waypointNamespace = labels["istio.io/use-waypoint-namespace"]
    func ports(_ key: String) -> [UInt16]? {
      annotations["traffic.sidecar.istio.io/" + key]?.split(separator: ",").compactMap { part in
        UInt16(part.drop { $0 == " " }.prefix { $0 != " " })
      }
    }
    excludedInbound = ports("excludeInboundPorts") ?? []
    if annotations["traffic.sidecar.istio.io/includeInboundPorts"] != "*" {
      includedInbound = ports("includeInboundPorts")
    }
    excludedOutbound = ports("excludeOutboundPorts") ?? []
  }
}
