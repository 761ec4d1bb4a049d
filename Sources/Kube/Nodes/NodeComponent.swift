/// A program of Kubernetes that runs on nodes.
package enum NodeComponent: String, Sendable, CaseIterable, Comparable {
  case apiServer = "kube-apiserver"
  case controllerManager = "kube-controller-manager"
  case scheduler = "kube-scheduler"
  case etcd
  case kubelet
  case proxy = "kube-proxy"
  /// The one program of k3s, RKE2 or MicroK8s, which holds others.
  case distribution

  /// Whether it belongs to the control plane.
  package var isControlPlane: Bool {
    switch self {
    case .apiServer, .controllerManager, .scheduler, .etcd: true
    case .kubelet, .proxy, .distribution: false
    }
  }

  package static func < (a: NodeComponent, b: NodeComponent) -> Bool { a.rawValue < b.rawValue }

  /// The words of the title that k3s and RKE2 write over their command line, which hides their flags; nil for a command
  /// line that is what it seems.
  ///
  /// Source: `pkg/proctitle` of k3s, which writes the program and its command as one word.
  package static func title(_ arguments: [String]) -> [String]? {
    guard arguments.count == 1 else { return nil }
    let words = arguments[0].split(separator: " ").map(String.init)
    guard words.count > 1, NodeComponent(arguments: words) == .distribution else { return nil }
    return words
  }

  /// The component that a command line runs; nil for any other program.
  package init?(arguments: [String]) {
    guard let first = arguments.first else { return nil }
    let program = first.split(separator: "/").last.map(String.init) ?? first
    switch program {
    case "kube-apiserver": self = .apiServer
    case "kube-controller-manager": self = .controllerManager
    case "kube-scheduler": self = .scheduler
    case "etcd": self = .etcd
    case "kubelet": self = .kubelet
    case "kube-proxy": self = .proxy
    case "hyperkube":
      switch arguments.dropFirst().first ?? "" {
      case "kube-apiserver", "apiserver": self = .apiServer
      case "kube-controller-manager", "controller-manager": self = .controllerManager
      case "kube-scheduler", "scheduler": self = .scheduler
      case "kubelet": self = .kubelet
      case "kube-proxy", "proxy": self = .proxy
      default: return nil
      }
    case "kubelite": self = .distribution
    case "k3s", "rke2", "k3s-server", "k3s-agent":
      guard arguments.dropFirst().first.map({ ["server", "agent"].contains($0) }) ?? true else { return nil }
      self = .distribution
    default: return nil
    }
  }
}

/// How a cluster is built, as far as it decides where files are and who runs the control plane.
package enum NodeDistribution: String, Sendable, CaseIterable {
  case kubeadm, k3s, rke2, microk8s, eks, gke, aks, openshift
  case unknown

  package var title: String {
    switch self {
    case .kubeadm: "kubeadm"
    case .k3s: "k3s"
    case .rke2: "RKE2"
    case .microk8s: "MicroK8s"
    case .eks: "EKS"
    case .gke: "GKE"
    case .aks: "AKS"
    case .openshift: "OpenShift"
    case .unknown: "unknown distribution"
    }
  }

  /// Whether a provider runs the control plane, out of the user's reach.
  package var isManaged: Bool { [.eks, .gke, .aks].contains(self) }

  /// Whether components are parts of one program and have no pods and files of their own.
  package var isEmbedded: Bool { self == .k3s }

  /// By a node's kubelet version and labels; nil where these tell nothing.
  package init?(kubeletVersion: String, labels: [String: String]) {
    if kubeletVersion.contains("+k3s") {
      self = .k3s
    } else if kubeletVersion.contains("+rke2") {
      self = .rke2
    } else if kubeletVersion.contains("-eks-") || labels["eks.amazonaws.com/nodegroup"] != nil {
      self = .eks
    } else if kubeletVersion.contains("-gke.") || labels["cloud.google.com/gke-nodepool"] != nil {
      self = .gke
    } else if labels["kubernetes.azure.com/cluster"] != nil {
      self = .aks
    } else if labels["node.openshift.io/os_id"] != nil {
      self = .openshift
    } else if labels["microk8s.io/cluster"] != nil || labels["node.kubernetes.io/microk8s-controlplane"] != nil {
      self = .microk8s
    } else {
      return nil
    }
  }
}
