import Bytes

/// Hides secrets in originals: values of Secrets, tokens, passwords and private keys. Everything that displays events
/// uses it unless the user asks for the secrets; stored events are not changed.
///
/// JSON stays JSON. JSON within strings within JSON is searched as well, since objects often travel that way
/// (annotations of kubectl, messages of CloudWatch). Commands are read as such (`CommandSecrets`). Secrets that cannot be
/// recognised, such as a password as an argument of a program that nobody knows, are not found.
package enum SecretMask {
  static let mark: StaticString = "********"
  /// Maximum depth of texts within texts that are searched.
  private static let mostLayers = 6

  /// - Returns: nil where there was nothing to hide.
  static func mask(_ bytes: Span<UInt8>) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    let isChanged = text(bytes, 0..<bytes.count, layers: 0, isSecret: false, &output)
    return isChanged ? output : nil
  }

  /// A text for display, with its secrets hidden.
  package static func masked(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return mask(bytes.span).map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  /// Appends a text with its secrets hidden.
  static func masked(_ bytes: Span<UInt8>, _ output: inout [UInt8]) -> Bool {
    text(bytes, 0..<bytes.count, layers: 1, isSecret: false, &output)
  }

  // MARK: Text

  /// A text: lines, of which each may be JSON, or end in JSON.
  private static func text(
    _ bytes: Span<UInt8>, _ range: Range<Int>, layers: Int, isSecret: Bool, _ output: inout [UInt8]
  ) -> Bool {
    var isChanged = false
    var place = range.lowerBound
    // JSON as a whole, over lines.
    let first = JSONScan.skipSpace(bytes, place)
    if first < range.upperBound, bytes[first] == 0x7B || bytes[first] == 0x5B, layers < mostLayers {
      let end = JSONScan.valueEnd(bytes, first)
      if end > first, end <= range.upperBound {
        bytes.append(place..<first, to: &output)
        let kind: JSONScan.Kind = bytes[first] == 0x7B ? .object : .array
        isChanged = value(bytes, first..<end, kind, Context(layers: layers, isSecretObject: isSecret), &output)
        return plainOrMore(bytes, end..<range.upperBound, layers, &output) || isChanged
      }
      // What cannot be read as JSON may be a Secret all the same.
      if let data = brokenData(bytes, first..<range.upperBound) {
        var place = place
        for hidden in data {
          isChanged = SecretWords.mask(bytes, place..<hidden.lowerBound, &output) || isChanged
          mark.withUTF8Buffer { output.append(contentsOf: $0) }
          place = hidden.upperBound
        }
        _ = SecretWords.mask(bytes, place..<range.upperBound, &output)
        return true
      }
    }
    while place < range.upperBound {
      let end = bytes.first(0x0A, from: place, to: range.upperBound) ?? range.upperBound
      if let brace = bytes.first(0x7B, from: place, to: end), layers < mostLayers {
        let close = JSONScan.valueEnd(bytes, brace)
        if close > brace, close <= end {
          isChanged = SecretWords.mask(bytes, place..<brace, &output) || isChanged
          isChanged = value(bytes, brace..<close, .object, Context(layers: layers), &output) || isChanged
          isChanged = SecretWords.mask(bytes, close..<end, &output) || isChanged
          place = end
          if end < range.upperBound {
            output.append(0x0A)
            place += 1
          }
          continue
        }
      }
      // A private key goes over lines.
      let stop = SecretWords.keyBlock(bytes, place, range.upperBound) ?? end
      isChanged = SecretWords.mask(bytes, place..<stop, &output) || isChanged
      place = stop
      if place < range.upperBound, bytes[place] == 0x0A {
        output.append(0x0A)
        place += 1
      }
    }
    return isChanged
  }

  /// What stands in `data` and `stringData` of JSON that is cut off, broken or too deep: up to the brace that closes it, or to
  /// the end. Whether it is of a Secret cannot be told there.
  ///
  /// - Returns: nil where there is none.
  private static func brokenData(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [Range<Int>]? {
    var found: [Range<Int>] = []
    var place = range.lowerBound
    while place < range.upperBound {
      var key: (start: Int, end: Int)?
      for word in ["\"data\"", "\"stringData\"", "\\\"data\\\"", "\\\"stringData\\\""]
        as [StaticString]
      {
        guard let start = bytes.firstPlace(of: word, in: place..<range.upperBound) else { continue }
        if key.map({ start < $0.start }) ?? true { key = (start, start + word.utf8CodeUnitCount) }
      }
      guard let key else { break }
      place = JSONScan.skipSpace(bytes, key.end)
      guard place < range.upperBound, bytes[place] == 0x3A else { continue }
      let end = bytes.first(0x7D, from: place + 1, to: range.upperBound) ?? range.upperBound
      if place + 1 < end { found.append(place + 1..<end) }
      place = end
    }
    return found.isEmpty ? nil : found
  }

  private static func plainOrMore(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ layers: Int, _ output: inout [UInt8]
  ) -> Bool {
    range.isEmpty ? false : text(bytes, range, layers: layers, isSecret: false, &output)
  }

  // MARK: JSON

  private struct Context {
    var layers: Int
    /// Within an object of kind Secret, or what was sent to one.
    var isSecretObject = false
    /// Every scalar is secret.
    var hidesAll = false
    var levels = 0
  }

  private static func value(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind, _ context: Context, _ output: inout [UInt8]
  ) -> Bool {
    var inner = context
    inner.levels += 1
    switch kind {
    case .object: return object(bytes, range, inner, &output)
    case .array:
      output.append(0x5B)
      var isFirst = true
      var isChanged = false
      _ = JSONScan.elements(bytes, range.lowerBound) { element, kind in
        if !isFirst { output.append(0x2C) }
        isFirst = false
        isChanged = value(bytes, element, kind, inner, &output) || isChanged
        return true
      }
      output.append(0x5D)
      return isChanged
    case .string, .escaped:
      if context.hidesAll, range.count > 2 {
        hide(&output)
        return true
      }
      return string(bytes, range, kind, context, &output)
    case .number where context.hidesAll:
      hide(&output)
      return true
    default:
      bytes.append(range, to: &output)
      return false
    }
  }

  private static func hide(_ output: inout [UInt8]) {
    output.append(0x22)
    mark.withUTF8Buffer { output.append(contentsOf: $0) }
    output.append(0x22)
  }

  private static func string(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind, _ context: Context, _ output: inout [UInt8]
  ) -> Bool {
    let inside = Extractor.inner(range, kind)
    guard context.layers < mostLayers else {
      bytes.append(range, to: &output)
      return false
    }
    var plain: [UInt8] = []
    if kind == .escaped {
      JSONScan.unescape(bytes, inside, into: &plain)
    } else {
      guard SecretWords.mayHold(bytes, inside) || inside.count > 1 && bytes[inside.lowerBound] == 0x7B else {
        bytes.append(range, to: &output)
        return false
      }
      plain.reserveCapacity(inside.count)
      bytes.append(inside, to: &plain)
    }
    var masked: [UInt8] = []
    let isChanged = text(
      plain.span, 0..<plain.count, layers: context.layers + 1, isSecret: context.isSecretObject, &masked)
    guard isChanged else {
      bytes.append(range, to: &output)
      return false
    }
    output.append(0x22)
    escape(masked, &output)
    output.append(0x22)
    return true
  }

  private static func escape(_ text: [UInt8], _ output: inout [UInt8]) {
    for byte in text {
      switch byte {
      case 0x22, 0x5C: output += [0x5C, byte]
      case 0x0A: output += [0x5C, 0x6E]
      case 0x0D: output += [0x5C, 0x72]
      case 0x09: output += [0x5C, 0x74]
      case 0..<0x20:
        output += Array("\\u00".utf8)
        output += Array(Hex.text([byte]).utf8)
      default: output.append(byte)
      }
    }
  }

  private static func object(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ context: Context, _ output: inout [UInt8]
  ) -> Bool {
    var members: [JSONScan.Member] = []
    _ = JSONScan.members(bytes, range.lowerBound) { member in
      members.append(member)
      return true
    }
    func member(_ key: StaticString) -> JSONScan.Member? {
      members.first { bytes.equals($0.key, key) }
    }
    func says(_ key: StaticString, _ word: StaticString) -> Bool {
      guard let found = member(key), found.kind == .string else { return false }
      return bytes.equals(Extractor.inner(found.value, .string), word)
    }
    let isSecret = context.isSecretObject || says("kind", "Secret") || says("kind", "SecretList")
    // A request to a Secret, whatever its body is.
    var isRequest = false
    if let reference = member("objectRef"), reference.kind == .object {
      let path = Array("resource".utf8)
      JSONPath.values(bytes, reference.value, .object, path: path.span) { value, kind in
        isRequest = kind == .string && bytes.equals(Extractor.inner(value, kind), "secrets")
        return false
      }
    }
    if let payload = member("methodName"), payload.kind == .string,
      bytes.extracting(payload.value).contains(".secrets.")
    {
      isRequest = true
    }
    // A variable whose name says what it holds, and the change of one value.
    let name = member("name").flatMap { $0.kind == .string ? Extractor.inner($0.value, .string) : nil }
    let isSecretVariable = name.map { SecretWords.isSecretVariable(bytes, $0) } ?? false
    output.append(0x7B)
    var isChanged = false
    for (index, member) in members.enumerated() {
      if index > 0 { output.append(0x2C) }
      bytes.append(member.key.lowerBound - 1..<member.key.upperBound + 1, to: &output)
      output.append(0x3A)
      var inner = context
      inner.isSecretObject = isSecret
      if isRequest {
        for key in ["requestObject", "responseObject", "request", "response"] as [StaticString]
        where bytes.equals(member.key, key) {
          inner.isSecretObject = true
        }
      }
      if isSecret {
        for key in ["data", "stringData"] as [StaticString] where bytes.equals(member.key, key) {
          inner.hidesAll = true
        }
        if bytes.equals(member.key, "value"), self.isPatch(bytes, members) { inner.hidesAll = true }
      }
      if isSecretVariable, bytes.equals(member.key, "value") { inner.hidesAll = true }
      if member.kind == .array, isCommand(bytes, member.key) {
        let before = bytes.equals(member.key, "args") ? self.member(bytes, members, "command") : nil
        isChanged = command(bytes, member.value, after: before, inner, &output) || isChanged
        continue
      }
      let isScalar = member.kind != .object && member.kind != .array
      if isScalar, SecretWords.isSecretMember(bytes, member.key) { inner.hidesAll = true }
      isChanged = value(bytes, member.value, member.kind, inner, &output) || isChanged
    }
    output.append(0x7D)
    return isChanged
  }

  // MARK: Commands

  private static func isCommand(_ bytes: Span<UInt8>, _ key: Range<Int>) -> Bool {
    for word in ["command", "args", "process.args", "argv", "entrypoint", "Cmd", "Entrypoint"] as [StaticString]
    where bytes.equals(key, word) {
      return true
    }
    return false
  }

  private static func member(
    _ bytes: Span<UInt8>, _ members: [JSONScan.Member], _ key: StaticString
  ) -> Range<Int>? {
    members.first { bytes.equals($0.key, key) && $0.kind == .array }?.value
  }

  /// The texts of a list and where they stand; nil for a list that holds something else.
  private static func words(_ bytes: Span<UInt8>, _ list: Range<Int>) -> (words: [[UInt8]], places: [Range<Int>])? {
    var words: [[UInt8]] = []
    var places: [Range<Int>] = []
    var isText = true
    _ = JSONScan.elements(bytes, list.lowerBound) { range, kind in
      guard kind == .string || kind == .escaped else {
        isText = false
        return false
      }
      var word: [UInt8] = []
      JSONScan.unescape(bytes, Extractor.inner(range, kind), into: &word)
      words.append(word)
      places.append(range)
      return true
    }
    return isText ? (words, places) : nil
  }

  /// The arguments of a command, where they are texts; anything else is read as it stands.
  private static func command(
    _ bytes: Span<UInt8>, _ list: Range<Int>, after before: Range<Int>?, _ context: Context, _ output: inout [UInt8]
  ) -> Bool {
    guard !context.hidesAll, context.layers < mostLayers, let (words, elements) = words(bytes, list) else {
      return value(bytes, list, .array, context, &output)
    }
    let masked = CommandSecrets.masked(words, after: before.flatMap { self.words(bytes, $0)?.words } ?? [])
    guard masked.contains(where: { $0 != nil }) else {
      bytes.append(list, to: &output)
      return false
    }
    output.append(0x5B)
    for (index, word) in masked.enumerated() {
      if index > 0 { output.append(0x2C) }
      if let word {
        output.append(0x22)
        escape(word, &output)
        output.append(0x22)
      } else {
        bytes.append(elements[index], to: &output)
      }
    }
    output.append(0x5D)
    return true
  }

  /// One operation of a JSON patch (RFC 6902).
  private static func isPatch(_ bytes: Span<UInt8>, _ members: [JSONScan.Member]) -> Bool {
    members.contains { bytes.equals($0.key, "op") } && members.contains { bytes.equals($0.key, "path") }
  }
}
