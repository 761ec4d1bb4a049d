import Bytes
import Findings
import Kube

/// A way by which a controller brings traffic from outside to a Service.
struct Route {
  let via: EntryPoint.Via
  /// The Service, and the number or name of its port; nil for all of its ports.
  let namespace: String
  let service: String
  let port: DocumentNode?
  let source: Source
  /// Whom the controller lets in, as the route has it.
  var reach = EntryPoint.Reach.anyone
  /// What its own API has against it.
  var obstacle: EntryPoint.Obstacle?
  /// What the input lacks to tell whom the controller lets in.
  var missing: [MissingFact] = []
  let location: Location

  /// Who brings it.
  enum Source {
    /// Of a controller; of any where it is not known of which.
    case controller(IngressController?)
    /// Of pods that the route itself selects, whatever their labels say of them.
    case pods(LabelSelector)
  }
}

/// An API of routes. A new one is a file here and a line in `RouteSources`.
protocol RouteSource: Sendable {
  /// Kinds of objects that are routes.
  static var kinds: [GroupKind] { get }

  static func routes(_ snapshot: ClusterSnapshot, _ services: ServiceIndex) -> [Route]
}

enum RouteSources {
  static let all: [any RouteSource.Type] = [
    IngressRoutes.self, OpenShiftRoutes.self, GatewayRoutes.self, IstioRoutes.self, TraefikRoutes.self,
    ContourRoutes.self,
  ]

  /// Kinds of routes that are known and not read.
  static let unread: Set<GroupKind> = [
    GroupKind("configuration.konghq.com", "TCPIngress"), GroupKind("configuration.konghq.com", "UDPIngress"),
    GroupKind("zalando.org", "RouteGroup"), GroupKind("networking.gke.io", "MultiClusterIngress"),
    GroupKind("gateway.solo.io", "VirtualService"), GroupKind("gateway.solo.io", "RouteTable"),
    GroupKind("networking.gloo.solo.io", "RouteTable"), GroupKind("getambassador.io", "Mapping"),
    GroupKind("getambassador.io", "TCPMapping"), GroupKind("x.getambassador.io", "AmbassadorMapping"),
    GroupKind("apisix.apache.org", "ApisixRoute"), GroupKind("k8s.nginx.org", "VirtualServer"),
    GroupKind("k8s.nginx.org", "VirtualServerRoute"), GroupKind("k8s.nginx.org", "TransportServer"),
    GroupKind("elbv2.k8s.aws", "TargetGroupBinding"), GroupKind("networking.internal.knative.dev", "Ingress"),
    GroupKind("cis.f5.com", "VirtualServer"), GroupKind("ingress.v1.haproxy.com", "TCP"),
    GroupKind("cilium.io", "CiliumEnvoyConfig"), GroupKind("ngrok.k8s.ngrok.com", "HTTPSEdge"),
    GroupKind("networking.cfargotunnel.com", "TunnelBinding"), GroupKind("gateway.nginx.org", "UpstreamSettingsPolicy"),
  ]

  static func routes(_ snapshot: ClusterSnapshot, _ services: ServiceIndex) -> [Route] {
    all.flatMap { $0.routes(snapshot, services) }
  }

  /// Objects of routes that are not read, and those by which operators open what they make.
  static func unread(in snapshot: ClusterSnapshot) -> [KubeObject] {
    snapshot.kinds.filter(unread.contains).flatMap(snapshot.objects) + OperatorDoors.objects(in: snapshot)
  }

  /// Backends of which those that get no traffic are left out.
  static func weighted(_ nodes: [DocumentNode]) -> [DocumentNode] {
    // One alone gets everything, whatever its weight.
    nodes.count < 2 ? nodes : nodes.filter { $0["weight"]?.int != 0 }
  }
}
