import Findings
package import Kube

/// A source of objects: files, an archive, standard input, a live cluster.
package protocol SnapshotSource: Sendable {
  /// The user's name for it, for messages.
  var name: String { get }

  /// Reads everything. What cannot be read becomes a `Problem` of the builder.
  ///
  /// - Parameter progress: called now and then with the number of finished parts and of all.
  /// - Throws: when nothing can be read at all, as for a path that does not exist.
  func collect(progress: @escaping @Sendable (Int, Int) -> Void) async throws -> ClusterSnapshot.Builder
}

/// Makes sources from the arguments of the command line, and one snapshot from several sources.
package enum Sources {
  /// The source for an argument of the command line: `-`, a file, a folder or an archive.
  ///
  /// - Parameters:
  ///   - renders: whether charts and kustomizations are rendered.
  ///   - keepsSchemas: whether CustomResourceDefinitions keep their schemas.
  ///   - chart: what charts are rendered with.
  package static func source(
    _ argument: String, renders: Bool = true, keepsSchemas: Bool = false, chart: ChartSettings = ChartSettings()
  ) -> any SnapshotSource {
    if argument == "-" { return StandardInputSource(keepsSchemas: keepsSchemas) }
    var programs = RenderPrograms()
    programs.chart = chart
    return PathSource(argument, programs: renders ? programs : nil, keepsSchemas: keepsSchemas)
  }

  /// One snapshot of all sources, in the given order.
  package static func snapshot(
    _ sources: [any SnapshotSource], progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder()
    for source in sources { builder.append(try await source.collect(progress: progress)) }
    return builder.build()
  }
}
