/// A sentence for people together with the values it names for programs, so that no program has to parse a sentence.
///
/// `"\(image, as: "image") has \(3, as: "vulnerabilities") known vulnerabilities"` sets both at once. A plain literal
/// is a sentence without details.
package struct Message: Sendable, Hashable {
  /// The types that a detail can have in JSON output.
  package enum Value: Sendable, Hashable {
    case text(String)
    case number(Int)
    case list([String])
    case subject(Subject)
  }

  /// Something that the sentence names, under a key that programs read.
  package struct Detail: Sendable, Hashable {
    package let name: String
    package let value: Value

    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  package let text: String
  /// In the order in which the sentence names them.
  package let details: [Detail]

  package init(_ text: String, details: [Detail] = []) {
    self.text = text
    self.details = details
  }

  /// The value of the first detail with this name; nil where there is none.
  package subscript(name: String) -> Value? { details.first { $0.name == name }?.value }
}

extension Message: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) { self.init(text) }

  package init(stringInterpolation parts: StringInterpolation) { self.init(parts.text, details: parts.details) }

  /// Collects the text and the details of a literal.
  package struct StringInterpolation: StringInterpolationProtocol {
    var text = ""
    var details: [Detail] = []

    package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    package mutating func appendLiteral(_ literal: String) { text += literal }

    /// Text that does not become a detail.
    package mutating func appendInterpolation(_ value: some CustomStringConvertible) { text += value.description }

    /// Inserts another message with its details.
    package mutating func appendInterpolation(_ message: Message) {
      text += message.text
      details += message.details
    }

    package mutating func appendInterpolation(_ value: String, as name: String) {
      text += value
      details.append(Detail(name, .text(value)))
    }

    package mutating func appendInterpolation(_ value: Int, as name: String) {
      text += String(value)
      details.append(Detail(name, .number(value)))
    }

    package mutating func appendInterpolation(_ value: Subject, as name: String) {
      text += value.text
      details.append(Detail(name, .subject(value)))
    }

    /// - Parameter shown: the text that the sentence shows in place of the list.
    package mutating func appendInterpolation(_ values: [String], as name: String, shown: String) {
      text += shown
      details.append(Detail(name, .list(values)))
    }
  }
}
