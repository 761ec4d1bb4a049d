import Kube

/// A check of the CIS Kubernetes Benchmark, as a judgement of ours over what was seen.
package struct BenchmarkCheck: Sendable {
  /// Its number in edition 1.12; for one that other editions have, a name (see `BenchmarkEdition.number`).
  package let key: String
  /// What it is about, in our words.
  package let title: String
  /// What must be so for it to pass, in our words.
  package let expected: String
  package let judgement: Judgement

  /// How it is judged: node by node, or over the cluster's objects.
  package enum Judgement: Sendable {
    case node(@Sendable (BenchmarkNode, BenchmarkEdition) -> BenchmarkVerdict)
    case cluster(@Sendable (BenchmarkCluster) -> BenchmarkVerdict)
  }

  init(
    _ key: String, _ title: String, _ expected: String, node: @escaping @Sendable (BenchmarkNode) -> BenchmarkVerdict
  ) {
    self.init(key, title, expected, editions: { view, _ in node(view) })
  }

  init(
    _ key: String, _ title: String, _ expected: String,
    editions: @escaping @Sendable (BenchmarkNode, BenchmarkEdition) -> BenchmarkVerdict
  ) {
    self.key = key
    self.title = title
    self.expected = expected
    judgement = .node(editions)
  }

  init(
    _ key: String, _ title: String, _ expected: String,
    cluster: @escaping @Sendable (BenchmarkCluster) -> BenchmarkVerdict
  ) {
    self.key = key
    self.title = title
    self.expected = expected
    judgement = .cluster(cluster)
  }
}

/// An edition of the benchmark.
package enum BenchmarkEdition: String, Sendable, CaseIterable {
  case v9 = "1.9"
  case v10 = "1.10"
  case v11 = "1.11"
  case v12 = "1.12"

  /// `cis-1.12` and `1.12` alike.
  package init?(name: String) {
    self.init(rawValue: name.hasPrefix("cis-") ? String(name.dropFirst(4)) : name)
  }

  /// The edition for a minor version of Kubernetes; nil for a version that none is for, which the nearest may be used for.
  package init?(minor: Int) {
    switch minor {
    case 27: self = .v9
    case 28: self = .v10
    case 29...31: self = .v11
    case 32...34: self = .v12
    default: return nil
    }
  }

  /// The edition for a version that none is for: that of the next version below, or the oldest.
  package static func nearest(minor: Int) -> BenchmarkEdition {
    BenchmarkEdition(minor: minor) ?? (minor < 27 ? .v9 : .v12)
  }

  /// The number of a check in this edition; nil where it has none.
  package func number(of key: String) -> String? {
    switch self {
    case .v12: return key.hasPrefix("former-") ? nil : key
    case .v11:
      switch key {
      case "former-ip-address-deny": return "4.2.15"
      case "former-added-capabilities": return "5.2.9"
      default: return Self.shifted(key)
      }
    case .v9, .v10:
      switch key {
      case "former-added-capabilities": return "5.2.9"
      case "former-ip-address-deny", "1.2.30", "4.2.14": return nil
      default:
        guard key.hasPrefix("5.6.") else { return Self.shifted(key) }
        return "5.7." + key.dropFirst(4)
      }
    }
  }

  /// Before 1.12 section 5.2 had one check more, after 5.2.8.
  private static func shifted(_ key: String) -> String {
    guard key.hasPrefix("5.2."), let last = Int(key.dropFirst(4)), last >= 9 else { return key }
    return "5.2.\(last + 1)"
  }

  /// The title of a section.
  package static func sectionTitle(_ section: String) -> String {
    switch section {
    case "1.1": "Control plane: files"
    case "1.2": "Control plane: API server"
    case "1.3": "Control plane: controller manager"
    case "1.4": "Control plane: scheduler"
    case "2": "etcd"
    case "3.1": "Authentication and authorization"
    case "3.2": "Logging"
    case "4.1": "Worker nodes: files"
    case "4.2": "Worker nodes: kubelet"
    case "4.3": "Worker nodes: kube-proxy"
    case "5.1": "RBAC and service accounts"
    case "5.2": "Pod Security"
    case "5.3": "Network policies"
    case "5.4": "Secrets"
    case "5.5": "Admission"
    case "5.6", "5.7": "General policies"
    default: section
    }
  }
}
