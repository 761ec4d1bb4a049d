import Bytes

extension Libraries {
  static let urlType = CELType.object("kubernetes.URL")

  /// URLs (kube-apiserver, `pkg/cel/library/urls.go`).
  static let urls: CELLanguage.Library = {
    @Sendable func part(
      _ name: String, _ id: String, _ type: CELType, _ body: @escaping @Sendable (GoURL) -> CELValue
    ) -> FunctionDeclaration {
      FunctionDeclaration(
        name,
        [
          .member(
            id, [urlType], type,
            .unary { value throws(CELFailure) in
              guard case .opaque(let value as URLValue) = value else { throw .noSuchOverload }
              return body(value.url)
            })
        ])
    }
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "url",
        [
          Overload(
            "string_to_url", [.string], urlType,
            ofText { text throws(CELFailure) in
              do throws(GoURL.Invalid) {
                _ = try GoURL(text, isRequest: true)
                return .opaque(URLValue(try GoURL(text, isRequest: false)))
              } catch {
                throw .argument("URL parse error during conversion from string: \(error.message)")
              }
            })
        ]),
      part("getScheme", "url_get_scheme", .string) { .string($0.scheme) },
      part("getHost", "url_get_host", .string) { .string($0.host) },
      part("getHostname", "url_get_hostname", .string) { .string($0.hostname) },
      part("getPort", "url_get_port", .string) { .string($0.port) },
      part("getEscapedPath", "url_get_escaped_path", .string) { .string($0.escapedPath) },
      part("getQuery", "url_get_query", .map(.string, .list(.string))) { url in
        var entries = CELEntries()
        for (key, values) in url.query { _ = entries.insert(.string(key), .list(.values(values.map { .string($0) }))) }
        return .map(.values(entries))
      },
      FunctionDeclaration(
        "isURL",
        [
          Overload(
            "is_url_string", [.string], .bool,
            ofText { text in
              .bool((try? GoURL(text, isRequest: true)) != nil)
            })
        ]),
    ]
    return library
  }()
}

final class URLValue: CELOpaque {
  let url: GoURL

  init(_ url: GoURL) { self.url = url }

  var type: CELType { Libraries.urlType }

  func equals(_ other: any CELOpaque) throws(CELFailure) -> Bool {
    guard let other = other as? URLValue else { throw .noSuchOverload }
    return sameText(url.text, other.url.text)
  }
}

/// A URL as Go's `net/url` reads it.
struct GoURL: Sendable {
  struct Invalid: Error {
    /// In Go's words.
    let message: String
  }

  private(set) var scheme = ""
  /// With the port.
  private(set) var host = ""
  private var user: String?
  private var opaque = ""
  private var path: [UInt8] = []
  /// As written, where escaping the path anew would not give it.
  private var rawPath: String?
  private var rawQuery = ""
  private var forcesQuery = false
  private var fragment: String?
  private var omitsHost = false

  /// - Parameter isRequest: absolute, with a scheme or a path from the root, and a `#` is no fragment.
  init(_ text: String, isRequest: Bool) throws(Invalid) {
    func refuse(_ message: String) -> Invalid { Invalid(message: "parse \(GoText.quoted(text)): \(message)") }
    var rest = text[...]
    if !isRequest, let mark = rest.firstIndex(of: "#") {
      fragment = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    do throws(Invalid) {
      try read(rest, isRequest)
      if let fragment { _ = try Self.unescaped(fragment, .fragment) }
    } catch {
      throw refuse(error.message)
    }
  }

  private mutating func read(_ text: Substring, _ isRequest: Bool) throws(Invalid) {
    guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw Invalid(message: "net/url: invalid control character in URL")
    }
    if text.isEmpty, isRequest { throw Invalid(message: "empty url") }
    if text == "*" {
      path = [UInt8(ascii: "*")]
      return
    }
    var rest = try takeScheme(text)
    if rest.hasSuffix("?"), rest.filter({ $0 == "?" }).count == 1 {
      forcesQuery = true
      rest = rest.dropLast()
    } else if let mark = rest.firstIndex(of: "?") {
      rawQuery = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    if !rest.hasPrefix("/") {
      if !scheme.isEmpty {
        opaque = String(rest)
        return
      }
      if isRequest { throw Invalid(message: "invalid URI for request") }
      if rest.prefix(while: { $0 != "/" }).contains(":") {
        throw Invalid(message: "first path segment in URL cannot contain colon")
      }
    }
    if !scheme.isEmpty || !isRequest && !rest.hasPrefix("///"), rest.hasPrefix("//") {
      var authority = rest.dropFirst(2)
      rest = ""
      if let slash = authority.firstIndex(of: "/") {
        rest = authority[slash...]
        authority = authority[..<slash]
      }
      try takeAuthority(authority)
    } else if !scheme.isEmpty, rest.hasPrefix("/") {
      omitsHost = true
    }
    try takePath(String(rest))
  }

  private mutating func takeScheme(_ text: Substring) throws(Invalid) -> Substring {
    for (offset, byte) in text.utf8.enumerated() {
      switch byte {
      case 0x41...0x5A, 0x61...0x7A: continue
      case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): if offset == 0 { return text }
      case UInt8(ascii: ":"):
        if offset == 0 { throw Invalid(message: "missing protocol scheme") }
        scheme = String(text.prefix(offset)).lowercased()
        return text.dropFirst(offset + 1)
      default: return text
      }
    }
    return text
  }

  private mutating func takeAuthority(_ authority: Substring) throws(Invalid) {
    guard let mark = authority.lastIndex(of: "@") else {
      host = try Self.host(authority)
      return
    }
    host = try Self.host(authority[authority.index(after: mark)...])
    let info = authority[..<mark]
    let allowed = "-._:~!$&'()*+,;=%@"
    guard info.utf8.allSatisfy({ $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || allowed.utf8.contains($0) }) else {
      throw Invalid(message: "net/url: invalid userinfo")
    }
    _ = try Self.unescaped(String(info), .user)
    user = String(info)
  }

  private static func host(_ text: Substring) throws(Invalid) -> String {
    if text.hasPrefix("[") {
      guard let end = text.lastIndex(of: "]") else { throw Invalid(message: "missing ']' in host") }
      let port = text[text.index(after: end)...]
      guard isOptionalPort(port) else {
        throw Invalid(message: "invalid port \(GoText.quoted(String(port))) after host")
      }
      // A zone may hold any escape.
      if let zone = text[..<end].range(ofText: "%25") {
        let before = try unescaped(String(text[..<zone]), .host)
        let inside = try unescaped(String(text[zone..<end]), .zone)
        let after = try unescaped(String(text[end...]), .host)
        return String(decoding: before + inside + after, as: UTF8.self)
      }
    } else if let colon = text.lastIndex(of: ":") {
      let port = text[colon...]
      guard isOptionalPort(port) else {
        throw Invalid(message: "invalid port \(GoText.quoted(String(port))) after host")
      }
    }
    return String(decoding: try unescaped(String(text), .host), as: UTF8.self)
  }

  private static func isOptionalPort(_ text: Substring) -> Bool {
    text.isEmpty || text.hasPrefix(":") && text.utf8.dropFirst().allSatisfy { $0 &- 0x30 < 10 }
  }

  private mutating func takePath(_ text: String) throws(Invalid) {
    path = try Self.unescaped(text, .path)
    rawPath = Self.escaped(path) == text ? nil : text
  }

  // MARK: Escapes

  private enum Place {
    case path
    case host
    case zone
    case user
    case query
    case fragment
  }

  private static func isHex(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }

  private static func digit(_ byte: UInt8) -> UInt8 { byte &- 0x30 < 10 ? byte - 0x30 : (byte | 0x20) - 0x61 + 10 }

  private static func unescaped(_ text: String, _ place: Place) throws(Invalid) -> [UInt8] {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%") {
        guard index + 2 < bytes.count, isHex(bytes[index + 1]), isHex(bytes[index + 2]) else {
          let rest = String(decoding: bytes[index..<min(index + 3, bytes.count)], as: UTF8.self)
          throw Invalid(message: "invalid URL escape \(GoText.quoted(rest))")
        }
        let value = digit(bytes[index + 1]) << 4 | digit(bytes[index + 2])
        let isPercent = value == UInt8(ascii: "%")
        let escape = "%" + String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self)
        if place == .host, value < 0x80, !isPercent {
          throw Invalid(message: "invalid URL escape \(GoText.quoted(escape))")
        }
        if place == .zone, !isPercent, value != 0x20, shouldEscapeInHost(value) {
          throw Invalid(message: "invalid URL escape \(GoText.quoted(escape))")
        }
        result.append(value)
        index += 3
        continue
      }
      if byte == UInt8(ascii: "+"), place == .query {
        result.append(0x20)
      } else {
        if place == .host || place == .zone, byte < 0x80, shouldEscapeInHost(byte) {
          throw Invalid(
            message: "invalid character \(GoText.quoted(String(decoding: [byte], as: UTF8.self))) in host name")
        }
        result.append(byte)
      }
      index += 1
    }
    return result
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "-_.~".utf8.contains(byte)
  }

  private static func shouldEscapeInHost(_ byte: UInt8) -> Bool {
    !isUnreserved(byte) && !"!$&'()*+,;=:[]<>\"".utf8.contains(byte)
  }

  /// A path with what must not stand in one escaped.
  private static func escaped(_ path: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in path {
      if isUnreserved(byte) || "$&+,/:;=@".utf8.contains(byte) {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  var escapedPath: String {
    if let rawPath, rawPath.utf8.allSatisfy({ Self.isUnreserved($0) || "!$&'()*+,;=:@[]%/".utf8.contains($0) }) {
      return rawPath
    }
    return path == [UInt8(ascii: "*")] ? "*" : Self.escaped(path)
  }

  var hostname: String { split.host }
  var port: String { split.port }

  private var split: (host: String, port: String) {
    var name = host[...]
    var port = ""
    if let colon = name.lastIndex(of: ":"), Self.isOptionalPort(name[colon...]) {
      port = String(name[name.index(after: colon)...])
      name = name[..<colon]
    }
    if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
    return (String(name), port)
  }

  /// Parameters in the order in which they first stand; what cannot be read is left out.
  var query: [(key: String, values: [String])] {
    var result: [(key: String, values: [String])] = []
    var places: [ExactText: Int] = [:]
    for part in rawQuery.split(separator: "&") where !part.contains(";") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let key = try? Self.unescaped(String(pair[0]), .query),
        let value = try? Self.unescaped(pair.count > 1 ? String(pair[1]) : "", .query)
      else { continue }
      let name = String(decoding: key, as: UTF8.self)
      let text = String(decoding: value, as: UTF8.self)
      if let place = places[ExactText(text: name)] {
        result[place].values.append(text)
      } else {
        places[ExactText(text: name)] = result.count
        result.append((name, [text]))
      }
    }
    return result
  }

  /// Written anew, by which two are compared.
  var text: String {
    var result = scheme.isEmpty ? "" : scheme + ":"
    if !opaque.isEmpty {
      result += opaque
    } else {
      if !scheme.isEmpty || !host.isEmpty || user != nil {
        if !(omitsHost && host.isEmpty && user == nil), !host.isEmpty || !path.isEmpty || user != nil { result += "//" }
        if let user { result += user + "@" }
        result += host
      }
      let path = escapedPath
      if !path.isEmpty, !path.hasPrefix("/"), !host.isEmpty { result += "/" }
      result += path
    }
    if forcesQuery || !rawQuery.isEmpty { result += "?" + rawQuery }
    if let fragment, !fragment.isEmpty { result += "#" + fragment }
    return result
  }
}

extension Substring {
  /// Where a text first stands in it.
  fileprivate func range(ofText part: String) -> Index? {
    ByteSearch.first(part, in: String(self)).map { utf8.index(utf8.startIndex, offsetBy: $0) }
  }
}
