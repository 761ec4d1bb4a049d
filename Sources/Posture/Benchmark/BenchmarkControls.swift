package import Findings
import PodSecurity

/// Which controls of other frameworks the checks of the benchmark are about.
package enum BenchmarkControls {
  /// The controls of a check, its own of the benchmark left out.
  ///
  /// - Parameter key: its key (`BenchmarkCheck.key`), which is its number in edition 1.12.
  package static func controls(_ key: String) -> [Control] {
    (guide[key].map { [Control(.nsa, $0)] } ?? scanned(key)) + (stig[key] ?? []).map { Control(.stig, $0) }
  }

  /// Section 5 is judged by checks of the catalogue, which have their mappings.
  private static func scanned(_ key: String) -> [Control] {
    guard key.hasPrefix("5.") else { return [] }
    var seen = Set<Control>()
    return CheckCatalogue.checks.map(\.metadata).filter { $0.controls.contains(Control(.cis, key)) }
      .flatMap(\.controls).filter { $0.framework == .nsa && seen.insert($0).inserted }
  }

  /// Parts of the guide of NSA and CISA that speak of what a check is about.
  ///
  /// Source: Kubernetes Hardening Guide, version 1.2 of August 2022: "Network separation and hardening" (control plane
  /// hardening, etcd, kubeconfig files, encryption, secrets), "Authentication and authorization", "Audit logging and threat
  /// detection". Checks that it does not speak of are not here.
  private static let guide: [String: String] = {
    var table: [String: String] = [:]
    let network = [
      "1.1.13", "1.1.14", "1.1.15", "1.1.16", "1.1.17", "1.1.18", "4.1.3", "4.1.4", "4.1.5", "4.1.6", "1.2.4", "1.2.5",
      "1.2.23", "1.2.24", "1.2.25", "1.2.26", "1.2.27", "1.2.28", "1.2.29", "1.3.7", "1.4.2", "2.1", "2.2", "2.3",
      "2.4",
      "2.5", "2.6", "2.7", "4.2.4",
    ]
    for key in network { table[key] = "network-separation" }
    for key in ["1.2.1", "1.2.2", "1.2.6", "1.2.7", "1.2.8", "3.1.1", "3.1.2", "3.1.3", "4.2.1", "4.2.2", "4.2.3"] {
      table[key] = "authentication-and-authorization"
    }
    for key in ["1.2.16", "1.2.17", "1.2.18", "1.2.19", "3.2.1", "3.2.2"] { table[key] = "audit-logging" }
    return table
  }()

  /// Rules of DISA's guide that no check of the benchmark is about, each with what it asks for in our words.
  ///
  /// Source: the ids of kube-bench's `eks-stig-kubernetes-v1r6`.
  static let uncovered: [(id: String, title: String)] = [
    ("V-242376", "controller manager: TLS 1.2 or later"), ("V-242377", "scheduler: TLS 1.2 or later"),
    ("V-242378", "API server: TLS 1.2 or later"), ("V-242386", "API server: no insecure port"),
    ("V-242388", "API server: no insecure address"), ("V-242389", "API server: a secure port"),
    ("V-242393", "nodes: sshd does not run"), ("V-242394", "nodes: sshd is not enabled"),
    ("V-242395", "no dashboard"), ("V-242396", "kubectl cp is a version without known holes"),
    ("V-242397", "kubelet: no folder of static pods"), ("V-242398", "no feature gate DynamicAuditing"),
    ("V-242399", "no feature gate DynamicKubeletConfig"), ("V-242400", "API server: no alpha APIs"),
    ("V-242410", "API server: ports by the list of allowed ones"), ("V-242411", "scheduler: ports by the list"),
    ("V-242412", "controllers: ports by the list"), ("V-242413", "etcd: ports by the list"),
    ("V-242414", "pods: no privileged ports of the node"), ("V-242434", "kubelet: protectKernelDefaults"),
    ("V-242436", "API server: ValidatingAdmissionWebhook is on"), ("V-242442", "no parts of older versions are left"),
    ("V-242443", "the latest updates are installed"), ("V-242458", "API server: modes of its files"),
    ("V-242459", "etcd: modes of its files"), ("V-242468", "API server: no TLS below 1.2"),
    ("V-245542", "API server: no basic authentication"),
  ]

  /// Rules of DISA's Security Technical Implementation Guide for Kubernetes that are about the same setting or file.
  ///
  /// Source: the guide's own check texts, as MITRE's profile k8s-node-stig-baseline has them (V-242376 to V-242468), and for
  /// V-24554x and objects of the API kube-bench's `eks-stig-kubernetes-v1r6`. A rule that is about the same setting may ask
  /// for another value of it.
  private static let stig: [String: [String]] = [
    "1.1.1": ["V-242408"], "1.1.2": ["V-242405", "V-242444"], "1.1.3": ["V-242408"],
    "1.1.4": ["V-242405", "V-242444"], "1.1.5": ["V-242408"], "1.1.6": ["V-242405", "V-242444"],
    "1.1.7": ["V-242408"], "1.1.8": ["V-242405", "V-242444"], "1.1.12": ["V-242445"], "1.1.13": ["V-242460"],
    "1.1.14": ["V-242446"], "1.1.15": ["V-242460"], "1.1.16": ["V-242446"], "1.1.17": ["V-242460"],
    "1.1.18": ["V-242446"], "1.1.19": ["V-242451"], "1.1.20": ["V-242466"], "1.1.21": ["V-242467"],
    "1.2.1": ["V-242390"], "1.2.2": ["V-245543"], "1.2.4": ["V-245544"], "1.2.6": ["V-242382", "V-242435"],
    "1.2.7": ["V-242382"], "1.2.8": ["V-242382"], "1.2.16": ["V-242402", "V-242465"], "1.2.17": ["V-242464"],
    "1.2.18": ["V-242463"], "1.2.19": ["V-242462"], "1.2.20": ["V-242438"], "1.2.23": ["V-242430", "V-242431"],
    "1.2.24": ["V-242422"], "1.2.25": ["V-242419"], "1.2.26": ["V-242429"], "1.2.29": ["V-242418"],
    "1.3.2": ["V-242409"], "1.3.3": ["V-242381"], "1.3.5": ["V-242421"], "1.3.7": ["V-242385"],
    "1.4.2": ["V-242384"], "2.1": ["V-242427", "V-242428"], "2.2": ["V-242423"], "2.3": ["V-242379"],
    "2.4": ["V-242432", "V-242433"], "2.5": ["V-242426"], "2.6": ["V-242380"], "3.2.1": ["V-242401", "V-242461"],
    "3.2.2": ["V-242403"], "4.1.1": ["V-242455"], "4.1.2": ["V-242454"], "4.1.3": ["V-242447"],
    "4.1.4": ["V-242448"], "4.1.5": ["V-242452"], "4.1.6": ["V-242453"], "4.1.7": ["V-242449"],
    "4.1.8": ["V-242450"], "4.1.9": ["V-242407", "V-242456"], "4.1.10": ["V-242406", "V-242457"],
    "4.2.1": ["V-242391"], "4.2.2": ["V-242392"], "4.2.3": ["V-242420"], "4.2.4": ["V-242387"],
    "4.2.5": ["V-245541"], "4.2.7": ["V-242404"], "4.2.9": ["V-242424", "V-242425"], "5.4.1": ["V-242415"],
    "5.6.1": ["V-242383", "V-242417"], "5.6.4": ["V-242383"],
  ]
}
