import Bytes
import Collect
import Findings
import Images
import Store

/// Reads many images, each once, and judges them.
struct ImageRun: Sendable {
  let store: AdvisoryStore
  let risks: RiskIndex
  /// A folder that holds images by their names.
  let layout: String?
  let options: ImageSource.Options
  /// What images are pulled with, by the names that workloads give them: documents like Docker's `config.json`.
  var pullSecrets: [String: [[UInt8]]] = [:]
  /// `YYYY-MM-DD`.
  let today: String

  /// - Parameter names: as workloads have them.
  /// - Returns: what is to be said of each, and what those that could be read whole hold.
  func verdicts(
    _ names: [String], progress: @escaping @Sendable (Int, Int) -> Void
  ) async -> (verdicts: ImageVerdicts, images: [LedgerImage]) {
    // Two names of one image are one image.
    let named = names.map { (name: $0, reference: ImageReference($0)) }
    var references: [ImageReference] = []
    var secrets: [ImageReference: [[UInt8]]] = [:]
    for (name, reference) in named {
      guard let reference else { continue }
      if secrets[reference] == nil { references.append(reference) }
      secrets[reference, default: []] += pullSecrets[name] ?? []
    }
    let (wanted, known) = (references, secrets)
    let read = await Parallel.map(Array(wanted.indices), width: Processors.count, progress: progress) { index in
      await verdict(wanted[index], known[wanted[index]] ?? [])
    }
    let judged = Dictionary(uniqueKeysWithValues: zip(wanted, read.map(\.answer)))
    var answers: [String: ImageVerdicts.Answer] = [:]
    for (name, reference) in named {
      answers[name] = reference.flatMap { judged[$0] } ?? .unread("no image reference")
    }
    return (ImageVerdicts(answers), read.compactMap(\.image))
  }

  private func verdict(
    _ reference: ImageReference, _ secrets: [[UInt8]]
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
      system: contents.system, packages: contents.packages, store: store,
      covered: store.ecosystems, risks: risks)
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
