import Bytes
package import Collect
package import Findings
package import Images
package import Kube
package import Store
import Transport

/// Reads the images of workloads, each once, and matches their packages with the advisories.
package struct WorkloadImageScan: Sendable {
  /// The verdicts on all images that workloads name.
  package struct Outcome: Sendable {
    /// The verdict on each image, by the references that workloads use.
    package let verdicts: ImageVerdicts
    /// What of images that have findings was not read or judged.
    package let gaps: [NotEvaluated]
    /// The run of the ledger that the images were added to; nil without a ledger.
    package let watched: LedgerRunReport?
  }

  package let state: AdvisoryState
  /// How to read the images with these references.
  package let options: @Sendable (_ images: [String]) throws -> ImageSource.Options
  /// A folder with images by name; nil to use registries only.
  package var layout: String?
  /// A ledger to watch all completely read images in; nil for none.
  package var ledger: (any ImageLedger)?
  /// `YYYY-MM-DD`.
  package let today: String

  package init(
    state: AdvisoryState, today: String,
    options: @escaping @Sendable (_ images: [String]) throws -> ImageSource.Options
  ) {
    self.state = state
    self.options = options
    self.today = today
  }

  /// - Parameter secrets: with which the cluster pulls each image.
  package func run(
    _ snapshot: ClusterSnapshot, _ secrets: PullSecrets, progress: @escaping ProgressHandler
  ) async throws -> Outcome {
    let names = Set(snapshot.workloads.flatMap { $0.template.imagePlaces.map(\.image) }).sorted()
    let (verdicts, images, gaps) = try await judge(names, secrets.documents, try options(names)) {
      progress(.readingImages, $0, $1)
    }
    let watched = try await ledger?.run(state, adding: images)
    return Outcome(verdicts: verdicts, gaps: gaps, watched: watched)
  }

  /// - Parameter names: references as workloads have them.
  /// - Returns: a verdict for each, and ledger images for those that were read completely.
  private func judge(
    _ names: [String], _ secrets: [String: [[UInt8]]], _ options: ImageSource.Options,
    progress: @escaping @Sendable (Int, Int) -> Void
  ) async throws -> (verdicts: ImageVerdicts, images: [LedgerImage], gaps: [NotEvaluated]) {
    // Two references to one image count once.
    let named = names.map { (name: $0, reference: ImageReference($0)) }
    var references: [ImageReference] = []
    var credentials: [ImageReference: [[UInt8]]] = [:]
    for (name, reference) in named {
      guard let reference else { continue }
      if credentials[reference] == nil { references.append(reference) }
      credentials[reference, default: []] += secrets[name] ?? []
    }
    let (wanted, known) = (references, credentials)
    let read = await Parallel.map(Array(wanted.indices), width: Processors.count, progress: progress) { index in
      await judge(wanted[index], known[wanted[index]] ?? [], options)
    }
    // A cancelled read says nothing about the image.
    try Task.checkCancellation()
    let judged = Dictionary(uniqueKeysWithValues: zip(wanted, read.map(\.answer)))
    var answers: [String: ImageVerdicts.Answer] = [:]
    for (name, reference) in named {
      answers[name] = reference.flatMap { judged[$0] } ?? .unread("no image reference")
    }
    let gaps = zip(wanted, read).flatMap { reference, item in
      item.missing.map {
        NotEvaluated(check: Self.check, subject: .image(reference.text), reason: "\(reference.text): \($0)")
      }
    }
    return (ImageVerdicts(answers), read.compactMap(\.image), gaps)
  }

  private static let check = CheckID("vulnerable-image")

  private func judge(
    _ reference: ImageReference, _ secrets: [[UInt8]], _ options: ImageSource.Options
  ) async -> (answer: ImageVerdicts.Answer, image: LedgerImage?, missing: [String]) {
    do {
      var own = options
      own.registry?.pullSecrets = secrets
      let contents = try await ImageSource.read(reference, layout: layout, own)
      let (answer, missing) = try judge(contents)
      return (answer, LedgerImage(contents, name: reference.text), missing)
    } catch let error as BartizanError {
      return (.unread(error.message), nil, [])
    } catch {
      return (.unread(String(describing: error)), nil, [])
    }
  }

  /// - Returns: with what is missing of an image that has a verdict.
  private func judge(
    _ contents: ImageSource.Contents
  ) throws -> (answer: ImageVerdicts.Answer, missing: [String]) {
    let report = try ImageReport(
      system: contents.system, packages: contents.packages, unresolved: contents.unresolved, store: state.store,
      covered: state.store.ecosystems, risks: state.risks)
    // A partly read image without findings is not clean.
    let missing = contents.problems.filter(\.hidesInput).map(\.text) + report.reasons
    if report.findings.isEmpty, let first = missing.first { return (.unread(first), []) }
    return (.read(ImageVerdict(report, today: today)), missing)
  }
}

extension LedgerImage {
  /// - Returns: nil for an image that was read only in part or not at all, which must not stand for the whole.
  package init?(_ contents: ImageSource.Contents, name: String) {
    guard !contents.packages.isEmpty, !contents.problems.contains(where: { $0.hidesInput && $0.code != .notJudged })
    else { return nil }
    self.init(
      key: contents.identifier, digest: contents.digest, name: name, system: contents.system,
      packages: contents.packages)
  }
}
