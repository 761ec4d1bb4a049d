import Bytes

/// What names of files say of manifests, the same in a folder and in an archive.
package enum ManifestName: Sendable {
  /// A YAML or JSON file, which may be packed by gzip or Zstandard.
  case manifest
  /// A tar or ZIP archive.
  case archive
  /// A manifest or an archive that is packed in a way that is not read here.
  case packed
  case other

  /// File name extensions of manifests, in lower case.
  package static let extensions: Set<String> = ["yaml", "yml", "json"]
  private static let readable: Set<String> = ["gz", "zst"]
  /// Endings of files that are packed in a way that is not read here.
  package static let unreadable: Set<String> = ["bz2", "xz", "lzma", "lz", "lz4", "z", "br", "7z", "rar"]
  private static let archives: Set<String> = ["tar", "tgz", "tzst", "zip"]
  private static let packedArchives: Set<String> = ["tbz", "tbz2", "txz", "7z", "rar"]

  /// - Parameter name: with or without the folders before it.
  package init(_ name: String) {
    let name = name.lowercased()
    guard let (rest, last) = Self.split(name[...]) else {
      self = .other
      return
    }
    let inner = Self.split(rest)?.last ?? ""
    if Self.extensions.contains(last) {
      self = .manifest
    } else if Self.archives.contains(last) || inner == "tar" && Self.readable.contains(last) {
      self = .archive
    } else if Self.readable.contains(last), Self.extensions.contains(inner) {
      self = .manifest
    } else if Self.packedArchives.contains(last)
      || Self.unreadable.contains(last) && (inner == "tar" || Self.extensions.contains(inner))
    {
      self = .packed
    } else {
      self = .other
    }
  }

  private static func split(_ name: Substring) -> (rest: Substring, last: String)? {
    guard let dot = name.lastIndex(of: "."), !name[dot...].contains("/") else { return nil }
    return (name[..<dot], String(name[name.index(after: dot)...]))
  }

  /// What is said of a file that is packed in another way.
  package static let packedMessage =
    "packed in a way that is not read here, which gzip, Zstandard, tar and ZIP are; it was not read, unpack it"

  /// Folders in which tools keep what is theirs: the history of a repository, what was downloaded or built, settings of editors.
  package static let toolFolders: Set<String> =
    histories.union([
      ".terraform", ".terragrunt-cache", ".venv", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache",
      ".gradle",
      ".yarn", ".pnpm-store", ".npm", ".m2", ".build", ".swiftpm", ".direnv", ".idea", ".vscode", ".devcontainer",
    ])

  /// Of these, those of which it is not worth a word that nobody looks into them.
  private static let histories: Set<String> = [".git", ".hg", ".svn", ".bzr", ".jj"]

  /// The folder of a tool that a path lies in; nil for none.
  package static func toolFolder(in path: String) -> String? {
    guard path.utf8.first == UInt8(ascii: ".") || path.contains("/.") else { return nil }
    return path.split(separator: "/").dropLast().map(String.init).first(where: toolFolders.contains)
  }

  /// What is said of folders of tools that were not looked into; nil where it is not worth a word.
  ///
  /// - Parameter names: of the folders, without those before them.
  package static func message(toolFolders names: Set<String>) -> String? {
    let names = names.subtracting(histories).sorted()
    guard !names.isEmpty else { return nil }
    return
      "not looked into, as folders of tools: \(names.joined(separator: ", ")); name one, or a file in it, to have it read"
  }

  /// Whether a file or a folder above it, as far as a path has them, is one that listings leave out.
  package static func isHidden(_ path: String) -> Bool {
    path.utf8.first == UInt8(ascii: ".") || path.contains("/.")
  }

  // MARK: Files of other names

  /// Whether manifests may be expected in a file of such a name, which is not read: a template, a copy or a text. Of other
  /// names, such as those of documentation, nobody expects it.
  package static func mayHold(_ name: String) -> Bool {
    let parts = (name.split(separator: "/").last ?? "").lowercased().split(separator: ".")
    guard parts.count > 1, let suffix = parts.last else { return false }
    return parts.dropFirst().dropLast().contains { extensions.contains(String($0)) }
      || textExtensions.contains(String(suffix)) || suffix.hasSuffix("~")
  }

  private static let textExtensions: Set<String> = [
    "txt", "tmpl", "tpl", "gotmpl", "template", "j2", "jinja", "jinja2", "erb", "bak", "orig", "old", "disabled",
  ]

  /// Whether a text has the fields of an object at the beginning of its lines.
  package static func looksLikeManifests(_ bytes: some Collection<UInt8>) -> Bool {
    var wanted: Set<String> = ["apiVersion:", "kind:"]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      for word in wanted where line.starts(with: word.utf8) { wanted.remove(word) }
      if wanted.isEmpty { return true }
    }
    return false
  }

  /// Largest file of another name that is looked at, in bytes.
  package static let mostOther = 1 << 20

  /// What is said of files of other names.
  ///
  /// - Parameter place: such as `below the folder`.
  package static func message(passedOver count: Int, _ place: String) -> String {
    "\(Phrase.count(count, "file")) \(place) \(Phrase.noun(count, "holds", "hold")) what looks like manifests, in no .yaml, .yml or .json file, and \(Phrase.noun(count, "was", "were")) not read; name the file itself, or what is made of it"
  }

  /// Whether a file of a folder or an archive is somebody else's, whatever its name: hidden files of tools are often in a
  /// dialect of their own, and without an object in them none of their faults is one of manifests.
  ///
  /// - Parameter path: from the folder or in the archive.
  package static func isForeign(_ bytes: [UInt8], _ path: String) -> Bool {
    guard isHidden(path) else { return false }
    // What other systems need to know of a file of macOS. Source: RFC 1740, AppleDouble.
    if bytes.starts(with: [0x00, 0x05, 0x16, 0x07]), path.split(separator: "/").last?.hasPrefix("._") == true {
      return true
    }
    return !mayHoldObject(bytes)
  }

  private static func mayHoldObject(_ bytes: [UInt8]) -> Bool {
    if Gzip.isGzip(bytes) || Zstandard.isZstandard(bytes) { return true }
    let text = TextEncoding.decoded(bytes).utf8[...]
    return ["apiVersion", "\\u", "\\U", "\\x"].contains { ByteSearch.contains(text, $0) }
  }
}
