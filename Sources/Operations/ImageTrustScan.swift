package import Bytes
package import Collect
import Findings
package import Images
package import Kube
import Posture
package import Trust

/// Verifies the signatures of the images of workloads, each once, by image policies.
package struct ImageTrustScan: Sendable {
  package let judge: ImageJudge
  package let now: Timestamp
  /// How to reach images with these references.
  package let options: @Sendable (_ images: [String]) throws -> ImageSource.Options
  /// A folder with images by name; nil to use registries only.
  package var layout: String?
  /// What the admission webhook let in: images that were verified, to tell those that no longer are.
  package var admitted: ImageTrustCache?

  package init(
    judge: ImageJudge, now: Timestamp,
    options: @escaping @Sendable (_ images: [String]) throws -> ImageSource.Options
  ) {
    self.judge = judge
    self.now = now
    self.options = options
  }

  /// The verdict on each image, by the references that workloads use.
  ///
  /// - Parameter secrets: with which the cluster pulls each image.
  package func run(
    _ snapshot: ClusterSnapshot, _ secrets: PullSecrets, progress: @escaping ProgressHandler
  ) async throws -> ImageTrustVerdicts {
    let names = Set(snapshot.workloads.flatMap { $0.template.imagePlaces.map(\.image) }).sorted()
    let options = try options(names)
    let before = admitted.map(Self.verified) ?? [:]
    let report: @Sendable (Int, Int) -> Void = { progress(.verifyingImages, $0, $1) }
    let answers = await Parallel.map(Array(names.indices), width: Processors.count, progress: report) {
      var own = options
      own.registry?.pullSecrets = secrets[names[$0]]
      return await answer(names[$0], own, before)
    }
    try Task.checkCancellation()
    return ImageTrustVerdicts(Dictionary(uniqueKeysWithValues: zip(names, answers)))
  }

  /// When images were verified last, by repository and digest.
  private static func verified(_ cache: ImageTrustCache) -> [String: Timestamp] {
    var times: [String: Timestamp] = [:]
    for (key, entry) in cache.all where entry.isGood {
      guard let reference = ImageReference(key.reference), let digest = reference.digest else { continue }
      let name = "\(reference.registry)/\(reference.repository)@\(digest)"
      times[name] = times[name].map { max($0, entry.verified) } ?? entry.verified
    }
    return times
  }

  private func answer(
    _ name: String, _ options: ImageSource.Options, _ before: [String: Timestamp]
  ) async -> ImageTrustVerdicts.Answer {
    guard let reference = ImageReference(name) else { return .init(.unknown, reasons: ["no image reference"]) }
    let image: SignedImage
    do {
      image = try await signatures(reference, options)
    } catch {
      return .init(.unknown, reasons: [(error as? BartizanError)?.message ?? String(describing: error)])
    }
    let verdict = await judge.judge(image, now: now)
    let standing: ImageTrustVerdicts.Answer.Standing =
      switch verdict.standing {
      case .verified: .verified
      case .excepted: .excepted
      case .unsigned: .unsigned
      case .untrusted: .signedByOthers
      case .attestationMissing: .attestationMissing
      case .noPolicy: .noPolicy
      case .unknown: .unknown
      }
    let earlier = before["\(reference.registry)/\(reference.repository)@\(image.digest.text)"]
    let isLost = !verdict.isGood && verdict.standing != .unknown && verdict.standing != .noPolicy
    return .init(
      standing, reasons: verdict.reasons, sourceMismatch: Self.mismatch(verdict, image),
      verifiedBefore: isLost ? earlier?.text : nil)
  }

  private func signatures(_ reference: ImageReference, _ options: ImageSource.Options) async throws -> SignedImage {
    guard let layout else { return try await ImageSource.signatures("registry:" + reference.text, options) }
    do {
      return try await ImageSource.signatures("\(layout):\(reference.text)", options)
    } catch {
      guard options.registry != nil else { throw error }
      return try await ImageSource.signatures("registry:" + reference.text, options)
    }
  }

  /// Compares the source that verified provenance names with the one that the image names itself.
  private static func mismatch(_ verdict: SignedImageVerdict, _ image: SignedImage) -> String? {
    guard let claimed = image.source, let wanted = SourceAddress(claimed) else { return nil }
    var others: [String] = []
    for policy in verdict.policies {
      for evidence in policy.authorities.flatMap(\.evidence) where evidence.verdict.isVerified {
        guard let statement = evidence.verdict.statement, let provenance = try? SLSAProvenance(statement),
          let source = provenance.source?.uri, let found = SourceAddress(source)
        else { continue }
        // One that agrees is enough: others may be of a base, or of an earlier step.
        if found == wanted { return nil }
        if !others.contains(source) { others.append(source) }
      }
    }
    guard !others.isEmpty else { return nil }
    return "its provenance names the source \(others.joined(separator: " and ")), the image itself \(claimed)"
  }
}

/// The host and path of a repository of sources, however it is written.
struct SourceAddress: Hashable {
  let text: String

  /// - Parameter uri: such as `git+https://github.com/example/app.git@refs/tags/1`, or `git@github.com:example/app`.
  init?(_ uri: String) {
    var rest = Substring(uri)
    if rest.hasPrefix("git+") { rest = rest.dropFirst(4) }
    if let scheme = rest.firstRange(of: "://") {
      rest = rest[scheme.upperBound...]
    } else if let at = rest.firstIndex(of: "@"), let colon = rest.firstIndex(of: ":"), at < colon {
      // The short form of SSH.
      rest = Substring(rest[rest.index(after: at)..<colon] + "/" + rest[rest.index(after: colon)...])
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    // A login before the host, a revision behind the path.
    if let at = rest[..<slash].lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    if let at = rest.firstIndex(of: "@") { rest = rest[..<at] }
    rest = rest.prefix { !"?#".contains($0) }
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    if rest.hasSuffix(".git") { rest = rest.dropLast(4) }
    guard rest.contains("/"), !rest.hasPrefix("/") else { return nil }
    text = rest.lowercased()
  }
}
