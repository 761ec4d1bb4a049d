package import Bytes
package import Findings
import Glibc
import Kube
import Transport

/// Finds the manifests below a folder.
package struct FolderWalk: Sendable {
  package private(set) var files: [String] = []
  /// Folders of Helm charts, whose templates are not among the files.
  package private(set) var charts: [String] = []
  /// Archives that may be packaged charts.
  package private(set) var packages: [String] = []
  /// Folders of kustomizations, whose own files are not among the files.
  package private(set) var kustomizations: [String] = []
  package private(set) var problems: [Problem] = []
  /// What ignore files leave out, of files those alone that would have been read; a folder counts as one.
  package private(set) var ignored = (files: 0, folders: 0)
  /// Files that hold manifests and do not have the name of one.
  private var passedOver: [String] = []
  private let limits: Limits
  private var root = ""
  private var realRoot = ""

  package static let extensions = ManifestReader.extensions

  /// - Parameter folder: as the user named it; all paths begin with it.
  package init(_ folder: String, limits: Limits = .standard) {
    self.limits = limits
    root = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    realRoot = FilePaths.real(root) ?? root
    let above = ignoresAbove()
    walk(root, relative: "", ignores: above, depth: 0)
    guard let first = passedOver.first else { return }
    // kubectl does not read them either.
    problems.append(
      Problem(
        code: "passed-over", location: Location(file: first),
        message:
          "\(Phrase.count(passedOver.count, "file")) below the folder \(Phrase.noun(passedOver.count, "holds", "hold")) what looks like manifests, in no .yaml, .yml or .json file, and \(Phrase.noun(passedOver.count, "was", "were")) not read; name the file itself, or what is made of it",
        hidesInput: false))
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
    for name in names where !name.hasPrefix(".") {
      let inner = relative.isEmpty ? name : relative + "/" + name
      let full = path + "/" + name
      guard let status = FileStatus(full, followsLinks: false) else { continue }
      var type = status.kind
      let isLink = type == .link
      if isLink {
        guard let target = FileStatus(full) else {
          if Self.isManifest(name) { note(full, "broken-link", "a link that leads nowhere") }
          continue
        }
        type = target.kind
      }
      let isFolder = type == .folder
      if ignores.contains(where: { $0.ignores(inner, isFolder: isFolder) }) {
        if isFolder { ignored.folders += 1 } else if Self.isManifest(name) { ignored.files += 1 }
        continue
      }
      if isLink {
        // Mounts of ConfigMaps link within their folder; a link that leaves the folder could name any file of the
        // machine.
        if isFolder || !Self.isManifest(name) { continue }
        guard let target = FilePaths.real(full), target.hasPrefix(realRoot + "/") else {
          note(full, "link-out", "a link that leads out of the folder; it was not followed, name the file itself")
          continue
        }
      }
      if isFolder {
        if isChart, name == "templates" || name == "charts" {
          if name == "templates" { charts.append(path) }
          continue
        }
        walk(full, relative: inner, ignores: ignores, depth: depth + 1)
      } else if type == .file, Self.isManifest(name) {
        if KustomizationGraph.names.contains(name) { continue }
        if isChart, name == "Chart.yaml" || name.hasPrefix("values") { continue }
        guard files.count < limits.files else {
          if files.count == limits.files, problems.last?.code != "too-many-files" {
            note(path, "too-many-files", "more than \(limits.files) files; name the folders that matter")
          }
          return
        }
        files.append(full)
      } else if type == .file, !isLink, Self.isPackage(name), packages.count < limits.files {
        packages.append(full)
      } else if type == .file, !isLink, passedOver.count < limits.files, looksLikeManifest(full, name) {
        passedOver.append(full)
      }
    }
  }

  /// Whether a template, a copy or a text holds manifests: of other names, such as those of documentation, nobody expects it.
  private func looksLikeManifest(_ path: String, _ name: String) -> Bool {
    let parts = name.lowercased().split(separator: ".")
    guard parts.count > 1, let suffix = parts.last else { return false }
    let isOfManifest = parts.dropFirst().dropLast().contains { Self.extensions.contains(String($0)) }
    guard isOfManifest || Self.textExtensions.contains(String(suffix)) || suffix.hasSuffix("~")
    else { return false }
    guard let size = FileStatus(path)?.size, size <= 1 << 20,
      let bytes = try? FileReader.readPlain(path, limits: limits)
    else { return false }
    var wanted: Set<String> = ["apiVersion:", "kind:"]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      for word in wanted where line.starts(with: word.utf8) { wanted.remove(word) }
      if wanted.isEmpty { return true }
    }
    return false
  }

  private static let textExtensions: Set<String> = [
    "txt", "tmpl", "tpl", "gotmpl", "template", "j2", "jinja", "jinja2", "erb", "bak", "orig", "old", "disabled",
  ]

  private mutating func note(_ path: String, _ code: Problem.Code, _ message: String) {
    problems.append(Problem(code: code, location: Location(file: path), message: message))
  }

  /// Whether helm may have packaged it.
  static func isPackage(_ name: String) -> Bool { name.hasSuffix(".tgz") || name.hasSuffix(".tar.gz") }

  private static func isManifest(_ name: String) -> Bool {
    // A compressed one is read like any other where it is named; it is one in a folder, too.
    let name = name.lowercased().hasSuffix(".gz") ? name.dropLast(3) : name[...]
    guard let dot = name.lastIndex(of: ".") else { return false }
    return extensions.contains(name[name.index(after: dot)...].lowercased())
  }
}
