import Bytes

/// Textual encoding of keys and certificates (RFC 7468), lax as that of OpenSSL: text between the documents is ignored.
package enum PEM {
  /// One document of a file: its label, such as `PUBLIC KEY`, and what it holds.
  package struct Document: Sendable, Hashable {
    package let label: String
    package let der: [UInt8]
  }

  /// The documents of a file.
  static func documents(_ bytes: [UInt8], of input: TrustInput) throws(TrustFailure) -> [Document] {
    guard bytes.count <= TrustLimits.documentBytes else {
      throw .tooLarge(input, limit: TrustLimits.documentBytes, unit: "bytes")
    }
    var result: [Document] = []
    var label: String?
    var body: [UInt8] = []
    for line in bytes.split(separator: 0x0A) {
      let text = trimmed(line)
      if let name = boundary(text, "-----BEGIN ") {
        guard label == nil else { throw .malformed(input, "the PEM text begins twice") }
        label = name
        body = []
      } else if let name = boundary(text, "-----END ") {
        guard name == label else { throw .malformed(input, "the PEM text ends as \(name) without beginning so") }
        guard let der = Base64.decode(exactly: String(decoding: body, as: UTF8.self)) else {
          throw .malformed(input, "the PEM text is not base 64")
        }
        result.append(Document(label: name, der: der))
        guard result.count <= TrustLimits.trustedItems else {
          throw .tooLarge(input, limit: TrustLimits.trustedItems, unit: "PEM documents")
        }
        label = nil
      } else if label != nil {
        body += text
      }
    }
    guard label == nil else { throw .malformed(input, "the PEM text does not end") }
    guard !result.isEmpty else { throw .malformed(input, "it is not PEM") }
    return result
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line
    while let last = line.last, last == 0x0D || last == 0x20 || last == 0x09 { line.removeLast() }
    while let first = line.first, first == 0x20 || first == 0x09 { line.removeFirst() }
    return line
  }

  private static func boundary(_ line: ArraySlice<UInt8>, _ prefix: String) -> String? {
    guard line.starts(with: prefix.utf8), line.count >= prefix.utf8.count + 5,
      line.suffix(5).elementsEqual("-----".utf8)
    else { return nil }
    return String(decoding: line.dropFirst(prefix.utf8.count).dropLast(5), as: UTF8.self)
  }

  /// A document of 64 characters a line.
  package static func text(_ label: String, _ der: [UInt8]) -> String {
    var text = "-----BEGIN \(label)-----\n"
    var line = Substring(Base64.encode(der))
    while !line.isEmpty {
      text += line.prefix(64) + "\n"
      line = line.dropFirst(64)
    }
    return text + "-----END \(label)-----\n"
  }
}
