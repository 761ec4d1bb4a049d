/// An element of an XML document. Names are without their prefixes: the documents that are read here have one vocabulary each.
package struct XMLElement: Sendable {
  package let name: String
  package let attributes: [String: String]
  package let children: [XMLElement]
  /// The text directly within it, without blanks at its ends.
  package let text: String
  /// Line in the source, from 1.
  package let line: Int

  /// The first child of a name.
  package subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

  /// All children of a name.
  package func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
}

/// Reads XML documents in UTF-8, without validation and without document types: those can name files and addresses, and multiply
/// text, and none of the formats that are read here needs one.
///
/// Source: Extensible Markup Language 1.0, fifth edition; Namespaces in XML 1.0 for prefixes.
package enum XMLReader {
  /// Most elements of one document.
  private static let maximumElements = 4_000_000

  package static func read(_ bytes: [UInt8], limits: Limits = .standard) throws(DocumentError) -> XMLElement {
    guard bytes.count <= limits.inputBytes else {
      throw DocumentError(.size, "more than \(limits.inputBytes >> 20) MiB")
    }
    var parser = Parser(bytes: bytes, depth: limits.depth, elementsLeft: maximumElements)
    return try parser.document()
  }

  private struct Parser {
    let bytes: [UInt8]
    let depth: Int
    var elementsLeft: Int
    var position = 0
    var line = 1

    /// An element that is not closed yet.
    private struct Open {
      let name: String
      let fullName: ArraySlice<UInt8>
      let attributes: [String: String]
      let line: Int
      var children: [XMLElement] = []
      var text: [UInt8] = []

      var closed: XMLElement {
        let blank: (UInt8) -> Bool = { $0 <= 0x20 }
        var text = text[...].drop(while: blank)
        while let last = text.last, blank(last) { text.removeLast() }
        return XMLElement(
          name: name, attributes: attributes, children: children, text: String(decoding: text, as: UTF8.self),
          line: line)
      }
    }

    private func broken(_ what: String) -> DocumentError { DocumentError(.syntax, "broken XML: \(what)", line: line) }

    private func starts(_ text: StaticString) -> Bool {
      guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
      for index in 0..<text.utf8CodeUnitCount where bytes[position + index] != text.utf8Start[index] { return false }
      return true
    }

    /// Goes behind the next of a text.
    ///
    /// - Returns: what stands before it.
    private mutating func skip(to text: StaticString) throws(DocumentError) -> Range<Int> {
      let start = position
      while position < bytes.count {
        if starts(text) {
          let end = position
          position += text.utf8CodeUnitCount
          return start..<end
        }
        if bytes[position] == 0x0A { line += 1 }
        position += 1
      }
      throw broken("it ends too early")
    }

    mutating func document() throws(DocumentError) -> XMLElement {
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
      if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
        throw DocumentError(.encoding, "XML in UTF-16; UTF-8 is read")
      }
      var stack: [Open] = []
      var root: XMLElement?
      while position < bytes.count {
        let byte = bytes[position]
        guard byte == UInt8(ascii: "<") else {
          if let last = stack.indices.last {
            try text(into: &stack[last].text)
          } else {
            guard byte <= 0x20 else { throw broken("text outside of its element") }
            if byte == 0x0A { line += 1 }
            position += 1
          }
          continue
        }
        if starts("<?") {
          _ = try skip(to: "?>")
        } else if starts("<!--") {
          _ = try skip(to: "-->")
        } else if starts("<![CDATA[") {
          position += 9
          let content = try skip(to: "]]>")
          guard let last = stack.indices.last else { throw broken("text outside of its element") }
          stack[last].text += bytes[content]
        } else if starts("<!") {
          throw DocumentError(.syntax, "XML with a document type, which is not read", line: line)
        } else if starts("</") {
          position += 2
          let name = bytes[try skip(to: ">")]
          guard let open = stack.popLast(), Self.trimmed(name).elementsEqual(open.fullName) else {
            throw broken("an end without its beginning")
          }
          try close(open, &stack, &root)
        } else {
          let (open, isEmpty) = try beginning()
          guard stack.count < depth else {
            throw DocumentError(.depth, "elements nested deeper than \(depth)", line: line)
          }
          elementsLeft -= 1
          guard elementsLeft >= 0 else {
            throw DocumentError(.count, "more than \(XMLReader.maximumElements) elements")
          }
          if stack.isEmpty, root != nil { throw broken("a second element beside the first") }
          if isEmpty { try close(open, &stack, &root) } else { stack.append(open) }
        }
      }
      guard let root, stack.isEmpty else { throw broken("it ends too early") }
      return root
    }

    private mutating func close(_ open: Open, _ stack: inout [Open], _ root: inout XMLElement?) throws(DocumentError) {
      if let last = stack.indices.last {
        stack[last].children.append(open.closed)
      } else {
        root = open.closed
      }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
      var rest = bytes
      while let last = rest.last, last <= 0x20 { rest.removeLast() }
      return rest
    }

    /// Up to the next element, with entities for what they stand for.
    private mutating func text(into text: inout [UInt8]) throws(DocumentError) {
      while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
        let byte = bytes[position]
        if byte == UInt8(ascii: "&") {
          try entity(into: &text)
        } else {
          if byte == 0x0A { line += 1 }
          text.append(byte)
          position += 1
        }
      }
    }

    private mutating func entity(into text: inout [UInt8]) throws(DocumentError) {
      let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
      guard let end else { throw broken("an entity without its end") }
      let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
      position = end + 1
      switch name {
      case "lt": text.append(UInt8(ascii: "<"))
      case "gt": text.append(UInt8(ascii: ">"))
      case "amp": text.append(UInt8(ascii: "&"))
      case "quot": text.append(UInt8(ascii: "\""))
      case "apos": text.append(UInt8(ascii: "'"))
      default:
        let number =
          name.hasPrefix("#x")
          ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        guard let scalar = number.flatMap(Unicode.Scalar.init) else { throw broken("an entity that is not known") }
        text += Array(String(Character(scalar)).utf8)
      }
    }

    private mutating func blanks() {
      while position < bytes.count, bytes[position] <= 0x20 {
        if bytes[position] == 0x0A { line += 1 }
        position += 1
      }
    }

    private mutating func name() throws(DocumentError) -> ArraySlice<UInt8> {
      let start = position
      while position < bytes.count, bytes[position] > 0x20, !"<>/=\"'&".utf8.contains(bytes[position]) { position += 1 }
      guard position > start else { throw broken("a name is missing") }
      return bytes[start..<position]
    }

    private static func withoutPrefix(_ name: ArraySlice<UInt8>) -> String {
      String(decoding: name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name, as: UTF8.self)
    }

    /// `<name attribute="value">`
    private mutating func beginning() throws(DocumentError) -> (open: Open, isEmpty: Bool) {
      position += 1
      let own = line
      let name = try name()
      var attributes: [String: String] = [:]
      while true {
        blanks()
        guard position < bytes.count else { throw broken("it ends too early") }
        if starts("/>") || starts(">") {
          let isEmpty = starts("/>")
          position += isEmpty ? 2 : 1
          return (
            Open(name: Self.withoutPrefix(name), fullName: name, attributes: attributes, line: own), isEmpty
          )
        }
        let key = try self.name()
        blanks()
        guard starts("=") else { throw broken("an attribute without a value") }
        position += 1
        blanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'")
        else {
          throw broken("an attribute without quotes")
        }
        let quote = bytes[position]
        position += 1
        var value: [UInt8] = []
        while position < bytes.count, bytes[position] != quote {
          if bytes[position] == UInt8(ascii: "&") {
            try entity(into: &value)
          } else {
            guard bytes[position] != UInt8(ascii: "<") else { throw broken("an attribute without its end") }
            if bytes[position] == 0x0A { line += 1 }
            value.append(bytes[position])
            position += 1
          }
        }
        guard position < bytes.count else { throw broken("it ends too early") }
        position += 1
        // The whole name: `xmlns:a` is no `a`.
        attributes[String(decoding: key, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
      }
    }
  }
}
