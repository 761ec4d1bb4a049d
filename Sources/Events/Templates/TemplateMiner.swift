/// Finds the templates of free text: what is constant in lines that one statement of a program printed, and what
/// varies.
///
/// Source: He, Zhu, Zheng, Lyu, "Drain: An Online Log Parsing Approach with Fixed Depth Tree" (ICWS 2017), with the
/// bound on children of drain3: words are looked up by number and by the first ones, then compared with the templates
/// of that leaf.
package struct TemplateMiner: Sendable {
  package struct Limits: Sendable {
    /// Words by which a line is led to its leaf.
    package var depth = 1
    /// Part of the words that must be equal, in hundredths.
    package var similarity = 40
    /// Words below a word of the tree at most; others share one.
    package var children = 100
    package var templates = 10_000
    /// Words of a line that are looked at.
    package var words = 512

    package init() {}
  }

  package struct Template: Sendable {
    /// From 0, in the order in which they appeared.
    package let id: Int
    /// Nil for what varies.
    package fileprivate(set) var words: [String?]
    package fileprivate(set) var count: Int

    /// Varying words as `<*>`.
    package var text: String { words.map { $0 ?? "<*>" }.joined(separator: " ") }
  }

  package struct Match: Sendable {
    package let id: Int
    /// Whether no line like it was seen before.
    package let isNew: Bool
    /// What stands where the template varies.
    package let variables: [String]
  }

  private struct Key: Hashable {
    let length: Int
    let head: [String]
  }

  package let limits: Limits
  package private(set) var templates: [Template] = []
  /// Lines that no template was kept for, since there are too many.
  package private(set) var omitted = 0
  private var leaves: [Key: [Int]] = [:]
  /// Words below each path of the tree, to bound them.
  private var children: [Key: Set<String>] = [:]

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// - Returns: nil for a line without words, and once there are too many templates.
  package mutating func add(_ message: String) -> Match? {
    let words = message.split(whereSeparator: \.isWhitespace).prefix(limits.words).map(String.init)
    guard !words.isEmpty else { return nil }
    let key = key(words)
    var best: (place: Int, equal: Int)?
    for place in leaves[key] ?? [] {
      let template = templates[place].words
      var equal = 0
      for index in words.indices
      where template[index] == words[index] || template[index] == nil && Self.varies(words[index]) {
        equal += 1
      }
      if best == nil || equal > (best?.equal ?? 0) { best = (place, equal) }
    }
    if let best, best.equal * 100 >= limits.similarity * words.count {
      var variables: [String] = []
      for index in words.indices where templates[best.place].words[index] != words[index] {
        templates[best.place].words[index] = nil
      }
      templates[best.place].count += 1
      for index in words.indices where templates[best.place].words[index] == nil { variables.append(words[index]) }
      return Match(id: best.place, isNew: false, variables: variables)
    }
    guard templates.count < limits.templates else {
      omitted += 1
      return nil
    }
    // Words with digits vary: they never lead the way, and begin as variables.
    let made = words.map { Self.varies($0) ? nil : $0 }
    leaves[key, default: []].append(templates.count)
    templates.append(Template(id: templates.count, words: made, count: 1))
    return Match(id: templates.count - 1, isNew: true, variables: words.filter(Self.varies))
  }

  private mutating func key(_ words: [String]) -> Key {
    var head: [String] = []
    for word in words.prefix(limits.depth) {
      guard !Self.varies(word) else {
        head.append("<*>")
        continue
      }
      let parent = Key(length: words.count, head: head)
      let known = children[parent, default: []]
      if known.contains(word) {
        head.append(word)
      } else if known.count < limits.children {
        children[parent, default: []].insert(word)
        head.append(word)
      } else {
        head.append("<*>")
      }
    }
    return Key(length: words.count, head: head)
  }

  private static func varies(_ word: String) -> Bool { word.utf8.contains { $0 &- 0x30 < 10 } }
}
