package import Findings

/// Something that has to fail before an attacker can take a step.
///
/// Its identity is what it works by and where it is enforced, so that one control in the way twice counts once: two policies
/// that one network plugin enforces at the same pods are one control. The table is in `docs/depth.md`.
package struct StandingControl: Sendable, Hashable, Comparable {
  /// What it works by.
  package enum Mechanism: String, Sendable, CaseIterable, Comparable {
    /// The program that listens, with its own authentication.
    case application
    /// Policies of the network plugin on what pods accept.
    case ingressPolicy = "ingress-policy"
    /// Policies of the network plugin on what pods send.
    case egressPolicy = "egress-policy"
    /// Policies of a service mesh on what pods accept, which its proxies enforce.
    case meshPolicy = "mesh-policy"
    /// Addresses from which a load balancer accepts connections.
    case sourceRanges = "source-ranges"
    /// Authentication that an ingress controller demands before it passes a request on.
    case ingressAuthentication = "ingress-authentication"
    /// The boundary between containers and their node: namespaces, cgroups, the kernel behind them.
    case kernel
    case seccomp
    /// A process without root that cannot become root.
    case nonRoot = "non-root"
    case userNamespace = "user-namespace"
    /// A runtime that puts a kernel of its own between the pod and the node, such as gVisor or Kata Containers.
    case sandbox
    case podSecurity = "pod-security"
    /// A validating policy or webhook.
    case admissionPolicy = "admission-policy"
    /// An image named by its digest: what is published under its tag changes nothing.
    case digestPin = "digest-pin"
    /// A signature without which the API server does not let an image in.
    case signature

    package static func < (a: Mechanism, b: Mechanism) -> Bool { a.rawValue < b.rawValue }

    package var title: String {
      switch self {
      case .application: "application"
      case .ingressPolicy: "network policy (ingress)"
      case .egressPolicy: "network policy (egress)"
      case .meshPolicy: "mesh policy"
      case .sourceRanges: "source ranges"
      case .ingressAuthentication: "authentication at the ingress"
      case .kernel: "container isolation"
      case .seccomp: "seccomp"
      case .nonRoot: "non-root"
      case .userNamespace: "user namespace"
      case .sandbox: "sandboxed runtime"
      case .podSecurity: "Pod Security"
      case .admissionPolicy: "admission policy"
      case .digestPin: "image digest"
      case .signature: "signature of the image"
      }
    }
  }

  /// Where it is enforced.
  package enum Point: Sendable, Hashable {
    /// At the pods of a workload, or at an object such as a Service or a policy.
    case object(Subject)
    case namespace(String)
    /// In the kernels of the nodes: what breaks one breaks all.
    case nodeKernels
    /// At the API server, for the whole cluster.
    case apiServer

    package var text: String {
      switch self {
      case .object(let subject): subject.text
      case .namespace(let name): "Namespace/\(name)"
      case .nodeKernels: "the nodes' kernels"
      case .apiServer: "the API server"
      }
    }
  }

  package let mechanism: Mechanism
  package let point: Point

  package init(_ mechanism: Mechanism, at point: Point) {
    self.mechanism = mechanism
    self.point = point
  }

  /// `network policy (ingress) at payments/StatefulSet/orders-db`.
  package var text: String { "\(mechanism.title) at \(point.text)" }

  package static func < (a: StandingControl, b: StandingControl) -> Bool {
    (a.mechanism, a.point.text) < (b.mechanism, b.point.text)
  }
}
