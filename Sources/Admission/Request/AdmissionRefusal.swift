import Bytes

/// Why the server refuses a request.
package struct AdmissionRefusal: Error, Sendable, Equatable {
  /// Why, for programs, and with it the HTTP status.
  package enum Reason: String, Sendable, Hashable {
    case unauthorized = "Unauthorized"
    case forbidden = "Forbidden"
    case invalid = "Invalid"
    case requestEntityTooLarge = "RequestEntityTooLarge"
    case badRequest = "BadRequest"
    case conflict = "Conflict"
    case alreadyExists = "AlreadyExists"
    case notFound = "NotFound"
    case methodNotAllowed = "MethodNotAllowed"
    case timeout = "Timeout"
    case internalError = "InternalError"
    case tooManyRequests = "TooManyRequests"
    case serviceUnavailable = "ServiceUnavailable"
    case unknown = ""

    /// The HTTP status that the API server sends for the reason.
    package var status: Int {
      switch self {
      case .unauthorized: 401
      case .forbidden: 403
      case .invalid: 422
      case .requestEntityTooLarge: 413
      case .badRequest: 400
      case .conflict, .alreadyExists: 409
      case .notFound: 404
      case .methodNotAllowed: 405
      case .timeout: 504
      case .internalError: 500
      case .tooManyRequests: 429
      case .serviceUnavailable: 503
      case .unknown: 400
      }
    }
  }

  /// One of several faults, with its place in the object.
  package struct Cause: Sendable, Hashable {
    package var reason: String
    package var message: String
    package var field: String

    package init(reason: String = "", message: String, field: String = "") {
      self.reason = reason
      self.message = message
      self.field = field
    }
  }

  /// HTTP status of the response.
  package var status: Int
  /// As the Status of the API has it; empty where it has none.
  package var reason: String
  package var message: String
  package var causes: [Cause]
  /// Whether several faults stand in the server in no order: their order in `message` and `causes` means nothing.
  package var isUnordered = false

  package init(status: Int, reason: String, message: String, causes: [Cause] = []) {
    self.status = status
    self.reason = reason
    self.message = message
    self.causes = causes
  }

  package init(_ reason: Reason, _ message: String, causes: [Cause] = []) {
    self.init(status: reason.status, reason: reason.rawValue, message: message, causes: causes)
  }

  /// What the server says of an object that it cannot even read.
  ///
  /// - Parameters:
  ///   - version: without its group.
  ///   - fault: in the words of the decoder.
  package static func undecodable(_ kind: String, version: String, _ fault: String) -> AdmissionRefusal {
    AdmissionRefusal(.badRequest, "\(kind) in version \"\(version)\" cannot be handled as a \(kind): \(fault)")
  }

  /// `pods "x" is forbidden: MESSAGE`, as admission plugins refuse.
  package static func forbidden(_ request: AdmissionRequest, _ message: String) -> AdmissionRefusal {
    AdmissionRefusal(.forbidden, request.refusalPrefix + message)
  }
}

extension AdmissionRequest {
  /// `pods "x" is forbidden: `
  package var refusalPrefix: String { "\(resourceText) \"\(nameForMessages)\" is forbidden: " }

  /// The name, or the beginning of the name that the server is to make.
  var nameForMessages: String {
    if !name.isEmpty { return name }
    let metadata = object["metadata"]
    if let name = metadata?["name"]?.string, !name.isEmpty { return name }
    if let prefix = metadata?["generateName"]?.string, !prefix.isEmpty { return prefix }
    return object.isNull || metadata != nil ? "Unknown" : "Unknown/errorGettingName"
  }
}
