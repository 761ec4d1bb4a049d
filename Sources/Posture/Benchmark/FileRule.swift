import Kube

/// Which files a check is about on a node.
enum FileTargets: Sendable {
  /// The first of these that exists.
  case first([String])
  /// All of these that exist.
  case all([String])
  /// What is below a folder and ends like this, the folder itself included where it ends with nothing; and some files beside.
  case below([String], suffix: String, also: [String] = [])
  /// The check is not judged here.
  case none(BenchmarkVerdict)
}

/// What a file must be like.
enum FileRule: Sendable {
  /// No permission that this mode does not have.
  case mode(Int)
  /// One of these owners, the first of which is the one to set.
  case owner([String])

  func accepts(_ status: NodeRecord.FileStatus) -> Bool {
    switch self {
    case .mode(let most): status.mode & ~most == 0
    // Number 0 is root, where the node's names of numbers were not read.
    case .owner(let allowed):
      allowed.contains("\(status.owner == "0" ? "root" : status.owner):\(status.group == "0" ? "root" : status.group)")
    }
  }

  func value(_ status: NodeRecord.FileStatus) -> String {
    switch self {
    case .mode: status.modeText
    case .owner: status.ownerText
    }
  }

  func remedy(_ paths: [String]) -> BenchmarkRemedy {
    switch self {
    case .mode(let most): .mode(paths, String(most, radix: 8))
    case .owner(let allowed): .owner(paths, allowed[0])
    }
  }
}

extension BenchmarkCheck {
  static func files(
    _ key: String, _ title: String, _ expected: String, _ rule: FileRule,
    _ targets: @escaping @Sendable (BenchmarkNode) -> FileTargets
  ) -> BenchmarkCheck {
    BenchmarkCheck(key, title, expected, node: { node in node.judge(targets(node), rule) })
  }
}

extension BenchmarkNode {
  func judge(_ targets: FileTargets, _ rule: FileRule) -> BenchmarkVerdict {
    var paths: [String] = []
    var gaps: [UnreadReason] = []
    // Modes of folders are not what a check of the files below them is about: a folder without x cannot be entered.
    var skipsFolders = false
    switch targets {
    case .none(let verdict): return verdict
    case .all(let list): paths = list
    case .first(let list):
      for path in list {
        let fact = record.file(path)
        if fact.isAbsent { continue }
        paths = [path]
        break
      }
    case .below(let folders, let suffix, let also):
      if case .mode = rule { skipsFolders = true }
      for folder in folders {
        switch record.folder(folder) {
        case .read(let below, _): paths += ([folder] + below).filter { suffix.isEmpty || $0.hasSuffix(suffix) }
        case .absent: break
        case .unread(let reason, _): gaps.append(reason)
        }
      }
      for path in also where !paths.contains(path) { paths.append(path) }
    }
    var evidence: [BenchmarkEvidence] = []
    var bad: [String] = []
    for path in paths {
      switch record.file(path) {
      case .read(let status, let source):
        if status.isFolder, skipsFolders { continue }
        let isGood = rule.accepts(status)
        // A container has the file elsewhere than the node.
        let place = source.filePath ?? path
        let own = BenchmarkEvidence(place: place, name: rule.name, value: rule.value(status))
        if isGood {
          evidence.append(own)
        } else {
          evidence.insert(own, at: bad.count)
          bad.append(place)
        }
      case .absent: break
      case .unread(let reason, _): gaps.append(reason)
      }
    }
    if !bad.isEmpty { return BenchmarkVerdict(.fail, evidence, remedy: rule.remedy(bad)) }
    if let gap = gaps.first { return BenchmarkVerdict(.notEvaluated(.unread(gap)), evidence) }
    return evidence.isEmpty ? BenchmarkVerdict(.notApplicable(.noFile)) : BenchmarkVerdict(.pass, evidence)
  }

  /// The files that static pods of a component are made from, or its arguments are read from, whatever they are called.
  func specification(_ component: NodeComponent) -> FileTargets {
    if let verdict = exemption(component) { return .none(verdict) }
    var paths: [String] = []
    for fact in record.components[component] ?? [] where !fact.isAbsent {
      if let path = fact.source?.filePath, !paths.contains(path) { paths.append(path) }
    }
    let usual = layout.manifests[component] ?? layout.argumentFiles[component]
    if let usual, !paths.contains(usual), !record.file(usual).isAbsent { paths.append(usual) }
    if !paths.isEmpty { return .all(paths) }
    guard usual != nil else { return .none(BenchmarkVerdict(.notApplicable(.distribution(distribution)))) }
    // That none of the files is its pod was seen only where all of them were.
    for folder in staticPodFolders {
      if case .unread(let reason, _) = record.folder(folder) {
        return .none(BenchmarkVerdict(.notEvaluated(.unread(reason))))
      }
    }
    return .none(BenchmarkVerdict(.notApplicable(.noFile)))
  }

  /// Where kubelets look for files of static pods.
  private var staticPodFolders: [String] {
    var found = Set(commands(.kubelet).compactMap { $0.arguments.path("pod-manifest-path") })
    if case .known(let path?, _) = KubeletSetting("pod-manifest-path", ["staticPodPath"]).value(self) {
      found.insert(path)
    }
    if found.isEmpty, let usual = layout.staticPods { found.insert(usual) }
    return found.sorted()
  }

  /// Files that exist where a component runs.
  func beside(_ component: NodeComponent, _ targets: FileTargets?) -> FileTargets {
    if let verdict = exemption(component) { return .none(verdict) }
    return targets ?? .none(BenchmarkVerdict(.notApplicable(.distribution(distribution))))
  }

  /// Paths that a component is told by a flag, by its most reliable source; several where several of it run.
  func paths(_ component: NodeComponent, _ flag: String) -> [String] {
    var found: [String] = []
    var kind: NodeSource?
    for (arguments, source) in commands(component) {
      if let kind, !source.isOfKind(kind) { break }
      guard let path = arguments.path(flag) else { continue }
      kind = source
      if !found.contains(path) { found.append(path) }
    }
    return found
  }

  /// What a component is told by a flag, or the first of the standard ones.
  func file(_ component: NodeComponent, _ flag: String, otherwise: [String]) -> FileTargets {
    let named = paths(component, flag)
    return named.isEmpty ? .first(otherwise) : .all(named)
  }
}

extension FileRule {
  var name: String {
    switch self {
    case .mode: "mode"
    case .owner: "owner"
    }
  }
}
