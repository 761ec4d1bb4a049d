import Glibc

/// A folder of its own for a test, removed at the end of it.
package final class TemporaryFolder: Sendable {
  package let path: String

  package struct Failure: Error {}

  package init() throws {
    var template = Array("/tmp/bartizan-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  package func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  package func write(_ name: String, _ bytes: [UInt8]) throws {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o755)
    }
    guard let file = fopen(path + "/" + name, "wb") else { throw Failure() }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Failure() }
  }

  package func makeExecutable(_ name: String) throws {
    guard chmod(path + "/" + name, 0o755) == 0 else { throw Failure() }
  }

  package func link(_ name: String, to target: String) throws {
    guard symlink(target, path + "/" + name) == 0 else { throw Failure() }
  }

  /// - Parameter bytes: the new name, which need not be UTF-8.
  package func rename(_ name: String, to bytes: [UInt8]) throws {
    let target = Array((path + "/").utf8) + bytes
    guard Glibc.rename(path + "/" + name, Self.characters(target)) == 0 else { throw Failure() }
  }

  deinit { Self.removeAll(Array(path.utf8)) }

  private static func characters(_ bytes: [UInt8]) -> [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

  private static func removeAll(_ bytes: [UInt8]) {
    let path = characters(bytes)
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR, let stream = opendir(path) {
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: UInt8.self, capacity: 256) { Array(UnsafeBufferPointer(start: $0, count: 256)) }
        }.prefix { $0 != 0 }
        if name != [0x2E], name != [0x2E, 0x2E] { removeAll(bytes + [0x2F] + name) }
      }
      closedir(stream)
    }
    remove(path)
  }
}
