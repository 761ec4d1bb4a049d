package import Server

/// One protocol over HTTP: its paths, how it takes events and how it answers.
package protocol IngestEndpoint: Sendable {
  /// What events say they came by, and metrics.
  static var name: String { get }
  /// Whether a path is one of its own, whatever the method.
  static func owns(_ path: String) -> Bool
  /// Whether everybody may ask, as for whether the server is there.
  static func isOpen(_ head: RequestHead) -> Bool
  /// How the protocol tells that the client is not known; nil: with a line of text.
  static func unauthorized(_ head: RequestHead) -> ServerResponse?
  /// How the protocol tells that the client is known, and may not send; nil: with a line of text.
  static func forbidden(_ head: RequestHead) -> ServerResponse?
  /// The token that a client shows by other ways than `Authorization`.
  static func token(_ head: RequestHead) -> String?
  /// - Parameter sender: who sends, as `name@address`.
  func answer(_ request: ServerRequest, _ intake: Intake, from sender: String) async -> ServerResponse
}

extension IngestEndpoint {
  package static func isOpen(_ head: RequestHead) -> Bool { false }
  package static func unauthorized(_ head: RequestHead) -> ServerResponse? { nil }
  package static func forbidden(_ head: RequestHead) -> ServerResponse? { nil }
  package static func token(_ head: RequestHead) -> String? { nil }
}

extension ServerResponse {
  /// The answer that has senders try again.
  static func refused(_ refusal: Intake.Refusal) -> ServerResponse {
    switch refusal {
    case .busy: .text(429, "no room at this moment; try again", fields: [("Retry-After", "5")])
    case .failed: .text(503, "the events could not be stored; try again", fields: [("Retry-After", "10")])
    case .unreadable(let line): .text(400, "line \(line) cannot be kept as an event")
    case .stranger(let element, let line):
      .text(400, "line \(line): element \(element) of the list is no JSON object; nothing of the body was taken")
    case .noJSON(let line): .text(400, "line \(line): JSON is wanted; nothing of the body was taken")
    case .empty: .text(400, "no event in the body")
    }
  }

  static func methods(_ allowed: String) -> ServerResponse {
    .text(405, "\(allowed) is answered here", fields: [("Allow", allowed)])
  }
}
