import Bytes
package import Findings
import Transport

/// A file of destinations:
///
/// ```yaml
/// destinations:
///   - type: splunk-hec
///     url: https://splunk.example.org:8088
///     tokenFile: /etc/bartizan/hec-token
///     index: security
///   - type: slack
///     urlFile: /etc/bartizan/slack-url
///     minimumSeverity: high
/// ```
///
/// Secrets stand in files of their own or in variables, never here.
package enum DestinationFile {
  /// Maximum number of destinations.
  private static let most = 64

  private static let members: Set<String> = [
    "type", "name", "url", "urlFile", "urlVariable", "send", "minimumSeverity", "tokenFile", "tokenVariable",
    "username", "passwordFile", "passwordVariable", "apiKeyFile", "apiKeyVariable", "signingKeyFile",
    "signingKeyVariable", "index", "source", "category", "acknowledge", "caFile", "allowPlainHTTP",
  ]

  /// - Parameters:
  ///   - path: for messages.
  ///   - file: the content of a file that is named.
  ///   - variable: the value of a variable that is named.
  /// - Throws: `BartizanError` where the file is not as above, or a secret is not there.
  package static func read(
    _ bytes: [UInt8], path: String, file: @escaping (String) throws(BartizanError) -> [UInt8],
    variable: @escaping (String) -> String?
  ) throws(BartizanError) -> [Destination] {
    let stream = DocumentReader.read(bytes)
    if let error = stream.errors.first { throw BartizanError(.input, "\(path):\(error.line): \(error.message)") }
    guard let list = stream.documents.first?["destinations"]?.array, !list.isEmpty else {
      throw BartizanError(.input, "\(path): `destinations` is missing, or an empty list")
    }
    guard list.count <= most else { throw BartizanError(.input, "\(path): more than \(most) destinations") }
    var made: [Destination] = []
    for node in list {
      let reader = Reader(node: node, path: path, file: file, variable: variable)
      made.append(try reader.destination(number: made.count + 1))
    }
    let names = Dictionary(grouping: made, by: \.name)
    if let twice = names.first(where: { $0.value.count > 1 }) {
      throw BartizanError(.input, "\(path): two destinations are called `\(twice.key)`; give them `name`s")
    }
    return made
  }

  private struct Reader {
    let node: DocumentNode
    let path: String
    let file: (String) throws(BartizanError) -> [UInt8]
    let variable: (String) -> String?

    func fail(_ message: String, _ at: DocumentNode? = nil) -> BartizanError {
      BartizanError(.input, "\(path):\((at ?? node).line): \(message)")
    }

    /// A secret of which the file says where it is; nil where it says nothing.
    func secret(_ name: String) throws(BartizanError) -> Destination.Secret? {
      if node[name] != nil {
        throw fail("`\(name)` is a secret: name its place in `\(name)File` or `\(name)Variable`")
      }
      let text: String
      if let place = node[name + "File"]?.text {
        text = String(decoding: try file(place), as: UTF8.self)
      } else if let place = node[name + "Variable"]?.text {
        guard let value = variable(place) else { throw fail("the variable \(place) of `\(name)Variable` is not set") }
        text = value
      } else {
        return nil
      }
      let line = text.prefix { !$0.isNewline }
      guard !line.isEmpty, line.utf8.count <= 8_192, line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw fail("the secret of `\(name)` is empty or no line of text")
      }
      return Destination.Secret(String(line))
    }

    func destination(number: Int) throws(BartizanError) -> Destination {
      guard let mapping = node.mapping else { throw fail("a destination is a map") }
      let known = DestinationFile.members.union(["token", "password", "apiKey", "signingKey"])
      if let odd = mapping.entries.first(where: { !known.contains($0.key) }) {
        throw fail("there is no `\(odd.key)`", odd.value)
      }
      guard let kind = node["type"]?.text.flatMap({ Destination.Kind(rawValue: $0) }) else {
        let all = Destination.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw fail("`type` is missing or none of \(all)")
      }
      var urlText = node["url"]?.text
      var isSecretURL = false
      if urlText == nil {
        urlText = try secret("url")?.text
        isSecretURL = urlText != nil
      }
      guard let urlText else { throw fail("`url`, `urlFile` or `urlVariable` is missing") }
      guard let url = HTTPURL(urlText) else { throw fail("`url` is no http or https URL") }
      guard url.user == nil else { throw fail("`url` holds a login; use `username` and `passwordFile`") }
      var made = Destination(name: node["name"]?.text ?? "\(kind.rawValue)-\(number)", kind: kind, url: url)
      made.isSecretURL = made.isSecretURL || isSecretURL
      if let send = node["send"] {
        var content: Set<Destination.Content> = []
        for item in send.array ?? [send] {
          guard let one = item.text.flatMap({ Destination.Content(rawValue: $0) }) else {
            throw fail("`send` is alerts, incidents or both", item)
          }
          content.insert(one)
        }
        made.content = content
      }
      if let text = node["minimumSeverity"]?.text {
        guard let least = Severity(name: text) else { throw fail("`minimumSeverity`: there is no severity \(text)") }
        made.least = least
      }
      made.username = node["username"]?.text
      let token = try secret("token")
      let password = try secret("password")
      let apiKey = try secret("apiKey")
      made.secret = token ?? apiKey ?? password
      guard [token, password, apiKey].filter({ $0 != nil }).count <= 1 else {
        throw fail("a token, a password and an API key exclude each other")
      }
      guard (made.username != nil) == (password != nil) else { throw fail("`username` and a password go together") }
      if kind == .splunk, token == nil { throw fail("splunk-hec needs `tokenFile` or `tokenVariable`") }
      made.signingKey = try secret("signingKey")
      if made.signingKey != nil, kind != .webhook { throw fail("`signingKey` is for webhooks") }
      made.index = node["index"]?.text
      if let index = made.index, kind == .elasticsearch {
        // Source: the naming rules of Elasticsearch, "Create index API".
        let isFit =
          index.utf8.count <= 200 && index == index.lowercased() && !"-_+.".contains(index.first ?? "-")
          && index.allSatisfy { !"\\/*?\"<>| ,#:".contains($0) && !$0.isWhitespace }
        guard isFit else { throw fail("`index`: Elasticsearch allows no such name") }
      }
      made.source = node["source"]?.text ?? node["category"]?.text
      made.waitsForAcknowledgement = node["acknowledge"]?.bool ?? false
      made.allowsPlainHTTP = node["allowPlainHTTP"]?.bool ?? false
      if let place = node["caFile"]?.text { made.authorities = try file(place) }
      return made
    }
  }
}
