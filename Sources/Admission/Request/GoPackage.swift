/// Names of the packages of Kubernetes that hold the server's own form of objects, which it shows where it cannot convert one.
enum GoPackage {
  /// - Parameter group: of the API, empty for that of pods.
  static func name(_ group: String) -> String {
    switch group {
    case "", "events.k8s.io": "core"
    case "rbac.authorization.k8s.io": "rbac"
    case "internal.apiserver.k8s.io": "apiserverinternal"
    case "flowcontrol.apiserver.k8s.io": "flowcontrol"
    default: String(group.prefix { $0 != "." })
    }
  }
}
