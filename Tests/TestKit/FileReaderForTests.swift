import Collect
import Transport

package enum FileReaderForTests {
  package static func bytes(_ path: String) throws -> [UInt8] { try FileReader.read(path) }

  package static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

  /// The folder of the repository.
  package static let repository: String =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
}
