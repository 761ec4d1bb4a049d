package import Bytes

/// How an artifact was made, as its builder says.
///
/// Source: slsa.dev/spec/v1.0/provenance and slsa.dev/provenance/v0.2.
package struct SLSAProvenance: Sendable, Hashable {
  /// Something that went into the build.
  package struct Material: Sendable, Hashable {
    package let uri: String
    /// Hexadecimal digits by algorithm.
    package let digests: [String: String]
  }

  /// `0.2` or `1.0`.
  package let version: String
  package let builder: String
  package let buildType: String
  /// Where the sources came from; nil where the builder does not say.
  package let source: Material?
  package let materials: [Material]
  /// The file with the build's instructions within the source.
  package let entryPoint: String?
  package let invocation: String?
  package let started: Timestamp?
  package let finished: Timestamp?

  /// - Returns: nil for a statement about something else.
  package init?(_ statement: InTotoStatement) throws(TrustFailure) {
    let predicate = statement.predicate
    switch statement.predicateType {
    case "https://slsa.dev/provenance/v1":
      guard let definition = predicate["buildDefinition"], let details = predicate["runDetails"] else {
        throw .malformed(.statement, "buildDefinition or runDetails is missing")
      }
      version = "1.0"
      builder = details[path: "builder", "id"]?.string ?? ""
      buildType = definition["buildType"]?.string ?? ""
      let materials = try Self.materials(definition["resolvedDependencies"])
      self.materials = materials
      let workflow = definition[path: "externalParameters", "workflow"]
      let repository =
        workflow?["repository"]?.string ?? definition[path: "externalParameters", "source", "uri"]?.string
      let source = materials.first { material in repository.map { material.uri.contains($0) } ?? false }
      if let source {
        self.source = source
      } else if let repository {
        self.source = Material(uri: repository, digests: [:])
      } else {
        self.source = materials.first { $0.uri.hasPrefix("git+") }
      }
      entryPoint = workflow?["path"]?.string
      invocation = details[path: "metadata", "invocationId"]?.string
      started = details[path: "metadata", "startedOn"]?.string.flatMap { Timestamp($0) }
      finished = details[path: "metadata", "finishedOn"]?.string.flatMap { Timestamp($0) }
    case "https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v0.1":
      version = "0.2"
      builder = predicate[path: "builder", "id"]?.string ?? ""
      buildType = predicate["buildType"]?.string ?? predicate[path: "recipe", "type"]?.string ?? ""
      let materials = try Self.materials(predicate["materials"])
      self.materials = materials
      let configSource = predicate[path: "invocation", "configSource"]
      if let uri = configSource?["uri"]?.string {
        source = Material(uri: uri, digests: configSource?["digest"]?.stringMap ?? [:])
      } else {
        source = materials.first
      }
      entryPoint = configSource?["entryPoint"]?.string
      invocation =
        predicate[path: "metadata", "buildInvocationId"]?.string
        ?? predicate[path: "metadata", "buildInvocationID"]?.string
      started = predicate[path: "metadata", "buildStartedOn"]?.string.flatMap { Timestamp($0) }
      finished = predicate[path: "metadata", "buildFinishedOn"]?.string.flatMap { Timestamp($0) }
    default: return nil
    }
    guard !builder.isEmpty else { throw .malformed(.statement, "it does not name a builder") }
  }

  private static func materials(_ node: DocumentNode?) throws(TrustFailure) -> [Material] {
    let nodes = node?.elements ?? []
    guard nodes.count <= TrustLimits.subjects else {
      throw .tooLarge(.statement, limit: TrustLimits.subjects, unit: "materials")
    }
    return nodes.map {
      Material(uri: $0["uri"]?.string ?? $0["name"]?.string ?? "", digests: $0["digest"]?.stringMap ?? [:])
    }
  }
}
