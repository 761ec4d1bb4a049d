import Glibc

package enum FileReaderForTests {
  package struct Failure: Error {
    package let path: String
  }

  package static func bytes(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw Failure(path: path) }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw Failure(path: path) }
    let size = Int(status.st_size)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = fread(buffer.baseAddress, 1, size, file)
    }
  }

  package static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

  /// The folder of the repository.
  package static let repository: String =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
}
