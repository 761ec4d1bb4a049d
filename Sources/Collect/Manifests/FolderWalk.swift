package import Bytes
package import Findings
import Kube
import Transport

/// Finds the manifests below a folder.
package struct FolderWalk: Sendable {
  package private(set) var files: [String] = []
  /// Folders of Helm charts, whose templates are not among the files.
  package private(set) var charts: [String] = []
  /// Archives, of which some may be packaged charts.
  package private(set) var archives: [String] = []
  /// Folders of kustomizations, whose own files are not among the files.
  package private(set) var kustomizations: [String] = []
  package private(set) var problems: [Problem] = []
  /// What ignore files leave out, of files those alone that would have been read; a folder counts as one.
  package private(set) var ignored = (files: 0, folders: 0)
  /// Files that hold manifests and do not have the name of one.
  private var passedOver: [String] = []
  private var toolFolders: Set<String> = []
  /// Where the links among the files lead to.
  private var targets: Set<String> = []
  private let limits: Limits
  private var root = ""
  private var realRoot = ""

  /// - Parameter folder: as the user named it; all paths begin with it.
  package init(_ folder: String, limits: Limits = .standard) {
    self.limits = limits
    root = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    realRoot = FilePaths.real(root) ?? root
    let above = ignoresAbove()
    walk(root, relative: "", ignores: above, depth: 0)
    // Volumes of ConfigMaps are links to files in a hidden folder, which are read by the names that the volume is for.
    if !targets.isEmpty {
      files = files.filter { file in
        !isOfVolume(file.dropFirst(root.count)) || FilePaths.real(file).map(targets.contains) != true
      }
    }
    if let message = ManifestName.message(toolFolders: toolFolders) {
      problems.append(
        Problem(code: "tool-folders", location: Location(file: root), message: message, hidesInput: false))
    }
    guard let first = passedOver.first else { return }
    // kubectl does not read them either.
    problems.append(
      Problem(
        code: "passed-over", location: Location(file: first),
        message: ManifestName.message(passedOver: passedOver.count, "below the folder"), hidesInput: false))
  }

  /// Whether a folder of the path begins with two dots, as those that kubelets write do.
  private func isOfVolume(_ path: Substring) -> Bool {
    path.contains("/..") && path.split(separator: "/").dropLast().contains { $0.hasPrefix("..") }
  }

  private struct Ignore {
    /// Of its own folder, from the root on; empty for the root and what is above it.
    var base = ""
    /// The way from its folder to the root, where it is above that.
    var above = ""
    let file: IgnoreFile

    /// - Parameter path: from the root on.
    func ignores(_ path: String, isFolder: Bool) -> Bool {
      path.hasPrefix(base) && file.ignores(above + path.dropFirst(base.count), isFolder: isFolder)
    }
  }

  /// The ignore files of the folders above, up to the root of the repository, as git reads them; without a repository none.
  private mutating func ignoresAbove() -> [Ignore] {
    var found: [Ignore] = []
    var folder = realRoot
    var way = ""
    while folder != "/", !FilePaths.exists(folder + "/.git") {
      way = (folder.split(separator: "/").last.map(String.init) ?? "") + "/" + way
      folder = FilePaths.folder(of: folder)
      if let file = ignoreFile(of: folder) { found.insert(Ignore(above: way, file: file), at: 0) }
    }
    return FilePaths.exists(folder + "/.git") ? found : []
  }

  /// The ignore file of a folder; nil where there is none. One that cannot be read is told.
  private mutating func ignoreFile(of folder: String) -> IgnoreFile? {
    let file = (folder == "/" ? "" : folder) + "/" + IgnoreFile.name
    guard FileStatus(file, followsLinks: false) != nil else { return nil }
    do throws(BartizanError) {
      let bytes = try FileReader.readPlain(file, limits: limits)
      return IgnoreFile(String(decoding: TextEncoding.decoded(bytes).utf8, as: UTF8.self))
    } catch {
      // An invalid ignore file hides nothing; it only shows more than was wanted.
      problems.append(
        Problem(
          code: "unreadable", location: Location(file: file), message: "\(error.message); nothing is left out by it",
          hidesInput: false))
      return nil
    }
  }

  private mutating func walk(_ path: String, relative: String, ignores: [Ignore], depth: Int) {
    guard depth <= limits.directoryDepth else {
      note(path, "too-deep", "folders nested deeper than \(limits.directoryDepth); name the inner folder")
      return
    }
    guard let names = FilePaths.names(in: path) else {
      note(path, "unreadable", FileReader.lastError())
      return
    }
    var ignores = ignores
    if names.contains(IgnoreFile.name), let file = ignoreFile(of: path) {
      ignores.append(Ignore(base: relative.isEmpty ? "" : relative + "/", file: file))
    }
    let isChart = names.contains("Chart.yaml") && names.contains("templates")
    if names.contains(where: KustomizationGraph.names.contains) { kustomizations.append(path) }
    for name in names where name != IgnoreFile.name {
      let inner = relative.isEmpty ? name : relative + "/" + name
      let full = path + "/" + name
      guard let status = FileStatus(full, followsLinks: false) else {
        note(full, "unreadable", FileReader.lastError())
        continue
      }
      var type = status.kind
      let isLink = type == .link
      let kind = KustomizationGraph.names.contains(name) ? .manifest : ManifestName(name)
      if isLink {
        guard let target = FileStatus(full) else {
          // Editors leave such ones beside a file that is open.
          if kind != .other, !name.hasPrefix(".#") { note(full, "broken-link", "a link that leads nowhere") }
          continue
        }
        type = target.kind
      }
      let isFolder = type == .folder
      if ignores.contains(where: { $0.ignores(inner, isFolder: isFolder) }) {
        if isFolder { ignored.folders += 1 } else if kind != .other { ignored.files += 1 }
        continue
      }
      if isFolder, ManifestName.toolFolders.contains(name) {
        toolFolders.insert(name)
        continue
      }
      if isLink {
        // Mounts of ConfigMaps link within their folder; a link that leaves the folder could name any file of the
        // machine.
        guard isFolder || kind != .other else { continue }
        guard let target = FilePaths.real(full), FilePaths.isWithin(target, realRoot) else {
          let what = isFolder ? "folder" : "file"
          note(
            full, "link-out", "a link that leads out of the folder; it was not followed, name the \(what) itself")
          continue
        }
        if ManifestName.toolFolder(in: String(target.dropFirst(realRoot.count)) + (isFolder ? "/." : "")) != nil {
          note(full, "link-out", "a link into a folder of a tool; it was not followed, name what it leads to")
          continue
        }
        // What is in a folder within this one is read there.
        if isFolder { continue }
        targets.insert(target)
      }
      switch type {
      case .folder:
        if isChart, name == "templates" || name == "charts" {
          if name == "templates" { charts.append(path) }
          continue
        }
        walk(full, relative: inner, ignores: ignores, depth: depth + 1)
      case .file:
        if !take(full, name, kind, isLink: isLink, isOfChart: isChart) {
          if problems.last?.code != "too-many-files" {
            note(path, "too-many-files", "more than \(limits.files) files; name the folders that matter")
          }
          return
        }
      case .special where kind != .other:
        note(full, "special-file", "a device, a pipe or a socket; it was not read")
      case .special, .link: continue
      }
    }
  }

  /// - Returns: false where there are too many.
  private mutating func take(
    _ path: String, _ name: String, _ kind: ManifestName, isLink: Bool, isOfChart: Bool
  ) -> Bool {
    switch kind {
    case .manifest:
      if KustomizationGraph.names.contains(name) { return true }
      if isOfChart, name == "Chart.yaml" || name.hasPrefix("values") { return true }
      guard files.count < limits.files else { return false }
      files.append(path)
    case .archive:
      guard archives.count < limits.files else { return false }
      archives.append(path)
    case .packed: note(path, "packed", ManifestName.packedMessage)
    case .other:
      if !isLink, passedOver.count < limits.files, looksLikeManifest(path, name) { passedOver.append(path) }
    }
    return true
  }

  private func looksLikeManifest(_ path: String, _ name: String) -> Bool {
    guard ManifestName.mayHold(name), let size = FileStatus(path)?.size, size <= ManifestName.mostOther,
      let bytes = try? FileReader.readPlain(path, limits: limits)
    else { return false }
    return ManifestName.looksLikeManifests(bytes)
  }

  /// Whether a file below the folder is somebody else's; see `ManifestName`.
  package func isForeign(_ bytes: [UInt8], _ file: String) -> Bool {
    ManifestName.isForeign(bytes, String(file.dropFirst(root.count + 1)))
  }

  private mutating func note(_ path: String, _ code: Problem.Code, _ message: String) {
    problems.append(Problem(code: code, location: Location(file: path), message: message))
  }

  /// Whether helm may have packaged it.
  static func isPackage(_ name: String) -> Bool { name.hasSuffix(".tgz") || name.hasSuffix(".tar.gz") }
}
