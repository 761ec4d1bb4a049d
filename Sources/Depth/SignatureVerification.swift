import Bytes
import Findings
import Kube

/// Whether images have to be signed before the API server lets them in: policies of the input that verify signatures, and whether
/// somebody enforces them.
///
/// Sources: kyverno.io, "Verify Images Rules" and "ImageValidatingPolicy"; docs.sigstore.dev, "Policy Controller";
/// ratify.dev, "Custom resources"; connaisseur and Portieris, "Policies".
struct SignatureVerification {
  /// What one policy says of an image.
  private enum Verdict {
    case verified
    case untouched
    /// The input does not tell; a clause.
    case unknown(String)
  }

  private struct Policy {
    let object: Subject
    let namespace: String?
    let engine: Engine
    let rules: [Rule]
  }

  /// Who acts by the policies, and how his webhooks are called.
  private enum Engine: String {
    case kyverno = "Kyverno"
    case sigstore = "Sigstore's policy-controller"
    case other = "its controller"

    func isWebhook(_ name: String) -> Bool {
      switch self {
      case .kyverno: name.contains("kyverno")
      case .sigstore: name.contains("policy.sigstore.dev") || name.contains("sigstore")
      case .other: name.contains("ratify") || name.contains("gatekeeper") || name.contains("portieris")
      }
    }
  }

  private struct Rule {
    let images: [Glob]
    let excluded: [Glob]
    /// Namespaces; nil: all.
    let namespaces: [Glob]?
    /// What of it is not understood; nil for nothing.
    let doubt: String?
  }

  private let policies: [Policy]
  /// By name.
  private let namespaceLabels: [String: [String: String]]
  private let webhooks: [String]
  /// Whether the webhooks of the cluster are all in the input: a folder of manifests does not hold those that a controller makes.
  private let seesWebhooks: Bool

  init(_ snapshot: ClusterSnapshot) {
    var found: [Policy] = []
    for kind in ["ClusterPolicy", "Policy"] {
      found += snapshot.objects(GroupKind("kyverno.io", kind)).compactMap { Self.kyverno($0) }
    }
    for kind in ["ImageValidatingPolicy", "NamespacedImageValidatingPolicy"] {
      found += snapshot.objects(GroupKind("policies.kyverno.io", kind)).compactMap { Self.imageValidating($0) }
    }
    found += snapshot.objects(GroupKind("policy.sigstore.dev", "ClusterImagePolicy")).compactMap { Self.sigstore($0) }
    for kind in [
      GroupKind("config.ratify.deislabs.io", "Policy"),
      GroupKind("imagepolicies.portieris.cloud.ibm.com", "ImagePolicy"),
      GroupKind("portieris.cloud.ibm.com", "ImagePolicy"), GroupKind("portieris.cloud.ibm.com", "ClusterImagePolicy"),
    ] {
      found += snapshot.objects(kind).map { object in
        let rule = Rule(
          images: [Glob("**")], excluded: [], namespaces: nil, doubt: "its rules are not understood")
        return Policy(
          object: object.subject, namespace: object.kind == "ImagePolicy" ? object.effectiveNamespace : nil,
          engine: .other, rules: [rule])
      }
    }
    policies = found.sorted { $0.object < $1.object }
    namespaceLabels = Dictionary(
      snapshot.objects(.namespace).map { ($0.name, $0.labels) }, uniquingKeysWith: { first, _ in first })
    let kinds = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].map {
      GroupKind("admissionregistration.k8s.io", $0)
    }
    webhooks = kinds.flatMap { snapshot.objects($0) }.flatMap { object in
      [object.name] + (object.root["webhooks"]?.elements ?? []).compactMap { $0["name"]?.string }
    }
    // The control plane's own namespace with its account of every cluster, made by nobody's manifest.
    seesWebhooks =
      snapshot.notSeen(kinds).isEmpty
      && snapshot.objects(.namespace).contains { $0.root[path: "metadata", "uid"] != nil }
  }

  /// The controls in the way of an image whose signature is not right, and what is not certain about them.
  func controls(on image: String, inNamespace namespace: String) -> (certain: [StandingControl], doubt: String?) {
    guard !policies.isEmpty else { return ([], nil) }
    let names = Self.names(image)
    var certain: [StandingControl] = []
    var doubt: String?
    for policy in policies where policy.namespace == nil || policy.namespace == namespace {
      switch verdict(of: policy, on: names, namespace) {
      case .untouched: continue
      case .verified: certain.append(StandingControl(.signature, at: .object(policy.object)))
      case .unknown(let reason): doubt = doubt ?? "\(policy.object.text): \(reason)"
      }
    }
    // All by one webhook at one door: it is one control.
    return (Array(certain.prefix(1)), certain.isEmpty ? doubt : nil)
  }

  private func verdict(of policy: Policy, on names: [String], _ namespace: String) -> Verdict {
    var verdict = Verdict.untouched
    for rule in policy.rules {
      guard names.contains(where: { name in rule.images.contains { $0.matches(name) } }),
        !names.contains(where: { name in rule.excluded.contains { $0.matches(name) } }),
        rule.namespaces.map({ $0.contains { $0.matches(namespace) } }) ?? true
      else { continue }
      if let doubt = rule.doubt {
        verdict = .unknown(doubt)
      } else {
        verdict = .verified
        break
      }
    }
    if case .untouched = verdict { return .untouched }
    // Sigstore's controller looks only where it is asked to.
    if policy.engine == .sigstore, let labels = namespaceLabels[namespace],
      labels["policy.sigstore.dev/include"] != "true"
    {
      return .untouched
    }
    if webhooks.contains(where: policy.engine.isWebhook) { return verdict }
    // A policy that nobody enforces is no control.
    return seesWebhooks ? .untouched : .unknown("whether \(policy.engine.rawValue) runs is not in the input")
  }

  /// As policies may name it: as it is, and with the registry and folder that it leaves out.
  private static func names(_ image: String) -> [String] {
    let bare = String(image.prefix { $0 != "@" })
    let parts = bare.split(separator: "/", omittingEmptySubsequences: false)
    let first = parts.first ?? ""
    let hasRegistry = parts.count > 1 && (first.contains(".") || first.contains(":") || first == "localhost")
    var full = hasRegistry ? bare : parts.count > 1 ? "docker.io/" + bare : "docker.io/library/" + bare
    var names = [image, bare, full]
    if full.hasPrefix("docker.io/") {
      full = "index." + full
      names.append(full)
    }
    // A pattern without a tag means any.
    for name in names {
      guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { continue }
      names.append(String(name[..<colon]))
    }
    return names
  }

  // MARK: Kyverno

  /// A `*` of Kyverno matches slashes too.
  private static func wildcard(_ pattern: String) -> Glob {
    Glob(pattern.map { $0 == "*" ? "**" : String($0) }.joined())
  }

  private static func kyverno(_ object: KubeObject) -> Policy? {
    let spec = object.spec
    let action = spec?["validationFailureAction"]?.string?.lowercased() ?? "audit"
    let rules = (spec?["rules"]?.elements ?? []).flatMap { rule -> [Rule] in
      (rule["verifyImages"]?.elements ?? []).compactMap { verify in
        let own = verify["failureAction"]?.string?.lowercased() ?? action
        guard own == "enforce", verify["required"]?.bool != false else { return nil }
        let (namespaces, doubt) = kyvernoMatch(rule)
        return Rule(
          images: (verify["imageReferences"]?.strings ?? []).map(wildcard),
          excluded: (verify["skipImageReferences"]?.strings ?? []).map(wildcard), namespaces: namespaces,
          doubt: doubt)
      }
    }
    guard !rules.isEmpty else { return nil }
    return Policy(
      object: object.subject, namespace: object.kind == "Policy" ? object.effectiveNamespace : nil, engine: .kyverno,
      rules: rules)
  }

  /// The namespaces in which a rule looks at Pods; nil for all.
  private static func kyvernoMatch(_ rule: DocumentNode) -> ([Glob]?, doubt: String?) {
    let doubt = "what it matches is not understood"
    if rule["preconditions"] != nil || rule["exclude"] != nil || rule["celPreconditions"] != nil { return (nil, doubt) }
    guard let match = rule["match"] else { return (nil, doubt) }
    var blocks = match["resources"].map { [$0] } ?? []
    let isAny = match["any"] != nil
    for item in (match["any"] ?? match["all"])?.elements ?? [] {
      guard item.entries.allSatisfy({ $0.key == "resources" }), let resources = item["resources"] else {
        return (nil, doubt)
      }
      blocks.append(resources)
    }
    guard !blocks.isEmpty, isAny || blocks.count == 1 else { return (nil, doubt) }
    var namespaces: [Glob] = []
    var isEverywhere = false
    for block in blocks {
      guard block.entries.allSatisfy({ ["kinds", "namespaces"].contains($0.key) }) else { return (nil, doubt) }
      let kinds = block["kinds"]?.strings ?? []
      guard kinds.contains(where: { $0 == "Pod" || $0 == "v1/Pod" || $0 == "*" }) else { continue }
      if let names = block["namespaces"]?.strings, !names.isEmpty {
        namespaces += names.map(wildcard)
      } else {
        isEverywhere = true
      }
    }
    return (isEverywhere ? nil : namespaces, nil)
  }

  private static func imageValidating(_ object: KubeObject) -> Policy? {
    let spec = object.spec
    let actions = spec?["validationActions"]?.strings ?? ["Deny"]
    guard actions.contains("Deny"), spec?["evaluation"]?["admission"]?["enabled"]?.bool != false else { return nil }
    let references = spec?["matchImageReferences"]?.elements ?? []
    let globs = references.compactMap { $0["glob"]?.string }.map(wildcard)
    let isPlain =
      globs.count == references.count && !references.isEmpty && spec?["matchConditions"] == nil
      && spec?[path: "matchConstraints", "namespaceSelector"] == nil
      && spec?[path: "matchConstraints", "objectSelector"] == nil
    let rule = Rule(
      images: isPlain ? globs : [Glob("**")], excluded: [], namespaces: nil,
      doubt: isPlain ? nil : "what it matches is not understood")
    return Policy(
      object: object.subject,
      namespace: object.kind == "NamespacedImageValidatingPolicy" ? object.effectiveNamespace : nil, engine: .kyverno,
      rules: [rule])
  }

  // MARK: Sigstore

  private static func sigstore(_ object: KubeObject) -> Policy? {
    let spec = object.spec
    guard spec?["mode"]?.string != "warn" else { return nil }
    let authorities = spec?["authorities"]?.elements ?? []
    // `static: pass` lets everything in.
    let isOpen = !authorities.isEmpty && authorities.contains { $0[path: "static", "action"]?.string == "pass" }
    guard !authorities.isEmpty, !isOpen else { return nil }
    let globs = (spec?["images"]?.elements ?? []).compactMap { $0["glob"]?.string }.map { Glob($0) }
    let rule = Rule(
      images: globs, excluded: [], namespaces: nil,
      doubt: spec?["match"] == nil ? nil : "what it matches is not understood")
    return Policy(object: object.subject, namespace: nil, engine: .sigstore, rules: [rule])
  }
}
