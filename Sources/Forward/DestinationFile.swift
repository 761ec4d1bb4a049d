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
    "signingKeyVariable", "index", "source", "category", "acknowledge", "caFile", "allowPlainHTTP", "allowPlain",
    "certificateFile", "keyFile", "tokenHeader", "format", "sharedKeyFile", "sharedKeyVariable", "tag", "events",
    "retain",
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
      let known = DestinationFile.members.union(["token", "password", "apiKey", "signingKey", "sharedKey"])
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
      if urlText == nil, kind == .pagerDuty { urlText = "https://events.pagerduty.com" }
      guard let urlText else { throw fail("`url`, `urlFile` or `urlVariable` is missing") }
      let url = try address(urlText, kind)
      guard url.user == nil else { throw fail("`url` holds a login; use `username` and `passwordFile`") }
      var made = Destination(name: node["name"]?.text ?? "\(kind.rawValue)-\(number)", kind: kind, url: url)
      made.isSecretURL = made.isSecretURL || isSecretURL
      if let send = node["send"] {
        var content: Set<Destination.Content> = []
        for item in send.array ?? [send] {
          guard let one = item.text.flatMap({ Destination.Content(rawValue: $0) }) else {
            throw fail("`send` is alerts, incidents, events, or a list of these", item)
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
      if [.splunk, .pagerDuty].contains(kind), token == nil {
        throw fail("\(kind.rawValue) needs `tokenFile` or `tokenVariable`")
      }
      made.tokenHeader = node["tokenHeader"]?.text
      if let header = made.tokenHeader {
        guard kind == .otlp, token != nil else { throw fail("`tokenHeader` is for the token of otlp") }
        guard !header.isEmpty,
          header.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) })
        else {
          throw fail("`tokenHeader` is no name of a header")
        }
      }
      if let text = node["format"]?.text {
        guard kind == .syslog, let format = Destination.SyslogFormat(rawValue: text) else {
          throw fail(
            "`format` is for syslog: \(Destination.SyslogFormat.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        made.syslogFormat = format
      }
      made.sharedKey = try secret("sharedKey")
      made.tag = node["tag"]?.text
      if kind != .fluentForward, made.sharedKey != nil || made.tag != nil {
        throw fail("`sharedKeyFile` and `tag` are for fluent-forward")
      }
      if kind == .fluentForward, made.username != nil, made.sharedKey == nil {
        throw fail("a password of fluent-forward is shown only after the key: `sharedKeyFile`")
      }
      if kind == .syslog, made.secret != nil {
        throw fail("syslog knows no passwords; use `certificateFile` and `keyFile`")
      }
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
      if let text = node["retain"]?.text {
        guard kind == .elasticsearch, text.hasSuffix("d"), let days = Int(text.dropLast()), (1...36_500).contains(days)
        else { throw fail("`retain` is for elasticsearch: a number of days such as 365d") }
        made.retainedDays = days
      }
      made.source = node["source"]?.text ?? node["category"]?.text
      made.waitsForAcknowledgement = node["acknowledge"]?.bool ?? false
      made.allowsPlainHTTP = (node["allowPlainHTTP"] ?? node["allowPlain"])?.bool ?? false
      guard kind.schemes.isEmpty || made.isTLS || made.allowsPlainHTTP else {
        throw fail("`url`: over tcp:// everybody on the way can read along; use tls://, or say `allowPlain: true`")
      }
      if let place = node["caFile"]?.text { made.authorities = try file(place) }
      if let place = node["certificateFile"]?.text { made.certificate = try file(place) }
      if let place = node["keyFile"]?.text { made.certificateKey = try file(place) }
      guard (made.certificate == nil) == (made.certificateKey == nil) else {
        throw fail("`certificateFile` and `keyFile` go together")
      }
      made.question = node["events"]?.text
      if made.content.contains(.events), !made.takesEvents { throw fail("\(kind.rawValue) takes no events") }
      if made.question != nil, !made.content.contains(.events) {
        throw fail("`events` says which events are sent; `send` does not name them")
      }
      return made
    }

    private func address(_ text: String, _ kind: Destination.Kind) throws(BartizanError) -> HTTPURL {
      guard !kind.schemes.isEmpty else {
        guard let url = HTTPURL(text) else { throw fail("`url` is no http or https URL") }
        return url
      }
      guard let url = HTTPURL(anyScheme: text), kind.schemes[url.scheme] != nil, url.target.isEmpty || url.target == "/"
      else { throw fail("`url` is none like tls://siem.example.org:\(kind.schemes["tls"] ?? 0)") }
      return url
    }
  }
}
