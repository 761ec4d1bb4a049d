package import Bytes
package import Findings

/// A way from outside the cluster to a workload.
package struct EntryPoint: Sendable {
  /// What leads in.
  package enum Via: Sendable, Hashable {
    /// The ways in which a Service is open to addresses outside the cluster.
    package enum ServiceKind: String, Sendable {
      case loadBalancer = "LoadBalancer"
      case nodePort = "NodePort"
      case externalIPs
    }

    case service(ServiceKind, namespace: String, name: String)
    /// An Ingress, or another object that a controller serves by; the hosts that it names, none for any.
    case route(Subject, namespace: String, hosts: [String])
    case hostPort(UInt16)
    case hostNetwork
  }

  /// Who may come by it, as the entry point itself has it; policies say the rest.
  package enum Reach: Sendable, Hashable {
    case anyone
    case ranges([IPRange])
    /// Whoever is in the network of the nodes or of the cloud account.
    case internalNetwork
  }

  /// What its own API has against it, so that it leads nowhere.
  package enum Obstacle: Sendable, Hashable {
    /// Why a Gateway does not take a route; the later ones came further.
    package enum Refusal: Int, Sendable, Comparable {
      case noListener
      case kind
      case namespace
      case host

      package static func < (a: Refusal, b: Refusal) -> Bool { a.rawValue < b.rawValue }
    }

    case notAttached(gateway: Subject, Refusal)
    /// Nothing in the namespace of the Service lets routes of the other namespace refer to it.
    case noReferenceGrant(namespace: String)
  }

  /// What it leads into; the Service where the input holds nothing behind that.
  package let workload: Subject
  package let via: Via
  /// Ports of the pod: those that are open, or all that it leads to where none is.
  package let ports: ConnectionSet
  /// Ports at which it is asked for from outside; empty where a controller's own are.
  package let outside: [PolicyPort]
  package let reach: Reach
  /// `denied` where policies or the entry point's own API stop it.
  package let verdict: ReachModel.Verdict
  /// Whether anything may come in, as the rules are written.
  package let open: Bool
  package let obstacle: Obstacle?
  /// Empty unless the verdict is unknown.
  package let missing: [ReachModel.Answer.Missing]
  package let location: Location
  /// Whether the input holds the workload.
  package var isOfInput = true

  /// Whether traffic comes by the pods of a controller (Ingress, Route, Gateway) and not from outside itself.
  package var isRouted: Bool { if case .route = via { true } else { false } }

  /// Whether more than the network of the nodes reaches it, as far as is known.
  package var isPublic: Bool { verdict != .denied && reach != .internalNetwork }
}

extension EntryPoint.Via {
  /// `LoadBalancer Service shop/web`, `Ingress shop/web (shop.example.com)`, `hostPort 9100`, `host network`.
  package var text: String {
    switch self {
    case .service(let kind, let namespace, let name):
      "\(kind == .externalIPs ? "externalIPs of Service" : "\(kind.rawValue) Service") \(namespace)/\(name)"
    case .route(let object, let namespace, let hosts):
      "\(object.kind) \(namespace)/\(object.name) (\(hosts.isEmpty ? "any host" : hosts.joined(separator: ", ")))"
    case .hostPort(let port): "hostPort \(port)"
    case .hostNetwork: "host network"
    }
  }
}

extension EntryPoint.Reach {
  /// Nil for anyone.
  package var text: String? {
    switch self {
    case .anyone: nil
    case .ranges(let ranges): ranges.map(\.cidrText).joined(separator: ", ")
    case .internalNetwork: "internal network"
    }
  }
}

extension EntryPoint.Obstacle {
  package var text: String {
    switch self {
    case .notAttached(let gateway, let refusal):
      switch refusal {
      case .noListener: "Gateway \(gateway.text) has no listener for it"
      case .kind: "no listener of Gateway \(gateway.text) takes routes of this kind"
      case .namespace: "Gateway \(gateway.text) does not take routes of its namespace"
      case .host: "no listener of Gateway \(gateway.text) serves its hosts"
      }
    case .noReferenceGrant(let namespace): "no ReferenceGrant in namespace \(namespace) allows it"
    }
  }
}
