import Kube

/// Section 1.1: owners and modes of files of the control plane.
enum ControlPlaneFiles {
  static let checks: [BenchmarkCheck] =
    specifications + [
      .files("1.1.9", "Modes of the network plugin's files", "600 or less", .mode(0o600)) { $0.network },
      .files("1.1.10", "Owner of the network plugin's files", "root:root", root) { $0.network },
      .files("1.1.11", "Mode of etcd's data folder", "700 or less", .mode(0o700)) { $0.etcdData },
      .files("1.1.12", "Owner of etcd's data folder", "etcd:etcd", .owner(["etcd:etcd"])) { node in
        // k3s runs etcd within itself, as root.
        node.distribution == .k3s
          ? .none(node.exemption(.etcd) ?? BenchmarkVerdict(.notApplicable(.distribution(.k3s)))) : node.etcdData
      },
      .files("1.1.13", "Mode of the administrators' kubeconfigs", "600", .mode(0o600)) { $0.administrators },
      .files("1.1.14", "Owner of the administrators' kubeconfigs", "root:root", root) { $0.administrators },
      .files("1.1.15", "Mode of the scheduler's kubeconfig", "600 or less", .mode(0o600)) { $0.scheduler },
      .files("1.1.16", "Owner of the scheduler's kubeconfig", "root:root", root) { $0.scheduler },
      .files("1.1.17", "Mode of the controller manager's kubeconfig", "600 or less", .mode(0o600)) {
        $0.controllerManager
      },
      .files("1.1.18", "Owner of the controller manager's kubeconfig", "root:root", root) { $0.controllerManager },
      .files("1.1.19", "Owner of the folder of certificates and keys", "root:root", root) { $0.keys("") },
      BenchmarkCheck(
        "1.1.20", "Modes of certificates", "644 or less (600 before edition 1.11)",
        editions: { node, edition in
          node.judge(node.keys(".crt"), .mode(edition < .v11 ? 0o600 : 0o644))
        }),
      .files("1.1.21", "Modes of private keys", "600", .mode(0o600)) { $0.keys(".key") },
    ]

  static let root = FileRule.owner(["root:root"])

  private static let specifications: [BenchmarkCheck] = [
    (NodeComponent.apiServer, "the API server", 1), (.controllerManager, "the controller manager", 3),
    (.scheduler, "the scheduler", 5), (.etcd, "etcd", 7),
  ].flatMap { component, name, number -> [BenchmarkCheck] in
    [
      .files("1.1.\(number)", "Mode of \(name)'s pod specification", "600 or less", .mode(0o600)) {
        $0.specification(component)
      },
      .files("1.1.\(number + 1)", "Owner of \(name)'s pod specification", "root:root", root) {
        $0.specification(component)
      },
    ]
  }
}

extension BenchmarkNode {
  fileprivate var network: FileTargets {
    if distribution.isManaged { return .none(BenchmarkVerdict(.notApplicable(.provider(distribution)))) }
    let named = paths(.kubelet, "cni-conf-dir")
    let folders = named.isEmpty ? layout.networkConfig : named
    // That there is no file of a network means nothing where no kubelet was seen that would have one.
    if folders.allSatisfy({ record.folder($0).isAbsent }), let verdict = exemption(.kubelet) { return .none(verdict) }
    return .below(folders, suffix: "")
  }

  fileprivate var etcdData: FileTargets {
    if let verdict = exemption(.etcd) { return .none(verdict) }
    switch EtcdFlags.value("data-dir", self) {
    case .given(let path, _) where !path.isEmpty: return .first([path])
    case .given: return .first([layout.etcdData])
    case .notGiven: return .first([layout.etcdData])
    case .gap(let verdict): return .none(verdict)
    }
  }

  fileprivate var administrators: FileTargets { beside(.apiServer, .all(layout.administrators)) }

  fileprivate var scheduler: FileTargets {
    beside(.scheduler, file(.scheduler, "kubeconfig", otherwise: [layout.schedulerConfig].compactMap { $0 }))
  }

  fileprivate var controllerManager: FileTargets {
    beside(
      .controllerManager,
      file(.controllerManager, "kubeconfig", otherwise: [layout.controllerManagerConfig].compactMap { $0 }))
  }

  fileprivate func keys(_ suffix: String) -> FileTargets {
    if let verdict = exemption(.apiServer) { return .none(verdict) }
    // Those that flags name, wherever they are: not every cluster keeps them where kubeadm does.
    var named: [String] = []
    for (component, flag) in NodeLayout.keyFlags {
      let wanted = suffix.isEmpty || NodeLayout.isPrivate(flag) == (suffix == ".key")
      for (arguments, _) in commands(component) where wanted {
        if let path = arguments.value(flag), path.hasPrefix("/"), !named.contains(path),
          !(layout.keys.map { path.hasPrefix($0 + "/") } ?? false)
        {
          named.append(path)
        }
      }
    }
    guard layout.keys != nil || !named.isEmpty else {
      return .none(BenchmarkVerdict(.notApplicable(.distribution(distribution))))
    }
    return .below([layout.keys].compactMap { $0 }, suffix: suffix, also: named)
  }
}

extension BenchmarkEdition: Comparable {
  package static func < (a: BenchmarkEdition, b: BenchmarkEdition) -> Bool { a.order < b.order }

  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
