import Bytes
package import Findings

/// Edits YAML and JSON text in place. Comments, order, anchors, quotes and blank lines are preserved, since nothing is
/// reformatted.
///
/// The edited text is parsed again and compared with the expected documents. A text that does not match is discarded.
package struct ManifestEditor: Sendable {
  /// Edits for one object of a file.
  package struct Order: Sendable {
    /// Where the object's mapping begins, from 1.
    package let line: Int
    /// From 1.
    package let column: Int
    package let edits: [Edit]

    package init(line: Int, column: Int, edits: [Edit]) {
      self.line = line
      self.column = column
      self.edits = edits
    }
  }

  /// Why a text cannot be edited; the text is then left as it is.
  package struct Refusal: Error, Equatable {
    package let message: String
  }

  private let source: YAMLSource
  private let newline: String
  private var replacements: [Replacement] = []

  private struct Replacement {
    let range: Range<Int>
    let text: String
  }

  /// - Throws: `Refusal` when one of the edits is not possible; the caller should then leave the file as it is.
  package static func apply(_ orders: [Order], to written: [UInt8]) throws(Refusal) -> [UInt8] {
    let (bytes, encoding) = TextEncoding.decoded(written)
    let source: YAMLSource
    do throws(DocumentError) {
      source = try YAMLSource(bytes)
    } catch {
      throw Refusal(message: error.message)
    }
    var editor = ManifestEditor(source)
    var tree: [Place: Change] = [:]
    for order in orders {
      let place = Place(line: order.line, column: order.column)
      let change = tree[place] ?? Change()
      for edit in order.edits { change.add(edit.path[...], edit.change) }
      tree[place] = change
    }
    for (place, change) in tree {
      guard let object = editor.object(at: place) else {
        throw Refusal(message: "the object at line \(place.line) is not there any more")
      }
      try editor.change(object, change)
    }
    let edited = Array(editor.result().utf8)
    try verify(bytes, edited, tree)
    return encoding.encoded(edited)
  }

  private init(_ source: YAMLSource) {
    self.source = source
    let first = source.text.firstIndex(of: "\n")
    newline = first.map { $0 > 0 && source.text[$0 - 1] == "\r" ? "\r\n" : "\n" } ?? "\n"
  }

  // MARK: What is to be changed

  private struct Place: Hashable {
    let line: Int
    let column: Int
  }

  /// Edits as a tree by path, so that a mapping which several edits need is created once.
  private final class Change {
    var leaf: Edit.Change?
    var children: [(step: Edit.Step, change: Change)] = []

    func add(_ path: ArraySlice<Edit.Step>, _ edit: Edit.Change) {
      guard let first = path.first else {
        leaf = edit
        return
      }
      if let index = children.firstIndex(where: { $0.step == first }) {
        children[index].change.add(path.dropFirst(), edit)
      } else {
        let change = Change()
        change.add(path.dropFirst(), edit)
        children.append((first, change))
      }
    }

    /// The value to insert where there is none; nil when there is nothing to insert.
    var made: DocumentNode? {
      switch leaf {
      case .set(let value): return value.node
      case .include(let text): return DocumentNode(.array([DocumentNode(.string(text))]))
      case .remove, .rename: return nil
      case nil:
        var entries: [Mapping.Entry] = []
        for (step, change) in children {
          guard case .key(let key) = step, let value = change.made else { continue }
          entries.append(Mapping.Entry(key: key, value: value))
        }
        return entries.isEmpty ? nil : DocumentNode(.object(Mapping(entries)))
      }
    }

    /// The value as it should be after the change.
    func applied(to node: DocumentNode?) -> DocumentNode? {
      switch leaf {
      case .set(let value): return value.node
      case .include(let text):
        let items = node?.elements ?? []
        return items.contains { $0.string == text } ? node : DocumentNode(.array(items + [DocumentNode(.string(text))]))
      case .remove, .rename: return node
      case nil: break
      }
      guard let node, !node.isNull else { return made }
      var result = node
      // Last element first, so that the indexes of the others stay valid.
      let ordered = children.sorted { a, b in
        if case .index(let x) = a.step, case .index(let y) = b.step { return x > y }
        return false
      }
      for (step, change) in ordered { result = Self.applied(step, change, to: result) }
      return result
    }

    private static func applied(_ step: Edit.Step, _ change: Change, to node: DocumentNode) -> DocumentNode {
      switch step {
      case .index(let index):
        var items = node.elements
        guard items.indices.contains(index) else { return node }
        if change.leaf == .remove {
          items.remove(at: index)
        } else if let value = change.applied(to: items[index]) {
          items[index] = value
        }
        return DocumentNode(.array(items))
      case .key(let key):
        var entries = node.entries
        let place = entries.firstIndex { $0.key == key }
        if case .rename(let name)? = change.leaf {
          if let place { entries[place] = Mapping.Entry(key: name, value: entries[place].value) }
        } else if change.leaf == .remove {
          if let place { entries.remove(at: place) }
        } else if let value = change.applied(to: place.map { entries[$0].value }) {
          if let place {
            entries[place] = Mapping.Entry(key: key, value: value)
          } else {
            entries.append(Mapping.Entry(key: key, value: value))
          }
        }
        return DocumentNode(.object(Mapping(entries)))
      }
    }
  }

  // MARK: Walking

  private func object(at place: Place) -> YAMLSource.Value? {
    func find(_ value: YAMLSource.Value, depth: Int) -> YAMLSource.Value? {
      if value.line == place.line, value.column == place.column, case .mapping = value.content { return value }
      guard depth < 6 else { return nil }
      switch value.content {
      case .mapping(let entries, _):
        // Objects stand at the top level, or in the items of a list.
        return entries.first { $0.key == "items" }.flatMap { find($0.value, depth: depth + 1) }
      case .sequence(let items, _):
        for item in items { if let found = find(item, depth: depth + 1) { return found } }
        return nil
      default: return nil
      }
    }
    for document in source.documents { if let found = find(document, depth: 0) { return found } }
    return nil
  }

  private mutating func change(_ value: YAMLSource.Value, _ change: Change) throws(Refusal) {
    if let anchor = value.anchor, source.aliased.contains(anchor) {
      throw Refusal(message: "line \(value.line): &\(anchor) is used elsewhere, too; edit it by hand")
    }
    switch change.leaf {
    case .set(let new): return try set(value, new)
    case .include(let text): return try include(value, text)
    case .remove, .rename: return
    case nil: break
    }
    switch value.content {
    case .alias(let name):
      throw Refusal(message: "line \(value.line): it stands there by the alias *\(name); edit it by hand")
    case .scalar(let text, let plain):
      guard plain, ["", "null", "~", "Null", "NULL"].contains(text), let made = change.made else {
        throw Refusal(message: "line \(value.line): expected a mapping, found \(text.prefix(20))")
      }
      // `key:` without a value; a written `null` is replaced.
      replacements.append(
        Replacement(
          range: value.start..<value.end, text: (value.start == value.end ? " " : "") + Self.flow(made, quoted: false)))
    case .sequence(let items, let flow):
      for (step, inner) in change.children {
        guard case .index(let index) = step, items.indices.contains(index) else { continue }
        if inner.leaf == .remove {
          try removeItem(index, of: items, value, flow: flow)
        } else {
          try self.change(items[index], inner)
        }
      }
    case .mapping(let entries, let flow):
      var added: [(String, DocumentNode)] = []
      for (step, inner) in change.children {
        guard case .key(let key) = step else { continue }
        guard let entry = entries.last(where: { $0.key == key }) else {
          if let made = inner.made {
            if entries.contains(where: { $0.key == "<<" }) {
              throw Refusal(message: "line \(value.line): it merges another mapping; edit it by hand")
            }
            added.append((key, made))
          }
          continue
        }
        switch inner.leaf {
        case .remove: try removeEntry(entry, of: entries, value, flow: flow)
        case .rename(let name):
          replacements.append(
            Replacement(range: entry.keyStart..<entry.keyEnd, text: entry.isQuoted ? "\"\(name)\"" : name))
        default:
          if inner.leaf == nil, case .scalar(let text, true) = entry.value.content, text.isEmpty, !flow,
            let made = inner.made
          {
            insertBelow(entry, made)
          } else if case .scalar(let text, true) = entry.value.content, text.isEmpty,
            let made = inner.applied(to: nil)
          {
            replacements.append(
              Replacement(range: entry.value.start..<entry.value.end, text: " " + Self.flow(made, quoted: false)))
          } else {
            try self.change(entry.value, inner)
          }
        }
      }
      if !added.isEmpty { insert(added, into: value, entries, flow: flow) }
    }
  }

  // MARK: Edits of the text

  private mutating func set(_ value: YAMLSource.Value, _ new: Edit.Value) throws(Refusal) {
    switch value.content {
    case .alias(let name):
      throw Refusal(message: "line \(value.line): it stands there by the alias *\(name); edit it by hand")
    case .scalar(_, let plain):
      var start = value.start
      // An anchor or a tag before the value is preserved.
      if let anchor = value.anchor { start += anchor.unicodeScalars.count + 2 }
      guard start <= value.end else { throw Refusal(message: "line \(value.line): cannot be replaced") }
      let quoted = !plain && isJSON(value)
      replacements.append(
        Replacement(
          range: start..<value.end, text: (value.start == value.end ? " " : "") + Self.scalar(new, quoted: quoted)))
    default: throw Refusal(message: "line \(value.line): expected a single value")
    }
  }

  private mutating func include(_ value: YAMLSource.Value, _ text: String) throws(Refusal) {
    guard case .sequence(let items, let flow) = value.content else {
      throw Refusal(message: "line \(value.line): expected a list")
    }
    let texts = items.compactMap { item -> String? in
      if case .scalar(let text, _) = item.content { text } else { nil }
    }
    if texts.contains(text) { return }
    let quoted = isJSON(value)
    if flow {
      let place = items.last?.end ?? value.start + 1
      replacements.append(
        Replacement(
          range: place..<place, text: (items.isEmpty ? "" : ", ") + Self.scalar(.text(text), quoted: quoted)))
      return
    }
    guard let last = items.last, let dash = dash(before: last) else {
      throw Refusal(message: "line \(value.line): an empty list")
    }
    insertLines(
      [String(repeating: " ", count: dash.column) + "- " + Self.scalar(.text(text), quoted: false)], after: last.end)
  }

  private mutating func insert(
    _ added: [(String, DocumentNode)], into value: YAMLSource.Value, _ entries: [YAMLSource.Entry], flow: Bool
  ) {
    if flow {
      let quoted = entries.contains { $0.isQuoted } || isJSON(value)
      var text = ""
      for (index, (key, node)) in added.enumerated() {
        let name = quoted ? "\"\(key)\"" : key
        if let last = entries.last {
          // Each key on its own line, if the mapping is written that way.
          let own = last.line != (entries.count > 1 ? entries[entries.count - 2].line : value.line)
          text += own ? "," + newline + String(repeating: " ", count: last.column - 1) : ", "
        } else if index > 0 {
          text += ", "
        }
        text += name + ": " + Self.flow(node, quoted: quoted)
      }
      let place = entries.last.map { max($0.value.end, $0.keyEnd) } ?? value.start + 1
      replacements.append(Replacement(range: place..<place, text: text))
      return
    }
    let column = entries.first.map { $0.column - 1 } ?? value.column - 1
    let lines = added.flatMap { Self.block($0.0, $0.1, indent: column) }
    insertLines(lines, after: value.end)
  }

  private mutating func insertBelow(_ entry: YAMLSource.Entry, _ made: DocumentNode) {
    let lines = made.entries.flatMap { Self.block($0.key, $0.value, indent: entry.column + 1) }
    insertLines(lines, after: max(entry.keyEnd, entry.value.end))
  }

  /// Inserts lines below the line in which something ends.
  private mutating func insertLines(_ lines: [String], after end: Int) {
    let text = source.text
    // A block scalar ends at the beginning of the next line.
    if end > 0, end <= text.count, text[end - 1] == "\n" {
      replacements.append(Replacement(range: end..<end, text: lines.map { $0 + newline }.joined()))
      return
    }
    var place = end
    while place < text.count, text[place] != "\n" { place += 1 }
    if place < text.count {
      replacements.append(
        Replacement(range: place + 1..<place + 1, text: lines.map { $0 + newline }.joined()))
    } else {
      replacements.append(
        Replacement(range: place..<place, text: lines.map { newline + $0 }.joined()))
    }
  }

  private mutating func removeEntry(
    _ entry: YAMLSource.Entry, of entries: [YAMLSource.Entry], _ value: YAMLSource.Value, flow: Bool
  ) throws(Refusal) {
    guard let index = entries.firstIndex(where: { $0.keyStart == entry.keyStart }) else { return }
    if let anchor = entry.value.anchor, source.aliased.contains(anchor) {
      throw Refusal(message: "line \(entry.line): &\(anchor) is used elsewhere, too; edit it by hand")
    }
    let end = max(entry.value.end, entry.keyEnd)
    if flow {
      replacements.append(
        Replacement(
          range: flowRange(index, starts: entries.map(\.keyStart), ends: entries.map { max($0.value.end, $0.keyEnd) }),
          text: ""))
      return
    }
    if entries.count == 1 {
      // The mapping is empty now, which needs `{}`.
      replacements.append(Replacement(range: entry.keyStart..<end, text: "{}"))
      return
    }
    if startsLine(entry.keyStart) {
      replacements.append(Replacement(range: lineStart(entry.keyStart)..<lineEnd(end), text: ""))
    } else if index == 0 {
      // After a dash: the next key moves up.
      replacements.append(Replacement(range: entry.keyStart..<entries[1].keyStart, text: ""))
    } else {
      throw Refusal(message: "line \(entry.line): cannot be taken out of its line")
    }
  }

  private mutating func removeItem(
    _ index: Int, of items: [YAMLSource.Value], _ value: YAMLSource.Value, flow: Bool
  ) throws(Refusal) {
    if flow {
      replacements.append(
        Replacement(range: flowRange(index, starts: items.map(\.start), ends: items.map(\.end)), text: ""))
      return
    }
    guard let dash = dash(before: items[index]) else {
      throw Refusal(message: "line \(items[index].line): cannot be taken out of its line")
    }
    if items.count == 1 {
      // A dash may be indented like its key; its replacement may not.
      replacements.append(Replacement(range: dash.place..<items[index].end, text: "  []"))
    } else if startsLine(dash.place) {
      replacements.append(Replacement(range: lineStart(dash.place)..<lineEnd(items[index].end), text: ""))
    } else {
      throw Refusal(message: "line \(items[index].line): cannot be taken out of its line")
    }
  }

  /// The range of an element of a flow collection, with its comma.
  private func flowRange(_ index: Int, starts: [Int], ends: [Int]) -> Range<Int> {
    if index + 1 < starts.count { return starts[index]..<starts[index + 1] }
    if index > 0 { return ends[index - 1]..<ends[index] }
    return starts[index]..<ends[index]
  }

  // MARK: Places in the text

  private func dash(before value: YAMLSource.Value) -> (place: Int, column: Int)? {
    var place = value.start - 1
    while place >= 0, source.text[place] == " " { place -= 1 }
    guard place >= 0, source.text[place] == "-" else { return nil }
    return (place, place - lineStart(place))
  }

  private func lineStart(_ place: Int) -> Int {
    var place = place
    while place > 0, source.text[place - 1] != "\n" { place -= 1 }
    return place
  }

  /// The position after the line in which something ends. A block scalar ends after its own line feed.
  private func lineEnd(_ end: Int) -> Int {
    if end > 0, source.text[end - 1] == "\n" { return end }
    var place = end
    while place < source.text.count, source.text[place] != "\n" { place += 1 }
    return min(place + 1, source.text.count)
  }

  private func startsLine(_ place: Int) -> Bool {
    var place = place - 1
    while place >= 0, source.text[place] == " " { place -= 1 }
    return place < 0 || source.text[place] == "\n"
  }

  /// Whether the value is in a JSON document.
  private func isJSON(_ value: YAMLSource.Value) -> Bool {
    guard let document = source.documents.last(where: { $0.start <= value.start }),
      case .mapping(let entries, true) = document.content
    else { return false }
    return entries.first?.isQuoted ?? false
  }

  // MARK: Writing values

  private static func block(_ key: String, _ node: DocumentNode, indent: Int) -> [String] {
    let pad = String(repeating: " ", count: indent)
    if case .object(let mapping) = node.content, !mapping.entries.isEmpty {
      return [pad + name(key) + ":"] + mapping.entries.flatMap { block($0.key, $0.value, indent: indent + 2) }
    }
    return [pad + name(key) + ": " + flow(node, quoted: false)]
  }

  private static func flow(_ node: DocumentNode, quoted: Bool) -> String {
    switch node.content {
    case .object(let mapping):
      "{"
        + mapping.entries.map { (quoted ? "\"\($0.key)\"" : name($0.key)) + ": " + flow($0.value, quoted: quoted) }
        .joined(separator: ", ") + "}"
    case .array(let items): "[" + items.map { flow($0, quoted: quoted) }.joined(separator: ", ") + "]"
    case .string(let text): scalar(.text(text), quoted: quoted)
    default: node.text ?? "null"
    }
  }

  private static func name(_ key: String) -> String { isPlain(key) ? key : "\"\(key)\"" }

  private static func scalar(_ value: Edit.Value, quoted: Bool) -> String {
    switch value {
    case .bool, .int: value.text
    case .text(let text): !quoted && isPlain(text) ? text : JSONText.quoted(text)
    case .list(let items): "[" + items.map { scalar(.text($0), quoted: quoted) }.joined(separator: ", ") + "]"
    }
  }

  /// Whether a text is still a string when it is written without quotes.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, (first | 0x20) &- UInt8(ascii: "a") < 26 else { return false }
    let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    return !words.contains(text.lowercased())
      && text.utf8.allSatisfy {
        ($0 | 0x20) &- UInt8(ascii: "a") < 26 || $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: "-")
          || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "/")
      }
  }

  // MARK: The new text

  private func result() -> String {
    var output = String.UnicodeScalarView()
    var place = 0
    // Insertions at the same position keep their order.
    let ordered = replacements.enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }
    for (_, replacement) in ordered {
      guard replacement.range.lowerBound >= place else { continue }
      output.append(contentsOf: source.text[place..<replacement.range.lowerBound])
      output.append(contentsOf: replacement.text.unicodeScalars)
      place = replacement.range.upperBound
    }
    output.append(contentsOf: source.text[place...])
    return String(output)
  }

  private static func verify(_ before: [UInt8], _ after: [UInt8], _ tree: [Place: Change]) throws(Refusal) {
    let old = DocumentReader.read(before)
    let new = DocumentReader.read(after)
    guard new.errors.isEmpty, new.documents.count == old.documents.count else {
      throw Refusal(message: "the edited text would not be read as before")
    }
    func expected(_ node: DocumentNode, depth: Int) -> DocumentNode {
      if let change = tree[Place(line: Int(node.line), column: Int(node.column))], node.mapping != nil {
        return change.applied(to: node) ?? node
      }
      guard depth < 6 else { return node }
      switch node.content {
      case .array(let items): return DocumentNode(.array(items.map { expected($0, depth: depth + 1) }))
      case .object(let mapping):
        guard mapping["items"] != nil else { return node }
        return DocumentNode(
          .object(
            Mapping(
              mapping.entries.map {
                Mapping.Entry(key: $0.key, value: $0.key == "items" ? expected($0.value, depth: depth + 1) : $0.value)
              })))
      default: return node
      }
    }
    for (old, new) in zip(old.documents, new.documents) where expected(old, depth: 0) != new {
      throw Refusal(message: "the edited text would mean something else; edit it by hand")
    }
  }
}

extension Edit.Value {
  fileprivate var node: DocumentNode {
    switch self {
    case .bool(let flag): DocumentNode(.bool(flag))
    case .int(let number): DocumentNode(.int(Int64(number)))
    case .text(let text): DocumentNode(.string(text))
    case .list(let items): DocumentNode(.array(items.map { DocumentNode(.string($0)) }))
    }
  }
}

/// A string in JSON quotes, which YAML reads the same way.
private enum JSONText {
  static func quoted(_ text: String) -> String {
    var writer = JSONWriter(pretty: false)
    writer.value(text)
    return writer.text
  }
}
