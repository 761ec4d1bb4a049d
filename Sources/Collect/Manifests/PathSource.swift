package import Bytes
import Findings
import Glibc
package import Kube
import Transport

/// A YAML or JSON file, a tar or tar.gz archive, or a folder of them. Helm charts, and a folder that is a
/// kustomization, are rendered by the programs installed on the machine.
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

  package func collect(progress: @escaping @Sendable (Int, Int) -> Void) async throws -> ClusterSnapshot.Builder {
    var status = stat()
    guard stat(name, &status) == 0 else {
      throw BartizanError(.input, "\(name): \(FileReader.lastError())")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return ManifestReader.read(file: name, limits: limits, keepsSchemas: keepsSchemas)
    }
    var builder = ClusterSnapshot.Builder(keepsSchemas: keepsSchemas)
    if Rendering.kind(of: name) == .kustomization, await render(name, .kustomization, into: &builder) {
      return builder
    }
    let walk = FolderWalk(name, limits: limits)
    for problem in walk.problems { builder.add(problem) }
    for chart in walk.charts { _ = await render(chart, .chart, into: &builder) }
    if walk.files.isEmpty, walk.problems.isEmpty, walk.charts.isEmpty {
      builder.add(
        Problem(
          code: "empty-folder", location: Location(file: name), message: "no .yaml, .yml or .json file below it"))
    }
    let files = walk.files
    let limits = limits
    let keepsSchemas = keepsSchemas
    // The order of files decides, not which task ends first.
    let parts = await Parallel.map(Array(files.indices), width: Processors.count, progress: progress) { index in
      ManifestReader.read(file: files[index], limits: limits, keepsSchemas: keepsSchemas)
    }
    for part in parts { builder.append(part) }
    return builder
  }
}

extension PathSource {
  /// - Returns: whether the rendered manifests were added to the builder; otherwise the reason was.
  fileprivate func render(
    _ folder: String, _ kind: Rendering.Kind, into builder: inout ClusterSnapshot.Builder
  ) async -> Bool {
    guard let programs else {
      if kind == .chart {
        builder.add(
          Problem(
            code: "not-rendered", location: Location(file: folder),
            message: "a Helm chart that was not rendered; scan the output of `helm template \(folder)`"))
      }
      return false
    }
    switch await Rendering.render(folder, kind, programs, limits: limits) {
    case .manifests(let bytes, let name):
      ManifestReader.read(bytes, file: name, into: &builder, limits: limits)
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
