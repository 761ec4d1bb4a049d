/// Large public data sets that stand beside the project where it is developed. They are not part of the repository:
/// tests that want them say so and skip without them.
package enum SharedData {
  package static let root: String = {
    let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + here + "/../shared/data"
  }()

  package static let isPresent: Bool = (try? FileReaderForTests.bytes(root + "/README.md")) != nil

  package static let skipMessage = "skipped: the shared data is not beside this checkout"

  package static func bytes(_ path: String) throws -> [UInt8] { try FileReaderForTests.bytes(root + "/" + path) }

  /// The manifests below a folder: everything that is named `.yaml`, `.yml` or `.json`.
  package static func files(_ folder: String) -> [String] {
    SourceFiles.manifests(root + "/" + folder)
  }
}
