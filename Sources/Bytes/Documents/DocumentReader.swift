/// Reads text as JSON, as a stream of JSON values, or as YAML, whichever it is, in UTF-8 or UTF-16.
package enum DocumentReader {
  /// Never throws: what cannot be read is among the stream's errors. Input above `limits.inputBytes` and binary data
  /// are refused as a whole.
  package static func read(_ bytes: UnsafeBufferPointer<UInt8>, limits: Limits = .standard) -> DocumentStream {
    guard bytes.count <= limits.inputBytes else {
      var refused = DocumentStream()
      refused.errors = [
        DocumentError(
          .size,
          "\(bytes.count) bytes is more than the limit of \(limits.inputBytes); split it or point at the part you mean")
      ]
      return refused
    }
    switch TextEncoding(of: bytes) {
    case .utf8: break
    case .markedUTF8: return read(UnsafeBufferPointer(rebasing: bytes[3...]), limits: limits)
    case .utf16LittleEndian, .utf16BigEndian:
      return read(TextEncoding.decoded(Array(bytes)).utf8, limits: limits)
    }
    // Text contains no NUL; the first kilobytes are enough to recognise an image, an archive or a database.
    if bytes.prefix(8192).contains(0) {
      var refused = DocumentStream()
      refused.errors = [DocumentError(.binary, "a binary file, not YAML or JSON; leave it out or name the right file")]
      return refused
    }
    if startsAsJSON(bytes) {
      let stream = JSONReader.readStream(bytes.span, limits: limits)
      if stream.errors.isEmpty { return stream }
      // `{a: 1}` and `{{ template }}` begin like JSON, but are YAML or neither.
      let yaml = YAMLReader.readStream(bytes, limits: limits)
      if yaml.errors.isEmpty, !yaml.documents.isEmpty { return yaml }
      return explained(stream, bytes)
    }
    return explained(YAMLReader.readStream(bytes, limits: limits), bytes)
  }

  package static func read(_ bytes: [UInt8], limits: Limits = .standard) -> DocumentStream {
    bytes.withUnsafeBufferPointer { read($0, limits: limits) }
  }

  private static func startsAsJSON(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    for byte in bytes.prefix(4096) {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): return true
      default: return false
      }
    }
    return false
  }

  /// A syntax error in a file with `{{` is usually a Helm template that was not rendered.
  private static func explained(_ stream: DocumentStream, _ bytes: UnsafeBufferPointer<UInt8>) -> DocumentStream {
    guard stream.errors.contains(where: { $0.code == .syntax }), holdsTemplate(bytes) else { return stream }
    var result = stream
    // One for the file, whatever a reader of YAML says of each of its lines.
    var isTold = false
    result.errors = stream.errors.compactMap { error in
      guard error.code == .syntax else { return error }
      defer { isTold = true }
      return isTold
        ? nil
        : DocumentError(
          .template, "a template that was not rendered; run `helm template` and scan its output", line: error.line,
          column: error.column)
    }
    return result
  }

  private static func holdsTemplate(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == UInt8(ascii: "{"), previous == byte { return true }
      previous = byte
    }
    return false
  }
}
