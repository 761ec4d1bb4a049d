package import Kube

/// Something that was installed as a whole: a chart, an operator, a platform that is integrated with Kubernetes.
package struct Component: Sendable {
  /// By what it was recognised.
  package enum Sign: Sendable, Hashable, Comparable {
    case helmRelease(namespace: String?, name: String, chart: String?)
    /// A ClusterServiceVersion of the Operator Lifecycle Manager.
    case operatorBundle(String)
    case label(key: String, value: String)
    /// Nearly everything in the namespace is its own.
    case namespace(String)
    case customResources(group: String)
    case webhook(String)
    case apiService(String)
    /// Names of its objects begin like it.
    case name(String)

    package var text: String {
      switch self {
      case .helmRelease(let namespace, let name, let chart):
        "Helm release \(namespace.map { "\($0)/" } ?? "")\(name)\(chart.map { " (chart \($0))" } ?? "")"
      case .operatorBundle(let name): "operator \(name)"
      case .label(let key, let value): "label \(key)=\(value)"
      case .namespace(let name): "namespace \(name)"
      case .customResources(let group): "custom resources of \(group)"
      case .webhook(let name): "webhook \(name)"
      case .apiService(let name): "APIService \(name)"
      case .name(let name): "objects named \(name)-…"
      }
    }

    private var rank: Int {
      switch self {
      case .helmRelease: 0
      case .operatorBundle: 1
      case .label: 2
      case .namespace: 3
      case .customResources: 4
      case .webhook: 5
      case .apiService: 6
      case .name: 7
      }
    }

    package static func < (a: Sign, b: Sign) -> Bool { (a.rank, a.text) < (b.rank, b.text) }
  }

  package let name: String
  /// Of the program, or of the chart; nil where nothing tells.
  package let version: String?
  package let signs: [Sign]
  /// In the order of the input.
  package let objects: [KubeObject]
  package let release: HelmRelease?

  /// Whether it is more than an application that runs: it extends the API, holds rights, or was installed by a tool for that.
  package let isPlatform: Bool

  /// Namespaces in which it has objects, sorted.
  package var namespaces: [String] { Set(objects.compactMap(\.namespace)).sorted() }

  package func objects(_ kind: GroupKind) -> [KubeObject] { objects.filter { $0.groupKind == kind } }
}
