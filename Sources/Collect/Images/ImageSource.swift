package import Bytes
package import Findings
import Glibc
package import Images

/// The packages of an image or a folder: an archive of `docker save` or an OCI layout, plain or gzipped; the unpacked root of
/// a system; a folder of sources with lock files; an SBOM.
package enum ImageSource {
  package struct Contents: Sendable {
    package var system: OperatingSystem?
    package var packages: [SoftwarePackage] = []
    package var problems: [Problem] = []
    /// Layers that were read; 0 for a folder.
    package var layers = 0
    /// The step of the build that made each layer, from the bottom, as far as the image's history tells.
    package var steps: [String] = []

    /// The step of the build that brought a package; nil where the history does not tell.
    package func step(of package: SoftwarePackage) -> String? {
      package.layer.flatMap { $0 < steps.count ? steps[$0] : nil }
    }
  }

  /// - Throws: when the source as a whole is of no use.
  package static func read(_ path: String, limits: Limits = .standard) throws -> Contents {
    guard FilePaths.exists(path) else { throw BartizanError(.input, "\(path): no such file or folder") }
    var files = FileSet()
    var contents = Contents()
    if FilePaths.isFolder(path) {
      if FilePaths.exists(path + "/oci-layout") || FilePaths.exists(path + "/manifest.json") {
        try readLayers(FolderArchive(folder: path), &files, &contents, path, limits)
      } else {
        readFolder(path, "", &files, &contents, limits, depth: 0)
      }
    } else {
      let bytes = try FileReader.read(path, limits: limits)
      let plain: [UInt8]
      do throws(DocumentError) {
        plain =
          Gzip.isGzip(bytes)
          ? try Gzip.decompress(bytes, limits: limits)
          : Zstandard.isZstandard(bytes) ? try Zstandard.decompress(bytes, limits: limits) : bytes
      } catch {
        throw BartizanError(.input, "\(path): \(error.message)")
      }
      if let bill = SBOMReader(plain, file: path) {
        contents.system = bill.system
        contents.packages = bill.packages
        if bill.nameless > 0 {
          contents.problems.append(
            Problem(
              code: "no-purl", location: Location(file: path),
              message:
                "\(bill.nameless) components have no package URL that advisories speak of; nothing is known of them",
              hidesInput: true))
        }
        return contents
      }
      guard TarReader.isTar(plain) else {
        throw BartizanError(
          .input,
          "\(path): neither a folder nor an image archive (docker save, OCI layout) nor an SBOM (CycloneDX, SPDX)")
      }
      try readLayers(TarArchive(plain, limits: limits), &files, &contents, path, limits)
    }
    for place in OperatingSystem.paths {
      if contents.system == nil, let bytes = files.files[place]?.bytes {
        contents.system = OperatingSystem(String(decoding: bytes, as: UTF8.self))
      }
    }
    for (name, file) in files.files.sorted(by: { $0.key < $1.key }) {
      let packages =
        PackageReaders.reader(for: name)?.read(file.bytes, name, contents.system) ?? file.packages
      contents.packages += packages.map { package in
        guard contents.layers > 0 else { return package }
        var package = package
        package.layer = files.firstSeen[FileSet.key(package)] ?? file.layer
        return package
      }
    }
    return contents
  }

  /// Files that some reader wants, by their path from the root.
  fileprivate struct FileSet {
    var files: [String: Entry] = [:]

    /// The layer in which a package first stood in a database: later layers write the whole database again.
    var firstSeen: [String: Int] = [:]

    static func key(_ package: SoftwarePackage) -> String { "\(package.path)\0\(package.name)\0\(package.version)" }

    struct Entry {
      var bytes: [UInt8] = []
      /// Of a program, whose bytes are not kept.
      var packages: [SoftwarePackage] = []
      let layer: Int
    }

    static func wants(_ path: String) -> Bool {
      OperatingSystem.paths.contains(path) || PackageReaders.reader(for: path) != nil
    }
  }

  // MARK: Folders

  private static func readFolder(
    _ root: String, _ relative: String, _ files: inout FileSet, _ contents: inout Contents, _ limits: Limits, depth: Int
  ) {
    guard depth <= limits.directoryDepth else { return }
    let folder = relative.isEmpty ? root : root + "/" + relative
    guard let names = FilePaths.names(in: folder) else {
      contents.problems.append(
        Problem(code: "unreadable", location: Location(file: folder), message: FileReader.lastError()))
      return
    }
    for name in names where name != ".git" && name != "proc" && name != "sys" {
      let path = relative.isEmpty ? name : relative + "/" + name
      var status = stat()
      guard lstat(root + "/" + path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: readFolder(root, path, &files, &contents, limits, depth: depth + 1)
      case S_IFREG where FileSet.wants(path) || status.st_mode & 0o111 != 0 && isProgram(root + "/" + path):
        do throws(BartizanError) {
          let bytes = try FileReader.read(root + "/" + path, limits: limits)
          if FileSet.wants(path) {
            files.files[path] = FileSet.Entry(bytes: bytes, layer: 0)
          } else {
            let packages = PackageReaders.program(bytes, path)
            if !packages.isEmpty { files.files[path] = FileSet.Entry(packages: packages, layer: 0) }
          }
        } catch {
          contents.problems.append(
            Problem(code: "unreadable", location: Location(file: root + "/" + path), message: error.message))
        }
      default: continue
      }
    }
  }

  private static func isProgram(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var head = [UInt8](repeating: 0, count: 4)
    return glibcRead(descriptor, &head) == 4 && PackageReaders.isProgram(head)
  }

  private static func glibcRead(_ descriptor: Int32, _ bytes: inout [UInt8]) -> Int {
    let count = bytes.count
    return bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, count) }
  }

  // MARK: Images

  private static func readLayers(
    _ archive: some ImageArchive, _ files: inout FileSet, _ contents: inout Contents, _ path: String, _ limits: Limits
  ) throws {
    let names: [String]
    do {
      names = try ImageManifest.layers(archive)
    } catch let error as DocumentError {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
    contents.steps = ImageManifest.steps(archive)
    for (index, name) in names.enumerated() {
      do throws(DocumentError) {
        guard let raw = archive.file(name) else { throw DocumentError(.archive, "the layer \(name) is not in it") }
        try apply(raw, layer: index, to: &files, &contents, "\(path)!\(name)", limits)
        contents.layers += 1
      } catch {
        contents.problems.append(
          Problem(code: "layer", location: Location(file: "\(path)!\(name)"), message: error.message))
      }
    }
  }

  /// Lays a layer over those before it. Names beginning in `.wh.` take away what lies below.
  ///
  /// Source: OCI image specification, "Image Layer Filesystem Changeset", section "Whiteouts".
  private static func apply(
    _ raw: [UInt8], layer: Int, to files: inout FileSet, _ contents: inout Contents, _ name: String, _ limits: Limits
  ) throws(DocumentError) {
    let plain =
      Gzip.isGzip(raw)
      ? try Gzip.decompress(raw, limits: limits)
      : Zstandard.isZstandard(raw) ? try Zstandard.decompress(raw, limits: limits) : raw
    let tar = TarReader(plain, limits: limits)
    var added: [(String, FileSet.Entry)] = []
    for member in tar.members {
      let parts = member.name.split(separator: "/").filter { $0 != "." }
      guard let last = parts.last, !parts.contains("..") else { continue }
      let folder = parts.dropLast().joined(separator: "/")
      if last == ".wh..wh..opq" {
        files.files = files.files.filter { !isBelow($0.key, folder) }
      } else if last.hasPrefix(".wh.") {
        let hidden = (folder.isEmpty ? "" : folder + "/") + last.dropFirst(4)
        files.files = files.files.filter { $0.key != hidden && !isBelow($0.key, hidden) }
      } else {
        let path = parts.joined(separator: "/")
        if FileSet.wants(path) {
          added.append((path, FileSet.Entry(bytes: Array(plain[member.bytes]), layer: layer)))
        } else if PackageReaders.isProgram(plain[member.bytes].prefix(4)) {
          let packages = PackageReaders.program(Array(plain[member.bytes]), path)
          // A program without packages still hides what a lower layer had in its place.
          if !packages.isEmpty || files.files[path] != nil {
            added.append((path, FileSet.Entry(packages: packages, layer: layer)))
          }
        }
      }
    }
    // Whiteouts concern lower layers only, wherever they stand in their own.
    for (path, entry) in added {
      files.files[path] = entry
      guard
        ["var/lib/dpkg/status", "lib/apk/db/installed"].contains(path) || path.hasPrefix("var/lib/rpm/")
          || path.hasPrefix("usr/lib/sysimage/rpm/")
      else { continue }
      for package in PackageReaders.reader(for: path)?.read(entry.bytes, path, nil) ?? [] {
        let key = FileSet.key(package)
        if files.firstSeen[key] == nil { files.firstSeen[key] = layer }
      }
    }
    // Links and devices belong to every system; they are not followed, and hold no packages.
    for error in tar.errors.filter({ $0.code != .special }).prefix(5) {
      contents.problems.append(Problem(code: "layer", location: Location(file: name), message: error.message))
    }
  }

  private static func isBelow(_ path: String, _ folder: String) -> Bool {
    folder.isEmpty || path.hasPrefix(folder + "/")
  }
}

/// The files of an image as it is kept: manifests, and layers by their names.
protocol ImageArchive {
  func file(_ name: String) -> [UInt8]?
}

struct TarArchive: ImageArchive {
  private let bytes: [UInt8]
  private let members: [String: Range<Int>]

  init(_ bytes: [UInt8], limits: Limits) {
    self.bytes = bytes
    var members: [String: Range<Int>] = [:]
    for member in TarReader(bytes, limits: limits).members {
      members[member.name.hasPrefix("./") ? String(member.name.dropFirst(2)) : member.name] = member.bytes
    }
    self.members = members
  }

  func file(_ name: String) -> [UInt8]? { members[name].map { Array(bytes[$0]) } }
}

struct FolderArchive: ImageArchive {
  let folder: String

  func file(_ name: String) -> [UInt8]? {
    guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
    return try? FileReader.read(folder + "/" + name)
  }
}

/// Finds the layers of an image, from the bottom.
enum ImageManifest {
  /// What made each layer, by the history in the image's configuration; nothing where there is none.
  static func steps(_ archive: some ImageArchive) -> [String] {
    var configuration: [UInt8]?
    if let bytes = archive.file("manifest.json") {
      let name = try? JSONReader.read(bytes).elements.first?["Config"]?.string
      configuration = name.flatMap { archive.file($0) }
    } else if let bytes = archive.file("index.json"), let manifest = try? manifest(bytes, archive),
      let descriptor = manifest["config"], let name = try? blob(descriptor)
    {
      configuration = archive.file(name)
    }
    guard let configuration, let document = try? JSONReader.read(configuration) else { return [] }
    return (document["history"]?.elements ?? []).filter { $0["empty_layer"]?.bool != true }
      .map { $0["created_by"]?.string ?? "" }
  }

  /// - Throws: `DocumentError` for an archive without a manifest, or one that leads nowhere.
  static func layers(_ archive: some ImageArchive) throws -> [String] {
    if let bytes = archive.file("manifest.json") {
      // Docker's list of images; the first is taken.
      guard let image = try JSONReader.read(bytes).elements.first, let layers = image["Layers"]?.strings,
        !layers.isEmpty
      else { throw DocumentError(.archive, "its manifest.json names no layers") }
      return layers
    }
    guard let bytes = archive.file("index.json") else {
      throw DocumentError(.archive, "no image in it: neither manifest.json nor index.json")
    }
    let layers = try manifest(bytes, archive)["layers"]?.elements ?? []
    return try layers.map { try blob($0) }
  }

  /// The manifest that an index leads to, for Linux on amd64 where there are several.
  private static func manifest(_ bytes: [UInt8], _ archive: some ImageArchive) throws -> Node {
    var manifest = try JSONReader.read(bytes)
    // An index may lead to another; a circle or a long chain is nonsense.
    for _ in 0..<4 {
      if manifest["layers"] != nil { return manifest }
      let entries = manifest["manifests"]?.elements ?? []
      let chosen = entries.first { entry in
        guard let platform = entry["platform"] else { return true }
        return platform["os"]?.string == "linux" && platform["architecture"]?.string == "amd64"
      }
      guard let chosen = chosen ?? entries.first, let next = archive.file(try blob(chosen)) else {
        throw DocumentError(.archive, "its index leads to no manifest")
      }
      manifest = try JSONReader.read(next)
    }
    throw DocumentError(.archive, "its indexes lead to each other")
  }

  private static func blob(_ descriptor: Node) throws(DocumentError) -> String {
    let parts = (descriptor["digest"]?.string ?? "").split(separator: ":")
    guard parts.count == 2, parts[1].allSatisfy(\.isHexDigit), parts[0].allSatisfy({ $0.isLetter || $0.isNumber })
    else {
      throw DocumentError(.archive, "a descriptor without a digest")
    }
    return "blobs/\(parts[0])/\(parts[1])"
  }
}
