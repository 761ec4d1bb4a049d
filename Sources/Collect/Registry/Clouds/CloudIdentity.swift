import Bytes
import Findings
import Transport

/// How machines of a cloud authenticate to its registries.
struct CloudIdentity: Sendable {
  /// Whether a registry belongs to this cloud.
  let fits: @Sendable (_ registry: String) -> Bool
  /// - Returns: nil where the machine has no identity of this cloud.
  let login: @Sendable (_ registry: String, _ services: CloudService) async throws(BartizanError) -> RegistryLogin?
}

/// All clouds. A new one is a file of its own and one line here.
enum CloudIdentities {
  static let all: [CloudIdentity] = [.amazon, .amazonPublic, .google, .azure, .gitHub]
}

/// Sends requests to services of clouds, within limits.
struct CloudService: Sendable {
  let http: HTTPClient
  let settings: RegistrySettings

  func environment(_ name: String) -> String? { settings.environment(name).flatMap { $0.isEmpty ? nil : $0 } }

  /// A file that a variable names, such as a token that the cluster renews.
  func file(_ path: String) throws(BartizanError) -> String {
    do throws(BartizanError) {
      let text = String(decoding: try FileReader.read(path), as: UTF8.self)
      return String(text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace })
    } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
  }

  struct Reply: Sendable {
    let status: Int
    let body: [UInt8]
    var document: DocumentNode? { try? JSONReader.read(body) }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// Largest response, in bytes.
  private static let answerLimit = 1 << 20

  /// - Parameters:
  ///   - timeout: short, since services within a cloud answer at once or do not exist.
  ///   - isAgent: whether it is an agent on this machine or its link-local network, which has no TLS.
  /// - Throws: one line when nothing answers.
  func send(
    _ url: String, method: HTTPRequest.Method = .get, headers: [(String, String)] = [], body: [UInt8]? = nil,
    timeout: Duration = .seconds(20), isAgent: Bool = false
  ) async throws(BartizanError) -> Reply {
    guard let url = HTTPURL(url) else {
      throw BartizanError(.input, "\(HTTPURL.withoutPassword(url)) is no http or https URL")
    }
    var request = HTTPRequest(url, method)
    request.headers = headers.map { (name: $0.0, value: $0.1) }
    request.body = body
    request.answerTimeout = timeout
    // Requests to these services carry secrets, or their responses do.
    request.hasSecrets = true
    request.mayBeOverheard = isAgent
    do throws(ConnectionError) {
      let response = try await http.send(request)
      return Reply(status: response.status, body: try await response.collect(atMost: Self.answerLimit))
    } catch {
      throw BartizanError(.remote, error.message, cause: error)
    }
  }

  static func refused(_ what: String, _ reply: Reply) -> BartizanError {
    let document = reply.document
    let said =
      document?["error_description"]?.string ?? document?["message"]?.string ?? document?["Message"]?.string
      ?? document?["error"]?.string ?? document?[path: "error", "message"]?.string ?? ""
    let line = said.split(whereSeparator: \.isNewline).first.map { ": \($0.prefix(160))" } ?? ""
    return BartizanError(.remote, "\(what) answers \(reply.status)\(line)")
  }
}
