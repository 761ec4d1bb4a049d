import Bytes
import Kube

/// Whom a controller lets in by a route, where annotations or objects beside it narrow that.
///
/// Source: the references of the controllers' annotations.
enum RouteReach {
  /// Whom, and what the input lacks to tell it: whoever is let in then may be fewer.
  typealias Found = (reach: EntryPoint.Reach, missing: [MissingFact])

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
    -> Found
  {
    let annotations = object.annotations
    var texts: [String] = []
    for key in lists { if let text = annotations[key] { texts.append(text) } }
    let (more, missing) = middlewares(
      annotations["traefik.ingress.kubernetes.io/router.middlewares"] ?? "", snapshot)
    let facts = missing + groups(annotations)
    if let reach = ranges(texts + more) { return (reach, facts) }
    return (isInternal(object, controller) ? .internalNetwork : .anyone, facts)
  }

  /// Groups of the cloud that say who gets to the balancer.
  private static func groups(_ annotations: [String: String]) -> [MissingFact] {
    let keys = ["alb.ingress.kubernetes.io/security-groups", "cloud.google.com/armor-config"]
    return keys.contains { annotations[$0] != nil } ? [.cloudGroups] : []
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

  // MARK: Traefik

  /// A Middleware by the way in which a route refers to it.
  private struct Reference: Hashable {
    let namespace: String?
    let name: String
    /// Of the provider, behind the name: `kubernetescrd`, `file`, `docker`.
    let provider: String?

    var text: String { (namespace.map { $0 + "/" } ?? "") + name + (provider.map { "@" + $0 } ?? "") }

    /// `NAMESPACE-NAME@kubernetescrd`, where either may hold lines.
    func means(_ object: KubeObject) -> Bool {
      switch provider {
      case nil: object.name == name && object.effectiveNamespace == namespace
      case "kubernetescrd"?: "\(object.effectiveNamespace)-\(object.name)" == name
      default: false
      }
    }
  }

  /// Blocks of the Middlewares that an annotation names.
  private static func middlewares(_ text: String, _ snapshot: ClusterSnapshot) -> (
    blocks: [String], missing: [MissingFact]
  ) {
    blocks(text.split { ", \n".contains($0) }.map { reference(String($0), home: nil) }, snapshot)
  }

  /// Those of the ones that a Traefik route names itself.
  static func middlewares(_ references: [DocumentNode], home: String, _ snapshot: ClusterSnapshot) -> (
    blocks: [String], missing: [MissingFact]
  ) {
    blocks(
      references.compactMap { node in
        node["name"]?.text.map { reference($0, home: node["namespace"]?.text ?? home) }
      }, snapshot)
  }

  private static func reference(_ name: String, home: String?) -> Reference {
    let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
    return parts.count == 2
      ? Reference(namespace: nil, name: parts[0], provider: parts[1])
      : Reference(namespace: home, name: name, provider: nil)
  }

  /// Blocks of a chain of Middlewares, and those of it that the input lacks: each may let in a few only.
  private static func blocks(_ references: [Reference], _ snapshot: ClusterSnapshot) -> (
    blocks: [String], missing: [MissingFact]
  ) {
    guard !references.isEmpty else { return ([], []) }
    let known = ["traefik.io", "traefik.containo.us"].flatMap { group in
      ["Middleware", "MiddlewareTCP"].flatMap { snapshot.objects(GroupKind(group, $0)) }
    }
    var blocks: [String] = []
    var missing: [MissingFact] = []
    var left = references
    var seen = Set(references)
    while let next = left.popLast() {
      let found = known.filter(next.means)
      if found.isEmpty { missing.append(.object(kind: "Middleware", name: next.text)) }
      for object in found {
        for kind in ["ipAllowList", "ipWhiteList"] { blocks += object.spec?[kind]?["sourceRange"]?.strings ?? [] }
        for node in object.spec?[path: "chain", "middlewares"]?.elements ?? [] {
          guard let name = node["name"]?.text else { continue }
          let inner = reference(name, home: node["namespace"]?.text ?? object.effectiveNamespace)
          if seen.insert(inner).inserted { left.append(inner) }
        }
      }
    }
    return (blocks, missing.sorted { $0.text < $1.text })
  }
}
