import Bytes
package import Collect
package import Findings
import Images
import Posture
import Report
import Transport

/// Judges a registry from outside, or by its configuration.
package struct RegistryReviewOperation: Sendable {
  /// What is asked of a registry from outside.
  package struct Survey: Sendable {
    package let registry: String
    package let settings: RegistrySettings
    /// None: all that it lists.
    package let repositories: [String]
    /// Whether an upload and a deletion of nothing are tried.
    package let isActive: Bool

    package init(registry: String, settings: RegistrySettings, repositories: [String], isActive: Bool) {
      self.registry = registry
      self.settings = settings
      self.repositories = repositories
      self.isActive = isActive
    }
  }

  package var survey: Survey?
  /// The configuration of a distribution registry.
  package var configuration: String?
  /// A file that keeps which image each tag was, from one run to the next.
  package var memory: String?
  /// `YYYY-MM-DD`.
  package var today: String

  package init(today: String) { self.today = today }

  package func run() async throws -> ScanResult {
    var findings: [Finding] = []
    var problems: [Problem] = []
    if let configuration { findings += try judge(configuration) }
    if let survey {
      let before = try remembered()
      let seen = try await RegistrySurvey(
        survey.registry, survey.settings, repositories: survey.repositories, isActive: survey.isActive
      ).look()
      findings += RegistryReview.judge(seen, before: before, today: today)
      problems += seen.gaps.map {
        Problem(code: "registry", location: Location(file: survey.registry), message: $0)
      }
      try remember(seen)
    }
    return ScanResult(
      findings: findings, problems: problems, notEvaluated: [], tally: ScanResult.Tally(), objects: 1, workloads: 0,
      namespaces: 0, checks: CheckCatalogue.registryChecks.count)
  }

  private func judge(_ path: String) throws(BartizanError) -> [Finding] {
    let stream = DocumentReader.read(try FileReader.named(path))
    if let error = stream.errors.first { throw BartizanError(.input, "\(path):\(error.line): \(error.message)") }
    guard let document = stream.documents.first, document["version"] != nil, document["storage"] != nil else {
      throw BartizanError(.input, "\(path): not the configuration of a distribution registry (version, storage)")
    }
    let list = document[path: "auth", "htpasswd", "path"]?.string
    return RegistryReview.judge(
      configuration: document, file: path, passwords: list.flatMap { try? FileReader.read($0) })
  }

  private static let kind = "RegistryTags"

  private func remembered() throws(BartizanError) -> [String: String] {
    guard let memory, FilePaths.exists(memory) else { return [:] }
    let bytes = try FileReader.named(memory)
    guard let document = try? JSONReader.read(bytes), document["kind"]?.string == Self.kind else {
      throw BartizanError(.input, "\(memory): not a file that an earlier `registry review --remember` wrote")
    }
    return Dictionary(
      (document["tags"]?.entries ?? []).map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { first, _ in first }
    )
  }

  private func remember(_ seen: RegistryObservation) throws(BartizanError) {
    guard let memory else { return }
    var writer = JSONWriter(pretty: true)
    writer.answer(Self.kind) { writer in
      writer.field("registry", seen.registry)
      writer.key("tags")
      writer.object { writer in
        for image in seen.images.sorted(by: { ($0.repository, $0.tag) < ($1.repository, $1.tag) }) {
          writer.field("\(image.repository):\(image.tag)", image.digest)
        }
      }
    }
    writer.endLine()
    try FileWriter.write(writer.bytes, to: memory)
  }
}
