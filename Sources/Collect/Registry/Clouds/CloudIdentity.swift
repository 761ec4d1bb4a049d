import AsyncHTTPClient
import Bytes
import Findings
import NIOCore
import NIOHTTP1
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

  private static let most = 1 << 20

  /// - Parameters:
  ///   - seconds: after which nobody is there; services within a cloud answer at once or not at all.
  /// - Throws: one line when nobody answers.
  func send(
    _ url: String, method: HTTPMethod = .GET, headers: [(String, String)] = [], body: [UInt8]? = nil, seconds: Int = 20
  ) async throws(BartizanError) -> Reply {
    var request = HTTPClientRequest(url: settings.address(of: url))
    request.method = method
    request.headers.add(name: "User-Agent", value: "bartizan")
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(body) }
    do {
      let response = try await http.execute(request, timeout: .seconds(Int64(seconds)))
      return Reply(
        status: Int(response.status.code), body: Array(buffer: try await response.body.collect(upTo: Self.most)))
    } catch {
      let host = url.split(separator: "/").dropFirst().first.map(String.init) ?? url
      throw HTTPTrouble.explained(error, server: host, connectSeconds: seconds, readSeconds: seconds)
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
