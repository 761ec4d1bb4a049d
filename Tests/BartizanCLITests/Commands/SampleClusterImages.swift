import Glibc
import TestKit

/// The images of the sample cluster, made once by the script that the demonstration uses.
enum SampleClusterImages {
  struct Failed: Error {}

  private static let made = Result { try make() }

  /// The OCI layout that holds them.
  static func layout() throws -> String { try made.get().path + "/images" }

  private static func make() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let words: [String] = ["sh", FileReaderForTests.repository + "/scripts/sample-images", folder.path + "/images"]
    var pointers: [UnsafeMutablePointer<CChar>?] = []
    for word in words { pointers.append(strdup(word)) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var child: pid_t = 0
    guard posix_spawn(&child, "/bin/sh", nil, nil, pointers, environ) == 0 else { throw Failed() }
    var status: Int32 = 0
    guard waitpid(child, &status, 0) == child, status == 0 else { throw Failed() }
    return folder
  }
}
