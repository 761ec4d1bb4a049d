import Bytes
import Findings
import Transport

/// Manifests that a program renders: a Helm chart or a kustomization.
enum Rendering {
  enum Kind: Sendable {
    case chart
    case kustomization
  }

  /// The default timeout.
  static let usualTimeout = Duration.seconds(120)

  /// What a folder is, by the file at its top level; nil for neither.
  static func kind(of folder: String) -> Kind? {
    if FilePaths.exists(folder + "/Chart.yaml"), FilePaths.isFolder(folder + "/templates") { return .chart }
    return KustomizationGraph.file(in: folder) == nil ? nil : .kustomization
  }

  /// Rendered text and the file that it comes from.
  struct Piece: Sendable {
    let bytes: [UInt8]
    let file: String
    /// Whether lines of the text are lines of the file.
    let hasLines: Bool
  }

  enum Outcome: Sendable {
    case manifests([Piece])
    /// Why there is no output.
    case trouble(Problem)
  }

  /// - Parameter path: a folder, or a packaged chart.
  /// - Returns: the manifests, or why there are none.
  static func render(_ path: String, _ kind: Kind, _ programs: RenderPrograms, limits: Limits) async -> Outcome {
    let attempts: [(program: String, arguments: [String], name: String)]
    switch kind {
    case .chart:
      attempts = [
        (programs.helm, ["template", "release", path] + programs.chart.arguments, "helm template")
      ]
    case .kustomization:
      attempts = [
        (programs.kubectl, ["kustomize", path], "kubectl kustomize"),
        (programs.kustomize, ["build", path], "kustomize build"),
      ]
    }
    var missing: [String] = []
    for (program, arguments, name) in attempts {
      do throws(ProgramRun.Failure) {
        let output = try await ProgramRun.run(
          program, arguments, adding: variables(kind), timeout: programs.timeout, outputLimit: limits.inputBytes)
        guard output.status == 0 else {
          let said = reason(output.standardError)
          return .trouble(problem(path, "\(name) failed: \(ending(said)); it was not rendered"))
        }
        switch kind {
        case .chart: return .manifests(templates(output.standardOutput, of: path, name))
        case .kustomization:
          let file = KustomizationGraph.file(in: path)
          return .manifests([
            Piece(bytes: output.standardOutput, file: file ?? "\(path) (\(name))", hasLines: file == nil)
          ])
        }
      } catch {
        guard error.isMissing else { return .trouble(problem(path, "\(name) \(error.message); it was not rendered")) }
        missing.append(program)
      }
    }
    let what = kind == .chart ? "a Helm chart" : "a kustomization"
    return .trouble(
      problem(
        path,
        "\(what) that was not rendered: \(missing.joined(separator: " and ")) \(missing.count > 1 ? "are" : "is") not in PATH; render it and scan the output"
      ))
  }

  /// What keeps a program from the network and from plugins, should a way to them have been missed.
  ///
  /// Source: git(1), `GIT_ALLOW_PROTOCOL`; Go, `net/http`, `ProxyFromEnvironment`; Helm, "Environment variables".
  private static func variables(_ kind: Kind) -> [(String, String)] {
    switch kind {
    case .chart: [("HELM_PLUGINS", "/nonexistent")]
    case .kustomization:
      [("GIT_ALLOW_PROTOCOL", "none"), ("GIT_TERMINAL_PROMPT", "0"), ("NO_PROXY", ""), ("no_proxy", "")]
        + ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].map { ($0, "http://127.0.0.1:9") }
    }
  }

  /// What helm printed, by the templates that its comments name: `# Source: CHART/templates/FILE`, each after a line of
  /// three dashes.
  private static func templates(_ output: [UInt8], of chart: String, _ program: String) -> [Piece] {
    let mark = Array("# Source: ".utf8)
    var pieces: [Piece] = []
    var start = 0
    var source: String?
    var previous: ArraySlice<UInt8> = Array("---".utf8)[...]
    var (previousPlace, place) = (0, 0)
    func finish(_ end: Int) {
      guard start < end else { return }
      let file = source.flatMap { template($0, of: chart) }
      // What no file stands for is told of the chart itself, by a file that reports can link to.
      let own = FilePaths.isFolder(chart) ? (chart.hasSuffix("/") ? chart : chart + "/") + "Chart.yaml" : chart
      let hasOwn = source != nil && FilePaths.exists(own)
      pieces.append(
        Piece(
          bytes: Array(output[start..<end]), file: file ?? (hasOwn ? own : "\(chart) (\(program))"),
          hasLines: file == nil && !hasOwn))
    }
    for line in output.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if line.starts(with: mark), previous.elementsEqual("---".utf8) {
        // The dashes end the text before.
        finish(previousPlace)
        start = place
        source = String(decoding: line.dropFirst(mark.count), as: UTF8.self)
      }
      previous = line.last == 0x0D ? line.dropLast() : line
      previousPlace = place
      place += line.count + 1
    }
    finish(output.count)
    return pieces
  }

  /// The file of a template, whose path begins with the name of the chart; nil where there is none.
  private static func template(_ source: String, of chart: String) -> String? {
    guard FilePaths.isFolder(chart) else { return "\(chart)!\(source)" }
    guard let slash = source.firstIndex(of: "/") else { return nil }
    let file = (chart.hasSuffix("/") ? String(chart.dropLast()) : chart) + source[slash...]
    if FilePaths.exists(file) { return file }
    // A dependency lies below `charts`, in a folder of another name or packaged.
    let parts = source.split(separator: "/")
    let folder = String(file.dropLast(source.distance(from: slash, to: source.endIndex)))
    guard parts.count > 3, parts[1] == "charts" else { return nil }
    let rest = parts.dropFirst(3).joined(separator: "/")
    for name in (FilePaths.names(in: folder + "/charts") ?? []).sorted() where name.hasPrefix(parts[2]) {
      let path = "\(folder)/charts/\(name)"
      if FilePaths.exists("\(path)/\(rest)") { return "\(path)/\(rest)" }
      if name.hasSuffix(".tgz") { return "\(path)!\(parts[2])/\(rest)" }
    }
    return nil
  }

  /// What a program complains of, in one line and the same in every run: lines of errors follow each other, and logs begin with
  /// the time and the number of the process (`E1129 16:40:14.081478   26584 run.go:72] "command failed" err=<`).
  static func reason(_ errors: String) -> Substring {
    var lines: [Substring] = []
    for line in errors.split(whereSeparator: \.isNewline) {
      var text = line.drop(while: \.isWhitespace)
      if text.hasPrefix("#") || text.hasPrefix("WARNING:") || text.hasPrefix("Warning:") || text == ">" { continue }
      if let first = text.first, "EWIF".contains(first), let mark = text.firstRange(of: "] "),
        text.dropFirst().prefix(4).allSatisfy(\.isNumber), text.count > 5
      {
        if first == "I" || first == "W" { continue }
        text = text[mark.upperBound...]
      }
      for prefix in ["\"command failed\" ", "err="] where text.hasPrefix(prefix) { text = text.dropFirst(prefix.count) }
      if text == "<" || text.isEmpty { continue }
      if text.count > 1, text.first == "\"", text.last == "\"" { text = text.dropFirst().dropLast() }
      lines.append(text)
    }
    // What stands before the error are remarks on the way to it.
    let start = lines.firstIndex { $0.lowercased().hasPrefix("error") } ?? 0
    let text = lines.dropFirst(start).joined(separator: " ")
    return text.isEmpty ? "no word" : text[...]
  }

  /// The end of a long message, since programs put the actual error last.
  private static func ending(_ text: Substring) -> String { text.count > 300 ? "…" + text.suffix(300) : String(text) }

  private static func problem(_ folder: String, _ message: String) -> Problem {
    Problem(code: .notRendered, location: Location(file: folder), message: message)
  }
}

extension Problem.Code {
  /// A chart or a kustomization that is known only as the program would read it.
  static let notRendered: Self = "not-rendered"
}

/// Names or paths of the rendering programs, and what charts are rendered with.
package struct RenderPrograms: Sendable {
  package var helm = "helm"
  package var kubectl = "kubectl"
  package var kustomize = "kustomize"
  package var timeout = Rendering.usualTimeout
  package var chart = ChartSettings()
  package init() {}
}

/// What a chart is rendered with besides its own defaults.
package struct ChartSettings: Sendable, Equatable {
  /// Files of values, later ones before earlier ones.
  package var valueFiles: [String] = []
  /// Values as `NAME=VALUE`, before those of files.
  package var values: [String] = []
  /// The namespace of the release; nil for helm's own choice.
  package var namespace: String?
  /// The version of Kubernetes that templates see, such as `1.33`; nil for helm's own.
  package var kubernetesVersion: String?

  package init() {}

  /// For `helm template`.
  var arguments: [String] {
    var arguments = ["--include-crds"]
    if let namespace { arguments.append("--namespace=\(namespace)") }
    if let kubernetesVersion { arguments.append("--kube-version=\(kubernetesVersion)") }
    return arguments + valueFiles.map { "--values=\($0)" } + values.map { "--set=\($0)" }
  }
}
