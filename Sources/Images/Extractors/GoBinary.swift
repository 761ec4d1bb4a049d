import Bytes

/// Modules that a Go program was built from, as the linker leaves them in it.
///
/// Source: Go's `debug/buildinfo` and `cmd/link`: a header of 32 bytes, aligned to 16, beginning in `\xff Go buildinf:`; since Go
/// 1.18 two strings with their lengths follow, before that pointers to them.
enum GoBinary {
  private static let magic: [UInt8] = [0xFF] + Array(" Go buildinf:".utf8)

  static func extract(_ bytes: [UInt8], _ path: String) -> Extraction {
    var found = Extraction()
    guard let start = find(bytes) else { return found }
    guard let (version, modules) = strings(bytes, start) else {
      found.note("the list of its Go modules is broken", path)
      return found
    }
    // Of a main module that was built from a working copy: what advisories say of it is undecided.
    let working = "(devel)"
    func add(_ name: String, _ version: String) {
      guard !name.isEmpty, !version.isEmpty, name != "command-line-arguments" else { return }
      found.packages.append(
        SoftwarePackage(
          ecosystem: Ecosystem("Go"), name: name, version: String(version.drop { $0 == "v" }), path: path))
    }
    if version.hasPrefix("go") { add("stdlib", String(version.dropFirst(2).prefix { $0 != " " })) }
    var last: (name: String, version: String)?
    for line in modules.split(separator: "\n") {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      switch parts.first {
      case "mod", "dep":
        if let last { add(last.name, last.version) }
        last = parts.count > 2 ? (parts[1], parts[2]) : nil
      // What a folder replaces is the same module in a version that nobody knows.
      case "=>" where parts.count > 2 && !parts[2].isEmpty: last = (parts[1], parts[2])
      case "=>": last = last.map { ($0.name, working) }
      case "build":
        if let own = last { add(own.name, own.version) }
        last = nil
      default: break
      }
    }
    if let last { add(last.name, last.version) }
    return found
  }

  private static func find(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { buffer in
      var index = 0
      while index + 32 <= buffer.count {
        if buffer[index] == 0xFF, buffer[index + 1] == 0x20, buffer[index..<index + magic.count].elementsEqual(magic) {
          return index
        }
        index += 16
      }
      return nil
    }
  }

  private static func strings(_ bytes: [UInt8], _ start: Int) -> (String, String)? {
    guard let pointerSize = bytes.integer(at: start + 14, width: 1, .little),
      let flags = bytes.integer(at: start + 15, width: 1, .little)
    else { return nil }
    if flags & 2 != 0 {
      var reader = ByteReader(bytes, at: start + 32)
      guard let version = inline(&reader), let modules = inline(&reader) else { return nil }
      return (String(decoding: version, as: UTF8.self), trimmed(modules))
    }
    guard pointerSize == 4 || pointerSize == 8, let image = ELFImage(bytes) else { return nil }
    func text(_ offset: Int) -> ArraySlice<UInt8>? {
      // The pointer leads to a string header: its data and its length.
      guard let header = image.offset(of: image.word(offset, pointerSize)),
        let data = image.offset(of: image.word(header, pointerSize)),
        let length = Int(exactly: image.word(header + pointerSize, pointerSize)), length > 0, length < longestText
      else { return nil }
      return bytes.bytes(at: data, count: length)
    }
    guard let version = text(start + 16) else { return nil }
    return (String(decoding: version, as: UTF8.self), text(start + 16 + pointerSize).map { trimmed($0) } ?? "")
  }

  /// Longest list of modules, in bytes.
  private static let longestText = 16 << 20

  /// A length, and that many bytes.
  private static func inline(_ reader: inout ByteReader<[UInt8]>) -> ArraySlice<UInt8>? {
    guard let length = reader.variableInteger(), length < longestText else { return nil }
    return reader.take(Int(length))
  }

  /// Sixteen bytes stand at either end of the list of modules.
  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let inner = bytes.dropFirst(16).dropLast(16)
    guard bytes.count >= 33, inner.last == 0x0A else { return "" }
    return String(decoding: inner, as: UTF8.self)
  }
}
