import Bytes
import Findings
import Transport

/// Manifests that a program makes: a Helm chart, or a kustomization.
enum Rendering {
  enum Kind: Sendable {
    case chart
    case kustomization
  }

  /// How long rendering may take: a kustomization may fetch what it builds upon.
  static let usualTimeout = Duration.seconds(120)

  /// What a folder is, by the file at its top.
  static func kind(of folder: String) -> Kind? {
    if FilePaths.exists(folder + "/Chart.yaml"), FilePaths.isFolder(folder + "/templates") { return .chart }
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]
    return names.contains { FilePaths.exists(folder + "/" + $0) } ? .kustomization : nil
  }

  enum Outcome: Sendable {
    /// What the program printed, and what to call it.
    case manifests([UInt8], name: String)
    /// Why there is none.
    case trouble(Problem)
  }

  /// - Returns: the manifests and what to call them, or why there are none.
  static func render(
    _ folder: String, _ kind: Kind, _ programs: RenderPrograms, limits: Limits
  ) async -> Outcome {
    let attempts: [(program: String, arguments: [String], name: String)]
    switch kind {
    case .chart:
      attempts = [(programs.helm, ["template", "release", folder], "helm template")]
    case .kustomization:
      attempts = [
        (programs.kubectl, ["kustomize", folder], "kubectl kustomize"),
        (programs.kustomize, ["build", folder], "kustomize build"),
      ]
    }
    var missing: [String] = []
    for (program, arguments, name) in attempts {
      do throws(ProgramRun.Failure) {
        let output = try await ProgramRun.run(
          program, arguments, timeout: programs.timeout, outputLimit: limits.inputBytes)
        guard output.status == 0 else {
          let said = output.standardError.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("#") } ?? "no word"
          return .trouble(problem(folder, "\(name) failed: \(ending(said)); it was not rendered"))
        }
        return .manifests(output.standardOutput, name: "\(folder) (\(name))")
      } catch {
        guard error.isMissing else { return .trouble(problem(folder, "\(name) \(error.message); it was not rendered")) }
        missing.append(program)
      }
    }
    let what = kind == .chart ? "a Helm chart" : "a kustomization"
    return .trouble(
      problem(
        folder,
        "\(what) that was not rendered: \(missing.joined(separator: " and ")) \(missing.count > 1 ? "are" : "is") not in PATH; render it and scan the output"
      ))
  }

  /// The end of a long message: programs put what really happened behind all that led to it.
  private static func ending(_ text: Substring) -> String { text.count > 300 ? "…" + text.suffix(300) : String(text) }

  private static func problem(_ folder: String, _ message: String) -> Problem {
    Problem(code: "not-rendered", location: Location(file: folder), message: message)
  }
}

/// Names or paths of the programs that render.
package struct RenderPrograms: Sendable {
  package var helm = "helm"
  package var kubectl = "kubectl"
  package var kustomize = "kustomize"
  package var timeout = Rendering.usualTimeout
  package init() {}
}
