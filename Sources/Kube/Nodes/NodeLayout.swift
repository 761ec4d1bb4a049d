/// Where a distribution keeps the files of its components. Lists are in the order in which they are looked for.
///
/// Sources: the documentation of each distribution, and the candidates of kube-bench's `cfg/config.yaml`.
package struct NodeLayout: Sendable {
  /// Files of static pods by component; none where components have no pods.
  package var manifests: [NodeComponent: String] = [:]
  /// Where the kubelet looks for files of static pods unless it is told otherwise; nil where there is no such place.
  package var staticPods: String?
  /// Files of arguments by component, as MicroK8s has them.
  package var argumentFiles: [NodeComponent: String] = [:]
  package var administrators: [String] = []
  package var schedulerConfig: String?
  package var controllerManagerConfig: String?
  package var kubeletConfig: [String] = []
  /// The folder of files that are laid over the kubelet's configuration, where the distribution has one.
  package var kubeletDropIns: String?
  package var kubeletKubeconfig: [String] = []
  package var kubeletService: [String] = []
  package var kubeletAuthority: [String] = []
  package var proxyKubeconfig: [String] = []
  /// The folder of certificates and keys of the control plane.
  package var keys: String?
  package var networkConfig: [String] = []
  package var etcdData = "/var/lib/etcd"
  /// The distribution's own configuration.
  package var ownConfig: [String] = []
  /// Units that start the distribution's one program.
  package var ownUnits: [String] = []

  package static func layout(of distribution: NodeDistribution) -> NodeLayout {
    var layout = NodeLayout()
    layout.networkConfig = ["/etc/cni/net.d"]
    switch distribution {
    case .kubeadm, .unknown:
      for component in [NodeComponent.apiServer, .controllerManager, .scheduler, .etcd] {
        layout.manifests[component] = "/etc/kubernetes/manifests/\(component.rawValue).yaml"
      }
      layout.staticPods = "/etc/kubernetes/manifests"
      layout.administrators = ["/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf"]
      layout.schedulerConfig = "/etc/kubernetes/scheduler.conf"
      layout.controllerManagerConfig = "/etc/kubernetes/controller-manager.conf"
      layout.kubeletConfig = ["/var/lib/kubelet/config.yaml"]
      layout.kubeletKubeconfig = ["/etc/kubernetes/kubelet.conf"]
      layout.kubeletService = [
        "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
        "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
        "/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", "/etc/systemd/system/kubelet.service",
        "/usr/lib/systemd/system/kubelet.service", "/lib/systemd/system/kubelet.service",
      ]
      layout.kubeletAuthority = ["/etc/kubernetes/pki/ca.crt"]
      layout.proxyKubeconfig = ["/etc/kubernetes/proxy.conf", "/var/lib/kube-proxy/kubeconfig.conf"]
      layout.keys = "/etc/kubernetes/pki"
    case .k3s, .rke2:
      let name = distribution.rawValue
      let data = "/var/lib/rancher/\(name)"
      if distribution == .rke2 {
        for component in [NodeComponent.apiServer, .controllerManager, .scheduler, .etcd, .proxy] {
          layout.manifests[component] = "\(data)/agent/pod-manifests/\(component.rawValue).yaml"
        }
        layout.staticPods = "\(data)/agent/pod-manifests"
      }
      layout.administrators = ["/etc/rancher/\(name)/\(name).yaml", "\(data)/server/cred/admin.kubeconfig"]
      layout.schedulerConfig = "\(data)/server/cred/scheduler.kubeconfig"
      layout.controllerManagerConfig = "\(data)/server/cred/controller.kubeconfig"
      layout.kubeletConfig = ["\(data)/agent/etc/kubelet.conf.d/00-\(name)-defaults.conf"]
      layout.kubeletDropIns = "\(data)/agent/etc/kubelet.conf.d"
      layout.kubeletKubeconfig = ["\(data)/agent/kubelet.kubeconfig"]
      layout.kubeletAuthority = ["\(data)/agent/client-ca.crt"]
      layout.proxyKubeconfig = ["\(data)/agent/kubeproxy.kubeconfig"]
      layout.keys = "\(data)/server/tls"
      layout.networkConfig = ["\(data)/agent/etc/cni/net.d", "/etc/cni/net.d"]
      layout.etcdData = "\(data)/server/db/etcd"
      layout.ownConfig = ["/etc/rancher/\(name)/config.yaml"]
      layout.ownUnits =
        distribution == .k3s
        ? ["/etc/systemd/system/k3s.service", "/etc/systemd/system/k3s-agent.service"]
        : ["rke2-server", "rke2-agent"].flatMap { unit in
          ["/etc/systemd/system", "/usr/local/lib/systemd/system"].map { "\($0)/\(unit).service" }
        }
    case .microk8s:
      let current = "/var/snap/microk8s/current"
      for component in [NodeComponent.apiServer, .controllerManager, .scheduler, .kubelet, .proxy] {
        layout.argumentFiles[component] = "\(current)/args/\(component.rawValue)"
      }
      layout.administrators = ["\(current)/credentials/client.config"]
      layout.schedulerConfig = "\(current)/credentials/scheduler.config"
      layout.controllerManagerConfig = "\(current)/credentials/controller.config"
      layout.kubeletKubeconfig = ["\(current)/credentials/kubelet.config"]
      layout.kubeletService = ["/etc/systemd/system/snap.microk8s.daemon-kubelite.service"]
      layout.kubeletAuthority = ["\(current)/certs/ca.crt"]
      layout.proxyKubeconfig = ["\(current)/credentials/proxy.config"]
      layout.keys = "\(current)/certs"
      layout.networkConfig = ["\(current)/args/cni-network"]
    case .eks:
      layout.kubeletConfig = ["/etc/kubernetes/kubelet/config.json", "/etc/kubernetes/kubelet/kubelet-config.json"]
      layout.kubeletKubeconfig = ["/var/lib/kubelet/kubeconfig"]
      layout.kubeletService = ["/etc/systemd/system/kubelet.service", "/usr/lib/systemd/system/kubelet.service"]
      layout.kubeletAuthority = ["/etc/kubernetes/pki/ca.crt"]
      layout.proxyKubeconfig = ["/var/lib/kube-proxy/kubeconfig"]
    case .gke:
      layout.kubeletConfig = ["/home/kubernetes/kubelet-config.yaml"]
      layout.kubeletKubeconfig = ["/var/lib/kubelet/kubeconfig"]
      layout.kubeletService = ["/etc/systemd/system/kubelet.service"]
      layout.kubeletAuthority = ["/etc/srv/kubernetes/pki/ca-certificates.crt"]
      layout.proxyKubeconfig = ["/var/lib/kube-proxy/kubeconfig"]
    case .aks:
      layout.kubeletConfig = ["/etc/default/kubeletconfig.json"]
      layout.kubeletKubeconfig = ["/var/lib/kubelet/kubeconfig"]
      layout.kubeletService = ["/etc/systemd/system/kubelet.service"]
      layout.kubeletAuthority = ["/etc/kubernetes/certs/ca.crt"]
    case .openshift:
      for component in [NodeComponent.apiServer, .controllerManager, .scheduler, .etcd] {
        let name = component == .scheduler ? "openshift-kube-scheduler" : component.rawValue
        layout.manifests[component] = "/etc/kubernetes/manifests/\(name)-pod.yaml"
      }
      layout.staticPods = "/etc/kubernetes/manifests"
      layout.kubeletConfig = ["/etc/kubernetes/kubelet.conf"]
      layout.kubeletKubeconfig = ["/var/lib/kubelet/kubeconfig"]
      layout.kubeletService = ["/etc/systemd/system/kubelet.service"]
      layout.kubeletAuthority = ["/etc/kubernetes/kubelet-ca.crt"]
      layout.keys = "/etc/kubernetes/static-pod-resources"
      layout.networkConfig = ["/etc/cni/net.d", "/etc/kubernetes/cni/net.d"]
    }
    return layout
  }

  /// Flags that name certificates and keys of the control plane, wherever these are.
  package static let keyFlags: [(component: NodeComponent, flag: String)] = [
    (.apiServer, "client-ca-file"), (.apiServer, "tls-cert-file"), (.apiServer, "tls-private-key-file"),
    (.apiServer, "kubelet-client-certificate"), (.apiServer, "kubelet-client-key"), (.apiServer, "etcd-cafile"),
    (.apiServer, "etcd-certfile"), (.apiServer, "etcd-keyfile"), (.apiServer, "service-account-signing-key-file"),
    (.controllerManager, "cluster-signing-key-file"), (.controllerManager, "service-account-private-key-file"),
    (.etcd, "cert-file"), (.etcd, "key-file"), (.etcd, "peer-cert-file"), (.etcd, "peer-key-file"),
  ]

  /// Whether a flag of `keyFlags` is about a private key.
  package static func isPrivate(_ flag: String) -> Bool {
    flag.hasSuffix("key-file") || flag.hasSuffix("keyfile") || flag.hasSuffix("client-key")
  }

  /// Every file whose owner and mode are wanted.
  package var files: [String] {
    manifests.values.sorted() + argumentFiles.values.sorted() + administrators
      + [schedulerConfig, controllerManagerConfig].compactMap { $0 } + kubeletConfig + kubeletKubeconfig
      + kubeletService
      + kubeletAuthority + proxyKubeconfig + ownConfig
  }

  /// Every folder whose content is wanted.
  package var folders: [String] {
    [keys, kubeletDropIns].compactMap { $0 } + networkConfig + ownConfig.map { $0 + ".d" }
  }

  /// Folders of drop-ins of the kubelet's unit, which all count, whatever they are called. Source: systemd.unit(5).
  package var unitDropIns: [String] {
    guard kubeletService.contains(where: { $0.hasSuffix("/kubelet.service") }) else { return [] }
    return ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"].map { $0 + "/kubelet.service.d" }
  }
}
