/// Writes the few DER values that are rebuilt rather than read.
enum DERWriter {
  /// - Parameter tag: the identifier octet.
  static func value(_ tag: UInt8, _ content: some Collection<UInt8>) -> [UInt8] {
    var bytes = [tag]
    let count = content.count
    if count < 0x80 {
      bytes.append(UInt8(count))
    } else {
      var length: [UInt8] = []
      var rest = count
      while rest > 0 {
        length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
        rest >>= 8
      }
      bytes.append(0x80 | UInt8(length.count))
      bytes += length
    }
    bytes += content
    return bytes
  }
}
