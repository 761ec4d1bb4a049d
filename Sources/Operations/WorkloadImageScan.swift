import Bytes
package import Collect
package import Findings
package import Images
package import Kube
package import Store
import Transport

/// Reads the images of workloads, each once, and matches them with the advisories.
package struct WorkloadImageScan: Sendable {
  package struct Outcome: Sendable {
    /// What is to be said of each image, by the names that workloads give them.
    package let verdicts: ImageVerdicts
    /// What could not be read of pull secrets.
    package let problems: [Problem]
    /// What the ledger says of the images, where they were added to one.
    package let watched: LedgerRunReport?
  }

  package let state: AdvisoryState
  /// How images of these names are read.
  package let options: @Sendable (_ images: [String]) throws -> ImageSource.Options
  /// A folder that holds images by their names; nil: registries alone.
  package var layout: String?
  /// Whether each image is pulled with the Secrets that the cluster pulls it with.
  package var usesPullSecrets = false
  /// Where the images that could be read whole are watched from now on; nil: nowhere.
  package var ledger: (any ImageLedger)?
  /// `YYYY-MM-DD`.
  package let today: String
  /// The value of an environment variable.
  package let environment: @Sendable (String) -> String?

  package init(
    state: AdvisoryState, today: String, environment: @escaping @Sendable (String) -> String?,
    options: @escaping @Sendable (_ images: [String]) throws -> ImageSource.Options
  ) {
    self.state = state
    self.options = options
    self.today = today
    self.environment = environment
  }

  /// - Parameter cluster: where the snapshot was taken, to ask for pull secrets; nil for files.
  package func run(
    _ snapshot: ClusterSnapshot, cluster: ClusterEndpoint?, progress: @escaping ProgressHandler
  ) async throws -> Outcome {
    let names = Set(snapshot.workloads.flatMap { $0.containers.compactMap(\.image) }).sorted()
    let (secrets, problems) = usesPullSecrets ? try await pullSecrets(snapshot, cluster) : ([:], [])
    let (verdicts, images) = try await judge(names, secrets, try options(names)) { progress(.readingImages, $0, $1) }
    let watched = try await ledger?.run(state, adding: images)
    return Outcome(verdicts: verdicts, problems: problems, watched: watched)
  }

  /// What the cluster itself pulls each image with, by the names of the images: documents like Docker's `config.json`.
  private func pullSecrets(
    _ snapshot: ClusterSnapshot, _ cluster: ClusterEndpoint?
  ) async throws -> (documents: [String: [[UInt8]]], problems: [Problem]) {
    let wanted = snapshot.pullSecrets
    let all = Set(wanted.values.flatMap { $0 }).sorted()
    guard !all.isEmpty else { return ([:], []) }
    let (documents, problems) = try await PullSecretReader.read(
      all, in: snapshot, cluster: cluster, environment: environment)
    return (
      wanted.mapValues { references in references.sorted().compactMap { documents[$0] } }, problems
    )
  }

  /// - Parameter names: as workloads have them.
  /// - Returns: what is to be said of each, and what those that could be read whole hold.
  private func judge(
    _ names: [String], _ secrets: [String: [[UInt8]]], _ options: ImageSource.Options,
    progress: @escaping @Sendable (Int, Int) -> Void
  ) async throws -> (verdicts: ImageVerdicts, images: [LedgerImage]) {
    // Two names of one image are one image.
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
    // What was broken off is no answer of an image.
    try Task.checkCancellation()
    let judged = Dictionary(uniqueKeysWithValues: zip(wanted, read.map(\.answer)))
    var answers: [String: ImageVerdicts.Answer] = [:]
    for (name, reference) in named {
      answers[name] = reference.flatMap { judged[$0] } ?? .unread("no image reference")
    }
    return (ImageVerdicts(answers), read.compactMap(\.image))
  }

  private func judge(
    _ reference: ImageReference, _ secrets: [[UInt8]], _ options: ImageSource.Options
  ) async -> (answer: ImageVerdicts.Answer, image: LedgerImage?) {
    do {
      var own = options
      own.registry?.pullSecrets = secrets
      let contents = try await ImageSource.read(reference, layout: layout, own)
      return (try judge(contents), LedgerImage(contents, name: reference.text))
    } catch let error as BartizanError {
      return (.unread(error.message), nil)
    } catch {
      return (.unread(String(describing: error)), nil)
    }
  }

  private func judge(_ contents: ImageSource.Contents) throws -> ImageVerdicts.Answer {
    let report = try ImageReport(
      system: contents.system, packages: contents.packages, store: state.store, covered: state.store.ecosystems,
      risks: state.risks)
    // What was read in part is not clean.
    if report.findings.isEmpty, let problem = contents.problems.first(where: \.hidesInput) {
      return .unread(problem.text)
    }
    if report.findings.isEmpty, !report.uncovered.isEmpty {
      return .unread("the store holds no advisories for \(report.uncovered.keys.sorted().joined(separator: ", "))")
    }
    return .read(ImageVerdict(report, today: today))
  }
}

extension LedgerImage {
  /// - Returns: nil for an image of which only a part could be read, or nothing: it would pass for the whole.
  package init?(_ contents: ImageSource.Contents, name: String) {
    guard !contents.packages.isEmpty, !contents.problems.contains(where: \.hidesInput) else { return nil }
    self.init(
      key: contents.identifier, digest: contents.digest, name: name, system: contents.system,
      packages: contents.packages)
  }
}
