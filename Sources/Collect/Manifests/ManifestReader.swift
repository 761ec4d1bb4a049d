package import Bytes
import Findings
package import Kube
import Transport

/// Turns the bytes of one file or archive into objects and problems.
package enum ManifestReader {
  package static func read(file: String, limits: Limits) -> ClusterSnapshot.Builder {
    var builder = ClusterSnapshot.Builder()
    do {
      let bytes = try FileReader.read(file, limits: limits)
      read(bytes, file: file, into: &builder, limits: limits)
    } catch {
      builder.add(Problem(code: "unreadable", location: Location(file: file), message: error.message))
    }
    return builder
  }

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
        guard FolderWalk.extensions.contains(suffix) else { continue }
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
      code: error.code.rawValue, location: Location(file: file, line: error.line, column: error.column),
      message: error.message)
  }
}
