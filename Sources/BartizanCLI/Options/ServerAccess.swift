import Findings
import Operations
import Transport

/// A server of ours that a command is to ask.
enum ServerAccess {
  /// Opens a client for the time of a question.
  ///
  /// - Parameters:
  ///   - server: the value of `--server`.
  ///   - authority: the file of `--server-ca`.
  ///   - tokenFile: the file of `--token-file`; nil: BARTIZAN_TOKEN.
  /// - Throws: `usage` for what is no address of a server.
  static func ask<T>(
    _ server: String, authority: String?, tokenFile: String?,
    _ body: (HTTPClient, HTTPURL, _ token: String?) async throws -> T
  ) async throws -> T {
    guard let url = HTTPURL(server), url.user == nil, !url.target.contains("?") else {
      throw BartizanError(
        .usage,
        "--server \(HTTPURL.withoutPassword(server)): no address of a server, such as https://bartizan.example:8787")
    }
    var settings = HTTPSettings(environment: Environment.value)
    if let authority { settings.trust = .only(try FileReader.named(authority)) }
    let client = HTTPClient(settings)
    do {
      let answer = try await body(client, url, try TokenFiles.token(tokenFile))
      await client.close()
      return answer
    } catch {
      await client.close()
      throw error
    }
  }
}
