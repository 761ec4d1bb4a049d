import Bytes
import Findings
import Kube

/// Who reads the metrics of what: Prometheus and its like, as ServiceMonitors, PodMonitors and annotations ask them to.
///
/// Source: the reference of `monitoring.coreos.com/v1`; the labels are those that its operator gives the pods.
enum MetricsReaders {
  private static let group = "monitoring.coreos.com"

  static func connections(_ cluster: ReachCluster) -> [WantedConnection] {
    let targets = targets(cluster)
    let readers = readers(cluster)
    var result: [WantedConnection] = []
    for target in targets {
      for source in readers.isEmpty ? [.scraper] : readers where source != target.workload {
        result.append(
          WantedConnection(source: source, destination: target.workload, transport: .tcp, port: target.port))
      }
    }
    // It asks the API server what there is to be read.
    for case .made(let object, let labels) in readers where !targets.isEmpty {
      result.append(
        WantedConnection(source: .made(object, labels: labels), destination: .apiServer, transport: .tcp, port: 443))
    }
    return result
  }

  private static func readers(_ cluster: ReachCluster) -> [WantedConnection.End] {
    let names: Set<String> = [
      "prometheus", "prometheus-server", "prometheus-agent", "vmagent", "victoria-metrics-agent", "grafana-agent",
      "alloy",
    ]
    let own = Set(
      cluster.endpoints.filter { endpoint in
        ["app.kubernetes.io/name", "app", "k8s-app", "name"].contains {
          endpoint.labels[$0].map(names.contains) ?? false
        }
      }.map(\.workload)
    ).sorted().map(WantedConnection.End.workload)
    if !own.isEmpty { return own }
    return ["Prometheus", "PrometheusAgent"].flatMap { kind in
      cluster.snapshot.objects(GroupKind(group, kind)).map { object in
        var labels = object.spec?[path: "podMetadata", "labels"]?.stringMap ?? [:]
        labels["app.kubernetes.io/name"] = kind == "Prometheus" ? "prometheus" : "prometheus-agent"
        labels["operator.prometheus.io/name"] = object.name
        return .made(Subject(workload: object), labels: labels)
      }
    }
  }

  private struct Target: Hashable {
    let workload: WantedConnection.End
    let port: UInt16
  }

  private static func targets(_ cluster: ReachCluster) -> [Target] {
    var found: [Target] = []
    var seen = Set<Target>()
    func add(_ id: EndpointID, _ set: ConnectionSet) {
      guard !cluster[id].hostNetwork else { return }
      for interval in set.ports(.tcp) where interval.count == 1 {
        let target = Target(workload: .workload(cluster[id].workload), port: interval.lowerBound)
        if seen.insert(target).inserted { found.append(target) }
      }
    }
    /// A port of a pod by number or name; all that it declares where none is named.
    func ports(_ id: EndpointID, _ wanted: DocumentNode?) -> ConnectionSet {
      guard let wanted else { return cluster[id].declaredPorts }
      if let number = wanted.text.flatMap({ UInt16($0) }), number > 0 { return ConnectionSet(.tcp, number...number) }
      return cluster[id].namedPorts.filter { $0.name == wanted.text }.reduce(ConnectionSet.none) {
        $0.union(ConnectionSet($1.transport, $1.port...$1.port))
      }
    }
    func isIn(_ namespace: String, _ monitor: KubeObject) -> Bool {
      let wanted = monitor.spec?["namespaceSelector"]
      if wanted?["any"]?.bool == true { return true }
      return (wanted?["matchNames"]?.strings ?? [monitor.effectiveNamespace]).contains(namespace)
    }
    for monitor in cluster.snapshot.objects(GroupKind(group, "ServiceMonitor")) {
      guard let selector = LabelSelector(ofPeer: monitor.spec?["selector"]) else { continue }
      for service in cluster.services.all
      where isIn(service.namespace, monitor) && selector.matches(service.object.labels) {
        for endpoint in monitor.spec?["endpoints"]?.elements ?? [] {
          for id in service.endpoints {
            add(
              id,
              endpoint["targetPort"].map { ports(id, $0) }
                ?? cluster.services.ports(service, id, endpoint["port"]))
          }
        }
      }
    }
    for monitor in cluster.snapshot.objects(GroupKind(group, "PodMonitor")) {
      guard let selector = LabelSelector(ofPeer: monitor.spec?["selector"]) else { continue }
      for id in cluster.endpointIDs where isIn(cluster[id].namespace, monitor) && selector.matches(cluster[id].labels) {
        for endpoint in monitor.spec?["podMetricsEndpoints"]?.elements ?? [] {
          add(id, ports(id, endpoint["portNumber"] ?? endpoint["targetPort"] ?? endpoint["port"]))
        }
      }
    }
    let byWorkload = Dictionary(grouping: cluster.endpointIDs) { cluster[$0].workload }
    for workload in cluster.snapshot.workloads where workload.template.annotations["prometheus.io/scrape"] == "true" {
      let port = workload.template.annotations["prometheus.io/port"].map { DocumentNode(.string($0)) }
      for id in byWorkload[cluster.snapshot.workload(of: workload.object)] ?? [] { add(id, ports(id, port)) }
    }
    for service in cluster.services.all where service.object.annotations["prometheus.io/scrape"] == "true" {
      let port = service.object.annotations["prometheus.io/port"].map { DocumentNode(.string($0)) }
      for id in service.endpoints { add(id, port.map { ports(id, $0) } ?? cluster.services.ports(service, id, nil)) }
    }
    return found
  }
}
