import Bytes
import Findings
import Transport

/// A way in which the machines of a cloud show its registries who they are.
struct CloudIdentity: Sendable {
  /// Whether a registry is of this cloud.
  let fits: @Sendable (_ registry: String) -> Bool
  /// - Returns: nil where the machine has no identity there.
  let login: @Sendable (_ registry: String, _ services: CloudService) async throws(BartizanError) -> RegistryLogin?
}

/// All clouds. Another is a file of its own and one line here.
enum CloudIdentities {
  static let all: [CloudIdentity] = [.amazon, .amazonPublic, .google, .azure, .gitHub]
}

/// Asks services of clouds, within bounds.
struct CloudService: Sendable {
  let http: HTTPClient
  let settings: RegistrySettings

  func environment(_ name: String) -> String? { settings.environment(name).flatMap { $0.isEmpty ? nil : $0 } }

  /// A file that an environment names, such as a token that the cluster renews.
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

  /// Largest answer, in bytes.
  private static let answerLimit = 1 << 20

  /// - Parameters:
  ///   - timeout: after which nobody is there; services within a cloud answer at once or not at all.
  ///   - isAgent: whether it is an agent of this machine or of its link, which speaks no TLS.
  /// - Throws: one line when nobody answers.
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
    // Whatever is shown to these services is a secret, or brings one.
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
