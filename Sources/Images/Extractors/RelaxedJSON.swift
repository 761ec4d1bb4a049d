/// JSON as people write it: without comments and trailing commas it is JSON.
enum RelaxedJSON {
  static func strict(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    var isText = false
    while index < bytes.count {
      let byte = bytes[index]
      if isText {
        result.append(byte)
        if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
          index += 1
          result.append(bytes[index])
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isText = true
        result.append(byte)
      } else if byte == UInt8(ascii: "/"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "/") {
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        continue
      } else if byte == UInt8(ascii: "/"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "*") {
        index += 2
        while index + 1 < bytes.count, !(bytes[index] == UInt8(ascii: "*") && bytes[index + 1] == UInt8(ascii: "/")) {
          index += 1
        }
        index += 2
        continue
      } else {
        if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
          // A comma before the end of a list is dropped, blanks between them or not.
          var last = result.count - 1
          while last >= 0, result[last] <= 0x20 { last -= 1 }
          if last >= 0, result[last] == UInt8(ascii: ",") { result.remove(at: last) }
        }
        result.append(byte)
      }
      index += 1
    }
    return result
  }
}
