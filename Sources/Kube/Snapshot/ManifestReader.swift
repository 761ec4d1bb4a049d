package import Bytes
import Findings

/// Parses the bytes of one file or archive into objects and problems.
package enum ManifestReader {
  /// File name extensions of manifests, in lower case. Other members of an archive are skipped.
  package static let extensions: Set<String> = ["yaml", "yml", "json"]

  /// - Parameters:
  ///   - bytes: YAML, JSON, a stream of either, or a tar archive of such files, with or without gzip.
  ///   - file: the name that problems and objects refer to. A member of an archive is `FILE!MEMBER`.
  package static func read(
    _ bytes: [UInt8], file: String, into builder: inout ClusterSnapshot.Builder, limits: Limits
  ) {
    do {
      let plain = Gzip.isGzip(bytes) ? try Gzip.decompress(bytes, limits: limits) : bytes
      guard TarReader.isTar(plain) else {
        add(DocumentReader.read(plain, limits: limits), file: file, into: &builder)
        return
      }
      let archive = TarReader(plain, limits: limits)
      for error in archive.errors { builder.add(problem(error, file: file)) }
      for member in archive.members {
        let suffix = member.name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard extensions.contains(suffix) else { continue }
        add(
          DocumentReader.read(Array(plain[member.bytes]), limits: limits), file: "\(file)!\(member.name)",
          into: &builder)
      }
    } catch {
      builder.add(problem(error, file: file))
    }
  }

  private static func add(_ stream: DocumentStream, file: String, into builder: inout ClusterSnapshot.Builder) {
    for error in stream.errors { builder.add(problem(error, file: file)) }
    for document in stream.documents { builder.add(document, file: file) }
  }

  private static func problem(_ error: DocumentError, file: String) -> Problem {
    Problem(
      code: Problem.Code(rawValue: error.code.rawValue),
      location: Location(file: file, line: error.line, column: error.column), message: error.message)
  }
}
