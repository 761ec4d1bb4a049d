/// Files that one writer filled one after the other: `0.log.20261130-071108.gz`, `0.log.20261130-081500`, `0.log`, as the
/// kubelet rotates the logs of containers, and `app.log.2.gz`, `app.log.1`, `app.log`.
///
/// What a container prints as one line may lie in two of them.
enum RotatedLogs {
  /// The place of a file in the time of its log.
  private struct Name {
    /// The path of the file that is still written to.
    let log: String
    /// Orders the files of a log from the oldest to the one that is written to.
    let place: (Int, String)
  }

  /// The same files. Those of one log stand together where the first of them stood, the oldest first.
  static func ordered(_ files: [EventFiles.File]) -> [EventFiles.File] {
    var logs: [String: [(place: (Int, String), file: EventFiles.File)]] = [:]
    let names = files.map { Self.name($0.path) }
    for (file, name) in zip(files, names) {
      if let name { logs[name.log, default: []].append((name.place, file)) }
    }
    var all: [EventFiles.File] = []
    for (file, name) in zip(files, names) {
      guard let name else {
        all.append(file)
        continue
      }
      guard let own = logs.removeValue(forKey: name.log) else { continue }
      let sorted = own.sorted { $0.place < $1.place }.map(\.file)
      for (index, file) in sorted.enumerated() {
        var file = file
        file.isContinued = index + 1 < sorted.count
        all.append(file)
      }
    }
    return all
  }

  /// - Returns: nil for a file that is no log, or whose name does not tell where it belongs.
  private static func name(_ path: String) -> Name? {
    var path = path[...]
    for packed in [".gz", ".zst"] where path.hasSuffix(packed) { path = path.dropLast(packed.count) }
    if path.hasSuffix(".log") { return Name(log: String(path), place: (.max, "")) }
    guard let dot = path.lastIndex(of: "."), path[..<dot].hasSuffix(".log") else { return nil }
    let log = String(path[..<dot])
    let rest = path[path.index(after: dot)...]
    // The higher the number, the older the file.
    if rest.utf8.count <= 4, let number = Int(rest), number >= 0 { return Name(log: log, place: (-number, "")) }
    let parts = rest.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 8, parts[1].utf8.count == 6,
      parts.allSatisfy({ $0.utf8.allSatisfy { $0 &- 0x30 < 10 } })
    else { return nil }
    return Name(log: log, place: (0, String(rest)))
  }
}
