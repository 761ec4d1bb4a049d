package import Bytes
import Findings
import Glibc
package import Kube

/// A file of YAML or JSON, a tar or tar.gz archive, or a folder of them.
package struct PathSource: SnapshotSource {
  package let name: String
  private let limits: Limits

  package init(_ path: String, limits: Limits = .standard) {
    name = path
    self.limits = limits
  }

  package func collect(progress: @escaping @Sendable (Int, Int) -> Void) async throws -> ClusterSnapshot.Builder {
    var status = stat()
    guard stat(name, &status) == 0 else {
      throw BartizanError(.input, "\(name): \(FileReader.lastError())")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return DocumentIntake.read(file: name, limits: limits)
    }
    let walk = FolderWalk(name, limits: limits)
    var builder = ClusterSnapshot.Builder()
    for problem in walk.problems { builder.add(problem) }
    if walk.files.isEmpty, walk.problems.isEmpty {
      builder.add(
        Problem(
          code: "empty-folder", location: Location(file: name), message: "no .yaml, .yml or .json file below it"))
    }
    let files = walk.files
    let limits = limits
    // Results are kept by position, so that the order of files decides, not which task ends first.
    var parts = [ClusterSnapshot.Builder?](repeating: nil, count: files.count)
    await withTaskGroup(of: (Int, ClusterSnapshot.Builder).self) { group in
      var next = 0
      var done = 0
      func add() {
        guard next < files.count else { return }
        let index = next
        next += 1
        group.addTask { (index, DocumentIntake.read(file: files[index], limits: limits)) }
      }
      for _ in 0..<Processors.count { add() }
      for await (index, part) in group {
        parts[index] = part
        done += 1
        progress(done, files.count)
        add()
      }
    }
    for part in parts { if let part { builder.append(part) } }
    return builder
  }
}

/// The number of processors that this process may use.
package enum Processors {
  package static let count = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
