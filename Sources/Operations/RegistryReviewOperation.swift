import Bytes
package import Collect
package import Findings
import Images
import Posture
import Report
import Transport

/// Reviews a registry from outside, or by its configuration.
package struct RegistryReviewOperation: Sendable {
  /// How a registry is examined from outside.
  package struct Survey: Sendable {
    package let registry: String
    package let settings: RegistrySettings
    /// The repositories to examine; empty for all that the registry lists.
    package let repositories: [String]
    /// Whether to try an upload, and to delete a manifest that does not exist.
    package let isActive: Bool

    package init(registry: String, settings: RegistrySettings, repositories: [String], isActive: Bool) {
      self.registry = registry
      self.settings = settings
      self.repositories = repositories
      self.isActive = isActive
    }
  }

  /// Nil to review the configuration only.
  package var survey: Survey?
  /// Path of the `config.yml` of a registry that runs distribution.
  package var configuration: String?
  /// Path of a file that remembers the image of each tag from run to run.
  package var memory: String?
  /// `YYYY-MM-DD`.
  package var today: String

  package init(today: String) { self.today = today }

  package func run() async throws -> ScanResult {
    var findings: [Finding] = []
    var problems: [Problem] = []
    if let configuration { findings += try judge(configuration) }
    if let survey {
      let before = try remembered(of: survey.registry)
      let seen = try await RegistrySurvey(
        survey.registry, survey.settings, repositories: survey.repositories, isActive: survey.isActive
      ).look()
      findings += RegistryReview.judge(seen, before: before, today: today)
      // The same may be missed in more than one place.
      var told = Set<String>()
      problems += seen.gaps.filter { told.insert($0).inserted }.map {
        Problem(code: "registry", location: Location(file: survey.registry), message: $0)
      }
      try remember(seen, before)
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

  private func remembered(of registry: String) throws(BartizanError) -> [String: String] {
    guard let memory, FilePaths.exists(memory) else { return [:] }
    let bytes = try FileReader.named(memory)
    guard let document = try? JSONReader.read(bytes), document["kind"]?.string == Self.kind else {
      throw BartizanError(.input, "\(memory): not a file that an earlier `registry review --remember` wrote")
    }
    if let other = document["registry"]?.string, other != registry {
      throw BartizanError(.input, "\(memory): it remembers \(other), not \(registry); name another file")
    }
    return Dictionary(
      (document["tags"]?.entries ?? []).map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { first, _ in first }
    )
  }

  /// What was not seen this time stays as it was: a list that could not be had, or was cut off, is no proof that a tag is gone.
  private func remember(_ seen: RegistryObservation, _ before: [String: String]) throws(BartizanError) {
    guard let memory else { return }
    var tags = before
    for image in seen.images { tags["\(image.repository):\(image.tag)"] = image.digest }
    var writer = JSONWriter(pretty: true)
    writer.answer(Self.kind) { writer in
      writer.field("registry", seen.registry)
      writer.key("tags")
      writer.object { writer in
        for (name, digest) in tags.sorted(by: { $0.key < $1.key }) { writer.field(name, digest) }
      }
    }
    writer.endLine()
    try FileWriter.write(writer.bytes, to: memory)
  }
}
