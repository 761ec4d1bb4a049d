/// Writes a POSIX ustar archive (IEEE Std 1003.1, pax, "ustar Interchange Format") of regular files.
package struct TarWriter {
  /// The archive so far; complete after `finish`.
  package private(set) var bytes: [UInt8] = []
  /// Modification time of every member, in seconds since 1970.
  private let time: Int

  package init(time: Int) { self.time = time }

  /// - Parameter name: at most 100 bytes.
  package mutating func add(_ name: String, _ content: [UInt8]) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int, width: Int) {
      for (index, byte) in text.utf8.prefix(width).enumerated() { header[offset + index] = byte }
    }
    func octal(_ number: Int, at offset: Int, width: Int) {
      let digits = String(number, radix: 8)
      put(String(repeating: "0", count: max(0, width - 1 - digits.count)) + digits, at: offset, width: width - 1)
    }
    put(name, at: 0, width: 100)
    octal(0o644, at: 100, width: 8)
    octal(0, at: 108, width: 8)
    octal(0, at: 116, width: 8)
    octal(content.count, at: 124, width: 12)
    octal(time, at: 136, width: 12)
    put("        ", at: 148, width: 8)
    put("0", at: 156, width: 1)
    put("ustar", at: 257, width: 6)
    put("00", at: 263, width: 2)
    octal(header.reduce(0) { $0 + Int($1) }, at: 148, width: 7)
    header[154] = 0
    header[155] = 0x20
    bytes += header
    bytes += content
    bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// Adds the two empty blocks at the end of an archive.
  package mutating func finish() { bytes += [UInt8](repeating: 0, count: 1024) }
}
