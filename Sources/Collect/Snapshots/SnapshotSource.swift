import Findings
package import Kube

/// Where objects come from: files, an archive, standard input, a live cluster.
package protocol SnapshotSource: Sendable {
  /// What the user would call it; stands in messages.
  var name: String { get }

  /// Reads everything. What cannot be read becomes a `Problem` of the builder.
  ///
  /// - Parameter progress: called now and then with the number of parts done and of all.
  /// - Throws: when nothing at all can be read, as for a path that does not exist.
  func collect(progress: @escaping @Sendable (Int, Int) -> Void) async throws -> ClusterSnapshot.Builder
}

package enum Sources {
  /// The source for a word of the command line: `-`, a file, a folder or an archive.
  ///
  /// - Parameters:
  ///   - renders: whether charts and kustomizations are rendered.
  ///   - keepsSchemas: whether CustomResourceDefinitions keep their schemas.
  package static func source(
    _ argument: String, renders: Bool = true, keepsSchemas: Bool = false
  ) -> any SnapshotSource {
    argument == "-"
      ? StandardInputSource(keepsSchemas: keepsSchemas)
      : PathSource(argument, programs: renders ? RenderPrograms() : nil, keepsSchemas: keepsSchemas)
  }

  /// One snapshot of all sources, in the order named.
  package static func snapshot(
    _ sources: [any SnapshotSource], progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> ClusterSnapshot {
    var builder = ClusterSnapshot.Builder()
    for source in sources { builder.append(try await source.collect(progress: progress)) }
    return builder.build()
  }
}
