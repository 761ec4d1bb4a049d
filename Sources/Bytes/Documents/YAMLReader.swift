import CYAML

/// Reads YAML into `DocumentNode`s over libyaml's events.
///
/// Scalars are typed as kubectl types them (YAML 1.1 booleans such as `yes` and `on`, octal `0644`, null, merge keys):
/// what matters is what the API server would be sent, and `privileged: yes` is sent as true. Keys are kept as text.
/// A broken document is reported and reading goes on at the next `---`.
package struct YAMLReader {
  private let limits: Limits
  private var cache = StringCache()
  private var anchors: [String: Anchor] = [:]
  private var aliasedNodes = 0
  private var baseLine = 0
  private var documentLine = 0

  private struct Anchor {
    let node: DocumentNode
    /// Number of nodes that it stands for.
    let size: Int
    /// Levels of sequences and mappings in it.
    let height: Int
  }

  /// The size of a value, in which aliases count as what they stand for.
  private struct Extent {
    var size = 0
    var height = 0

    mutating func add(_ inner: Extent) {
      size += inner.size
      height = max(height, inner.height + 1)
    }
  }

  private init(limits: Limits) { self.limits = limits }

  /// All documents of a stream; empty documents are left out.
  package static func readStream(_ bytes: UnsafeBufferPointer<UInt8>, limits: Limits = .standard) -> DocumentStream {
    var result = DocumentStream()
    var reader = YAMLReader(limits: limits)
    var start = 0
    while start < bytes.count {
      do {
        try reader.read(UnsafeBufferPointer(rebasing: bytes[start...]), into: &result)
        return result
      } catch {
        result.errors.append(error)
        if error.code == .count || error.code == .encoding { return result }
        let skipped = max(error.line - 1, reader.documentLine + 1) - reader.baseLine
        guard let next = nextDocument(bytes, from: start, skippingLines: skipped) else { return result }
        start = next.offset
        reader.baseLine += next.lines
        reader.documentLine = reader.baseLine
      }
    }
    return result
  }

  package static func readStream(_ bytes: [UInt8], limits: Limits = .standard) -> DocumentStream {
    TextEncoding.decoded(bytes).utf8.withUnsafeBufferPointer { readStream($0, limits: limits) }
  }

  package static func readStream(_ text: String, limits: Limits = .standard) -> DocumentStream {
    readStream(Array(text.utf8), limits: limits)
  }

  /// The next line that starts a document, and the number of lines before it.
  private static func nextDocument(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, skippingLines: Int
  ) -> (offset: Int, lines: Int)? {
    var lines = 0
    var offset = start
    while offset < bytes.count {
      if lines > 0, lines >= skippingLines, isMarker(bytes, offset) { return (offset, lines) }
      while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
      offset += 1
      lines += 1
    }
    return nil
  }

  private static func isMarker(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Bool {
    guard offset + 3 <= bytes.count else { return false }
    for index in offset..<offset + 3 where bytes[index] != UInt8(ascii: "-") { return false }
    return offset + 3 == bytes.count || [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset + 3])
  }

  private mutating func read(
    _ bytes: UnsafeBufferPointer<UInt8>, into result: inout DocumentStream
  ) throws(DocumentError) {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { throw DocumentError(.size, "no memory left to read YAML") }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
    var event = yaml_event_t()
    while true {
      try next(&parser, &event)
      let type = event.type
      let line = Int(event.start_mark.line)
      yaml_event_delete(&event)
      switch type {
      case YAML_STREAM_END_EVENT: return
      case YAML_DOCUMENT_START_EVENT:
        documentLine = baseLine + line
        guard result.documents.count < limits.documents else {
          throw DocumentError(
            .count, "more than \(limits.documents) documents in one stream; split it", line: documentLine + 1)
        }
        anchors.removeAll(keepingCapacity: true)
        aliasedNodes = 0
        try next(&parser, &event)
        let node = try value(&parser, &event, depth: 0).node
        if !node.isNull { result.documents.append(node) }
      default: break
      }
    }
  }

  private func next(_ parser: inout yaml_parser_t, _ event: inout yaml_event_t) throws(DocumentError) {
    guard yaml_parser_parse(&parser, &event) == 1 else {
      let problem = parser.problem.map { String(cString: $0) } ?? "not YAML"
      let context = parser.context.map { " " + String(cString: $0) } ?? ""
      let code: DocumentError.Code = parser.error == YAML_READER_ERROR ? .encoding : .syntax
      throw DocumentError(
        code, code == .encoding ? "not UTF-8 text: \(problem)" : "broken YAML\(context): \(problem)",
        line: baseLine + Int(parser.problem_mark.line) + 1, column: Int(parser.problem_mark.column) + 1)
    }
  }

  /// Reads the value that starts with `event`, which is consumed.
  private mutating func value(
    _ parser: inout yaml_parser_t, _ event: inout yaml_event_t, depth: Int
  ) throws(DocumentError) -> (node: DocumentNode, extent: Extent) {
    let line = UInt32(truncatingIfNeeded: baseLine) &+ UInt32(truncatingIfNeeded: event.start_mark.line) &+ 1
    let column = UInt32(truncatingIfNeeded: event.start_mark.column) &+ 1
    func tooDeep() -> DocumentError {
      DocumentError(
        .depth, "nested deeper than \(limits.depth) levels; flatten it", line: Int(line), column: Int(column))
    }
    guard depth < limits.depth else {
      yaml_event_delete(&event)
      throw tooDeep()
    }
    switch event.type {
    case YAML_SCALAR_EVENT:
      let anchor = name(event.data.scalar.anchor)
      let node = DocumentNode(scalar(event), line: line, column: column)
      yaml_event_delete(&event)
      return keep(node, Extent(size: 1), anchor)
    case YAML_ALIAS_EVENT:
      let anchor = name(event.data.alias.anchor) ?? ""
      yaml_event_delete(&event)
      guard let target = anchors[anchor] else {
        throw DocumentError(
          .syntax, "alias *\(anchor) has no anchor before it", line: Int(line), column: Int(column))
      }
      // Aliases within aliases could nest deeply in a few lines, and all code that walks the tree would follow.
      guard depth + target.height < limits.depth else { throw tooDeep() }
      aliasedNodes += target.size
      guard aliasedNodes <= limits.aliasedNodes else {
        throw DocumentError(
          .aliases, "its aliases stand for more than \(limits.aliasedNodes) values; write them out",
          line: Int(line), column: Int(column))
      }
      return (target.node, Extent(size: target.size, height: target.height))
    case YAML_SEQUENCE_START_EVENT:
      let anchor = name(event.data.sequence_start.anchor)
      yaml_event_delete(&event)
      var items: [DocumentNode] = []
      var extent = Extent(size: 1)
      while true {
        try next(&parser, &event)
        if event.type == YAML_SEQUENCE_END_EVENT { break }
        let item = try value(&parser, &event, depth: depth + 1)
        items.append(item.node)
        extent.add(item.extent)
      }
      yaml_event_delete(&event)
      return keep(DocumentNode(.array(items), line: line, column: column), extent, anchor)
    case YAML_MAPPING_START_EVENT:
      let anchor = name(event.data.mapping_start.anchor)
      yaml_event_delete(&event)
      var extent = Extent(size: 1)
      let mapping = try self.mapping(&parser, &event, depth: depth, extent: &extent)
      return keep(DocumentNode(.object(mapping), line: line, column: column), extent, anchor)
    default:
      yaml_event_delete(&event)
      throw DocumentError(.syntax, "broken YAML", line: Int(line), column: Int(column))
    }
  }

  private mutating func keep(
    _ node: DocumentNode, _ extent: Extent, _ anchor: String?
  ) -> (node: DocumentNode, extent: Extent) {
    if let anchor { anchors[anchor] = Anchor(node: node, size: extent.size, height: extent.height) }
    return (node, extent)
  }

  private mutating func mapping(
    _ parser: inout yaml_parser_t, _ event: inout yaml_event_t, depth: Int, extent: inout Extent
  ) throws(DocumentError) -> Mapping {
    var entries: [Mapping.Entry] = []
    var merged: [Mapping.Entry] = []
    while true {
      try next(&parser, &event)
      if event.type == YAML_MAPPING_END_EVENT {
        yaml_event_delete(&event)
        break
      }
      let line = UInt32(truncatingIfNeeded: baseLine) &+ UInt32(truncatingIfNeeded: event.start_mark.line) &+ 1
      let column = UInt32(truncatingIfNeeded: event.start_mark.column) &+ 1
      let key: String
      var isMerge = false
      if event.type == YAML_SCALAR_EVENT {
        let bytes = UnsafeBufferPointer(start: event.data.scalar.value, count: event.data.scalar.length)
        key = cache.string(bytes)
        isMerge = key == "<<" && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
        if let anchor = name(event.data.scalar.anchor) {
          anchors[anchor] = Anchor(
            node: DocumentNode(.string(key), line: line, column: column), size: 1, height: 0)
        }
        yaml_event_delete(&event)
      } else {
        let (node, own) = try value(&parser, &event, depth: depth + 1)
        extent.add(own)
        guard let text = node.text else {
          throw DocumentError(
            .syntax, "a mapping or list as a key; Kubernetes wants text", line: Int(line), column: Int(column))
        }
        key = text
      }
      try next(&parser, &event)
      let (value, own) = try value(&parser, &event, depth: depth + 1)
      extent.add(own)
      if isMerge {
        // YAML 1.1 merge: own keys win, and of several merged maps the first.
        switch value.content {
        case .object(let mapping): merged += mapping.entries
        case .array(let items): for item in items { merged += item.entries }
        default:
          throw DocumentError(.syntax, "<< merges only mappings", line: Int(line), column: Int(column))
        }
      } else {
        entries.append(Mapping.Entry(key: key, line: line, column: column, value: value))
      }
    }
    let own = Mapping(lastOfEqualKeys: entries)
    if merged.isEmpty { return own }
    // A key that overrides a merged one is what merging is for, not a repetition.
    entries = own.entries
    var present = Set(entries.map(\.key))
    for entry in merged where present.insert(entry.key).inserted { entries.append(entry) }
    return Mapping(entries, repeated: own.repeated)
  }

  private func name(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  private mutating func scalar(_ event: yaml_event_t) -> DocumentNode.Content {
    let data = event.data.scalar
    let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
    if let tag = data.tag {
      let isStandard = hasPrefix(tag, "tag:yaml.org,2002:")
      let isString = isStandard ? String(cString: tag).hasSuffix(":str") : true
      if isString || data.style != YAML_PLAIN_SCALAR_STYLE && !isStandard { return .string(cache.string(bytes)) }
      return YAMLScalar.resolve(bytes) ?? .string(cache.string(bytes))
    }
    guard data.style == YAML_PLAIN_SCALAR_STYLE else { return .string(cache.string(bytes)) }
    return YAMLScalar.resolve(bytes) ?? .string(cache.string(bytes))
  }

  private func hasPrefix(_ pointer: UnsafePointer<UInt8>, _ prefix: StaticString) -> Bool {
    for index in 0..<prefix.utf8CodeUnitCount where pointer[index] != prefix.utf8Start[index] { return false }
    return true
  }
}
