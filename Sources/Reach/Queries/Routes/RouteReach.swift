import Bytes
import Kube

/// Whom a controller lets in by a route, where annotations or objects beside it narrow that.
///
/// Source: the references of the controllers' annotations.
enum RouteReach {
  /// Lists of blocks from which requests are taken.
  private static let lists = [
    "nginx.ingress.kubernetes.io/whitelist-source-range", "nginx.ingress.kubernetes.io/allowlist-source-range",
    "ingress.kubernetes.io/whitelist-source-range", "haproxy-ingress.github.io/allowlist-source-range",
    "haproxy-ingress.github.io/whitelist-source-range", "ingress.kubernetes.io/allowlist-source-range",
    "haproxy.org/allow-list", "haproxy.org/whitelist", "haproxy.router.openshift.io/ip_whitelist",
    "haproxy.router.openshift.io/ip_allowlist", "alb.ingress.kubernetes.io/inbound-cidrs",
    "traefik.ingress.kubernetes.io/whitelist-source-range", "nsx.vmware.com/source-ranges",
  ]

  /// - Parameter controller: of the route's class; nil where it is not known.
  static func of(_ object: KubeObject, _ controller: IngressController?, _ snapshot: ClusterSnapshot)
    -> EntryPoint.Reach
  {
    let annotations = object.annotations
    var texts: [String] = []
    for key in lists { if let text = annotations[key] { texts.append(text) } }
    texts += middlewares(annotations["traefik.ingress.kubernetes.io/router.middlewares"] ?? "", snapshot)
    if let reach = ranges(texts) { return reach }
    return isInternal(object, controller) ? .internalNetwork : .anyone
  }

  /// Of blocks that limit it, each a list with commas or blanks between; nil where they limit nothing.
  static func ranges(_ texts: [String]) -> EntryPoint.Reach? {
    let words = texts.flatMap { $0.split { ", \n\t".contains($0) } }.map(String.init)
    let found = words.compactMap { IPRange(cidr: $0) }
    guard !found.isEmpty, !found.contains(where: { $0 == .allV4 || $0 == .allV6 }) else { return nil }
    return .ranges(found)
  }

  private static func isInternal(_ object: KubeObject, _ controller: IngressController?) -> Bool {
    let annotations = object.annotations
    let name = object.spec?["ingressClassName"]?.text ?? annotations["kubernetes.io/ingress.class"] ?? ""
    if name == "gce-internal" { return true }
    if let scheme = annotations["alb.ingress.kubernetes.io/scheme"] { return scheme != "internet-facing" }
    if annotations["appgw.ingress.kubernetes.io/use-private-ip"]?.lowercased() == "true" { return true }
    // The AWS Load Balancer Controller makes internal ones unless it is told otherwise.
    return name == "alb"
  }

  /// Traefik's own lists, which an annotation names as `NAMESPACE-NAME@kubernetescrd`.
  private static func middlewares(_ text: String, _ snapshot: ClusterSnapshot) -> [String] {
    let names = text.split { ", ".contains($0) }.map(String.init)
    guard !names.isEmpty else { return [] }
    return all(snapshot).filter { names.contains("\($0.effectiveNamespace)-\($0.name)@kubernetescrd") }.flatMap(list)
  }

  /// Those that a Traefik route names itself.
  static func middlewares(_ references: [DocumentNode], home: String, _ snapshot: ClusterSnapshot) -> [String] {
    guard !references.isEmpty else { return [] }
    return all(snapshot).filter { object in
      references.contains {
        $0["name"]?.text == object.name && ($0["namespace"]?.text ?? home) == object.effectiveNamespace
      }
    }.flatMap(list)
  }

  private static func all(_ snapshot: ClusterSnapshot) -> [KubeObject] {
    ["traefik.io", "traefik.containo.us"].flatMap { group in
      ["Middleware", "MiddlewareTCP"].flatMap { snapshot.objects(GroupKind(group, $0)) }
    }
  }

  private static func list(_ middleware: KubeObject) -> [String] {
    ["ipAllowList", "ipWhiteList"].flatMap { middleware.spec?[$0]?["sourceRange"]?.strings ?? [] }
  }
}
