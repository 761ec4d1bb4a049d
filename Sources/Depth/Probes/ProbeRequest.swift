package import Bytes

/// One request of a probe, as it is sent and logged. It never carries a secret.
package struct ProbeRequest: Sendable, Hashable {
  /// Of HTTP. A probe deletes and replaces nothing.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
  }

  /// A header of a request.
  package struct Header: Sendable, Hashable {
    package let name: String
    package let value: String
  }

  /// How the connection is made.
  package enum Manner: Sendable, Hashable {
    /// Whoever's certificate it is: nothing secret is sent.
    case anonymous
    /// As a browser does it: the certificate must be valid.
    case verified
    /// With nothing newer than TLS 1.1.
    case oldTLS
    /// As the identity of the target, by the API server of that identity.
    case identity
  }

  package var method = Method.get
  package let isSecure: Bool
  package let host: String
  package let port: Int
  /// Path and query.
  package let path: String
  package var headers: [Header] = []
  package var body: String?
  package var manner = Manner.anonymous
  /// Whether the answer is a secret: nothing of its body is kept.
  package var isAnswerSecret = false

  package init(isSecure: Bool, host: String, port: Int, path: String) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
    self.path = path.isEmpty ? "/" : path
  }

  package init(_ target: ProbeTarget, port: Int? = nil, isSecure: Bool? = nil, _ path: String) {
    let secure = isSecure ?? target.isSecure
    self.init(
      isSecure: secure, host: target.host, port: target.port ?? port ?? (secure ? 443 : 80), path: path)
  }

  package func with(_ name: String, _ value: String) -> ProbeRequest {
    var other = self
    other.headers.append(Header(name: name, value: value))
    return other
  }

  package func with(_ manner: Manner) -> ProbeRequest {
    var other = self
    other.manner = manner
    return other
  }

  package func posting(_ body: String) -> ProbeRequest {
    var other = with("Content-Type", "application/json")
    other.method = .post
    other.body = body
    return other
  }

  /// The address that is asked.
  package var url: String {
    guard manner != .identity else { return path }
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(isSecure ? "https" : "http")://\(name):\(port)\(path)"
  }

  /// For a log: `GET https://10.0.0.5:10250/pods`.
  package var text: String {
    let how: String =
      switch manner {
      case .anonymous: ""
      case .verified: ", its certificate verified"
      case .oldTLS: ", at most TLS 1.1"
      case .identity: ", as the account"
      }
    return "\(method.rawValue) \(url)\(how)"
  }
}

/// What came of a request.
package enum ProbeResponse: Sendable {
  case answer(ProbeAnswer)
  case failed(Failure, String)
  /// Not sent: an earlier request of the probe has settled it.
  case notSent

  /// Why there was no answer.
  package enum Failure: String, Sendable {
    /// Nothing listens on the port.
    case refused
    /// No route, no name, no answer in time: something may be there.
    case silent
    /// A server answers that does not speak TLS, or no HTTP.
    case otherProtocol
    /// It takes connections and ends them without an answer.
    case brokeOff
    /// No version of TLS in common.
    case tlsRefused
    /// It asks for a certificate of the client.
    case certificateWanted
    case certificateExpired
    case certificateUntrusted
    case certificateWrongName
    /// This machine could not ask at all: a context that is none, a plug-in that fails.
    case notAsked
    case other
  }

  package var answer: ProbeAnswer? { if case .answer(let answer) = self { answer } else { nil } }
}

/// An answer over HTTP.
package struct ProbeAnswer: Sendable {
  package let status: Int
  /// Names in lower case.
  package let headers: [String: String]
  /// As far as it was read.
  package let body: [UInt8]
  /// Whether the body was read to its end.
  package let isWhole: Bool

  package init(status: Int, headers: [String: String] = [:], body: [UInt8] = [], isWhole: Bool = true) {
    self.status = status
    self.headers = headers
    self.body = body
    self.isWhole = isWhole
  }

  /// The document that the body is; nil for another body, and for one that was cut off.
  package var document: DocumentNode? { isWhole ? try? JSONReader.read(body) : nil }

  /// Whether it is what an API server of Kubernetes answers instead of an object.
  package var isStatus: Bool {
    guard let document, document["kind"]?.string == "Status" else { return false }
    return document["apiVersion"]?.string == "v1" && document["code"]?.int == Int64(status)
  }

  /// Whether the body holds the bytes of a text.
  package func holds(_ text: String) -> Bool {
    let sought = Array(text.utf8)
    guard let first = sought.first else { return true }
    var rest = body[...]
    while let place = rest.firstIndex(of: first) {
      if rest[place...].starts(with: sought) { return true }
      rest = rest[(place + 1)...]
    }
    return false
  }
}
