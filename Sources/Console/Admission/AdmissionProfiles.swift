import Admission
package import Bytes
package import Collect
import Findings
package import Kube
package import Operations
import Transport

/// The profiles of the webhook, ready to answer. Immutable; they are replaced as a whole when their sources are read again.
package struct AdmissionProfiles: Sendable {
  package let webhooks: [String: AdmissionWebhook]
  /// What is to be said of them when they come into force.
  package let remarks: [String]

  /// What gates of images share, and need to reach registries.
  package struct ImageSurroundings: Sendable {
    package var cache: ImageTrustCache
    package var registry: RegistrySettings
    /// The folder of the user, where cosign keeps its trusted root.
    package var home: String?
    package var now: @Sendable () -> Timestamp

    package init(
      cache: ImageTrustCache, registry: RegistrySettings, home: String?, now: @escaping @Sendable () -> Timestamp
    ) {
      self.cache = cache
      self.registry = registry
      self.home = home
      self.now = now
    }
  }

  /// - Parameters:
  ///   - cluster: nil where none is given.
  ///   - images: for profiles that ask who signed images; nil where there are none.
  ///   - today: `YYYY-MM-DD`.
  /// - Throws: `BartizanError` for policies that cannot be read, or that the server would refuse, and for a profile that judges by
  ///   nothing: a gate that lets everything pass.
  package static func load(
    _ configuration: ServeConfiguration, cluster: ClusterSnapshot?, images: ImageSurroundings? = nil, today: String
  ) async throws -> AdmissionProfiles {
    var webhooks: [String: AdmissionWebhook] = [:]
    var remarks: [String] = []
    var known = Set<String>()
    for profile in configuration.profiles {
      let snapshot = try await policies(of: profile)
      let input = AdmissionInput(
        policies: snapshot, cluster: cluster, unbound: profile.unbound, modes: profile.modes)
      let set = input.policies
      if let refused = set.refused.first {
        throw BartizanError(
          .input,
          "profile \(profile.name): \(refused.object.location.text): the API server would refuse this policy: "
            + String(refused.refusal.message.prefix { !$0.isNewline }))
      }
      for name in profile.modes.keys.sorted() where !set.names.contains(name) {
        throw BartizanError(.input, "profile \(profile.name): modes names \(name), and there is no such policy")
      }
      let asked = Set(set.validating.hooks.map(\.policy.name) + set.mutating.hooks.map(\.policy.name))
      guard !asked.isEmpty || profile.images != nil else {
        throw BartizanError(
          .input,
          "profile \(profile.name): no policy is in force: everything would pass. A policy needs a binding, or a mode, "
            + "or unbound: enforce")
      }
      known.formUnion(asked)
      remarks += Self.remarks(profile, set, asked.count)
      var gate: ImageGate?
      if let own = profile.images {
        known.insert(ImageGate.policyName)
        guard let images else {
          throw BartizanError(.usage, "profile \(profile.name): images are judged by `serve` alone")
        }
        let (made, said) = try own.files.gate(
          own.rules, cache: images.cache, registry: images.registry, home: images.home, now: images.now)
        gate = made
        remarks.append(
          "profile \(profile.name): images must be signed: \(Phrase.count(made.policyCount, "image policy")), "
            + own.rules.mode.rawValue)
        remarks += said.map { "profile \(profile.name): \($0)" }
      }
      webhooks[profile.name] = AdmissionWebhook(input, exemptions: configuration.exemptions, images: gate)
    }
    for exemption in configuration.exemptions {
      let list = exemption.policies.joined(separator: ", ")
      for policy in exemption.policies where !known.contains(policy) {
        throw BartizanError(
          .input, "an exemption (\(exemption.reason)) names \(policy), and no such policy is in force")
      }
      if exemption.isExpired(today) {
        remarks.append(
          "the exemption from \(list) (\(exemption.reason)) expired on \(exemption.expires): it counts no more")
      }
    }
    if cluster == nil {
      remarks.append(
        "no cluster is given (-f, --context, --in-cluster): what a policy asks of namespaces, params or roles is not "
          + "evaluated, and its failurePolicy decides")
    }
    return AdmissionProfiles(webhooks: webhooks, remarks: remarks)
  }

  private static func remarks(
    _ profile: ServeConfiguration.Profile, _ set: PolicySet, _ count: Int
  ) -> [String] {
    var remarks = ["profile \(profile.name): \(Phrase.count(count, "policy")) in force"]
    for item in set.untranslated {
      remarks.append(
        "profile \(profile.name): \(item.object.kind)/\(item.object.name) is not judged by: \(item.reason)")
    }
    for object in set.overridden {
      remarks.append(
        "profile \(profile.name): \(object.location.text): another \(object.kind) named \(object.name) counts instead")
    }
    if !set.unbound.isEmpty, profile.unbound == .isNotInForce {
      let names = set.unbound.map(\.name).filter { profile.modes[$0] == nil }.sorted()
      if !names.isEmpty {
        remarks.append("profile \(profile.name): no binding names \(Phrase.list(names)): not in force")
      }
    }
    for (name, mode) in profile.modes.sorted(by: { $0.key < $1.key }) where mode != .enforce {
      remarks.append("profile \(profile.name): \(name): \(mode.rawValue)")
    }
    return remarks
  }

  /// The policies of a profile, from its files and from what the configuration says itself.
  private static func policies(of profile: ServeConfiguration.Profile) async throws -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder(keepsSchemas: true)
    if !profile.policies.isEmpty {
      let snapshot = try await Sources.snapshot(
        profile.policies.map { Sources.source(mounted($0), renders: false, keepsSchemas: true) })
      // A policy may stand in what was not read.
      if let problem = snapshot.problems.first(where: \.hidesInput) {
        throw BartizanError(.input, "profile \(profile.name): \(problem.text)")
      }
      for object in snapshot.objects { builder.add(object) }
    }
    for level in profile.levels {
      guard let action = level.mode.actions?.first else { continue }
      let documents = PodSecurityPolicies.documents(level: level.level, action: action, exempt: profile.levelExempt)
      for document in documents { builder.add(document, file: "podSecurity") }
    }
    if let registries = profile.registries, let action = registries.mode.actions?.first {
      let documents = RegistryPolicies.documents(
        allowed: registries.allowed, action: action, exempt: registries.exempt)
      for document in documents { builder.add(document, file: "registries") }
    }
    return builder.build()
  }

  /// A mounted ConfigMap is a folder of links into another, which is replaced as a whole; links are not followed in folders.
  private static func mounted(_ path: String) -> String {
    let folder = path + "/..data"
    return FilePaths.isFolder(folder) ? folder : path
  }
}
