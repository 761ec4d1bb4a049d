import Bytes
import Glibc
import Kube
import Transport

/// The files of a node below a folder, as the node itself would see them: links lead within the folder, whatever they say.
struct NodeFolder {
  let root: String
  /// What of the node is mounted below the root, in folders as the node names them; nil for all of it. What is not there
  /// elsewhere says nothing.
  private let mounted: [String]?

  /// Largest file that is read, in bytes, most links on the way to one, and most entries below a folder.
  static let mostBytes = 1 << 20
  static let mostLinks = 40
  static let mostEntries = 10_000
  private static let mostDepth = 16

  private let users: [UInt32: String]
  private let groups: [UInt32: String]

  init(root: String, mounted: [String]? = nil) {
    self.root = root == "/" ? "" : root.hasSuffix("/") ? String(root.dropLast()) : root
    self.mounted = mounted
    // Number 0 is root whatever the node calls it, and where its list of names was not read.
    users = Self.names(self.root + "/etc/passwd").merging([0: "root"]) { _, root in root }
    groups = Self.names(self.root + "/etc/group").merging([0: "root"]) { _, root in root }
  }

  /// The files as a process sees them, whose root may be that of a container. Owners have the names that the node has for them.
  func root(ofProcess id: Int) -> NodeFolder {
    NodeFolder(root: "\(root)/proc/\(id)/root", users: users, groups: groups)
  }

  private init(root: String, users: [UInt32: String], groups: [UInt32: String]) {
    self.root = root
    mounted = nil
    self.users = users
    self.groups = groups
  }

  private func isMounted(_ path: String) -> Bool {
    mounted?.contains { path == $0 || path.hasPrefix($0 == "/" ? "/" : $0 + "/") } ?? true
  }

  /// `name:x:number:` of each line.
  private static func names(_ path: String) -> [UInt32: String] {
    guard case .read(let bytes, _) = read(at: path, as: path) else { return [:] }
    var names: [UInt32: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count > 2, let number = UInt32(parts[2]) else { continue }
      names[number] = names[number] ?? String(parts[0])
    }
    return names
  }

  private static func failure<T>(_ path: String, _ number: Int32 = errno) -> NodeFact<T> {
    switch number {
    // A name that is no text was read as another one, which does not exist.
    case ENOENT where path.contains("\u{FFFD}"): .unread(.notText, .file(path))
    case ENOENT, ENOTDIR: .absent(.file(path))
    case EACCES, EPERM: .unread(.permissionDenied, .file(path))
    case ELOOP: .unread(.symlinkLoop, .file(path))
    default: .unread(.failed, .file(path))
    }
  }

  /// The place of a path of the node in our own file system, with links followed within the folder.
  private func resolved(_ path: String) -> NodeFact<String> {
    var pending = path.split(separator: "/").map(String.init)[...]
    var done: [String] = []
    var links = 0
    while let part = pending.popFirst() {
      if part == "." { continue }
      if part == ".." {
        _ = done.popLast()
        continue
      }
      let place = root + "/" + (done + [part]).joined(separator: "/")
      guard let status = FileStatus(place, followsLinks: false) else {
        let number = errno
        return isMounted("/" + (done + [part] + pending).joined(separator: "/"))
          ? Self.failure(path, number) : .unread(.notMounted, .file(path))
      }
      guard status.kind == .link else {
        done.append(part)
        continue
      }
      links += 1
      guard links <= Self.mostLinks else { return .unread(.symlinkLoop, .file(path)) }
      guard let target = FilePaths.linkTarget(place) else { return Self.failure(path) }
      if target.hasPrefix("/") { done = [] }
      pending = target.split(separator: "/").map(String.init) + pending
    }
    let place = "/" + done.joined(separator: "/")
    return isMounted(place) ? .read(root + place, .file(path)) : .unread(.notMounted, .file(path))
  }

  func exists(_ path: String) -> Bool { resolved(path).value != nil }

  func status(_ path: String) -> NodeFact<NodeRecord.FileStatus> {
    resolved(path).flatMap { place, source in
      guard let status = FileStatus(place, followsLinks: false) else { return Self.failure(path) }
      return .read(
        NodeRecord.FileStatus(
          mode: status.mode & 0o7777, owner: users[status.owner] ?? String(status.owner),
          group: groups[status.group] ?? String(status.group), isFolder: status.kind == .folder), source)
    }
  }

  func read(_ path: String) -> NodeFact<[UInt8]> {
    resolved(path).flatMap { place, _ in Self.read(at: place, as: path) }
  }

  private static func read(at place: String, as path: String) -> NodeFact<[UInt8]> {
    let descriptor = open(place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return failure(path) }
    defer { close(descriptor) }
    guard let status = FileStatus(descriptor: descriptor) else { return failure(path) }
    guard status.kind == .file else { return .unread(.special, .file(path)) }
    guard status.size <= mostBytes else { return .unread(.tooLarge, .file(path)) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= mostBytes {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return errno == ESRCH ? .unread(.vanished, .file(path)) : failure(path) }
      if count == 0 { return .read(bytes, .file(path)) }
      bytes += buffer.prefix(count)
    }
    return .unread(.tooLarge, .file(path))
  }

  /// The names in a folder; links are followed to it, not from it.
  func names(_ path: String) -> NodeFact<[String]> {
    resolved(path).flatMap { place, source in
      guard let folder = opendir(place) else { return Self.failure(path) }
      defer { closedir(folder) }
      var names: [String] = []
      errno = 0
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name == "." || name == ".." { continue }
        guard names.count < 200_000 else { return .unread(.tooMany, source) }
        names.append(name)
      }
      return errno == 0 ? .read(names.sorted(), source) : Self.failure(path)
    }
  }

  /// The paths of all that is below a folder. Links to folders are not entered.
  func below(_ path: String) -> NodeFact<[String]> {
    var all: [String] = []
    var pending: [(path: String, depth: Int)] = [(path, 0)]
    while let (folder, depth) = pending.popLast() {
      switch names(folder) {
      case .absent(let source):
        if folder == path { return .absent(source) }
      case .unread(let reason, let source): return .unread(reason, source)
      case .read(let names, _):
        let place = resolved(folder).value
        for name in names {
          let inner = folder + "/" + name
          guard all.count < Self.mostEntries, depth < Self.mostDepth else { return .unread(.tooMany, .file(path)) }
          all.append(inner)
          if let place, FileStatus(place + "/" + name, followsLinks: false)?.kind == .folder {
            pending.append((inner, depth + 1))
          }
        }
      }
    }
    return .read(all.sorted(), .file(path))
  }
}
