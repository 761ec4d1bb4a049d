import Bytes
import Kube

/// Section 4.1: owners and modes of files of the kubelet and kube-proxy.
enum WorkerFiles {
  static let checks: [BenchmarkCheck] = [
    .files("4.1.1", "Mode of the kubelet's unit", "600 or less", .mode(0o600)) { $0.unit },
    .files("4.1.2", "Owner of the kubelet's unit", "root:root", root) { $0.unit },
    .files("4.1.3", "Mode of kube-proxy's kubeconfig", "600 or less", .mode(0o600)) { $0.proxyKubeconfig },
    .files("4.1.4", "Owner of kube-proxy's kubeconfig", "root:root", root) { $0.proxyKubeconfig },
    .files("4.1.5", "Mode of the kubelet's kubeconfig", "600 or less", .mode(0o600)) { $0.kubeletKubeconfig },
    .files("4.1.6", "Owner of the kubelet's kubeconfig", "root:root", root) { $0.kubeletKubeconfig },
    BenchmarkCheck(
      "4.1.7", "Mode of the clients' authority", "644 or less (600 before edition 1.11)",
      editions: { node, edition in
        node.judge(node.authority, .mode(edition < .v11 ? 0o600 : 0o644))
      }),
    .files("4.1.8", "Owner of the clients' authority", "root:root", root) { $0.authority },
    .files("4.1.9", "Mode of the kubelet's configuration", "600 or less", .mode(0o600)) { $0.kubeletConfig },
    .files("4.1.10", "Owner of the kubelet's configuration", "root:root", root) { $0.kubeletConfig },
  ]

  private static let root = ControlPlaneFiles.root
}

extension BenchmarkNode {
  /// The kubelet's unit with all its drop-ins, whatever they are called.
  var unit: FileTargets {
    beside(
      .kubelet,
      layout.kubeletService.isEmpty
        ? nil : .below(layout.unitDropIns, suffix: ".conf", also: layout.kubeletService))
  }

  fileprivate var proxyKubeconfig: FileTargets {
    if let verdict = exemption(.proxy) { return .none(verdict) }
    var named: [String] = []
    // With a configuration its flags do not count.
    let configurations = paths(.proxy, "config")
    for path in configurations {
      switch document(path) {
      case .read(let configuration, _):
        if let own = configuration[path: "clientConnection", "kubeconfig"]?.string, !own.isEmpty { named.append(own) }
      case .unread(let reason, _): return .none(BenchmarkVerdict(.notEvaluated(.unread(reason))))
      case .absent: return .none(BenchmarkVerdict(.notEvaluated(.unread(.vanished))))
      }
    }
    if configurations.isEmpty { named = paths(.proxy, "kubeconfig") }
    // That of a pod is in it; those where a node keeps one count as well.
    return .all(named + layout.proxyKubeconfig.filter { !named.contains($0) })
  }

  fileprivate var kubeletKubeconfig: FileTargets {
    beside(.kubelet, file(.kubelet, "kubeconfig", otherwise: layout.kubeletKubeconfig))
  }

  fileprivate var authority: FileTargets {
    if let verdict = exemption(.kubelet) { return .none(verdict) }
    switch KubeletSetting("client-ca-file", ["authentication", "x509", "clientCAFile"]).value(self) {
    case .known(let value?, _), .template(let value?, _): return .first([value])
    case .known(nil, _), .template(nil, _), .gap: return .first(layout.kubeletAuthority)
    }
  }

  fileprivate var kubeletConfig: FileTargets {
    if let verdict = exemption(.kubelet) { return .none(verdict) }
    let named = paths(.kubelet, "config")
    // What is laid over it is of it.
    let folders = paths(.kubelet, "config-dir")
    if !folders.isEmpty { return .below(folders, suffix: ".conf", also: named.isEmpty ? layout.kubeletConfig : named) }
    return named.isEmpty ? .first(layout.kubeletConfig) : .all(named)
  }
}
