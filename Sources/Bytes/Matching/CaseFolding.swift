/// Text without regard to case: the lower-case mapping of Unicode, and the long s as an s, so that a word finds what
/// regular expressions that ignore case find, too.
package enum CaseFolding {
  /// Appends the folded text.
  ///
  /// - Returns: whether all of it was ASCII, so that places in the text and in the folded text are the same.
  @discardableResult
  package static func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Bool {
    let start = output.count
    if appendASCII(text, to: &output) { return true }
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

  /// Appends the folded text where all of it is ASCII, and something else where it is not.
  ///
  /// - Returns: whether it was.
  package static func appendASCII(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Bool {
    let start = output.count
    output.append(contentsOf: text)
    var nonASCII: UInt8 = 0
    output.withUnsafeMutableBufferPointer { bytes in
      for place in start..<bytes.count {
        let byte = bytes[place]
        nonASCII |= byte
        bytes[place] = byte &- 0x41 < 26 ? byte | 0x20 : byte
      }
    }
    return nonASCII < 0x80
  }

  package static func folded(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    text.withUnsafeBufferPointer { _ = append($0, to: &output) }
    return output
  }
}
