import Bytes
package import Findings

/// What one layer says of packages, whatever lies below it: enough to lay layers over each other without reading them again.
package struct LayerFacts: Sendable, Equatable {
  /// Of what is kept on disk: facts of another version are made anew. It grows with each change of what is read.
  package static let version = 16

  /// A file of the layer that says something about packages: a package database, a lock file, a jar, `os-release`.
  package struct File: Sendable, Equatable {
    package let path: String
    package var packages: [SoftwarePackage] = []
    /// The text of a file that names the distribution.
    package var release: String?
    /// Whether the packages are those of the distribution, whose name another layer may hold.
    package var isOfSystem = false
    /// What the file names beside its packages, and of which it does not tell the version.
    package var unresolved: [UnresolvedDependency] = []
    /// Whether it says of a project which packages it uses, so that it counts also where it names none.
    package var isOfProject = false
    /// What the project calls itself, with its ecosystem: others of the same tree may ask for it.
    package var project: String?
    /// Names by which parts of a workspace ask for packages, with the names of those.
    package var renamed: [String: String] = [:]
    /// How many packages were left out since only development or tests need them.
    package var leftOut = 0

    /// Files whose lists this one includes, as far as they lie in what is scanned.
    package var includes: [String] {
      unresolved.filter { $0.reason == .include }.compactMap { ProjectPath.resolve($0.detail, from: path) }
    }

    /// Whether it says nothing.
    package var isEmpty: Bool { packages.isEmpty && release == nil && unresolved.isEmpty && !isOfProject }

    /// The same file by another name.
    func linked(at place: String) -> File {
      var file = File(path: place, release: release, isOfSystem: isOfSystem, isOfProject: isOfProject, project: project)
      file.renamed = renamed
      file.leftOut = leftOut
      file.unresolved = unresolved.map { item in
        var item = item
        item.path = place
        return item
      }
      file.packages = packages.map { package in
        var package = package
        if package.path.hasPrefix(path) { package.path = place + package.path.dropFirst(path.count) }
        return package
      }
      return file
    }
  }

  /// A hard link to a file of a lower layer.
  package struct Link: Sendable, Equatable {
    package let path: String
    package let target: String
  }

  package var files: [File] = []
  /// Names that hide what lower layers have in their place.
  package var whiteouts: [String] = []
  /// Folders of which nothing of lower layers is to be seen.
  package var opaque: [String] = []
  /// Hard links to files that this layer does not hold itself.
  package var links: [Link] = []
  /// Files of packages of the distribution, as far as packages are looked for in them.
  package var owned: [Extraction.Owned] = []
  /// What lists of files say of packages of the distribution.
  package var traits: [Extraction.Trait] = []
  /// All paths, each with a zero byte behind it. Those that are no folders stand in place of what lower layers have there; those
  /// of folders end in a slash, and only their permissions do.
  package var paths: [UInt8] = []
  /// Credentials in its files; nil where nobody looked for them.
  package var secrets: [FoundSecret]?
  /// Files that were not looked into for credentials although they may hold some.
  package private(set) var unsearched: [Problem] = []
  /// How many files were not looked into for what they are, by `SecretSearch.Kind`.
  package private(set) var skipped: [String: Int] = [:]
  /// Files and folders of which more may be done than is common; not more than `maximumExposures`.
  package var exposures: [FileExposure] = []
  /// What package managers left, a line for each folder.
  package var caches: [PackageCache] = []
  /// Names of accounts without a password, by each file of the layer that tells of accounts.
  package var openAccounts: [String: [String]] = [:]
  /// Number of members in the layer's archive.
  package var entries = 0
  /// Bytes of the layer when it is unpacked.
  package var size = 0
  /// What could not be read. Their places are paths of the layer; an empty one is the layer itself.
  package private(set) var problems: [Problem] = []

  package init() {}

  /// More of them in one layer say nothing more.
  private static let maximumExposures = 2_000
  /// The mark of a credential that somebody accepted.
  private static let accepted = "accepted"
  /// Problems of one layer that are told one by one.
  private static let maximumProblems = 20
  private static let maximumUnsearched = 100

  /// Notes what could not be read.
  package mutating func note(_ problem: Problem) {
    if problems.count < Self.maximumProblems {
      problems.append(problem)
    } else if problems.count == Self.maximumProblems {
      problems.append(Problem(code: problem.code, location: Location(file: ""), message: "and more of the kind"))
    }
  }

  /// Takes in what was found in a file, in place of what was known of one of that name.
  package mutating func take(_ search: SecretSearch, _ path: String) {
    guard secrets != nil else { return }
    secrets?.removeAll { $0.path == path || $0.path.hasPrefix(path + "!") }
    unsearched.removeAll { $0.location.file == path || $0.location.file.hasPrefix(path + "!") }
    secrets?.append(contentsOf: search.found)
    for problem in search.unread where unsearched.count < Self.maximumUnsearched { unsearched.append(problem) }
    for (kind, count) in search.skipped { skipped[kind.rawValue, default: 0] += count }
  }

  /// Counts a file that is passed over.
  package mutating func skip(_ kind: SecretSearch.Kind) {
    if secrets != nil { skipped[kind.rawValue, default: 0] += 1 }
  }

  /// Notes what permissions a path has.
  package mutating func note(_ path: String, mode: Int, isFolder: Bool) {
    guard exposures.count < Self.maximumExposures,
      let exposure = FileExposure(path: path, mode: mode, isFolder: isFolder)
    else { return }
    exposures.append(exposure)
  }

  /// Notes a file that may be a package manager's.
  package mutating func note(_ path: String, size: Int) {
    guard let place = PackageCache.place(of: path), size > 0 else { return }
    if let index = caches.firstIndex(where: { $0.folder == place.folder }) {
      caches[index].files += 1
      let (sum, isOver) = caches[index].bytes.addingReportingOverflow(size)
      caches[index].bytes = isOver ? .max : sum
    } else {
      caches.append(PackageCache(folder: place.folder, files: 1, bytes: size))
    }
  }

  // MARK: As a document

  /// All but `paths`, which are many, and of use only for a layer that lies over others.
  package var json: [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("version", Self.version)
      writer.key("files")
      writer.array(of: files) { writer, file in
        writer.object { writer in
          writer.field("path", file.path)
          writer.field("release", file.release)
          writer.field("system", file.isOfSystem)
          writer.key("packages")
          writer.array(of: file.packages) { writer, package in
            package.write(&writer)
          }
          if !file.unresolved.isEmpty {
            writer.key("unresolved")
            writer.array(of: file.unresolved) { writer, item in item.write(&writer) }
          }
          if file.isOfProject { writer.field("ofProject", true) }
          if let project = file.project { writer.field("project", project) }
          if !file.renamed.isEmpty {
            writer.field("renamed", file.renamed.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
          }
          if file.leftOut > 0 { writer.field("leftOut", file.leftOut) }
        }
      }
      writer.field("whiteouts", whiteouts)
      writer.field("opaque", opaque)
      writer.field("links", links.flatMap { [$0.path, $0.target] })
      writer.field("owned", owned.flatMap { [$0.path, $0.owner] })
      writer.field("codeless", traits.filter(\.holdsNoCode).map(\.name))
      writer.field("addOns", traits.filter(\.isAddOn).map(\.name))
      writer.key("licenses")
      writer.array(of: traits.filter { !$0.licenses.isEmpty }) { writer, trait in
        writer.array { writer in for text in [trait.name] + trait.licenses { writer.value(text) } }
      }
      if let secrets {
        writer.key("secrets")
        writer.array(of: secrets) { writer, secret in
          writer.array { writer in
            for text in [secret.rule, secret.path, String(secret.line), secret.shown] { writer.value(text) }
            if secret.isAccepted { writer.value(Self.accepted) }
          }
        }
      }
      writer.key("exposures")
      writer.array(of: exposures) { writer, exposure in
        writer.array { writer in
          for text in [exposure.path, String(exposure.mode, radix: 8), exposure.isFolder ? "folder" : "file"] {
            writer.value(text)
          }
        }
      }
      writer.key("caches")
      writer.array(of: caches) { writer, cache in
        writer.array { writer in
          for text in [cache.folder, String(cache.files), String(cache.bytes)] { writer.value(text) }
        }
      }
      writer.key("openAccounts")
      writer.array(of: openAccounts.sorted { $0.key < $1.key }) { writer, item in
        writer.array { writer in
          for text in [item.key] + item.value { writer.value(text) }
        }
      }
      writer.field("entries", entries)
      writer.field("size", size)
      writer.key("problems")
      writer.array(of: problems) { writer, problem in Self.write(problem, &writer) }
      writer.key("unsearched")
      writer.array(of: unsearched) { writer, problem in Self.write(problem, &writer) }
      writer.key("skipped")
      writer.object { writer in
        for (kind, count) in skipped.sorted(by: { $0.key < $1.key }) { writer.field(kind, count) }
      }
    }
    return writer.bytes
  }

  private static func write(_ problem: Problem, _ writer: inout JSONWriter) {
    writer.array { writer in
      for text in [problem.code.rawValue, problem.location.file, String(problem.location.line), problem.message] {
        writer.value(text)
      }
    }
  }

  private static func problems(_ list: DocumentNode?) -> [Problem] {
    (list?.elements ?? []).compactMap { item in
      let words = item.strings
      guard words.count == 4 else { return nil }
      return Problem(
        code: Problem.Code(rawValue: words[0]), location: Location(file: words[1], line: Int(words[2]) ?? 0),
        message: words[3])
    }
  }

  /// - Returns: nil for what is no such document, or one of another version.
  package init?(json bytes: [UInt8]) {
    guard let document = try? JSONReader.read(bytes), document["version"]?.int == Int64(Self.version),
      let entries = document["entries"]?.int, let size = document["size"]?.int
    else { return nil }
    files = (document["files"]?.elements ?? []).map { file in
      var own = File(
        path: file["path"]?.string ?? "",
        packages: (file["packages"]?.elements ?? []).compactMap { SoftwarePackage(json: $0) },
        release: file["release"]?.string,
        isOfSystem: file["system"]?.bool ?? false,
        unresolved: (file["unresolved"]?.elements ?? []).compactMap { UnresolvedDependency(json: $0) },
        isOfProject: file["ofProject"]?.bool ?? false, project: file["project"]?.string)
      let names = file["renamed"]?.strings ?? []
      for place in stride(from: 0, to: names.count - 1, by: 2) { own.renamed[names[place]] = names[place + 1] }
      own.leftOut = Int(clamping: file["leftOut"]?.int ?? 0)
      return own
    }
    func pairs(_ key: String) -> [(String, String)] {
      let words = document[key]?.strings ?? []
      return stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
    }
    whiteouts = document["whiteouts"]?.strings ?? []
    opaque = document["opaque"]?.strings ?? []
    links = pairs("links").map { Link(path: $0.0, target: $0.1) }
    let codeless = Set(document["codeless"]?.strings ?? [])
    let addOns = Set(document["addOns"]?.strings ?? [])
    traits = codeless.union(addOns).sorted().map {
      Extraction.Trait(name: $0, holdsNoCode: codeless.contains($0), isAddOn: addOns.contains($0))
    }
    traits += (document["licenses"]?.elements ?? []).map(\.strings).filter { $0.count > 1 }.map {
      Extraction.Trait(name: $0[0], licenses: Array($0[1...]))
    }
    owned = pairs("owned").map { Extraction.Owned(path: $0.0, owner: $0.1) }
    problems = Self.problems(document["problems"])
    unsearched = Self.problems(document["unsearched"])
    for entry in document["skipped"]?.entries ?? [] { skipped[entry.key] = entry.value.int.map { Int($0) } ?? 0 }
    secrets = document["secrets"]?.elements.compactMap { item in
      let words = item.strings
      guard words.count >= 4, let line = Int(words[2]) else { return nil }
      return FoundSecret(
        rule: words[0], path: words[1], line: line, shown: words[3],
        isAccepted: words.last == Self.accepted && words.count == 5)
    }
    exposures = (document["exposures"]?.elements ?? []).compactMap { item in
      let words = item.strings
      guard words.count == 3, let mode = Int(words[1], radix: 8) else { return nil }
      return FileExposure(path: words[0], mode: mode, isFolder: words[2] == "folder")
    }
    caches = (document["caches"]?.elements ?? []).compactMap { item in
      let words = item.strings
      guard words.count == 3, let files = Int(words[1]), let bytes = Int(words[2]) else { return nil }
      return PackageCache(folder: words[0], files: files, bytes: bytes)
    }
    for words in (document["openAccounts"]?.elements ?? []).map(\.strings) {
      if let file = words.first { openAccounts[file] = Array(words.dropFirst()) }
    }
    self.entries = Int(entries)
    self.size = Int(size)
  }
}
