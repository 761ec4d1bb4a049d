import Bytes
import Findings
import Kube
import Transport

/// Finds the logs below a folder, by their names.
struct LogFolder {
  private(set) var files: [String] = []
  private(set) var problems: [Problem] = []
  /// Files whose names are not those of logs.
  private var others: [String] = []
  private let limits = Limits.standard

  private static let extensions: Set<String> = ["json", "jsonl", "ndjson", "log", "txt", "out", "csv", "raw"]
  private static let packed: Set<String> = ["gz", "zst", "zstd"]

  /// - Parameter folder: as the user named it; all paths begin with it.
  init(_ folder: String) {
    let root = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    walk(root, depth: 0)
    if !others.isEmpty {
      let names = others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
      problems.append(
        Problem(
          code: "no-log", location: Location(file: folder),
          message:
            "\(Phrase.count(others.count, "file")) left out, whose \(others.count == 1 ? "name is that of no log" : "names are those of no logs"): \(names); name a file to read it all the same",
          hidesInput: false))
    }
    if files.isEmpty {
      problems.append(
        Problem(
          code: "empty-folder", location: Location(file: folder), message: "no log below it, by the names of its files")
      )
    }
  }

  private mutating func walk(_ folder: String, depth: Int) {
    guard depth <= limits.directoryDepth else {
      return note(folder, "too-deep", "folders nested deeper than \(limits.directoryDepth); name the inner folder")
    }
    guard let names = FilePaths.names(in: folder) else { return note(folder, "unreadable", FileReader.lastError()) }
    for name in names {
      let path = folder + "/" + name
      guard let status = FileStatus(path, followsLinks: false) else {
        note(path, "unreadable", FileReader.lastError())
        continue
      }
      switch status.kind {
      case .folder: walk(path, depth: depth + 1)
      case .link where Self.isLog(name) || FilePaths.isFolder(path):
        note(path, "link", "a link; it was not followed, name the file itself or its folder")
      case .special where Self.isLog(name):
        note(path, "special-file", "a device, a pipe or a socket; it was not read")
      case .file:
        guard Self.isLog(name) else {
          if Self.isPackedLog(name) {
            note(
              path, "packed", "packed in a way that is not read here, which gzip and Zstandard are; unpack it")
          } else {
            others.append(name)
          }
          continue
        }
        guard files.count < limits.files else {
          return note(folder, "too-many-files", "more than \(limits.files) files; name the folders that matter")
        }
        files.append(path)
      default: continue
      }
    }
  }

  private mutating func note(_ path: String, _ code: Problem.Code, _ message: String) {
    problems.append(Problem(code: code, location: Location(file: path), message: message))
  }

  /// Whether a log is in an archive, or packed in another way: `audit.log.xz`, `logs.tar.gz`, `audit.log.zip`.
  private static func isPackedLog(_ name: String) -> Bool {
    if ManifestName(name) == .archive || ManifestName(name) == .packed { return true }
    let parts = name.lowercased().split(separator: ".")
    return parts.count > 1 && parts.last.map { ManifestName.unreadable.contains(String($0)) } == true
      && isLog(parts.dropLast().joined(separator: "."))
  }

  /// `audit.log`, `audit.log.gz`, `audit.log.1`, `audit-2026-11-23T07-11-08.000.log`, `0.log.20261123-071108.gz`.
  static func isLog(_ name: String) -> Bool {
    var parts = name.lowercased().split(separator: ".").map(String.init)
    if let last = parts.last, packed.contains(last) { parts.removeLast() }
    guard parts.count > 1 else { return false }
    if extensions.contains(parts[parts.count - 1]) { return true }
    // Rotated: the number or the time follows.
    guard parts.count > 2, let first = parts[parts.count - 1].utf8.first, first &- 0x30 < 10 else { return false }
    return parts.dropLast().contains { extensions.contains($0) }
  }
}
