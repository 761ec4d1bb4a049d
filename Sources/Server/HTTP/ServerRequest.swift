/// The head of a request, before its body has arrived.
package struct RequestHead: Sendable {
  package let method: String
  /// As it was sent, without the query; it begins with a slash.
  package let path: String
  /// Names and values, decoded, in their order.
  package let query: [(name: String, value: String)]
  package let fields: [(name: String, value: String)]
  package let peer: Peer

  package init(
    method: String, path: String, query: [(name: String, value: String)], fields: [(name: String, value: String)],
    peer: Peer
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.fields = fields
    self.peer = peer
  }

  /// The first value of a field, whatever the case of its name; nil where it is absent.
  package func field(_ name: String) -> String? {
    fields.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name.lowercased() }?.value
  }

  package func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// The media type of the body in lower case, without its parameters; nil where none is named.
  package var mediaType: String? {
    field("Content-Type").map { type in
      type.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
    }
  }

  /// HEAD is answered like GET, without the body.
  package var isReading: Bool { method == "GET" || method == "HEAD" }
}

/// Who is at the other end of a connection.
package struct Peer: Sendable {
  /// The address without the port; empty where there is none, as with a Unix socket.
  package let address: String
  /// Nil where the client showed none. It is signed by the authority that the listener was given.
  package let certificate: PeerCertificate?

  package init(address: String, certificate: PeerCertificate? = nil) {
    self.address = address
    self.certificate = certificate
  }
}

/// The verified certificate of a client.
package struct PeerCertificate: Sendable, Hashable {
  /// `CN` of the subject; empty where it has none.
  package let commonName: String
  /// `O` of the subject.
  package let organizations: [String]

  package init(commonName: String, organizations: [String]) {
    self.commonName = commonName
    self.organizations = organizations
  }
}

/// A whole request. The body is decompressed.
package struct ServerRequest: Sendable {
  package let head: RequestHead
  package let body: [UInt8]

  package init(head: RequestHead, body: [UInt8]) {
    self.head = head
    self.body = body
  }
}

/// An answer with its whole body; its length, its date and what becomes of the connection are added when it is sent.
package struct ServerResponse: Sendable {
  package var status: Int
  package var fields: [(name: String, value: String)]
  package var body: [UInt8]

  package init(_ status: Int, fields: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  package static func json(_ status: Int, _ body: [UInt8]) -> ServerResponse {
    ServerResponse(status, fields: [("Content-Type", "application/json")], body: body)
  }

  /// A line for people.
  package static func text(
    _ status: Int, _ line: String, fields: [(name: String, value: String)] = []
  ) -> ServerResponse {
    ServerResponse(
      status, fields: [("Content-Type", "text/plain; charset=utf-8")] + fields, body: Array((line + "\n").utf8))
  }
}

/// What is decided by the head alone.
package enum HeadVerdict: Sendable {
  /// The body is read, up to this many bytes once it is decompressed, and the answer is due within the duration.
  case accept(bodyBytes: Int, deadline: Duration)
  /// The body is not read.
  case refuse(ServerResponse)
}

/// What stands behind a listener.
package protocol ServerService: Sendable {
  /// Called on the thread of the connection: it must not wait.
  func verdict(_ head: RequestHead) -> HeadVerdict
  /// Called once the whole request is there.
  func answer(_ request: ServerRequest) async -> ServerResponse
  /// The answer where `answer` is not there in time, or where too many requests are being answered. Called on the thread of the
  /// connection: it must not wait.
  func late(_ request: ServerRequest) -> ServerResponse
  /// Told of every answer, its status and how long it took from the end of the head; nil for one to what is no request.
  func note(_ head: RequestHead?, status: Int, took: Duration)
}
