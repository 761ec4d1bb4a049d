/// One challenge of a `WWW-Authenticate` header.
///
/// Source: RFC 9110, section 11.6.1: a header may hold several challenges, and commas within quoted parameters.
struct AuthenticationChallenge: Equatable {
  /// In lower case: `bearer`, `basic`.
  let scheme: String
  /// Keys in lower case.
  let parameters: [String: String]

  static func read(_ header: String) -> [AuthenticationChallenge] {
    var found: [AuthenticationChallenge] = []
    var scheme = ""
    var parameters: [String: String] = [:]
    func close() {
      if !scheme.isEmpty { found.append(AuthenticationChallenge(scheme: scheme, parameters: parameters)) }
      parameters = [:]
    }
    for item in split(header) {
      // A scheme precedes its first parameter, or stands alone.
      var parameter = item[...]
      let equals = item.firstIndex(of: "=")
      let space = item.firstIndex(of: " ")
      if let space, equals.map({ space < $0 }) ?? true {
        close()
        scheme = item[..<space].lowercased()
        parameter = item[item.index(after: space)...].drop { $0 == " " }
      } else if equals == nil {
        close()
        scheme = item.lowercased()
        continue
      }
      guard let place = parameter.firstIndex(of: "=") else { continue }
      let key = parameter[..<place].filter { $0 != " " }.lowercased()
      var value = parameter[parameter.index(after: place)...].drop { $0 == " " }
      if value.hasPrefix("\"") {
        value = value.dropFirst()
        if value.hasSuffix("\"") { value = value.dropLast() }
        parameters[key] = String(value).replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
      } else {
        parameters[key] = String(value)
      }
    }
    close()
    return found
  }

  /// Splits at commas outside of quotes.
  private static func split(_ header: String) -> [String] {
    var items: [String] = []
    var item = ""
    var isQuoted = false
    var isEscaped = false
    for character in header.prefix(8192) {
      if isEscaped {
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        items.append(item)
        item = ""
        continue
      }
      item.append(character)
    }
    items.append(item)
    return items.map { text in
      let front = text.drop { $0 == " " || $0 == "\t" }
      return String(front.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }.filter { !$0.isEmpty }
  }
}
