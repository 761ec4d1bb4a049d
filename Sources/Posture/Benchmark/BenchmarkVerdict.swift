package import Kube

/// The answer to one check of a benchmark.
package enum BenchmarkStatus: Sendable, Hashable {
  case pass
  case fail
  /// Judged, with something left for a person to weigh.
  case warn(Concern)
  case notApplicable(Exemption)
  case notEvaluated(Gap)

  /// What a person has to weigh.
  package enum Concern: String, Sendable, Hashable {
    /// Sources of the same fact disagree, and by one of them the check fails.
    case contradiction
    /// What was seen is a choice that only its owner can judge.
    case judgement
  }

  /// Why a check is not about this cluster or node.
  package enum Exemption: Sendable, Hashable {
    /// The provider runs the control plane.
    case provider(NodeDistribution)
    /// The distribution has no such file or component.
    case distribution(NodeDistribution)
    case notOnNode(NodeComponent)
    case noFile
    /// The cluster has no object that the check is about.
    case noObjects
  }

  /// Why a check was not judged.
  package enum Gap: Sendable, Hashable {
    /// No record of a node that runs the component, or of any node.
    case noRecord
    case noCluster
    case unread(UnreadReason)
    /// Only people know.
    case person
    /// Objects could not be listed or read.
    case objects
  }

  /// The word of reports.
  package var name: String {
    switch self {
    case .pass: "pass"
    case .fail: "fail"
    case .warn: "warn"
    case .notApplicable: "not-applicable"
    case .notEvaluated: "not-evaluated"
    }
  }

  /// Why, in words; nil for pass and fail.
  package var reason: String? {
    switch self {
    case .pass, .fail: nil
    case .warn(.contradiction): "sources disagree"
    case .warn(.judgement): "for a person to weigh"
    case .notApplicable(.provider(let distribution)): "\(distribution.title) runs the control plane"
    case .notApplicable(.distribution(let distribution)): "\(distribution.title) has no such file or component"
    case .notApplicable(.notOnNode(let component)): "\(component.rawValue) does not run here"
    case .notApplicable(.noFile): "there is no such file"
    case .notApplicable(.noObjects): "there are no objects that it is about"
    case .notEvaluated(.noRecord): "there is no record of a node that it is about"
    case .notEvaluated(.noCluster): "no objects of the cluster were given"
    case .notEvaluated(.unread(let reason)): reason.text
    case .notEvaluated(.person): "nothing that a machine can read tells"
    case .notEvaluated(.objects): "not all objects that it is about were read"
    }
  }

  /// Code for programs; nil for pass and fail.
  package var code: String? {
    switch self {
    case .pass, .fail: nil
    case .warn(let concern): concern.rawValue
    case .notApplicable(.provider): "provider"
    case .notApplicable(.distribution): "distribution"
    case .notApplicable(.notOnNode): "not-on-node"
    case .notApplicable(.noFile): "no-file"
    case .notApplicable(.noObjects): "no-objects"
    case .notEvaluated(.noRecord): "no-record"
    case .notEvaluated(.noCluster): "no-cluster"
    case .notEvaluated(.unread(let reason)): reason.rawValue
    case .notEvaluated(.person): "person"
    case .notEvaluated(.objects): "objects"
    }
  }

  /// Which of several verdicts counts for the whole: a failure anywhere fails it, and a gap forbids it to pass.
  var rank: Int {
    switch self {
    case .fail: 0
    case .notEvaluated: 1
    case .warn: 2
    case .pass: 3
    case .notApplicable: 4
    }
  }
}

/// Something that was looked at for a verdict, and where.
package struct BenchmarkEvidence: Sendable, Hashable {
  /// A file of the node, `process 812`, or an object with its place.
  package let place: String
  /// The flag, field or file.
  package let name: String
  /// Nil where it is not set or not there.
  package let value: String?

  package init(place: String, name: String, value: String?) {
    self.place = place
    self.name = name
    self.value = value
  }

  /// `--anonymous-auth true, process 812`.
  package var text: String { "\(name) \(value ?? "is not set"), \(place)" }
}

/// The verdict of a check on one node or on the cluster.
package struct BenchmarkVerdict: Sendable, Equatable {
  package var status: BenchmarkStatus
  /// What was looked at; never empty for a pass or a failure.
  package var evidence: [BenchmarkEvidence]
  package var remedy: BenchmarkRemedy?

  package init(_ status: BenchmarkStatus, _ evidence: [BenchmarkEvidence] = [], remedy: BenchmarkRemedy? = nil) {
    self.status = status
    self.evidence = evidence
    self.remedy = remedy
  }
}

/// What to do about a failure, before it is worded for a distribution.
package enum BenchmarkRemedy: Sendable, Hashable {
  /// Flags, such as `profiling=false`.
  case flags(NodeComponent, [String])
  /// A flag that is to be taken away.
  case withoutFlag(NodeComponent, String)
  /// A field of the kubelet's configuration, such as `readOnlyPort: 0`, and the flag of the same meaning; and where the value
  /// stands that counts.
  case kubelet(field: String, flag: String, KubeletPlace)
  /// Modes of files.
  case mode([String], String)
  case owner([String], String)
  case text(String)

  /// Where a setting of the kubelet stands, or is to stand.
  package enum KubeletPlace: Sendable, Hashable {
    /// In its flags, which win over its configuration; also where it has no configuration.
    case flags
    /// In a file of its configuration.
    case file(String)
    /// Where its distribution has it.
    case usual
  }

  /// A flag, such as `profiling=false`.
  static func flag(_ component: NodeComponent, _ flag: String) -> BenchmarkRemedy { .flags(component, [flag]) }

  /// A word of a shell's command line, whatever is in it.
  private static func quoted(_ path: String) -> String {
    let isPlain =
      !path.isEmpty
      && path.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789/._-+:@%,=".unicodeScalars.contains(scalar))
      }
    return isPlain && !path.hasPrefix("-") ? path : "'" + path.replacing("'", with: "'\\''") + "'"
  }

  private static func command(_ words: String..., paths: [String]) -> String {
    (words + paths.map(quoted)).joined(separator: " ")
  }

  /// The exact line for a node; nil for what is about no node.
  func text(on node: BenchmarkNode?) -> String {
    let distribution = node?.distribution ?? .unknown
    switch self {
    case .text(let text): return text
    case .mode(let paths, let mode): return Self.command("chmod", mode, paths: paths)
    case .owner(let paths, let owner): return Self.command("chown", owner, paths: paths)
    case .flags(let component, let flags): return Self.place(of: component, node, add: true, flags)
    case .withoutFlag(let component, let flag): return Self.place(of: component, node, add: false, [flag])
    case .kubelet(let field, let flag, let place):
      switch distribution {
      case .k3s, .rke2:
        return
          "in /etc/rancher/\(distribution.rawValue)/config.yaml: kubelet-arg: [\"\(flag)\"], then restart \(distribution.rawValue)"
      case .microk8s: return "in /var/snap/microk8s/current/args/kubelet: --\(flag), then snap restart microk8s"
      case .openshift: return "in the kubeletConfig of a KubeletConfig object: \(field)"
      case .gke: return "in the node pool's system configuration (--system-config-from-file): kubeletConfig: \(field)"
      case .aks: return "in the node pool's --kubelet-config: \(field)"
      case .eks, .kubeadm, .unknown:
        let more = distribution == .eks ? ", or in the NodeConfig of the launch template" : ""
        switch place {
        case .flags:
          return
            "in the flags of the kubelet's unit (or of the files of variables that it names)\(more): --\(flag), then systemctl daemon-reload and restart kubelet"
        case .file(let path): return "in \(path)\(more): \(field), then systemctl restart kubelet"
        case .usual:
          let path = node?.layout.kubeletConfig.first ?? "/var/lib/kubelet/config.yaml"
          return "in \(path)\(more): \(field), then systemctl restart kubelet"
        }
      }
    }
  }

  private static func place(of component: NodeComponent, _ node: BenchmarkNode?, add: Bool, _ flags: [String]) -> String
  {
    let distribution = node?.distribution ?? .unknown
    let verb = add ? "" : "remove "
    let line = flags.map { "--" + $0 }.joined(separator: ", ")
    switch distribution {
    case .k3s, .rke2:
      let name = distribution.rawValue
      let key = component == .proxy ? "kube-proxy-arg" : "\(component.rawValue)-arg"
      // Their keys and certificates are elsewhere than kubeadm's, and they name them themselves.
      let words = flags.map { flag in
        flag.contains("=/etc/kubernetes/") ? flag.prefix { $0 != "=" } + "=…" : flag
      }
      return
        "in /etc/rancher/\(name)/config.yaml: \(verb)\(key): [\(words.map { "\"\($0)\"" }.joined(separator: ", "))], then restart \(name)"
    case .microk8s:
      let path = node?.startFile(component) ?? "/var/snap/microk8s/current/args/\(component.rawValue)"
      return "in \(path): \(verb)\(line), then snap restart microk8s"
    default:
      if component == .kubelet {
        return
          "in the kubelet's unit (KUBELET_EXTRA_ARGS): \(verb)\(line), then systemctl daemon-reload and restart kubelet"
      }
      if let path = node?.startFile(component) { return "in \(path): \(verb)\(line)" }
      if component == .proxy { return "in the arguments of the kube-proxy DaemonSet: \(verb)\(line)" }
      return node == nil
        ? "in /etc/kubernetes/manifests/\(component.rawValue).yaml: \(verb)\(line)"
        : "where \(component.rawValue) is started: \(verb)\(line)"
    }
  }
}
