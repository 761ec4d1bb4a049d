/// Which paths are meant, told by what can be looked up: an image has a hundred thousand of them.
package struct PathPattern: Sendable {
  private var names: [String] = []
  /// Behind the last dot of the last part, in lower case.
  private var endings: [String] = []
  private var folders: [String] = []
  private var condition: @Sendable (String) -> Bool = { _ in true }

  /// Whose last part is one of these, and for which a condition holds.
  package static func named(
    _ names: [String], where condition: @escaping @Sendable (String) -> Bool = { _ in true }
  ) -> PathPattern {
    PathPattern(names: names, condition: condition)
  }

  /// Whose last part has, behind its last dot, one of these, in any case, and for which a condition holds.
  package static func ending(
    _ endings: [String], where condition: @escaping @Sendable (String) -> Bool = { _ in true }
  ) -> PathPattern {
    PathPattern(endings: endings, condition: condition)
  }

  /// That lie in a folder of this name, and for which a condition holds.
  package static func inFolder(
    _ folder: String, where condition: @escaping @Sendable (String) -> Bool = { _ in true }
  ) -> PathPattern {
    PathPattern(folders: [folder], condition: condition)
  }

  /// Those of both patterns, without their conditions, for which another holds.
  package static func either(
    _ a: PathPattern, _ b: PathPattern, where condition: @escaping @Sendable (String) -> Bool
  ) -> PathPattern {
    PathPattern(
      names: a.names + b.names, endings: a.endings + b.endings, folders: a.folders + b.folders, condition: condition)
  }

  /// Several patterns, asked at once.
  struct Index: Sendable {
    private var names: [String: [Int]] = [:]
    private var endings: [String: [Int]] = [:]
    private var folders: [String: [Int]] = [:]
    private let patterns: [PathPattern]

    /// Longest ending, in bytes: most paths end in something that cannot be one.
    private var longestEnding = 0

    init(_ patterns: [PathPattern]) {
      self.patterns = patterns
      for (index, pattern) in patterns.enumerated() {
        for name in pattern.names { names[name, default: []].append(index) }
        for ending in pattern.endings {
          endings[ending, default: []].append(index)
          longestEnding = max(longestEnding, ending.utf8.count)
        }
        for folder in pattern.folders { folders[folder, default: []].append(index) }
      }
    }

    /// The first pattern, in their order, that means a path.
    func first(_ path: String) -> Int? {
      let utf8 = path.utf8
      let slash = utf8.lastIndex(of: 0x2F)
      let last = slash.map { utf8[utf8.index(after: $0)...] } ?? utf8[...]
      var best: Int?
      func look(_ candidates: [Int]?) {
        for index in candidates ?? [] where best.map({ index < $0 }) ?? true {
          if patterns[index].condition(path) { best = index }
        }
      }
      look(names[String(Substring(last))])
      if let dot = last.lastIndex(of: 0x2E) {
        let ending = last[last.index(after: dot)...]
        if ending.count <= longestEnding { look(endings[Substring(ending).lowercased()]) }
      }
      if let slash {
        let above = utf8[..<slash]
        let start = above.lastIndex(of: 0x2F).map { above.index(after: $0) } ?? above.startIndex
        look(folders[String(Substring(above[start...]))])
      }
      return best
    }
  }
}
