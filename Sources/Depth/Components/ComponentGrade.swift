import Access
import Bytes
import Findings
import Kube
import PodSecurity
import Reach

extension ComponentDossier {
  /// From A, where nothing is to be said, to F, where it is as good as cluster admin.
  package enum Grade: Int, Sendable, CaseIterable, Comparable {
    case a, b, c, d, e, f

    package var name: String {
      switch self {
      case .a: "A"
      case .b: "B"
      case .c: "C"
      case .d: "D"
      case .e: "E"
      case .f: "F"
      }
    }

    /// Nil for what is no grade.
    package init?(_ name: String) {
      guard let found = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
      self = found
    }

    package static func < (a: Grade, b: Grade) -> Bool { a.rawValue < b.rawValue }
  }

  /// A reason for the grade: the worst of them decides. The table is in `docs/depth.md`.
  package struct Remark: Sendable, Hashable {
    /// What is remarked.
    package enum Kind: String, Sendable, CaseIterable {
      case takesCluster = "takes-cluster"
      case mayTakeCluster = "may-take-cluster"
      case takesNode = "takes-node"
      case takesAllSecrets = "takes-all-secrets"
      case grave = "grave-rights"
      case unknownRights = "unknown-rights"
      case broad = "broad-rights"
      case privilegedPods = "privileged-pods"
      case unrestrictedPods = "unrestricted-pods"
      case exposed = "exposed-to-outside"
      case unverifiedBackend = "unverified-backend"
      case expired = "expired-certificate"
      case endingSoon = "certificate-ends-soon"
      case stopsPods = "stops-pods-when-down"
      case failsOpen = "fails-open"
      case floatingImage = "floating-image"
      case unpinnedImage = "unpinned-image"
      case tokenSecret = "long-lived-token"
      case needlessToken = "needless-token"
      case openEgress = "open-egress"

      package var grade: Grade {
        switch self {
        case .takesCluster: .f
        case .takesNode, .takesAllSecrets, .mayTakeCluster: .e
        case .grave, .unknownRights, .unverifiedBackend, .expired: .d
        case .broad, .privilegedPods, .exposed, .stopsPods, .floatingImage, .tokenSecret, .endingSoon: .c
        case .unrestrictedPods, .failsOpen, .unpinnedImage, .needlessToken, .openEgress: .b
        }
      }
    }

    package let kind: Kind
    /// A sentence without a full stop.
    package let text: String

    package var grade: Grade { kind.grade }

    static func all(
      access: ComponentReview, confinement: [Confinement], images: [Image], exposed: [Exposed], callbacks: [Callback],
      egress: [Egress], tokens: [TokenState], tokenSecrets: [Subject], worth: Worth?, today: String?
    ) -> [Remark] {
      var found: [Remark] = []
      func add(_ kind: Kind, _ text: String) { found.append(Remark(kind: kind, text: text)) }
      // Manifests may hold an object in several variants.
      func names(_ subjects: some Collection<Subject>) -> String {
        var seen = Set<String>()
        return Phrase.list(subjects.map(\.text).filter { seen.insert($0).inserted }, shown: 3)
      }
      func fall(_ name: String) -> DepthField.Answer? { worth?.falls.first { $0.target == name }?.answer }
      if let answer = fall("cluster admin"), answer.depth?.upper == 0 {
        if answer.certain?.upper == 0 {
          add(.takesCluster, "whoever takes one of its pods has cluster admin without another control in the way")
        } else {
          add(
            .mayTakeCluster, "whoever takes one of its pods may have cluster admin; the input does not tell for certain"
          )
        }
      }
      /// What is not certain is said to be so.
      func has(_ answer: DepthField.Answer) -> String { answer.certain?.upper == 0 ? "has" : "may have" }
      if let answer = fall("a node"), answer.depth?.upper == 0 {
        let open = confinement.filter { !$0.escapes.isEmpty }.map(\.workload)
        add(
          .takesNode,
          "whoever takes one of its pods \(has(answer)) a node"
            + (open.isEmpty ? " by its rights" : " through \(names(open))"))
      }
      if let answer = fall("all Secrets"), answer.depth?.upper == 0 {
        add(.takesAllSecrets, "whoever takes one of its pods \(has(answer)) all Secrets of the cluster")
      }
      let grave = access.exposures.filter { $0.exposure.severity >= .high }
      if !grave.isEmpty {
        let titles = Set(
          grave.map { $0.exposure.risk.title.prefix(1).lowercased() + $0.exposure.risk.title.dropFirst() })
        add(.grave, "its accounts have grave rights: \(Phrase.list(titles.sorted(), shown: 3))")
      } else if access.exposures.contains(where: { $0.exposure.severity == .medium }) {
        let titles = Set(
          access.exposures.filter { $0.exposure.severity == .medium }.map {
            $0.exposure.risk.title.prefix(1).lowercased() + $0.exposure.risk.title.dropFirst()
          })
        add(.broad, "its accounts have broad rights: \(Phrase.list(titles.sorted(), shown: 3))")
      }
      let unknown = Set(access.unknown.map(\.reason)).sorted()
      if !unknown.isEmpty {
        add(.unknownRights, "what its accounts may do is not known: \(Phrase.list(unknown, shown: 2, separator: "; "))")
      }
      let privileged = confinement.filter { $0.level == .privileged }.map(\.workload)
      if !privileged.isEmpty { add(.privilegedPods, "pods below the baseline of Pod Security: \(names(privileged))") }
      let baseline = confinement.filter { $0.level == .baseline }.map(\.workload)
      if !baseline.isEmpty { add(.unrestrictedPods, "pods that the restricted level refuses: \(names(baseline))") }
      let open = exposed.filter { $0.isPublic && $0.verdict != .denied && $0.authentication == .own }
      if !open.isEmpty {
        add(
          .exposed,
          "open to the outside, by what authentication is its own matter: \(Phrase.list(Set(open.map(\.via)).sorted(), shown: 3))"
        )
      }
      let unverified = callbacks.filter(\.skipsVerification).map(\.object)
      if !unverified.isEmpty {
        add(.unverifiedBackend, "the API server does not verify who answers for it: \(names(unverified))")
      }
      if let today {
        let ended = callbacks.filter { $0.expires.map { $0.prefix(10) < today } ?? false }
        if !ended.isEmpty {
          add(.expired, "certificate authority has ended: \(Phrase.list(ended.map(\.name), shown: 3))")
        }
      }
      let stopping = callbacks.filter { $0.failsClosed && $0.stopsPods }
      if !stopping.isEmpty {
        add(
          .stopsPods,
          "when it does not answer, no pod starts in any namespace: \(Phrase.list(stopping.map(\.name), shown: 3))")
      }
      let failing = callbacks.filter { $0.kind == .validating && !$0.failsClosed }
      if !failing.isEmpty {
        let isWritten = failing.allSatisfy(\.isComplete) ? "" : ", as the manifest has it before it runs"
        add(
          .failsOpen,
          "when it does not answer, what it would refuse is let through\(isWritten): \(Phrase.list(failing.map(\.name), shown: 3))"
        )
      }
      let floating = images.filter(\.isFloating).map(\.reference)
      if !floating.isEmpty {
        add(.floatingImage, "images that change without notice: \(Phrase.list(floating, shown: 3))")
      }
      let unpinned = images.filter { !$0.isPinned && !$0.isFloating }
      if !unpinned.isEmpty {
        add(.unpinnedImage, "\(Phrase.count(unpinned.count, "image")) named by a tag, not by a digest")
      }
      if !tokenSecrets.isEmpty {
        add(.tokenSecret, "tokens without an end: \(names(tokenSecrets))")
      }
      let needless = tokens.filter { $0.isMounted && !$0.hasRights }.map(\.workload)
      if !needless.isEmpty {
        add(.needlessToken, "pods carry a token of an account without rights: \(names(needless))")
      }
      let free = egress.filter { !$0.isIsolated && $0.reachesOutside }.map(\.workload)
      if !free.isEmpty { add(.openEgress, "pods may connect to anything: \(names(free))") }
      return found.sorted { (-$0.grade.rawValue, $0.kind.rawValue) < (-$1.grade.rawValue, $1.kind.rawValue) }
    }
  }
}
