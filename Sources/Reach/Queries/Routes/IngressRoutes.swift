import Bytes
import Kube

/// networking.k8s.io Ingress.
enum IngressRoutes: RouteSource {
  static let kinds = [GroupKind.ingress, GroupKind("extensions", "Ingress")]

  static func routes(_ snapshot: ClusterSnapshot, _ services: ServiceIndex) -> [Route] {
    let classes = snapshot.objects(GroupKind("networking.k8s.io", "IngressClass"))
    return kinds.flatMap(snapshot.objects).flatMap { object -> [Route] in
      let controller = controller(object, classes)
      let source = Route.Source.controller(controller)
      let found = RouteReach.of(object, controller, snapshot)
      var routes: [Route] = []
      func add(_ backend: DocumentNode?, _ host: String?) {
        guard let backend, let service = backend["service"]?["name"]?.text ?? backend["serviceName"]?.text else {
          return
        }
        let number = backend["service"]?["port"]
        routes.append(
          Route(
            via: .route(object.subject, namespace: object.effectiveNamespace, hosts: host.map { [$0] } ?? []),
            namespace: object.effectiveNamespace, service: service,
            port: number?["number"] ?? number?["name"] ?? backend["servicePort"], source: source,
            reach: found.reach, missing: found.missing, location: object.location(of: backend)))
      }
      add(object.spec?["defaultBackend"] ?? object.spec?["backend"], nil)
      for rule in object.spec?["rules"]?.elements ?? [] {
        for path in rule[path: "http", "paths"]?.elements ?? [] { add(path["backend"], rule["host"]?.text) }
      }
      return routes
    }
  }

  /// By its class, or by the one that is the cluster's default.
  private static func controller(_ object: KubeObject, _ classes: [KubeObject]) -> IngressController? {
    let name = object.spec?["ingressClassName"]?.text ?? object.annotations["kubernetes.io/ingress.class"]
    let found = classes.first {
      name == nil ? $0.annotations["ingressclass.kubernetes.io/is-default-class"] == "true" : $0.name == name
    }
    return found?.spec?["controller"]?.string.flatMap(IngressController.named) ?? name.flatMap(IngressController.named)
  }
}
