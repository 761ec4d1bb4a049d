import Bytes
import Kube

/// route.openshift.io Route.
enum OpenShiftRoutes: RouteSource {
  static let kinds = [GroupKind("route.openshift.io", "Route")]

  static func routes(_ snapshot: ClusterSnapshot, _ services: ServiceIndex) -> [Route] {
    kinds.flatMap(snapshot.objects).flatMap { object -> [Route] in
      let backends = [object.spec?["to"]].compactMap { $0 } + (object.spec?["alternateBackends"]?.elements ?? [])
      let found = RouteReach.of(object, .openShift, snapshot)
      return RouteSources.weighted(backends).compactMap { backend in
        guard let name = backend["name"]?.text else { return nil }
        return Route(
          via: .route(
            object.subject, namespace: object.effectiveNamespace,
            hosts: object.spec?["host"]?.text.map { [$0] } ?? []),
          namespace: object.effectiveNamespace, service: name, port: object.spec?[path: "port", "targetPort"],
          source: .controller(.openShift), reach: found.reach, missing: found.missing,
          location: object.location(of: backend))
      }
    }
  }
}
