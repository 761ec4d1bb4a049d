import CYAML

/// A YAML stream as it is written: every value with its range, style and anchor. For programs that change a document
/// and preserve the rest of its text.
package struct YAMLSource: Sendable {
  /// The value as it is written: an alias stays an alias, and `flow` tells `[a, b]` from a block.
  package indirect enum Content: Sendable {
    /// The text after unquoting, and whether it is written without quotes.
    case scalar(String, plain: Bool)
    case alias(String)
    case sequence([Value], flow: Bool)
    case mapping([Entry], flow: Bool)
  }

  /// A value with its range in the text.
  package struct Value: Sendable {
    package let content: Content
    /// In Unicode scalars from the start of the text; the end is exclusive.
    package let start: Int
    package let end: Int
    /// From 1.
    package let line: Int
    package let column: Int
    package let anchor: String?
  }

  /// A key of a mapping with its range in the text, counted in Unicode scalars, quotes included.
  package struct Entry: Sendable {
    package let key: String
    package let keyStart: Int
    package let keyEnd: Int
    /// From 1.
    package let column: Int
    package let line: Int
    package let isQuoted: Bool
    package let value: Value
  }

  package let text: [Unicode.Scalar]
  package let documents: [Value]
  /// Anchors that an alias refers to.
  package let aliased: Set<String>

  private static let deepest = 128

  /// - Throws: `DocumentError` when the text is not YAML, or is nested too deeply.
  package init(_ bytes: [UInt8]) throws(DocumentError) {
    text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    var reader = Reader()
    documents = try reader.read(bytes)
    aliased = reader.aliased
  }

  private struct Reader {
    var aliased = Set<String>()
    var parser = yaml_parser_t()
    var event = yaml_event_t()

    mutating func read(_ bytes: [UInt8]) throws(DocumentError) -> [Value] {
      guard yaml_parser_initialize(&parser) == 1 else { throw DocumentError(.size, "no memory left to read YAML") }
      defer { yaml_parser_delete(&parser) }
      let result = bytes.withUnsafeBufferPointer { buffer -> Result<[Value], DocumentError> in
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
        var documents: [Value] = []
        do throws(DocumentError) {
          while true {
            try next()
            let type = event.type
            yaml_event_delete(&event)
            if type == YAML_STREAM_END_EVENT { return .success(documents) }
            if type == YAML_DOCUMENT_START_EVENT {
              try next()
              documents.append(try value(depth: 0))
            }
          }
        } catch {
          return .failure(error)
        }
      }
      return try result.get()
    }

    private mutating func next() throws(DocumentError) {
      guard yaml_parser_parse(&parser, &event) == 1 else {
        throw DocumentError(
          .syntax, parser.problem.map { String(cString: $0) } ?? "not YAML", line: Int(parser.problem_mark.line) + 1)
      }
    }

    private static func name(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
      pointer.map { String(cString: $0) }
    }

    /// Reads the value that the current event begins; the event is consumed.
    private mutating func value(depth: Int) throws(DocumentError) -> Value {
      let start = Int(event.start_mark.index)
      let end = Int(event.end_mark.index)
      let line = Int(event.start_mark.line) + 1
      let column = Int(event.start_mark.column) + 1
      guard depth < YAMLSource.deepest else {
        yaml_event_delete(&event)
        throw DocumentError(.depth, "nested deeper than \(YAMLSource.deepest) levels", line: line)
      }
      func made(_ content: Content, end: Int, anchor: String?) -> Value {
        Value(content: content, start: start, end: end, line: line, column: column, anchor: anchor)
      }
      switch event.type {
      case YAML_ALIAS_EVENT:
        let name = Self.name(event.data.alias.anchor) ?? ""
        aliased.insert(name)
        yaml_event_delete(&event)
        return made(.alias(name), end: end, anchor: nil)
      case YAML_SEQUENCE_START_EVENT:
        let flow = event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
        let anchor = Self.name(event.data.sequence_start.anchor)
        yaml_event_delete(&event)
        var items: [Value] = []
        while true {
          try next()
          if event.type == YAML_SEQUENCE_END_EVENT { break }
          items.append(try value(depth: depth + 1))
        }
        let last = Int(event.end_mark.index)
        yaml_event_delete(&event)
        return made(.sequence(items, flow: flow), end: flow ? last : items.last?.end ?? end, anchor: anchor)
      case YAML_MAPPING_START_EVENT:
        let flow = event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
        let anchor = Self.name(event.data.mapping_start.anchor)
        yaml_event_delete(&event)
        var entries: [Entry] = []
        while true {
          try next()
          if event.type == YAML_MAPPING_END_EVENT { break }
          let key = try value(depth: depth + 1)
          try next()
          let value = try value(depth: depth + 1)
          guard case .scalar(let name, let plain) = key.content else { continue }
          entries.append(
            Entry(
              key: name, keyStart: key.start, keyEnd: key.end, column: key.column, line: key.line, isQuoted: !plain,
              value: value))
        }
        let last = Int(event.end_mark.index)
        yaml_event_delete(&event)
        return made(
          .mapping(entries, flow: flow), end: flow ? last : entries.last.map { max($0.value.end, $0.keyEnd) } ?? end,
          anchor: anchor)
      default:
        let scalar = event.data.scalar
        let text = String(
          decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        let anchor = Self.name(scalar.anchor)
        let plain = scalar.style == YAML_PLAIN_SCALAR_STYLE
        yaml_event_delete(&event)
        return made(.scalar(text, plain: plain), end: end, anchor: anchor)
      }
    }
  }
}
