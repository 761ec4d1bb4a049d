/// Finding a text in another by bytes.
enum ByteSearch {
  /// Offset in UTF-8 of the first occurrence; nil if there is none.
  static func first(_ part: String, in text: String, from start: Int = 0) -> Int? {
    var text = text
    var part = part
    return text.withUTF8 { text in
      part.withUTF8 { part in first(part, in: text, from: start) }
    }
  }

  static func first(_ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard start >= 0, start <= text.count else { return nil }
    guard let head = part.first else { return start }
    guard text.count - start >= part.count else { return nil }
    let last = text.count - part.count
    var position = start
    while position <= last {
      if text[position] == head {
        var index = 1
        while index < part.count, text[position + index] == part[index] { index += 1 }
        if index == part.count { return position }
      }
      position += 1
    }
    return nil
  }
}
