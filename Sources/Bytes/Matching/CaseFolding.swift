/// Text without regard to case: the lower-case mapping of Unicode, and the long s as an s, so that a word finds what
/// regular expressions that ignore case find, too.
package enum CaseFolding {
  /// Appends the folded text.
  ///
  /// - Returns: whether all of it was ASCII, so that places in the text and in the folded text are the same.
  @discardableResult
  package static func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Bool {
    let start = output.count
    var nonASCII: UInt8 = 0
    for byte in text {
      nonASCII |= byte
      output.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
    }
    guard nonASCII >= 0x80 else { return true }
    output.removeSubrange(start...)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if scalar.value == 0x17F {
        output.append(0x73)
      } else if scalar.value < 0x80 {
        let byte = UInt8(truncatingIfNeeded: scalar.value)
        output.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
      } else {
        output.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
      }
    }
    return false
  }

  package static func folded(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    text.withUnsafeBufferPointer { _ = append($0, to: &output) }
    return output
  }
}
