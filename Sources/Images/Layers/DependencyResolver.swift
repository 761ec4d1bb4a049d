/// Which of the dependencies that a file does not tell the version of are told by another file of the same tree: the lock file beside a
/// manifest, what was installed, the file that a list of requirements includes.
struct DependencyResolver {
  private let isInstalled: Bool
  /// Files that were read as lock files or manifests, by their paths.
  private var files = Set<String>()
  /// Names that a file has something to say of: ecosystem, name.
  private var namesByFile: [String: Set<String>] = [:]
  /// Files that list what is used without being lock files, by the folders that they speak for.
  private var listings: [String: [String]] = [:]
  /// Names of packages anywhere.
  private var all = Set<String>()
  /// Names of packages that were installed for a project, by its folder.
  private var installed: [String: Set<String>] = [:]
  /// Other names of packages, by the file that gives them.
  private var renamed: [String: [String: String]] = [:]
  /// Folders with a project of Xcode that has a lock file within it.
  private var withXcodeLock = Set<String>()
  /// What projects of the tree call themselves.
  private var projects = Set<String>()

  init(isInstalled: Bool) { self.isInstalled = isInstalled }

  private static func key(_ ecosystem: String, _ name: String) -> String {
    ecosystem + " " + Ecosystem(ecosystem).normalized(name)
  }

  mutating func add(_ file: LayerFacts.File, at path: String) {
    let names = Set(file.packages.map { Self.key($0.ecosystem.name, $0.name) })
    all.formUnion(names)
    if file.isOfProject {
      files.insert(path)
      namesByFile[path] = names.union(file.unresolved.map { Self.key($0.ecosystem, $0.name) })
      for folder in Self.foldersOfListing(path) { listings[folder, default: []].append(path) }
      if !file.renamed.isEmpty { renamed[path] = file.renamed }
      if PackageExtractors.lastPart(path) == "Package.resolved", let folder = Self.xcodeFolder(path) {
        withXcodeLock.insert(folder)
      }
      if let project = file.project { projects.insert(project) }
    } else if !names.isEmpty, let folder = Self.home(of: path) {
      installed[folder, default: []].formUnion(names)
    }
  }

  /// The folders that a file speaks for by its name or by that of its own folder; none for what is no list. What others are made
  /// from locks nothing.
  private static func foldersOfListing(_ path: String) -> [String] {
    guard !path.hasSuffix(".in") else { return [] }
    let folder = ProjectPath.folder(path)
    return (PackageExtractors.lastPart(path).contains(ManifestLocks.listing) ? [folder] : [])
      + (PackageExtractors.lastPart(folder) == ManifestLocks.listing ? [ProjectPath.folder(folder)] : [])
  }

  /// Where the project of Xcode lies that a file is in; nil for a file that is in none.
  private static func xcodeFolder(_ path: String) -> String? {
    let parts = path.split(separator: "/")
    let place = parts.firstIndex { $0.hasSuffix(".xcodeproj") || $0.hasSuffix(".xcworkspace") }
    return place.map { parts[..<$0].joined(separator: "/") }
  }

  /// The folder of the project that something was installed for; nil for what lies elsewhere.
  private static func home(of path: String) -> String? {
    let parts = path.split(separator: "/")
    guard let place = parts.firstIndex(where: { ["node_modules", "vendor", ".venv", "venv", "env"].contains($0) })
    else {
      return nil
    }
    return parts[..<place].joined(separator: "/")
  }

  func isKnown(_ item: UnresolvedDependency, in path: String) -> Bool {
    let key = Self.key(item.ecosystem, item.name)
    switch item.reason {
    case .notLocked:
      return isInstalled || isLocked(item, key, path) || isLockedByOtherName(item, path)
    case .unreadFormat:
      return isInstalled
    // What a list asks for and nobody installed is not there.
    case .range where isInstalled, .include where isInstalled: return true
    case .include:
      return ProjectPath.resolve(item.detail, from: path).map(files.contains) ?? false
    default:
      return isInstalled && all.contains(key)
    }
  }

  /// Whether it is what the workspace calls so, and a lock file tells the version of what that is.
  private func isLockedByOtherName(_ item: UnresolvedDependency, _ path: String) -> Bool {
    guard item.ecosystem == "crates.io", item.detail.isEmpty else { return false }
    for folder in ProjectPath.foldersAbove(path) {
      guard let name = renamed[ProjectPath.join(folder, "Cargo.toml")]?[item.name] else { continue }
      return isLocked(item, Self.key(item.ecosystem, name), path)
    }
    return false
  }

  /// Whether the lock file beside a manifest, one above it that names the dependency, or what was installed tells its version.
  private func isLocked(_ item: UnresolvedDependency, _ key: String, _ path: String) -> Bool {
    if projects.contains(key) { return true }
    let own = ProjectPath.folder(path)
    let locks = ManifestLocks.names(item.ecosystem, manifest: PackageExtractors.lastPart(path))
    // A part of an umbrella names the lock file that all of them have.
    if item.isWholeManifest, !item.detail.isEmpty,
      ProjectPath.resolve(item.detail, from: path).map(files.contains) == true
    {
      return true
    }
    for folder in ProjectPath.foldersAbove(path) {
      if item.ecosystem == "SwiftURL", withXcodeLock.contains(folder) { return true }
      if installed[folder]?.contains(key) == true { return true }
      for lock in locks.exact where files.contains(ProjectPath.join(folder, lock)) {
        if namesByFile[ProjectPath.join(folder, lock)]?.contains(key) == true { return true }
        // One beside the manifest is its own; one above it may be that of others.
        if folder == own, item.isWholeManifest || !ManifestLocks.complete.contains(lock) { return true }
      }
      // Lists that somebody keeps by hand, or has a tool write, speak for what is in them, and none for what it asks for itself.
      for file in locks.hasListings ? listings[folder] ?? [] : [] where file != path {
        if item.isWholeManifest || namesByFile[file]?.contains(key) == true { return true }
      }
    }
    return false
  }
}
