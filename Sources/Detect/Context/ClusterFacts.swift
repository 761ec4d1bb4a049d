import Bytes
package import Findings

/// What a snapshot says of the cluster in which events happened: whose a pod is, what it may do, how it stands.
///
/// Pods come and go: one that the snapshot does not hold is taken for one of the workload whose name its own begins with.
package struct ClusterFacts: Sendable {
  /// Why a thing is worth more to an attacker than others of its kind.
  package enum Weight: String, Sendable, Hashable, Comparable {
    /// The outside reaches it.
    case exposure
    /// Its account may take the cluster, Secrets or other accounts.
    case power
    /// Its pods can take over their node.
    case escape
    /// Its account stands for one of a cloud.
    case cloudIdentity = "cloud-identity"

    package static func < (a: Weight, b: Weight) -> Bool { a.rawValue < b.rawValue }
  }

  /// One reason why a thing is worth more.
  package struct Fact: Sendable, Hashable {
    package let weight: Weight
    /// What is so, without the thing: `its account may read Secrets everywhere`.
    package let text: String

    package init(_ weight: Weight, _ text: String) {
      self.weight = weight
      self.text = text
    }
  }

  /// An object that alerts may speak of.
  package struct Thing: Sendable {
    /// The workload that it belongs to: `Deployment shop/web`; "" where it belongs to none.
    package var owner: String
    package var facts: [Fact]
    /// Of the object or its workload, the worst first.
    package var findings: [Finding]
    /// From here to the nearest thing worth protecting; nil where nothing leads to one.
    package var depthLeft: DepthLeft?

    /// How many findings there are and which is the worst; nil where there is none.
    package var findingsText: String? {
      findings.first.map { "\(Phrase.count(findings.count, "finding")), the worst \($0.check.rawValue)" }
    }

    package init(
      owner: String = "", facts: [Fact] = [], findings: [Finding] = [], depthLeft: DepthLeft? = nil
    ) {
      self.owner = owner
      self.facts = facts
      self.findings = findings
      self.depthLeft = depthLeft
    }
  }

  /// By `NAMESPACE/NAME`.
  package var pods: [String: Thing] = [:]
  package var workloads: [String: Thing] = [:]
  package var serviceAccounts: [String: Thing] = [:]
  /// By name.
  package var nodes: [String: Thing] = [:]
  package var users: [String: Thing] = [:]
  /// Registries from which images run: `docker.io`, `registry.example.org:5000`.
  package var registries: Set<String> = []
  /// Digests (`sha256:…`) under which an image runs, by its reference with a tag.
  package var digests: [String: Set<String>] = [:]

  package init() {}

  package func thing(_ entity: Entity) -> Thing? {
    switch entity.kind {
    case .pod: pods[entity.name] ?? workload(ofPod: entity.name)
    case .serviceAccount: serviceAccounts[entity.name]
    case .node: nodes[entity.name]
    case .user: users[entity.name]
    case .address, .host, .image, .namespace: nil
    }
  }

  /// The workload whose name, with one or two endings, is a pod's: `web-57b8dd7fbc-5lqpt` is of `web`.
  private func workload(ofPod name: String) -> Thing? {
    var rest = name[...]
    for _ in 0..<2 {
      guard let cut = rest.lastIndex(of: "-") else { return nil }
      rest = rest[..<cut]
      if let found = workloads[String(rest)] { return found }
    }
    return nil
  }

  /// Says of an alert how severe it is in this cluster and why, and what its step leaves in the way.
  func weigh(_ alert: inout Alert) {
    (alert.severity, alert.reasons) = severity(of: alert)
    alert.depthLeft = depthLeft(after: alert)
  }

  /// How severe an alert is in this cluster, and why it is more severe than its rule says. One step at most: what was
  /// taken hold of is worth more than others of its kind, a token that is used outside of its pod is, or what acts can be
  /// reached from outside.
  private func severity(of alert: Alert) -> (severity: Severity, reasons: [String]) {
    guard alert.severity >= .medium else { return (alert.severity, []) }
    var reasons: [String] = []
    func note(_ entity: Entity, _ weights: Set<Weight>) {
      for fact in thing(entity)?.facts ?? [] where weights.contains(fact.weight) {
        let reason = "\(entity.kind.title) \(entity.name): \(fact.text)"
        if !reasons.contains(reason) { reasons.append(reason) }
      }
    }
    for entity in alert.targets.sorted() { note(entity, [.power, .escape, .cloudIdentity]) }
    for link in alert.links {
      switch link {
      case .outside(let account): note(account, [.power, .cloudIdentity])
      case .pod(let pod): note(pod, [.exposure])
      default: break
      }
    }
    guard !reasons.isEmpty else { return (alert.severity, []) }
    return (Severity(rawValue: alert.severity.rawValue + 1) ?? alert.severity, reasons.sorted())
  }
}

extension Entity.Kind {
  /// In a sentence.
  package var title: String { rawValue.replacing("-", with: " ") }
}

/// The parts of an image reference that tell where it comes from.
package enum ImageOrigin {
  /// The registry of a reference as the container runtimes read it; nil for an empty one.
  package static func registry(of image: String) -> String? {
    guard !image.isEmpty else { return nil }
    guard let slash = image.firstIndex(of: "/") else { return "docker.io" }
    let first = image[..<slash]
    guard first.contains(".") || first.contains(":") || first == "localhost" else { return "docker.io" }
    return first == "index.docker.io" ? "docker.io" : first.lowercased()
  }

  /// The digest at the end of a reference or of a container's `imageID`; nil where there is none.
  package static func digest(of image: String) -> String? {
    guard let range = image.ranges(of: "sha256:").last else { return nil }
    let digest = image[range.lowerBound...]
    return digest.utf8.count == 71 ? String(digest) : nil
  }
}
