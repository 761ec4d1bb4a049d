package import Bytes
import Findings
import Glibc
package import Kube
import Transport

/// A YAML or JSON file, a tar or ZIP archive, packed or not, or a folder of them. Helm charts and kustomizations are rendered by the
/// programs installed on the machine, wherever they lie below the folder.
package struct PathSource: SnapshotSource {
  package let name: String
  private let limits: Limits
  private let programs: RenderPrograms?
  private let keepsSchemas: Bool

  /// - Parameters:
  ///   - programs: nil: nothing is rendered.
  ///   - keepsSchemas: whether CustomResourceDefinitions keep their schemas.
  package init(
    _ path: String, limits: Limits = .standard, programs: RenderPrograms? = RenderPrograms(), keepsSchemas: Bool = false
  ) {
    self.keepsSchemas = keepsSchemas
    name = path
    self.limits = limits
    self.programs = programs
  }

  /// How much ignore files leave out; nil for nothing.
  private static func ignored(_ walk: FolderWalk) -> String? {
    let (files, folders) = walk.ignored
    let counts = [files > 0 ? Phrase.count(files, "file") : nil, folders > 0 ? Phrase.count(folders, "folder") : nil]
      .compactMap { $0 }
    return counts.isEmpty ? nil : "\(counts.joined(separator: " and ")) left out by \(IgnoreFile.name)"
  }

  package func collect(progress: @escaping @Sendable (Int, Int) -> Void) async throws -> ClusterSnapshot.Builder {
    guard let status = FileStatus(name) else {
      throw BartizanError(.input, "\(name): \(FileReader.lastError())")
    }
    guard status.kind == .folder else {
      if FolderWalk.isPackage(name), Self.holdsChart(name, limits: limits) {
        var builder = ClusterSnapshot.Builder(keepsSchemas: keepsSchemas)
        _ = await render(name, .chart, into: &builder)
        return builder
      }
      return ManifestReader.read(file: name, limits: limits, keepsSchemas: keepsSchemas)
    }
    var builder = ClusterSnapshot.Builder(keepsSchemas: keepsSchemas)
    if Rendering.kind(of: name) == .kustomization, await renderRoot(into: &builder) { return builder }
    let walk = FolderWalk(name, limits: limits)
    for problem in walk.problems { builder.add(problem) }
    let ignored = Self.ignored(walk)
    if let ignored {
      // Whoever writes to the folder writes what is left out of it.
      builder.add(
        Problem(code: "ignored-files", location: Location(file: name), message: ignored, hidesInput: false))
    }
    let packages = walk.archives.filter { FolderWalk.isPackage($0) && Self.holdsChart($0, limits: limits) }
    let rendered = Set(packages)
    for chart in walk.charts + packages {
      _ = await render(chart, .chart, into: &builder)
    }
    let (taken, misnamed) = await renderKustomizations(walk.kustomizations, into: &builder)
    if walk.files.isEmpty, walk.problems.isEmpty, walk.charts.isEmpty, walk.archives.isEmpty,
      walk.kustomizations.isEmpty
    {
      let why =
        ignored == nil
        ? "no .yaml, .yml or .json file below it" : "no manifest below it but what \(IgnoreFile.name) leaves out"
      builder.add(Problem(code: "empty-folder", location: Location(file: name), message: why))
    }
    var files = taken.isEmpty ? walk.files : walk.files.filter { !taken.contains(KustomizationGraph.key($0)) }
    if !misnamed.isEmpty { files = (files + misnamed).sorted() }
    // An archive is read as a folder with the same files would be.
    files += walk.archives.filter { !rendered.contains($0) && !taken.contains(KustomizationGraph.key($0)) }
    // The order of files decides, not which task ends first.
    let parts = await Parallel.map(Array(files.indices), width: Processors.count, progress: progress) {
      [files, limits, keepsSchemas] index in
      ManifestReader.read(
        file: files[index], limits: limits, keepsSchemas: keepsSchemas, isForeign: walk.isForeign)
    }
    for part in parts { builder.append(part) }
    return builder
  }
}

extension PathSource {
  private static func holdsChart(_ file: String, limits: Limits) -> Bool {
    // One that cannot be read is told of where it is read.
    (try? FileReader.readPlain(file, limits: limits)).map { ManifestReader.holdsChart($0, limits: limits) } ?? false
  }

  /// Renders the folder itself, which is a kustomization.
  private func renderRoot(into builder: inout ClusterSnapshot.Builder) async -> Bool {
    guard programs != nil else { return false }
    let graph = KustomizationGraph([name], limits: limits)
    guard let root = graph.roots.first else { return false }
    if let obstacle = Self.obstacle(graph, root, name) {
      builder.add(obstacle)
      return false
    }
    return await render(name, .kustomization, into: &builder)
  }

  /// Renders each kustomization that no other one uses; what it is made of means nothing by itself.
  ///
  /// - Returns: the files that are not to be read for themselves, and those that only go by the name of one.
  private func renderKustomizations(
    _ folders: [String], into builder: inout ClusterSnapshot.Builder
  ) async -> (taken: Set<String>, misnamed: [String]) {
    guard !folders.isEmpty else { return ([], []) }
    let graph = KustomizationGraph(folders, limits: limits)
    // Without programs the files are wanted as they are.
    guard programs != nil else { return ([], graph.misnamed) }
    var taken = Set<String>()
    for root in graph.roots {
      var isRendered = false
      if root == KustomizationGraph.key(name), Rendering.kind(of: name) == .kustomization {
        // It was tried already.
      } else if let obstacle = Self.obstacle(graph, root, root) {
        builder.add(obstacle)
      } else {
        isRendered = await render(root, .kustomization, into: &builder)
      }
      taken.formUnion(isRendered ? graph.files(of: root) : graph.inputs(of: root))
    }
    return (taken, graph.misnamed)
  }

  /// Why a kustomization is not rendered: nothing is downloaded for it, known or unknown. Nil where it may be.
  private static func obstacle(_ graph: KustomizationGraph, _ root: String, _ folder: String) -> Problem? {
    let reason: String
    if let remote = graph.remote(of: root) {
      reason = "it would download \(remote.prefix(200))"
    } else if let unread = graph.unread(of: root) {
      reason = "\(unread) could not be read here, and may name what would be downloaded"
    } else {
      return nil
    }
    return Problem(
      code: .notRendered, location: Location(file: folder),
      message: "a kustomization that was not rendered: \(reason); render it and scan the output")
  }

  /// - Returns: whether the rendered manifests were added to the builder; otherwise the reason was.
  private func render(
    _ path: String, _ kind: Rendering.Kind, into builder: inout ClusterSnapshot.Builder
  ) async -> Bool {
    guard let programs else {
      if kind == .chart {
        builder.add(
          Problem(
            code: .notRendered, location: Location(file: path),
            message: "a Helm chart that was not rendered; scan the output of `helm template \(path)`"))
      }
      return false
    }
    switch await Rendering.render(path, kind, programs, limits: limits) {
    case .manifests(let pieces):
      for piece in pieces {
        ManifestReader.read(
          piece.bytes, file: piece.file, hasLines: piece.hasLines, into: &builder, limits: limits)
      }
      return true
    case .trouble(let problem):
      builder.add(problem)
      return false
    }
  }
}

/// The number of processors that this process may use.
package enum Processors {
  package static let count = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
