/// Edits that resolve a finding.
package struct Fix: Sendable, Equatable {
  package let edits: [Edit]
  /// What the edits may break; nil where they are safe to apply without asking.
  package let caution: String?

  package init(_ edits: [Edit], caution: String? = nil) {
    self.edits = edits
    self.caution = caution
  }
}

/// One change of an object.
package struct Edit: Sendable, Hashable {
  /// One step of a path: a key of a mapping, or an index into a list, from 0.
  package enum Step: Sendable, Hashable {
    case key(String)
    case index(Int)
  }

  /// What a field is set to; mappings are set field by field.
  package enum Value: Sendable, Hashable {
    case bool(Bool)
    case int(Int)
    case text(String)
    case list([String])
  }

  /// What happens at the end of the path.
  package enum Change: Sendable, Hashable {
    /// Sets the field and creates the mappings on the way to it.
    case set(Value)
    /// Adds the text to the list at the field, unless it is there; other elements stay.
    case include(String)
    /// Removes the field, or the element of a list.
    case remove
    /// Renames the field and keeps its value.
    case rename(String)
  }

  private enum Place: Sendable, Hashable {
    case steps([Step])
    /// Parsed on demand: most edits are only shown, or not even that.
    case text(String)
  }

  private let place: Place
  package let change: Change

  package init(_ path: [Step], _ change: Change) {
    place = .steps(path)
    self.change = change
  }

  /// - Parameter path: in the notation of `Evidence.path`, such as `spec.containers[0].securityContext`. No key may
  ///   contain a dot.
  package init(_ path: String, _ change: Change) {
    place = .text(path)
    self.change = change
  }

  package var path: [Step] {
    switch place {
    case .steps(let steps): steps
    case .text(let text): Self.steps(text)
    }
  }

  /// Splits `spec.containers[0].name` into its steps. Keys with dots cannot be written this way.
  package static func steps(_ path: String) -> [Step] {
    path.split(separator: ".").flatMap { part -> [Step] in
      let pieces = part.split(separator: "[")
      return pieces.enumerated().map { index, piece in
        if index > 0 || part.hasPrefix("["), piece.hasSuffix("]"), let number = Int(piece.dropLast()) {
          return .index(number)
        }
        return .key(String(piece))
      }
    }
  }

  /// `spec.containers[0].securityContext`.
  package var pathText: String {
    if case .text(let text) = place { return text }
    var text = ""
    for step in path {
      switch step {
      case .key(let key):
        if key.contains(".") { text += "[\"\(key)\"]" } else { text += (text.isEmpty ? "" : ".") + key }
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }

  /// In words: `set spec.hostPID to false`.
  package var text: String {
    switch change {
    case .set(let value): "set \(pathText) to \(value.text)"
    case .include(let word): "add \(word) to \(pathText)"
    case .remove: "remove \(pathText)"
    case .rename(let name): "rename \(pathText) to \(name)"
    }
  }
}

extension Edit.Value {
  package var text: String {
    switch self {
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .text(let text): text
    case .list(let items): "[" + items.joined(separator: ", ") + "]"
    }
  }
}
